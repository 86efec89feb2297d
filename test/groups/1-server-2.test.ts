import { runFiles } from './run-files.ts'

await runFiles(['server/*'], { part: 2, of: 2 })
