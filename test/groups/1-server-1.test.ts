import { runFiles } from './run-files.ts'

await runFiles(['server/*'], { part: 1, of: 2 })
