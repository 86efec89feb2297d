import { createLatchkey, type LatchkeyOptions } from '../index.ts'

/** Serves until it is told to stop. A second signal (npm hands the first one on) changes nothing. */
export async function serve(options: LatchkeyOptions): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
  // A mistake of ours in one request must not end everybody else's.
  process.on('unhandledRejection', (reason) => console.error('latchkey: unhandled rejection', reason))
  const latchkey = await createLatchkey(options)
  try {
    await latchkey.listen()
    await stopped
  } finally {
    await latchkey.close()
  }
  return 0
}
