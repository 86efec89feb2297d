import cluster from 'node:cluster'
import { createLog } from '../base/log.ts'
import { createLatchkey, type LatchkeyOptions, type LatchkeyParts } from '../index.ts'
import { superviseWorkers } from './workers.ts'

/**
 * Serves until it is told to stop, alone or by several workers. A second signal (npm hands the first one on) changes
 * nothing.
 * @param warnings what is dangerous about where the options were found
 */
export async function serve(options: LatchkeyOptions, warnings: readonly string[]): Promise<number> {
  // Not looked at yet: what makes no sense is refused by whoever serves.
  const of = Number(options.server?.workers ?? 1)
  const { worker } = cluster
  if (!worker && of > 1) return superviseWorkers(of)
  return serveHere(options, { warnings, ...(worker && { worker: { id: worker.id, of } }) })
}

async function serveHere(
  options: LatchkeyOptions,
  given: Pick<LatchkeyParts, 'warnings' | 'worker'>,
): Promise<number> {
  const stop = new AbortController()
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // A mistake of ours in one request must not end everybody else's.
  const log = createLog('error', { worker: given.worker?.id })
  process.on('unhandledRejection', (error) => log.error({ error }, 'a promise was rejected unheard'))
  const parts = { ...given, signal: stop.signal }
  const latchkey = await createLatchkey(options, parts).catch((error: unknown) => {
    if (stop.signal.aborted) return undefined
    throw error
  })
  if (!latchkey) return 0
  try {
    await latchkey.listen()
    await stopped
  } finally {
    await latchkey.close()
  }
  return 0
}
