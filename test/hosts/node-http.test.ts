import { runFiles } from '../groups/run-files.ts'

process.env.TEST_HOST = 'node:http'
await runFiles(['wire/*'])
