import { setImmediate as turn } from 'node:timers/promises'
import { LatchkeyError } from '../../base/errors.ts'
import { matches } from '../../domain/filter/matches.ts'
import type { Where } from '../../domain/model/query.ts'
import { type User, viewOf } from '../../domain/model/user.ts'
import type { Row } from './engine.ts'
import { toUser } from './user-row.ts'

/** Rows judged one by one may take this long per page before the query is given up. */
const longestPageMs = 2_000

export async function* toPages(slices: AsyncIterable<readonly Row[]>): AsyncIterable<readonly User[]> {
  for await (const rows of slices) yield rows.map(toUser)
}

/** Rows that SQL let through, judged by what the filter means; skip and limit count those that fit. */
export async function* judged(
  pages: AsyncIterable<readonly User[]>,
  {
    where,
    skip,
    limit = Number.POSITIVE_INFINITY,
  }: { where: Where; skip: number; limit: number | undefined },
): AsyncIterable<readonly User[]> {
  let toSkip = skip
  let left = limit
  let leftMs = longestPageMs
  for await (const page of pages) {
    // The time that reading took is the engine's to bound.
    const started = performance.now()
    const checkTime = () => {
      if (performance.now() - started > leftMs) throw new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5 })
    }
    const fitting: User[] = []
    for (const user of page) {
      if (left === 0 || !matches(where, viewOf(user), checkTime)) continue
      if (toSkip > 0) toSkip--
      else {
        fitting.push(user)
        left--
      }
    }
    leftMs = fitting.length > 0 ? longestPageMs : leftMs - (performance.now() - started)
    if (fitting.length > 0) yield fitting
    if (left === 0) return
    // Judging is work on the event loop: let others have their turn.
    await turn()
  }
}
