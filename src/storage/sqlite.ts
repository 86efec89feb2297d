import type { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import type { Awaitable } from '../base/awaitable.ts'
import { longestAnswerMs } from '../base/request-scope.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Engine, RootEngine } from './sql/engine.ts'
import { type Connection, createConnection, createSnapshot } from './sqlite-connection.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { explained, whileLocked } from './sqlite-errors.ts'
import { assertWritable, createPrivately, makePrivate, prepareFile, usable } from './sqlite-file.ts'
import { createReader } from './sqlite-reader.ts'
import { createSearches, searchesInMemory } from './sqlite-searches.ts'

/**
 * Opens a database file, and makes it (readable by its owner only) when there is none. Writes go through one
 * connection in group commits; reads through another, so that they never see half a transaction.
 * @param location a path, or `:memory:`
 * @param deadline by when whoever asks is to be answered, on the monotonic clock; infinite, where nobody waits
 * @throws {LatchkeyError} DATABASE_UNUSABLE for a file that is no database, or another program's
 */
export async function openSqlite(
  location: string,
  deadline = () => Number.POSITIVE_INFINITY,
): Promise<RootEngine> {
  const { DatabaseSync } = await import('node:sqlite')
  const isMemory = location === ':memory:'
  if (!isMemory) {
    createPrivately(location)
    assertWritable(location)
  }
  const connect = () => new DatabaseSync(location, { timeout: 0 })
  const writer = await usable(location, async () => createConnection(connect()))
  try {
    await usable(location, () => whileLocked(() => prepareFile(writer.database, location)))
    if (!isMemory) makePrivate(location)
  } catch (error) {
    writer.close()
    throw error
  }
  // A database in memory belongs to its connection; there, reads queue up with the writes.
  const reader = isMemory ? writer : createConnection(connect())
  if (!isMemory) reader.database.exec('PRAGMA query_only = on; PRAGMA temp_store = memory')

  const by = (since: number) => Math.min(deadline(), since + longestAnswerMs)
  const snapshot = createSnapshot(reader)
  const commits = createGroupCommit(
    {
      begin: (until, durable) =>
        whileLocked(() => {
          waitForDisk(durable)
          writer.exec('BEGIN IMMEDIATE')
        }, until),
      exec: (sql) => explained(() => writer.exec(sql)),
      // What has been answered must be seen by whatever is read from now on.
      committed: () => snapshot.end(),
    },
    () => by(performance.now()),
  )
  const inTransaction: Engine = {
    dialect: sqliteDialect,
    all: async (statement) => explained(() => writer.all(statement)),
    first: async (statement) => explained(() => writer.first(statement)),
    run: async (statement) => explained(() => writer.run(statement)),
    write: (statement) => inTransaction.transaction(() => inTransaction.all(statement)),
    takeTurn: async () => {},
    stream: () => {
      throw new Error('a transaction does not stream')
    },
    async transaction(work) {
      writer.exec('SAVEPOINT inner_unit')
      try {
        const result = await work(inTransaction)
        writer.exec('RELEASE inner_unit')
        return result
      } catch (error) {
        undoInner()
        throw error
      }
    },
    relaxed: async (statement) => explained(() => writer.all(statement)),
    close: async () => {},
  }

  let waits = true
  /** Whether the next commit is on the disk when it is done; one that is takes all before it along. */
  function waitForDisk(durable: boolean): void {
    if (durable === waits) return
    writer.database.exec(`PRAGMA synchronous = ${durable ? 'full' : 'normal'}`)
    waits = durable
  }

  function undoInner(): void {
    try {
      writer.exec('ROLLBACK TO inner_unit')
      writer.exec('RELEASE inner_unit')
    } catch {
      // A full disk makes SQLite roll back everything by itself; the reason is what the caller shall hear.
    }
  }

  const thread = isMemory ? undefined : createReader(location, deadline)
  const searches = thread ? createSearches(read, thread) : searchesInMemory(read)

  async function read<T>(query: (connection: Connection) => T, until = by): Promise<T> {
    return readSoon(query, until)
  }

  function readSoon<T>(query: (connection: Connection) => T, until = by): Awaitable<T> {
    if (isMemory) return commits.run(async () => query(writer))
    return whileLocked(() => {
      snapshot.begin()
      return query(reader)
    }, until)
  }

  return {
    dialect: sqliteDialect,
    all: (statement) => read((connection) => connection.all(statement)),
    first: (statement, search) =>
      search ? searches.first(statement, search) : readSoon((connection) => connection.first(statement)),
    run: (statement) => commits.run(async () => explained(() => writer.run(statement))),
    write: (statement) => commits.run(async () => explained(() => writer.all(statement))),
    relaxed: (statement) => commits.run(async () => explained(() => writer.all(statement)), false),
    ping: () =>
      read(
        (connection) => void connection.first(anyFact),
        (since) => Math.min(by(since), since + longestPingMs),
      ),
    // Whoever writes is alone.
    takeTurn: async () => {},
    stream: searches.stream,
    transaction: (work) => commits.run(() => work(inTransaction)),
    exclusively: (work) => usable(location, () => commits.run(() => work(runnerOver(writer.database)))),
    async close() {
      await thread?.close()
      await commits.drained()
      snapshot.end()
      if (reader !== writer) reader.close()
      writer.close()
    },
  }
}

const anyFact = { sql: 'select name from latchkey limit 1', parameters: [] }

/** Probes have less patience than people. */
const longestPingMs = 2_500

/** A Kysely that runs its queries on an open connection: for migrations only. */
function runnerOver(database: DatabaseSync): Kysely<unknown> {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...(parameters as never[])),
      run: (parameters: readonly unknown[]) => statement.run(...(parameters as never[])),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as never[])),
    }
  }
  return new Kysely({ dialect: new SqliteDialect({ database: { prepare, close: () => {} } }) })
}
