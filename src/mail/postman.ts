import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../domain/context.ts'
import type { ReadyLetter, WaitingLetter } from '../domain/letters.ts'
import { readyLetter } from '../domain/users/ready-letter.ts'
import type { Letter } from './letters.ts'
import { isHopeless, pauseAfter, watchWeather } from './retry.ts'
import { mostAtOnce, type Transport } from './transport.ts'

/** Empties the outbox, in the background. */
export interface Postman {
  /** There may be something to do. */
  wake(): void
  /** Takes up no more letters, and resolves when those in hand are done, or put back for want of time at the deadline. */
  stop(deadline: Promise<unknown>): Promise<void>
}

export interface PostmanTools {
  readonly transport: Transport
  readonly write: (letter: ReadyLetter) => Letter
}

/** Beyond that, the connection is closed: a letter that is late must not arrive after it has been sent again. */
const longestSendMs = 30_000
/** Whoever has not sent a letter by then has died with it, and it is due again. */
const leaseMs = 45_000
/** How often to look even if nobody says that there is something: another process may have died with a letter in hand. */
const longestRestMs = 10_000

/**
 * Sends what waits in the outbox, and tries again what could not be handed over. No request waits for it or fails by it;
 * any number of processes may have a postman, for a letter is claimed by one at a time.
 */
export function employPostman(context: Context, { transport, write }: PostmanTools): Postman {
  const { storage, events, log, clock } = context
  /** By the letter's id. */
  const inHand = new Map<string, { readonly recall: AbortController; readonly done: Promise<void> }>()
  const weather = watchWeather(mostAtOnce)
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
    const calm = weather.calm()
    if (calm > 0) return calm
    const free = mostAtOnce - inHand.size
    if (free > 0) {
      const now = clock()
      const letters = await storage.outbox.claim(now, new Date(now.getTime() + leaseMs), free)
      // A clock that was put forward makes due what is in our own hands.
      for (const letter of letters) if (!inHand.has(letter.id)) take(letter)
    }
    // Whoever is done rings.
    if (inHand.size === mostAtOnce) return longestRestMs
    const due = await storage.outbox.nextDue()
    return due ? Math.min(Math.max(due.getTime() - clock().getTime(), 0), longestRestMs) : longestRestMs
  }

  function take(letter: WaitingLetter): void {
    const recall = new AbortController()
    const timer = setTimeout(
      () => recall.abort(`the mail server did not take it within ${longestSendMs / 1_000} seconds`),
      longestSendMs,
    ).unref()
    const job = deliver(letter, recall.signal).catch((error: unknown) =>
      log.error({ error }, 'a letter got stuck'),
    )
    const done = job.then(() => {
      clearTimeout(timer)
      inHand.delete(letter.id)
      bell.resolve()
    })
    inHand.set(letter.id, { recall, done })
  }

  async function deliver(letter: WaitingLetter, signal: AbortSignal): Promise<void> {
    const ready = await readyLetter(context, letter)
    if (!ready) return storage.outbox.remove(letter.id)
    try {
      await transport.send(write(ready), letter.id, signal)
      weather.note()
    } catch (error) {
      weather.note(error)
      return regret(letter, error as Error)
    }
    await storage.outbox.markSent(letter.id, clock())
  }

  async function regret(letter: WaitingLetter, error: Error): Promise<void> {
    const { id, name, email, attempts, createdAt } = letter
    const now = clock().getTime()
    const age = now - createdAt.getTime()
    if (isHopeless(error, age)) {
      await storage.outbox.remove(id)
      log.error({ letter: name, to: email, attempts, error }, 'a mail could not be sent and is given up')
      events.emit('mailFailed', { letter: name, to: email, error })
    } else {
      // Whoever comes after us may try at once.
      const next = new Date(isStopped ? now : now + pauseAfter(attempts, age))
      await storage.outbox.postpone(id, next)
      log.warn({ letter: name, to: email, attempts, next, error }, 'a mail could not be sent yet')
    }
  }

  const working = work()
  return {
    wake: () => bell.resolve(),
    async stop(deadline) {
      isStopped = true
      bell.resolve()
      void deadline.then(() => {
        for (const { recall } of inHand.values()) recall.abort('we are closing')
      })
      await working
      await Promise.all([...inHand.values()].map(({ done }) => done))
    },
  }
}
