import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import { digestOf } from '../../base/secrets.ts'
import type { CounterStore } from '../storage.ts'
import { createLimiter, type Outcome, outcomeOf, type Sitting, sitDown } from './limiter.ts'

/** Limits on guessing one kind of secret, as `rateLimit.login` has them. */
export interface GuessLimit {
  /** Failures from one address, … */
  readonly address: number
  /** … and at one account from all of them, … */
  readonly account: number
  /** … and how many of these before each must wait longer than the one before, … */
  readonly delayAfter: number
  /** … within so many seconds. */
  readonly window: number
}

/** At which account, and from where. */
export interface Target {
  /** Names the account, whether or not there is one; a digest, because what clients type may be long. */
  readonly account: string
  /** As `networkOf` has it; undefined: not known, and then no address is counted. */
  readonly address: string | undefined
}

/** A guess that has been counted as if it had failed. */
export interface Reserved {
  /** It never came to a judgement: as if it had not been made. */
  giveBack(): Promise<void>
  /** It was right: the same; and where it came from is known there from now on. */
  reward(): Promise<void>
}

/** Where in the queue of its account and of its address a guess belongs. */
export interface Admission {
  readonly queue: string
  /** @returns seconds after which to try again, where others were quicker */
  reserve(): Promise<Reserved | number>
}

export interface Guesses {
  /** @returns seconds after which to try again, where there were too many; nothing is written to find out */
  admit(target: Target): Promise<Admission | number>
  remember(target: Target): Promise<void>
  forget(account: string): Promise<void>
}

/** The first delay after `delayAfter` failures; each further one is twice as long. */
const firstDelay = 5
/** An address from which somebody logged in counts for itself that long, in seconds. */
const memory = 90 * 24 * 60 * 60
/** Whoever logged in to an account before is not kept out because others at that address guess at other accounts. */
const knownAllowance = 10

/**
 * Counts failures by address, by account and, for those who have logged in from there before, by both.
 *
 * Whoever guesses from anywhere can use up what strangers may fail at an account, but not what its owner may. All of them
 * together fail at most `account` times; strangers alone never that often, because of their delays. A right password
 * takes back what itself has cost: an own account must not clean an address that guesses at others.
 */
export function countGuesses(
  name: string,
  { address, account, delayAfter, window }: GuessLimit,
  counters: CounterStore,
  clock: () => Date,
): Guesses {
  const ofAddress = createLimiter(`${name}.address`, address, window)
  const ofKnownAddress = createLimiter(`${name}.address`, address * knownAllowance, window)
  const ofAccount = createLimiter(`${name}.account`, account, window)
  const failures = createLimiter(`${name}.failures`, delayAfter, window)
  const pause = createLimiter(`${name}.pause`, 1, window)
  const known = createLimiter(`${name}.known`, 1, memory)

  async function admit(target: Target): Promise<Admission | number> {
    const own = ownKeyOf(target)
    const sitting = sitDown(counters, clock())
    const look = (limiter: RateLimiterAbstract, key: string | undefined) =>
      key === undefined ? null : limiter.get(key, { sitting })
    const [addressNow, accountNow, strangersPause, ownPause, acquaintance] = await Promise.all([
      look(ofAddress, target.address),
      look(ofAccount, target.account),
      look(pause, target.account),
      look(pause, own),
      look(known, own),
    ])
    const isKnown = own !== undefined && acquaintance !== null
    const track = isKnown ? own : target.account
    const addressLimiter = isKnown ? ofKnownAddress : ofAddress
    const paused = isKnown ? ownPause : strangersPause
    const full = [
      addressNow && addressNow.consumedPoints >= addressLimiter.points ? addressNow : null,
      accountNow && accountNow.consumedPoints >= account ? accountNow : null,
      paused && paused.consumedPoints > 0 ? paused : null,
    ]
    const wait = longestOf(full.filter((one) => one !== null))
    if (wait !== undefined) return wait
    const isFresh = acquaintance !== null && acquaintance.msBeforeNext > (memory / 2) * 1_000
    return { queue: track, reserve: () => reserve(target, { track, addressLimiter, isKnown, isFresh }) }
  }

  interface Way {
    readonly track: string
    readonly addressLimiter: RateLimiterAbstract
    readonly isKnown: boolean
    /** Whether it is remembered for long enough. */
    readonly isFresh: boolean
  }

  async function reserve(target: Target, way: Way): Promise<Reserved | number> {
    const { track, addressLimiter } = way
    const sitting = sitDown(counters, clock())
    const counted = [ofAccount.getKey(target.account), failures.getKey(track)]
    if (target.address !== undefined) counted.push(addressLimiter.getKey(target.address))
    const giveBack = () => counters.giveBack(counted, 1, clock())

    const [ofTrack, ...others] = await Promise.all([
      outcomeOf(failures.penalty(track, 1, { sitting })),
      outcomeOf(ofAccount.consume(target.account, 1, { sitting })),
      ...(target.address === undefined
        ? []
        : [outcomeOf(addressLimiter.consume(target.address, 1, { sitting }))]),
    ])
    const isDelayed = ofTrack.consumedPoints >= delayAfter
    const mayPass = others.every(({ isTooMuch }) => !isTooMuch)
    const delay = isDelayed && mayPass ? [await startPause(track, ofTrack)] : []
    const wait = longestOf([...others, ...delay].filter(({ isTooMuch }) => isTooMuch))
    if (wait !== undefined) {
      await giveBack()
      return wait
    }
    return {
      giveBack: async () => {
        await giveBack()
        if (isDelayed) await counters.forget([pause.getKey(track)])
      },
      reward: async () => {
        await giveBack()
        // What an owner mistyped is forgotten with the right password; what strangers did is not.
        const own = way.isKnown && ofTrack.consumedPoints > 1 ? [failures.getKey(track)] : []
        const done = isDelayed ? [...own, pause.getKey(track)] : own
        if (done.length > 0) await counters.forget(done)
        if (!way.isFresh) await remember(target)
      },
    }
  }

  /** Nobody's turn until it is over, but never longer than the failures count. */
  function startPause(track: string, { consumedPoints, msBeforeNext }: Outcome): Promise<Outcome> {
    const doubled = firstDelay * 2 ** Math.min(consumedPoints - delayAfter, 20)
    const customDuration = Math.min(doubled, msBeforeNext / 1_000)
    const sitting: Sitting = sitDown(counters, clock())
    return outcomeOf(pause.consume(track, 1, { sitting, customDuration }))
  }

  async function remember(target: Target): Promise<void> {
    const own = ownKeyOf(target)
    if (own === undefined) return
    await counters.forget([known.getKey(own)])
    await known.penalty(own, 1, { sitting: sitDown(counters, clock()) })
  }

  return {
    admit,
    remember,
    async forget(key) {
      const limiters = [ofAccount, failures, pause]
      await counters.forget(limiters.map((limiter) => limiter.getKey(key)))
      // The keys of an account at its addresses begin with the account's.
      for (const limiter of limiters) await counters.forgetAll(`${limiter.getKey(key)}/`)
    },
  }
}

/** Of an account at an address. The address itself stays in the database for no longer than a window. */
function ownKeyOf({ account, address }: Target): string | undefined {
  return address === undefined ? undefined : `${account}/${digestOf(`${account} ${address}`)}`
}

function longestOf(over: readonly Wait[]): number | undefined {
  return over.length === 0 ? undefined : Math.max(...over.map(waitOf))
}

type Wait = Pick<Outcome, 'msBeforeNext'>

/** In whole seconds, at least one. */
export function waitOf({ msBeforeNext }: Wait): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000))
}
