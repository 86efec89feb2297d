import { closeSync, openSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { LatchkeyError } from '../base/errors.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Engine, Row, Statement } from './sql/engine.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

/** How long a lock held by another process is waited for, without blocking the event loop. */
const longestLockMs = 5_000
/** Rows read at a time: enough to be quick, few enough to let others have their turn. */
const sliceSize = 250
/** Statements kept prepared per connection; filters make new ones, the fixed ones are used all the time. */
const mostPrepared = 256

/** SQLite's "LKEY", in the file's header: tells our databases from other programs'. */
const applicationId = 0x4c4b4559

export interface SqliteEngine extends Engine {
  /** Runs the work on the bare connection inside one exclusive transaction, for migrations. */
  exclusively<T>(work: (database: DatabaseSync) => Promise<T>): Promise<T>
}

/**
 * Opens a database file, and makes it (readable by its owner only) when there is none. Writes go through one
 * connection in group commits; reads through another, so that they never see half a transaction.
 * @param location a path, or `:memory:`
 * @throws {LatchkeyError} DATABASE_UNUSABLE for a file that is no database, or another program's
 */
export async function openSqlite(location: string): Promise<SqliteEngine> {
  const { DatabaseSync } = await import('node:sqlite')
  const isMemory = location === ':memory:'
  if (!isMemory) createPrivately(location)
  const connect = () => new DatabaseSync(location, { timeout: 0 })
  const writer = createConnection(connect())
  await usable(location, async () => {
    await whileLocked(() => prepareFile(writer.database, location))
  })
  // A database in memory belongs to its connection; there, reads queue up with the writes.
  const reader = isMemory ? writer : createConnection(connect())
  if (!isMemory) reader.database.exec('PRAGMA query_only = on; PRAGMA temp_store = memory')

  const snapshot = createSnapshot(reader)
  const commits = createGroupCommit({
    begin: () => whileLocked(() => writer.exec('BEGIN IMMEDIATE')),
    exec: (sql) => explained(() => writer.exec(sql)),
    // What has been answered must be seen by whatever is read from now on.
    committed: () => snapshot.end(),
  })
  const inTransaction: Engine = {
    dialect: sqliteDialect,
    all: async (statement) => explained(() => writer.all(statement)),
    first: async (statement) => explained(() => writer.first(statement)),
    run: async (statement) => explained(() => writer.run(statement)),
    stream: () => {
      throw new Error('a transaction does not stream')
    },
    transaction: (work) => work(inTransaction),
    close: async () => {},
  }

  function read<T>(query: (connection: Connection) => T): Promise<T> {
    if (isMemory) return commits.run(async () => query(writer))
    return whileLocked(() => {
      snapshot.begin()
      return query(reader)
    })
  }

  async function* stream(statement: Statement): AsyncIterable<readonly Row[]> {
    // Most lists are short: the first slice is read on the spot, and only a long list gets a snapshot of its own.
    const first = await read((connection) => takeFirst(connection.iterate(statement), sliceSize))
    if (first.complete) {
      if (first.rows.length > 0) yield first.rows
      return
    }
    const own = isMemory
      ? undefined
      : createConnection(new DatabaseSync(location, { readOnly: true, timeout: 0 }))
    try {
      const rows = await whileLocked(() => (own ?? writer).iterate(statement))
      for (;;) {
        const slice = explained(() => takeFirst(rows, sliceSize, false))
        if (slice.rows.length > 0) yield slice.rows
        if (slice.complete) return
        await turn()
      }
    } finally {
      own?.close()
    }
  }

  return {
    dialect: sqliteDialect,
    all: (statement) => read((connection) => connection.all(statement)),
    first: (statement) => read((connection) => connection.first(statement)),
    run: (statement) => commits.run(async () => explained(() => writer.run(statement))),
    stream,
    transaction: (work) => commits.run(() => work(inTransaction)),
    exclusively: (work) => commits.run(() => work(writer.database)),
    async close() {
      await commits.drained()
      snapshot.end()
      if (reader !== writer) reader.close()
      writer.close()
    },
  }
}

/** One connection with its prepared statements. */
interface Connection {
  readonly database: DatabaseSync
  exec(sql: string): void
  all(statement: Statement): Row[]
  first(statement: Statement): Row | undefined
  run(statement: Statement): number
  iterate(statement: Statement): Iterator<Row>
  close(): void
}

function inArrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true)
  return statement
}

function createConnection(database: DatabaseSync): Connection {
  const prepared = new Map<string, StatementSync>()

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
    close: () => database.close(),
  }
}

/**
 * Lets all reads of one turn of the event loop share a transaction: taking and releasing the file's lock costs as much
 * as the look-up between them. A request that has not been read yet cannot have been answered, so it misses nothing.
 */
function createSnapshot(connection: Connection): { begin(): void; end(): void } {
  let isOpen = false

  function end(): void {
    if (!isOpen) return
    isOpen = false
    connection.exec('COMMIT')
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

function takeFirst(rows: Iterator<Row>, most: number, close = true): { rows: Row[]; complete: boolean } {
  const taken: Row[] = []
  while (taken.length < most) {
    const { value, done } = rows.next()
    if (done) return { rows: taken, complete: true }
    taken.push(value)
  }
  if (close) rows.return?.()
  return { rows: taken, complete: false }
}

function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: ${path} cannot be made: ${(error as Error).message}`],
      cause: error,
    })
  }
}

/** Settings of the file and the writing connection; what is acknowledged is on the disk (`synchronous=FULL`). */
function prepareFile(database: DatabaseSync, location: string): void {
  const found = database.prepare('PRAGMA application_id').get()?.application_id
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()?.tables === 0
  if (found !== applicationId && !isEmpty) {
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: ${location} is a database of another program, and is left as it is`],
    })
  }
  database.exec(`
    PRAGMA journal_mode = wal;
    PRAGMA synchronous = full;
    PRAGMA foreign_keys = on;
    PRAGMA temp_store = memory;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA application_id = ${applicationId};
  `)
}

async function usable(location: string, open: () => Promise<void>): Promise<void> {
  try {
    await open()
  } catch (error) {
    const code = codeOf(error)
    if (code !== 26 && code !== 11) throw error
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: ${location} is no SQLite database, or is damaged; it is left as it is`],
      cause: error,
    })
  }
}

/** SQLite's primary result code. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode
  return code === undefined ? undefined : code & 0xff
}

/** Tries again, with growing pauses, while another process holds a lock; gives up after five seconds. */
function whileLocked<T>(attempt: () => T): Promise<T> {
  try {
    return Promise.resolve(attempt())
  } catch (error) {
    return isLocked(error) ? tryAgain(attempt) : Promise.reject(explain(error))
  }
}

async function tryAgain<T>(attempt: () => T): Promise<T> {
  const deadline = performance.now() + longestLockMs
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 50)) {
    await pause(waitMs)
    try {
      return attempt()
    } catch (error) {
      if (!isLocked(error)) throw explain(error)
      if (performance.now() > deadline)
        throw new LatchkeyError('DATABASE_BUSY', { retryAfter: 1, cause: error })
    }
  }
}

function isLocked(error: unknown): boolean {
  const code = codeOf(error)
  return code === 5 || code === 6
}

function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}

/** A full disk, a file made read-only, a broken disk: not the client's fault and not a fault of ours. */
function explain(error: unknown): unknown {
  const unavailable = [7, 8, 10, 11, 13, 14, 26].includes(codeOf(error) ?? 0)
  return unavailable ? new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 5, cause: error }) : error
}
