import { runFiles } from './run-files.ts'

process.env.TEST_ENGINE = 'postgres'
await runFiles(['wire/*'], { part: 2, of: 2 })
