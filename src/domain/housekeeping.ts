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

/**
 * Removes expired tokens and counters, and what is left of sent letters, in the background, a batch at a time, and keeps an eye on how accounts are hashed.
 * @returns once that is known for the first time
 */
export async function startHousekeeping(context: Context): Promise<Housekeeping> {
  const { storage, clock, afterwards } = context
  let stopped = false

  async function purgeAll(purgeSome: (most: number) => Promise<number>): Promise<void> {
    let purged = batchSize
    while (purged === batchSize && !stopped) purged = await purgeSome(batchSize)
  }

  async function purge(): Promise<void> {
    const now = clock()
    const before = new Date(now.getTime() - graceMs)
    const { tokens, mailedTokens, outbox, counters } = storage
    await purgeAll((most) => tokens.purgeExpired(before, most))
    await purgeAll((most) => mailedTokens.purgeExpired(before, most))
    await purgeAll((most) => outbox.purgeSent(before, most))
    await purgeAll((most) => counters.purgeExpired(now, most))
  }

  await expectMajority(context)
  afterwards(purge)
  const timer = setInterval(() => {
    afterwards(purge)
    afterwards(() => expectMajority(context))
  }, everyMs)
  timer.unref()
  return {
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** While most accounts still have bcrypt, refusing an unknown one must cost as much as bcrypt does. */
async function expectMajority({ storage, passwords }: Context): Promise<void> {
  const { bcrypt, other } = await storage.users.samplePasswordHashes()
  if (bcrypt + other > 0) passwords.expect(bcrypt > other ? 'bcrypt' : 'argon2id')
}
