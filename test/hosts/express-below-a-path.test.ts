import { runFiles } from '../groups/run-files.ts'

process.env.TEST_HOST = 'express below a path'
await runFiles(['wire/*'])
