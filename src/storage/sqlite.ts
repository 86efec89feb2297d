import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { LatchkeyError } from '../base/errors.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Engine, Row, Statement } from './sql/engine.ts'
import { type Connection, createConnection, createSnapshot, takeFirst } from './sqlite-connection.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { codeOf, explained, whileLocked } from './sqlite-errors.ts'

/** Rows read at a time: enough to be quick, few enough to let others have their turn. */
const sliceSize = 250

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

  const snapshot = createSnapshot(reader)
  const commits = createGroupCommit({
    begin: (since) => whileLocked(() => writer.exec('BEGIN IMMEDIATE'), since),
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
    close: async () => {},
  }

  function undoInner(): void {
    try {
      writer.exec('ROLLBACK TO inner_unit')
      writer.exec('RELEASE inner_unit')
    } catch {
      // A full disk makes SQLite roll back everything by itself; the reason is what the caller shall hear.
    }
  }

  function read<T>(query: (connection: Connection) => T): Promise<T> {
    if (isMemory) {
      return commits.run(async () => {
        writer.startClock()
        return query(writer)
      })
    }
    return whileLocked(() => {
      snapshot.begin()
      reader.startClock()
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
    const onSnapshot = <T>(query: (connection: Connection) => T): Promise<T> => {
      if (!own) return read(query)
      own.startClock()
      return whileLocked(() => query(own))
    }
    try {
      const rows = await onSnapshot((connection) => connection.iterate(statement))
      for (;;) {
        const slice = await onSnapshot(() => takeFirst(rows, sliceSize, false))
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
    exclusively: (work) => usable(location, () => commits.run(() => work(writer.database))),
    async close() {
      await commits.drained()
      snapshot.end()
      if (reader !== writer) reader.close()
      writer.close()
    },
  }
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

/** A file that was copied here may be open to everybody; ours is for its owner only. */
function makePrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch {
    // Somebody else owns the file; they have decided who may read it.
  }
}

/** Settings of the file and the writing connection; what is acknowledged is on the disk (`synchronous=FULL`). */
function prepareFile(database: DatabaseSync, location: string): void {
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()?.tables === 0
  // Read after the tables: another first start may be making them just now.
  const found = database.prepare('PRAGMA application_id').get()?.application_id
  const isNew = isEmpty && found === 0
  if (found !== applicationId && !isNew) {
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
  `)
  // Only once: a file we are about to refuse must be left as it is, to the byte.
  if (isNew) database.exec(`PRAGMA application_id = ${applicationId}`)
}

async function usable<T>(location: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    const code = codeOf(error) ?? codeOf((error as Error).cause)
    const problem = {
      3: 'cannot be opened: check who may read and write it',
      8: 'cannot be written: the file and its folder must be writable',
      11: 'is no SQLite database, or is damaged; it is left as it is',
      14: 'cannot be opened: the file and its folder must be readable and writable',
      26: 'is no SQLite database, or is damaged; it is left as it is',
    }[code ?? 0]
    if (!problem) throw error
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: ${location} ${problem}`],
      cause: error,
    })
  }
}
