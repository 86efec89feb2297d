import { availableParallelism } from 'node:os'
import { LatchkeyError } from './errors.ts'

/** Lets a bounded number of expensive jobs run at once and refuses those that would wait too long. */
export interface HashGate {
  /**
   * Runs the job when a slot is free. A `background` job goes after all others and is never refused.
   * @throws {LatchkeyError} HASHING_BUSY when the estimated wait exceeds the bound, with `retryAfter`
   */
  run<T>(job: () => Promise<T>, background?: boolean): Promise<T>
}

/** Of the thread pool that Node starts: libuv's default, unless the environment has it otherwise (`latchkey serve` does). */
const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4

/**
 * As many hashes at once as there are cores: more would not be faster, only hungrier (19 MiB each). In an app with
 * more cores than threads, one thread is left to files and host names, which would wait behind the hashes.
 */
export const hashSlots = Math.min(availableParallelism(), Math.max(1, threads - 1))

/** What each of several processes on this machine has of them, and at least one. */
export function slotsOf(processes = 1): number {
  return Math.max(1, Math.floor(hashSlots / processes))
}

/** Seconds of estimated waiting beyond which a request is better told to come back. */
const longestWaitMs = 3_000

/**
 * The queue is bounded by time, not by length: what counts for the person waiting is how long a hash takes here,
 * which is measured as we go. Sixteen people logging in at once are ordinary, six hundred are a storm.
 * @param now milliseconds of a clock that only goes forward
 */
export function createHashGate(slots = hashSlots, now = () => performance.now()): HashGate {
  const waiting: (() => void)[] = []
  const waitingInBackground: (() => void)[] = []
  let running = 0
  let averageMs = 50

  function estimatedWaitMs(): number {
    return ((waiting.length + running) * averageMs) / slots
  }

  async function enter(background: boolean): Promise<void> {
    if (running < slots) {
      running++
      return
    }
    // The slot is handed over by leave(), so `running` already counts whoever wakes up here.
    await new Promise<void>((resolve) => (background ? waitingInBackground : waiting).push(resolve))
  }

  function leave(): void {
    const next = waiting.shift() ?? waitingInBackground.shift()
    if (next) next()
    else running--
  }

  return {
    async run(job, background = false) {
      const wait = estimatedWaitMs()
      if (!background && wait > longestWaitMs) {
        throw new LatchkeyError('HASHING_BUSY', { retryAfter: Math.ceil(wait / 1_000) })
      }
      await enter(background)
      const started = now()
      try {
        return await job()
      } finally {
        averageMs = averageMs * 0.9 + (now() - started) * 0.1
        leave()
      }
    },
  }
}
