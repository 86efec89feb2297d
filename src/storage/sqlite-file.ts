import { accessSync, chmodSync, closeSync, constants, openSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Awaitable } from '../base/awaitable.ts'
import { LatchkeyError } from '../base/errors.ts'
import { codeOf } from './sqlite-errors.ts'

/** SQLite's "LKEY", in the file's header: tells our databases from other programs'. */
const applicationId = 0x4c4b4559

/** Makes the file, for its owner only, where there is none. @throws {LatchkeyError} DATABASE_UNUSABLE */
export function createPrivately(path: string): void {
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

/** Asked first, because SQLite would open it for reading, and lay files beside it that nobody clears away. */
export function assertWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: ${path} cannot be written: ${(error as Error).message}`],
      cause: error,
    })
  }
}

/** A file that was copied here may be open to everybody; ours is for its owner only. */
export function makePrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch {
    // Somebody else owns the file; they have decided who may read it.
  }
}

/** Settings of the file and the writing connection; what is acknowledged is on the disk (`synchronous=FULL`). */
export function prepareFile(database: DatabaseSync, location: string): void {
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()?.tables === 0
  // Read after the tables: another first start may be making them just now.
  const isNew = isEmpty && applicationIdOf(database) === 0
  if (!isNew) assertOurs(database, location)
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

/** @throws {LatchkeyError} DATABASE_UNUSABLE for another program's database */
export function assertOurs(database: DatabaseSync, location: string): void {
  if (applicationIdOf(database) === applicationId) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [`database.url: ${location} is a database of another program, and is left as it is`],
  })
}

function applicationIdOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA application_id').get()?.application_id
}

/** Says of what SQLite refuses what is wrong with the file. @throws {LatchkeyError} DATABASE_UNUSABLE */
export async function usable<T>(location: string, open: () => Awaitable<T>): Promise<T> {
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
