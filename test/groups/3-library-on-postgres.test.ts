import { runFiles } from './run-files.ts'

process.env.TEST_ENGINE = 'postgres'
await runFiles(['library/*', 'client/*', 'mail/*'])
