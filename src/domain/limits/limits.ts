import { LatchkeyError } from '../../base/errors.ts'
import { hashSlots } from '../../base/hash-gate.ts'
import { networkOf } from '../../base/network.ts'
import { digestOf } from '../../base/secrets.ts'
import type { Settings } from '../../config/settings.ts'
import type { Announcer, Throttled } from '../events.ts'
import type { CounterStore, LoginName, Storage } from '../storage.ts'
import { countGuesses, type Guesses, type Reserved, waitOf } from './guesses.ts'
import { createLimiter, outcomeOf, sitDown } from './limiter.ts'
import { createTurnstile, mostPerAddress } from './turnstile.ts'

/** Limits on guessing a password. */
export type GuessName = 'login' | 'changePassword'
/** Limits on mail that anybody can have sent. */
export type MailName = 'reset' | 'verify'
/** Limits on what one address may do. */
export type AddressName = Exclude<keyof Settings['rateLimit'], GuessName>

/** Who guesses, and at which account. */
export interface Guess {
  /** What names the account; whether there is one makes no difference. */
  readonly account: LoginName | { readonly userId: string | number }
  /** The client's, as it is known. Undefined: no address is counted. */
  readonly address: string | undefined
}

/** What may be tried how often. Counts are in the database: they hold across processes and restarts. */
export interface Limits {
  /**
   * Judges a guess, unless there were too many. It is counted before it is judged, so that of many at once no more get
   * through than one after the other; a right one, and one that could not be judged, costs nothing.
   * @throws {LatchkeyError} TOO_MANY_ATTEMPTS, HASHING_BUSY, and whatever `judge` throws
   */
  guess(limit: GuessName, guess: Guess, judge: () => Promise<boolean>): Promise<boolean>
  /** Remembers that whoever is at an address has proved to own an account. */
  remember(account: LoginName, address: string | undefined): Promise<void>
  /**
   * Counts something that comes from an address.
   * @returns takes it back, after the answer
   * @throws {LatchkeyError} TOO_MANY_ATTEMPTS
   */
  spend(limit: AddressName, address: string | undefined, points?: number): Promise<() => void>
  /** Whether a mailbox may get one more letter; counts it. */
  mayMail(limit: MailName, mailbox: LoginName): Promise<boolean>
  /** Forgets the failures at an account. */
  clear(account: Guess['account']): Promise<void>
}

/** Of one account at once; more would only wait for each other. */
const mostPerAccount = 5
/**
 * Of all at once: enough for every thread that hashes, few enough that what a guess costs before and after its hash
 * never comes as one heap that all other requests wait behind.
 */
const mostAtOnce = Math.max(64, 4 * hashSlots)

const guessNames = ['login', 'changePassword'] as const satisfies GuessName[]

export interface LimitsContext {
  readonly storage: Pick<Storage, 'counters'>
  readonly settings: Pick<Settings, 'rateLimit'>
  readonly events: Announcer
  readonly clock: () => Date
  readonly afterwards: (work: () => Promise<unknown>) => void
  /** By when whoever asks is to be answered, on the monotonic clock. */
  readonly deadline: () => number
}

export function createLimits({
  storage,
  settings,
  events,
  clock,
  afterwards,
  deadline,
}: LimitsContext): Limits {
  const { counters } = storage
  const { rateLimit } = settings
  const turnstile = createTurnstile(deadline)
  const guesses = new Map<GuessName, Guesses>()
  for (const name of guessNames) {
    const limit = rateLimit[name]
    if (limit) guesses.set(name, countGuesses(name, limit, counters, clock))
  }

  function refuse(about: Throttled, retryAfter: number): never {
    events.emit('throttled', about)
    throw new LatchkeyError('TOO_MANY_ATTEMPTS', { retryAfter })
  }

  /** A place at each, one after the other: an address holds one of its own while it waits for one at the account. */
  async function enterAll(address: string | undefined, queue: string): Promise<() => void> {
    const left: (() => void)[] = []
    const leave = () => {
      for (const one of left) one()
    }
    try {
      if (address !== undefined) left.push(await turnstile.enter(address, mostPerAddress))
      left.push(await turnstile.enter(queue, mostPerAccount))
      left.push(await turnstile.enter('all', mostAtOnce))
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }

  async function judged(reserved: Reserved, judge: () => Promise<boolean>): Promise<boolean> {
    let isRight: boolean
    try {
      isRight = await judge()
    } catch (error) {
      // Where the database is in trouble, whoever has waited for it does not wait for that as well.
      await reserved.giveBack().catch(() => afterwards(reserved.giveBack))
      throw error
    }
    // Before the answer: whoever has it may rely on what it earns.
    if (isRight) await reserved.reward()
    return isRight
  }

  return {
    async guess(limit, { account, address }, judge) {
      const counting = guesses.get(limit)
      if (!counting) return judge()
      const target = { account: keyOf(account), address: networkOf(address) }
      const about = { limit, address, ...namesIn(account) }
      const admission = await counting.admit(target)
      if (typeof admission === 'number') return refuse(about, admission)

      const leave = await enterAll(target.address, `${limit} ${admission.queue}`)
      try {
        const reserved = await admission.reserve()
        return typeof reserved === 'number' ? refuse(about, reserved) : await judged(reserved, judge)
      } finally {
        leave()
      }
    },

    async remember(account, address) {
      const target = { account: keyOf(account), address: networkOf(address) }
      await guesses.get('login')?.remember(target)
    },

    async spend(limit, address, points = 1) {
      const { [limit]: most } = rateLimit
      const network = networkOf(address)
      if (!most || network === undefined) return () => {}
      const limiter = createLimiter(`${limit}.address`, most.address, most.window)
      // Whoever is refused again and again shall cost no more than a look.
      const before = await limiter.get(network, { sitting: sitDown(counters, clock()) })
      if (before && before.consumedPoints >= most.address) return refuse({ limit, address }, waitOf(before))
      const outcome = await outcomeOf(
        limiter.consume(network, points, { sitting: sitDown(counters, clock()) }),
      )
      const giveBack = () => counters.giveBack([limiter.getKey(network)], points, clock())
      if (!outcome.isTooMuch) return () => afterwards(giveBack)
      await giveBack()
      return refuse({ limit, address }, waitOf(outcome))
    },

    async mayMail(limit, mailbox) {
      const { [limit]: most } = rateLimit
      const isFine = !most || (await countLetter({ counters, now: clock() }, limit, most, mailbox))
      if (!isFine) events.emit('throttled', { limit, address: undefined, ...namesIn(mailbox) })
      return isFine
    },

    async clear(account) {
      for (const counting of guesses.values()) await counting.forget(keyOf(account))
    },
  }
}

/** How many letters of a kind a mailbox gets within so many seconds. */
export interface MailLimit {
  readonly mailbox: number
  readonly window: number
}

/** Counts one more letter to a mailbox. @returns whether it may have that one, too */
export async function countLetter(
  { counters, now }: { readonly counters: CounterStore; readonly now: Date },
  kind: string,
  { mailbox: most, window }: MailLimit,
  mailbox: LoginName,
): Promise<boolean> {
  const limiter = createLimiter(`${kind}.mailbox`, most, window)
  const options = { sitting: sitDown(counters, now) }
  const { isTooMuch } = await outcomeOf(limiter.consume(keyOf(mailbox), 1, options))
  return !isTooMuch
}

/** One name in one spelling has one key, of a length that does not depend on it. */
function keyOf(account: Guess['account']): string {
  if ('userId' in account) return digestOf(`id ${account.userId}`)
  const { email, username, realm } = account
  return digestOf(JSON.stringify([email, username, realm]))
}

function namesIn(account: Guess['account']): Pick<Throttled, 'email' | 'username' | 'userId'> {
  if ('userId' in account) return account
  const { email, username } = account
  return { email, username }
}
