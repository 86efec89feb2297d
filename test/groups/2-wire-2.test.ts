import { runFiles } from './run-files.ts'

await runFiles(['wire/*'], { part: 2, of: 2 })
