import { setTimeout as pause } from 'node:timers/promises'
import type { Awaitable } from '../base/awaitable.ts'
import { LatchkeyError } from '../base/errors.ts'
import { longestAnswerMs } from '../base/request-scope.ts'

/** SQLite's primary result code. */
export function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: number } | undefined)?.errcode
  return code === undefined ? undefined : code & 0xff
}

/**
 * Tries again, with growing pauses, while another process holds a lock. The event loop is free meanwhile.
 * @param by when whoever waits gives up, on the monotonic clock; asked before each try, and told when the first one failed
 */
export function whileLocked<T>(attempt: () => T, by = inGoodTime): Awaitable<T> {
  try {
    return attempt()
  } catch (error) {
    return isLocked(error) ? tryAgain(attempt, by) : Promise.reject(explain(error))
  }
}

function inGoodTime(since: number): number {
  return since + longestAnswerMs
}

async function tryAgain<T>(attempt: () => T, by: typeof inGoodTime): Promise<T> {
  const since = performance.now()
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    await pause(waitMs)
    try {
      return attempt()
    } catch (error) {
      if (!isLocked(error)) throw explain(error)
      if (performance.now() > by(since))
        throw new LatchkeyError('DATABASE_BUSY', { retryAfter: 1, cause: error })
    }
  }
}

function isLocked(error: unknown): boolean {
  const code = codeOf(error)
  return code === 5 || code === 6
}

export function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}

/** The same of an error that comes from a thread of ours, which has nothing but its message and SQLite's code. */
export function explainForeign({
  message,
  errcode,
}: {
  message: string
  errcode: number | undefined
}): unknown {
  return explain(Object.assign(new Error(message), errcode === undefined ? {} : { errcode }))
}

/** A full disk, a file made read-only, a broken disk, a database closed: not the client's fault and not a fault of ours. */
function explain(error: unknown): unknown {
  const isClosed = (error as NodeJS.ErrnoException).code === 'ERR_INVALID_STATE'
  const unavailable = isClosed || [7, 8, 10, 11, 13, 14, 26].includes(codeOf(error) ?? 0)
  return unavailable ? new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 5, cause: error }) : error
}
