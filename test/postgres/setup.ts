import { type PostgresServer, startPostgres } from './server.ts'

let server: PostgresServer | undefined

/** One PostgreSQL for all files of a run, unless there is one already. */
export async function globalSetup(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return
  server = await startPostgres()
  process.env.TEST_DATABASE_URL = server.url
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
