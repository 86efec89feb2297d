import { LatchkeyError } from '../base/errors.ts'
import { matches } from '../domain/filter/matches.ts'
import { viewOf } from '../domain/model/user.ts'
import { queryCancelled } from './postgres-errors.ts'
import type { Answer, Link, Question } from './postgres-link.ts'
import type { Pool } from './postgres-pool.ts'
import { undo } from './postgres-transaction.ts'
import type { Row, Search, Statement } from './sql/engine.ts'
import { toUser } from './sql/user-row.ts'

/** Rows of a list that is read in one go; and of a longer one, at a time. */
const fewRows = 100
const sliceSize = 250

/** Characters of text after which a slice is full, however few rows that is. */
const heaviestSlice = 500_000

/** How long a list may be searched for its first row that fits, and for each further slice of them. */
const longestSearchMs = 2_000

/** Reads what filters ask for, on connections of its own: it may take long, and nobody else shall wait for it. */
export interface Searches {
  first(statement: Statement, search: Search): Promise<Row | undefined>
  stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]>
}

/**
 * @param begin begins a transaction that only reads
 * @param isLimited whether each statement has a time limit outside of one, too
 * @param by when whoever asks now gives up, on the monotonic clock
 */
export function createSearches(
  pool: Pool,
  {
    begin,
    isLimited,
    by,
  }: { readonly begin: string; readonly isLimited: boolean; readonly by: () => number },
): Searches {
  async function read({ sql, parameters }: Statement, { signal }: Search): Promise<Row[]> {
    const question = { text: sql, values: parameters }
    using loan = await pool.borrow(by())
    const { link } = loan
    if (isLimited) return (await ask(link, { ...question, by: by() }, signal)).rows as Row[]
    try {
      await link.query({ text: begin, by: by() })
      return (await ask(link, { ...question, by: by() }, signal)).rows as Row[]
    } finally {
      await undo(link, by())
    }
  }

  async function* stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]> {
    // Most lists are short: those take one statement, and only a long one gets a transaction for its snapshot.
    const { sql, parameters } = statement
    const few = { sql: `select * from (${sql}) as few limit ${fewRows + 1}`, parameters }
    const rows = await read(few, search)
    if (rows.length <= fewRows) {
      yield* portionsOf(rows)
      return
    }
    using loan = await pool.borrow(by())
    const { link } = loan
    try {
      await link.query({ text: begin, by: by() })
      await link.query({ text: `declare pages no scroll cursor for ${sql}`, values: parameters, by: by() })
      yield* fetchAll(link, search, by)
    } finally {
      await undo(link, by())
    }
  }

  return { first: async (statement, search) => (await read(statement, search))[0], stream }
}

/** Rows that do not fit are left out here already: the time they take is bounded only where they are known. */
async function* fetchAll(
  link: Link,
  { where, signal }: Search,
  by: () => number,
): AsyncIterable<readonly Row[]> {
  let deadline = performance.now() + longestSearchMs
  const checkTime = () => {
    if (performance.now() > deadline) throw new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5 })
  }
  for (let size = fewRows; ; ) {
    const rows = (await ask(link, { text: `fetch ${size} from pages`, by: by() }, signal)).rows as Row[]
    const fitting = where ? rows.filter((row) => matches(where, viewOf(toUser(row)), checkTime)) : rows
    if (fitting.length > 0) {
      yield* portionsOf(fitting)
      deadline = performance.now() + longestSearchMs
    }
    if (rows.length < size) return
    checkTime()
    // As many as weigh a slice, if they are like those before.
    const weight = rows.reduce((sum, row) => sum + weightOf(row), 0) / rows.length
    size = Math.min(sliceSize, Math.ceil(heaviestSlice / weight))
  }
}

/** Hangs up when nobody waits for the answer any more; the server hears of it when it looks, or by its own clock. */
async function ask(link: Link, question: Question, signal: AbortSignal | undefined): Promise<Answer> {
  signal?.throwIfAborted()
  signal?.addEventListener('abort', link.cut)
  try {
    return await link.query(question)
  } catch (error) {
    signal?.throwIfAborted()
    throw isTooSlow(error) ? new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5, cause: error }) : error
  } finally {
    signal?.removeEventListener('abort', link.cut)
  }
}

function isTooSlow(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return cause?.code === queryCancelled
}

function* portionsOf(rows: readonly Row[]): Iterable<readonly Row[]> {
  let start = 0
  let weight = 0
  for (const [index, row] of rows.entries()) {
    weight += weightOf(row)
    if (weight < heaviestSlice && index < rows.length - 1) continue
    yield rows.slice(start, index + 1)
    start = index + 1
    weight = 0
  }
}

function weightOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)
}
