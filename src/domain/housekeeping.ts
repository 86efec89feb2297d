import type { Context } from './context.ts'

/** Work that comes round by itself. */
export interface Housekeeping {
  stop(): void
}

const everyMs = 10 * 60 * 1_000
/** An expired token says so for a day; after that it is as unknown as any other. */
const graceMs = 24 * 60 * 60 * 1_000
/** Few enough that a purge never keeps a request waiting. */
const batchSize = 500

/** Removes expired tokens in the background, a batch at a time. */
export function startHousekeeping({ storage, clock, afterwards }: Context): Housekeeping {
  let stopped = false

  async function purge(): Promise<void> {
    const before = new Date(clock().getTime() - graceMs)
    for (const store of [storage.tokens, storage.mailedTokens]) {
      let purged = batchSize
      while (purged === batchSize && !stopped) purged = await store.purgeExpired(before, batchSize)
    }
  }

  afterwards(purge)
  const timer = setInterval(() => afterwards(purge), everyMs)
  timer.unref()
  return {
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}
