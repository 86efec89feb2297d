import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { LatchkeyError } from '../base/errors.ts'
import type { Row, Statement } from './sql/engine.ts'

/** Statements kept prepared per connection; filters make new ones, the fixed ones are used all the time. */
const mostPrepared = 256

/** One connection with its prepared statements. */
export interface Connection {
  readonly database: DatabaseSync
  exec(sql: string): void
  all(statement: Statement): Row[]
  first(statement: Statement): Row | undefined
  run(statement: Statement): number
  iterate(statement: Statement): Iterator<Row>
  /** Gives statements that ask for it so long from now. */
  startClock(mostMs: number): void
  /** @throws {LatchkeyError} QUERY_TOO_SLOW when that is over */
  checkTime(): void
  close(): void
}

function inArrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true)
  return statement
}

/** @param isStopped asked by statements that ask for the time: true ends them as well */
export function createConnection(database: DatabaseSync, isStopped: () => boolean = () => false): Connection {
  const prepared = new Map<string, StatementSync>()
  let deadline = Number.POSITIVE_INFINITY
  function checkTime(): void {
    if (performance.now() > deadline || isStopped())
      throw new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5 })
  }
  // Asked once per row: the one way to end a statement from within.
  database.function('latchkey_in_time', () => {
    checkTime()
    return 1
  })

  function prepare(sql: string): StatementSync {
    const known = prepared.get(sql)
    if (known) return known
    if (prepared.size >= mostPrepared) prepared.delete(prepared.keys().next().value as string)
    const statement = inArrays(database.prepare(sql))
    prepared.set(sql, statement)
    return statement
  }

  return {
    database,
    exec: (sql) => void prepare(sql).run(),
    all: ({ sql, parameters }) => prepare(sql).all(...(parameters as SQLInputValue[])) as unknown as Row[],
    first: ({ sql, parameters }) =>
      prepare(sql).get(...(parameters as SQLInputValue[])) as unknown as Row | undefined,
    run: ({ sql, parameters }) => Number(prepare(sql).run(...(parameters as SQLInputValue[])).changes),
    // A statement of its own: two lists of the same form may be read at once.
    iterate: ({ sql, parameters }) =>
      inArrays(database.prepare(sql)).iterate(...(parameters as SQLInputValue[])) as unknown as Iterator<Row>,
    startClock(mostMs) {
      deadline = performance.now() + mostMs
    },
    checkTime,
    close: () => database.close(),
  }
}

/**
 * Lets all reads of one turn of the event loop share a transaction: taking and releasing the file's lock costs as much
 * as the look-up between them. A request that has not been read yet cannot have been answered, so it misses nothing.
 */
export function createSnapshot(connection: Connection): { begin(): void; end(): void } {
  let isOpen = false

  function end(): void {
    if (!isOpen) return
    isOpen = false
    try {
      connection.exec('COMMIT')
    } catch {
      // Nothing was written; a damaged file says so to whoever reads it, and must not end the process here.
    }
  }

  return {
    begin() {
      if (isOpen) return
      connection.exec('BEGIN')
      isOpen = true
      setImmediate(end)
    },
    end,
  }
}

/** Rows read at a time: enough to be quick, few enough to let others have their turn. */
const sliceSize = 250

/** Characters of text after which a slice is full, however few rows that is. */
const heaviestSlice = 500_000

function weightOf(row: Row): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)
}

/** Some rows of a list. */
export interface Slice {
  readonly rows: readonly Row[]
  /** Whether there are no more. */
  readonly complete: boolean
}

export function takeSlice(rows: Iterator<Row>): Slice {
  const taken: Row[] = []
  for (
    let weight = 0;
    taken.length < sliceSize && weight < heaviestSlice;
    weight += weightOf(taken.at(-1) as Row)
  ) {
    const { value, done } = rows.next()
    if (done) return { rows: taken, complete: true }
    taken.push(value)
  }
  return { rows: taken, complete: false }
}
