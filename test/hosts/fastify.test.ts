import { runFiles } from '../groups/run-files.ts'

process.env.TEST_HOST = 'fastify'
await runFiles(['wire/*'])
