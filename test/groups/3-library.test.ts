import { runFiles } from './run-files.ts'

await runFiles(['library/*', 'client/*', 'mail/*', 'docs', 'house'])
