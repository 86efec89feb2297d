import cluster from 'node:cluster'
import { createLatchkey, type LatchkeyOptions } from '../index.ts'
import { superviseWorkers } from './workers.ts'

/**
 * Serves until it is told to stop, alone or by several workers. A second signal (npm hands the first one on) changes
 * nothing.
 */
export async function serve(options: LatchkeyOptions): Promise<number> {
  // Not looked at yet: what makes no sense is refused by whoever serves.
  const of = Number(options.server?.workers ?? 1)
  const { worker } = cluster
  if (!worker && of > 1) return superviseWorkers(of)
  return serveHere(options, worker && { id: worker.id, of })
}

async function serveHere(
  options: LatchkeyOptions,
  worker: { readonly id: number; readonly of: number } | undefined,
): Promise<number> {
  const stop = new AbortController()
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // A mistake of ours in one request must not end everybody else's.
  process.on('unhandledRejection', (reason) => console.error('latchkey: unhandled rejection', reason))
  const parts = { signal: stop.signal, ...(worker && { worker }) }
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
