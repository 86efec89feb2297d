import { runFiles } from '../groups/run-files.ts'

process.env.TEST_HOST = 'fetch'
await runFiles(['wire/*'])
