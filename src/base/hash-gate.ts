import { availableParallelism } from 'node:os'
import { LatchkeyError } from './errors.ts'
import { lastStepMs, longestAnswerMs } from './request-scope.ts'

/** Lets a bounded number of expensive jobs run at once and refuses those that would wait too long. */
export interface HashGate {
  /**
   * Runs the job when a slot is free. A `background` job goes after all others and is never refused.
   * @throws {LatchkeyError} HASHING_BUSY when the wait exceeds the bound, or seems to; with `retryAfter`
   */
  run<T>(job: () => Promise<T>, background?: boolean): Promise<T>
}

interface Waiting {
  readonly enter: () => void
}

interface Guest extends Waiting {
  /** When they give up. */
  readonly until: number
  readonly refuse: () => void
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
 * @param deadline by when, on that clock, whoever asks is to be answered
 */
export function createHashGate(
  slots = hashSlots,
  now = () => performance.now(),
  deadline = () => Number.POSITIVE_INFINITY,
): HashGate {
  /** Who must be answered first is first. */
  const waiting: Guest[] = []
  const waitingInBackground: Waiting[] = []
  let running = 0
  let averageMs = 50

  function estimatedWaitMs(ahead: number): number {
    return ((ahead + running) * averageMs) / slots
  }

  /** Waits for a slot, which leave() hands over: `running` already counts whoever wakes up here. */
  async function queueUp(background: boolean): Promise<void> {
    if (background) return new Promise((enter) => waitingInBackground.push({ enter }))
    const until = Math.min(deadline(), now() + longestAnswerMs) - lastStepMs
    // Some have waited for something else before.
    const ahead = waiting.findLastIndex((guest) => guest.until <= until) + 1
    const wait = estimatedWaitMs(ahead)
    if (wait > longestWaitMs || now() + wait > until) throw busy(wait)
    await new Promise<void>((enter, reject) => {
      waiting.splice(ahead, 0, { until, enter, refuse: () => reject(busy(estimatedWaitMs(waiting.length))) })
    })
  }

  function leave(): void {
    // Hashes may take longer than we thought. No timer: whoever has waited in vain is told by whoever leaves next.
    while (waiting[0] && waiting[0].until < now()) waiting.shift()?.refuse()
    const next = waiting.shift() ?? waitingInBackground.shift()
    if (next) next.enter()
    else running--
  }

  return {
    async run(job, background = false) {
      if (running < slots) running++
      else await queueUp(background)
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

function busy(waitMs: number): LatchkeyError {
  return new LatchkeyError('HASHING_BUSY', { retryAfter: Math.max(1, Math.ceil(waitMs / 1_000)) })
}
