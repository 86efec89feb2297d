import type { IRateLimiterOptions, RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
// @ts-expect-error Without types of its own. From the index we would load a dozen databases, and not get the next.
import Result from 'rate-limiter-flexible/lib/RateLimiterRes.js'
// @ts-expect-error Without types of its own.
import StoreAbstract from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js'
import type { Counter, CounterStore } from '../storage.ts'

/** What counters are asked in one go. Limiters are handed it with each question, as `{ sitting }`. */
export interface Sitting {
  readonly now: Date
  get(key: string): Promise<Counter | undefined>
  add(counter: Counter): Promise<Counter>
}

/** A limiter's further argument. */
export interface SittingOptions {
  readonly sitting: Sitting
  /** Seconds, instead of the limiter's own. */
  readonly customDuration?: number
}

/** Gathers what limiters ask in one turn of the event loop: it goes to the database as one statement. */
export function sitDown(counters: CounterStore, now: Date): Sitting {
  return {
    now,
    get: together((keys) => counters.read(keys, now)),
    add: together((added) => counters.add(added, now)),
  }
}

function together<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  const questions: Question[] = []
  let answers: Promise<readonly Answer[]> | undefined
  return async (question) => {
    const place = questions.push(question) - 1
    answers ??= Promise.resolve().then(() => ask(questions))
    return (await answers)[place] as Answer
  }
}

/** What we hand the library of a counter, and get back to read. */
interface Reading {
  readonly counter: Counter
  readonly now: Date
}

/** The library's limiter over our counters: it knows what is too much, they know how much there was. */
class CounterLimiter extends (StoreAbstract as new (options: IRateLimiterOptions) => RateLimiterAbstract) {
  async _get(key: string, { sitting }: SittingOptions): Promise<Reading | null> {
    const counter = await sitting.get(key)
    return counter ? { counter, now: sitting.now } : null
  }

  async _upsert(
    key: string,
    points: number,
    milliseconds: number,
    _isBlock: boolean,
    { sitting }: SittingOptions,
  ): Promise<Reading> {
    const { now } = sitting
    const expiresAt = new Date(now.getTime() + milliseconds)
    return { counter: await sitting.add({ key, points, expiresAt }), now }
  }

  _getRateLimiterRes(_key: string, added: number, { counter, now }: Reading): RateLimiterRes {
    const { points, expiresAt } = counter
    const remaining = Math.max(this.points - points, 0)
    return new Result(remaining, expiresAt.getTime() - now.getTime(), points, points === added)
  }
}

/** @param name what its keys begin with */
export function createLimiter(name: string, points: number, seconds: number): RateLimiterAbstract {
  return new CounterLimiter({ keyPrefix: name, points, duration: seconds })
}

/** What a limiter's promise gives, where too much is an answer like any other. */
export async function outcomeOf(consumed: Promise<RateLimiterRes>): Promise<Outcome> {
  try {
    const { msBeforeNext, consumedPoints } = await consumed
    return { isTooMuch: false, msBeforeNext, consumedPoints }
  } catch (reason) {
    // The library rejects with what it knows of the counter; anything else is a failure.
    if (!(reason instanceof Result)) throw reason
    const { msBeforeNext, consumedPoints } = reason as RateLimiterRes
    return { isTooMuch: true, msBeforeNext, consumedPoints }
  }
}

export interface Outcome extends Pick<RateLimiterRes, 'msBeforeNext' | 'consumedPoints'> {
  readonly isTooMuch: boolean
}
