import { runFiles } from '../groups/run-files.ts'

process.env.TEST_HOST = 'express with parsers'
await runFiles(['wire/*'])
