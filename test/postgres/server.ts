import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface PostgresServer {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a PostgreSQL that ends with this process, whatever ends it. */
export async function startPostgres(): Promise<PostgresServer> {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => keeper.on('exit', () => resolve()))
  const said = createInterface(keeper.stdout)[Symbol.asyncIterator]()
  const { value: url } = await said.next()
  if (url === undefined) throw new Error('PostgreSQL did not start')
  // Nothing more is read from it: nobody has to stay for its sake.
  keeper.unref()
  for (const end of [keeper.stdin, keeper.stdout]) (end as unknown as { unref(): void }).unref()
  return {
    url,
    async stop() {
      keeper.ref()
      keeper.stdin.end()
      await ended
    },
  }
}
