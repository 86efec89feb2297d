import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { LatchkeyError } from '../base/errors.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Engine } from './sql/engine.ts'
import { type Connection, createConnection, createSnapshot } from './sqlite-connection.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { codeOf, explained, whileLocked } from './sqlite-errors.ts'
import { createReader } from './sqlite-reader.ts'
import { createSearches, searchesInMemory } from './sqlite-searches.ts'

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

  const thread = isMemory ? undefined : createReader(location)
  const searches = thread ? createSearches(read, thread) : searchesInMemory(read)

  function read<T>(query: (connection: Connection) => T): Promise<T> {
    if (isMemory) return commits.run(async () => query(writer))
    return whileLocked(() => {
      snapshot.begin()
      return query(reader)
    })
  }

  return {
    dialect: sqliteDialect,
    all: (statement) => read((connection) => connection.all(statement)),
    first: (statement, search) =>
      search ? searches.first(statement, search) : read((connection) => connection.first(statement)),
    run: (statement) => commits.run(async () => explained(() => writer.run(statement))),
    stream: searches.stream,
    transaction: (work) => commits.run(() => work(inTransaction)),
    exclusively: (work) => usable(location, () => commits.run(() => work(writer.database))),
    async close() {
      await thread?.close()
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
