import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { processesOf, signal } from './processes.ts'

/**
 * Ends every PostgreSQL in a folder, and removes it, once nobody holds the other end of its standard input: however a
 * test process ends, killed included, it leaves no server behind.
 */
const [folder = ''] = process.argv.slice(2)

function end(): void {
  for (const name of readdirSync(folder)) signal(processesOf(join(folder, name)), 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  process.exit(0)
}
process.stdin.on('end', end).on('error', end).resume()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
