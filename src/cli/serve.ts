import { createLatchkey, type LatchkeyOptions } from '../index.ts'

/** Serves until it is told to stop. A second signal (npm hands the first one on) changes nothing. */
export async function serve(options: LatchkeyOptions): Promise<number> {
  const stop = new AbortController()
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  // A mistake of ours in one request must not end everybody else's.
  process.on('unhandledRejection', (reason) => console.error('latchkey: unhandled rejection', reason))
  const latchkey = await createLatchkey(options, { signal: stop.signal }).catch((error: unknown) => {
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
