import { runFiles } from './run-files.ts'

await runFiles(['postgres/*'], { part: 2, of: 2 })
