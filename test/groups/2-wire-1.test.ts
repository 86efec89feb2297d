import { runFiles } from './run-files.ts'

await runFiles(['wire/*'], { part: 1, of: 2 })
