import { runFiles } from './run-files.ts'

await runFiles(['postgres/*'], { part: 1, of: 2 })
