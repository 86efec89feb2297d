import { LatchkeyError } from '../../base/errors.ts'
import { lastStepMs } from '../../base/request-scope.ts'

/** Lets a few in at a time, of those who come under one key. */
export interface Turnstile {
  /**
   * Waits for a place, first come, first served.
   * @param most how many may be inside
   * @returns gives the place to the next
   * @throws {LatchkeyError} HASHING_BUSY for whoever would wait too long
   */
  enter(key: string, most: number): Promise<() => void>
}

interface Place {
  inside: number
  readonly waiting: (() => void)[]
}

/** Of one address at once, so that none has the whole queue for hashing to itself. */
export const mostPerAddress = 32

/** As long as the gate behind it lets people wait. */
const longestWaitMs = 3_000

/**
 * Remembers those only who are inside or wait.
 * @param deadline by when whoever asks is to be answered, on the monotonic clock
 */
export function createTurnstile(deadline: () => number): Turnstile {
  const places = new Map<string, Place>()

  function leave(key: string, place: Place): void {
    const next = place.waiting.shift()
    if (next) next()
    else place.inside--
    if (place.inside === 0) places.delete(key)
  }

  return {
    async enter(key, most) {
      const place = places.get(key) ?? { inside: 0, waiting: [] }
      places.set(key, place)
      // Whoever leaves hands the place over, so that `inside` already counts who wakes up here.
      if (place.inside < most) place.inside++
      else await wait(place.waiting, Math.min(longestWaitMs, deadline() - lastStepMs - performance.now()))
      return () => leave(key, place)
    },
  }
}

function wait(waiting: (() => void)[], mostMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(
      () => {
        waiting.splice(waiting.indexOf(enter), 1)
        reject(new LatchkeyError('HASHING_BUSY', { retryAfter: longestWaitMs / 1_000 }))
      },
      Math.max(0, mostMs),
    )
    function enter(): void {
      clearTimeout(patience)
      resolve()
    }
    waiting.push(enter)
  })
}
