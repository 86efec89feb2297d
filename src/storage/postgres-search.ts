import { LatchkeyError } from '../base/errors.ts'
import { queryCancelled } from './postgres-errors.ts'
import type { Link } from './postgres-link.ts'
import type { Pool } from './postgres-pool.ts'
import type { Row, Statement } from './sql/engine.ts'

/** Rows of a list that is read in one go; and of a longer one, at a time. */
const fewRows = 100
const sliceSize = 250

/** Characters of text after which a slice is full, however few rows that is. */
const heaviestSlice = 500_000

/** Reads what filters ask for, on connections of its own: it may take long, and nobody else shall wait for it. */
export interface Searches {
  first(statement: Statement): Promise<Row | undefined>
  stream(statement: Statement): AsyncIterable<readonly Row[]>
}

/**
 * @param begin begins a transaction that only reads
 * @param isLimited whether each statement has a time limit outside of one, too
 */
export function createSearches(
  pool: Pool,
  { begin, isLimited }: { readonly begin: string; readonly isLimited: boolean },
): Searches {
  async function read({ sql, parameters }: Statement): Promise<Row[]> {
    const search = (link: Link) => link.query({ text: sql, values: parameters }).catch(tellTooSlow)
    if (isLimited) return (await pool.alone(search)).rows as Row[]
    using loan = await pool.borrow()
    await loan.link.query({ text: begin })
    try {
      return (await search(loan.link)).rows as Row[]
    } finally {
      await finish(loan.link)
    }
  }

  async function* stream(statement: Statement): AsyncIterable<readonly Row[]> {
    // Most lists are short: those take one statement, and only a long one gets a transaction for its snapshot.
    const { sql, parameters } = statement
    const few = await read({ sql: `select * from (${sql}) as few limit ${fewRows + 1}`, parameters })
    if (few.length <= fewRows) {
      yield* portionsOf(few)
      return
    }
    using loan = await pool.borrow()
    const { link } = loan
    await link.query({ text: begin })
    try {
      await link.query({ text: `declare pages no scroll cursor for ${sql}`, values: parameters })
      for (let size = fewRows; ; ) {
        const { rows } = await link.query({ text: `fetch ${size} from pages` }).catch(tellTooSlow)
        yield* portionsOf(rows as Row[])
        if (rows.length < size) return
        // As many as weigh a slice, if they are like those before.
        const weight = (rows as Row[]).reduce((sum, row) => sum + weightOf(row), 0) / rows.length
        size = Math.min(sliceSize, Math.ceil(heaviestSlice / weight))
      }
    } finally {
      await finish(link)
    }
  }

  return { first: async (statement) => (await read(statement))[0], stream }
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

async function finish(link: Link): Promise<void> {
  if (!link.isLost) await link.query({ text: 'rollback' }).catch(() => link.cut())
}

function tellTooSlow(error: Error): never {
  const isTooSlow = (error.cause as { code?: unknown } | undefined)?.code === queryCancelled
  throw isTooSlow ? new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5, cause: error.cause }) : error
}
