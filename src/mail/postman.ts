import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../domain/context.ts'
import type { ReadyLetter, WaitingLetter } from '../domain/letters.ts'
import { readyLetter } from '../domain/users/ready-letter.ts'
import type { Letter } from './letters.ts'
import { isHopeless, pauseAfter } from './retry.ts'
import type { Transport } from './transport.ts'

/** Empties the outbox, in the background. */
export interface Postman {
  /** There may be something to do. */
  wake(): void
  /** Takes up no more letters, and resolves when those in hand are done. */
  stop(): Promise<void>
}

export interface PostmanTools {
  readonly transport: Transport
  readonly write: (letter: ReadyLetter) => Letter
}

/** Letters on their way at once. */
const mostInHand = 5
/** Whoever has not sent a letter by then has died with it, or never will: it is due again. */
const leaseMs = 120_000
const longestSendMs = 60_000
/** How often to look even if nobody says that there is something: another process may have died with a letter in hand. */
const longestRestMs = 10_000

/**
 * Sends what waits in the outbox, and tries again what could not be handed over. No request waits for it or fails by it;
 * any number of processes may have a postman, for a letter is claimed by one at a time.
 */
export function employPostman(context: Context, { transport, write }: PostmanTools): Postman {
  const { storage, events, log, clock } = context
  const inHand = new Set<Promise<void>>()
  let bell = Promise.withResolvers<void>()
  let isStopped = false

  async function work(): Promise<void> {
    while (!isStopped) {
      bell = Promise.withResolvers<void>()
      const rest = await takeRound().catch((error: unknown) => {
        log.error({ error }, 'the outbox cannot be read')
        return longestRestMs
      })
      if (rest > 0) await Promise.race([pause(rest, undefined, { ref: false }), bell.promise])
    }
  }

  /** Takes what is due, as far as there are hands. @returns the milliseconds until there may be more */
  async function takeRound(): Promise<number> {
    const free = mostInHand - inHand.size
    if (free === 0) {
      await Promise.race(inHand)
      return 0
    }
    const now = clock()
    const letters = await storage.outbox.claim(now, new Date(now.getTime() + leaseMs), free)
    for (const letter of letters) take(letter)
    if (letters.length === free) return 0
    const due = await storage.outbox.nextDue()
    return due ? Math.min(Math.max(due.getTime() - clock().getTime(), 0), longestRestMs) : longestRestMs
  }

  function take(letter: WaitingLetter): void {
    const job = deliver(letter).catch((error: unknown) => log.error({ error }, 'a letter got stuck'))
    const done = job.then(() => void inHand.delete(done))
    inHand.add(done)
  }

  async function deliver(letter: WaitingLetter): Promise<void> {
    const ready = await readyLetter(context, letter)
    if (!ready) return storage.outbox.remove(letter.id)
    try {
      await inTime(transport.send(write(ready), letter.id))
    } catch (error) {
      return regret(letter, error as Error)
    }
    await storage.outbox.markSent(letter.id, clock())
  }

  async function regret(letter: WaitingLetter, error: Error): Promise<void> {
    const { id, name, email, attempts, createdAt } = letter
    const now = clock().getTime()
    if (isHopeless(error, now - createdAt.getTime())) {
      await storage.outbox.remove(id)
      log.error({ letter: name, to: email, attempts, error }, 'a mail could not be sent and is given up')
      events.emit('mailFailed', { letter: name, to: email, error })
    } else {
      const next = new Date(now + pauseAfter(attempts))
      await storage.outbox.postpone(id, next)
      log.warn({ letter: name, to: email, attempts, next, error }, 'a mail could not be sent yet')
    }
  }

  const working = work()
  return {
    wake: () => bell.resolve(),
    async stop() {
      isStopped = true
      bell.resolve()
      await working
      await Promise.all(inHand)
    },
  }
}

async function inTime(sending: Promise<void>): Promise<void> {
  const timer = new AbortController()
  const limit = pause(longestSendMs, undefined, { ref: false, signal: timer.signal }).then(
    () => {
      throw new Error(`the mail server did not take the letter within ${longestSendMs / 1_000} seconds`)
    },
    () => {},
  )
  try {
    await Promise.race([sending, limit])
  } finally {
    timer.abort()
  }
}
