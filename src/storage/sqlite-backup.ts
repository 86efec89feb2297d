import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { LatchkeyError } from '../base/errors.ts'
import { assertOurs, usable } from './sqlite-file.ts'

export type Progress = (pages: number, ofPages: number) => void

/** Pages copied at a time: a few megabytes. */
const pagesAtOnce = 1_000

/** How long the source's lock is waited for; readers rarely need to. */
const longestLockMs = 5_000

/**
 * Copies a database to a new file, page by page; see `backup` in the library.
 * @param location of the database
 * @returns the size of the copy in bytes
 */
export async function backUpSqlite(location: string, file: string, onProgress: Progress): Promise<number> {
  if (!existsSync(location)) {
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [`database.url: there is no database at ${location}`],
    })
  }
  if (existsSync(file)) throw failure(`${file} exists already, and is left as it is`)
  // Under another name until it is whole: whatever a crash leaves behind must not pass for a backup.
  const part = `${file}.part`
  try {
    rmSync(part, { force: true })
    closeSync(openSync(part, 'wx', 0o600))
    await usable(location, () => copy(location, part, onProgress))
    verify(part)
    const { size } = statSync(part)
    moveInto(part, file)
    return size
  } catch (error) {
    if (error instanceof LatchkeyError) throw error
    throw failure(`${file} cannot be made: ${(error as Error).message}`, error)
  } finally {
    for (const rest of ['', '-journal', '-wal', '-shm']) rmSync(`${part}${rest}`, { force: true })
  }
}

async function copy(location: string, part: string, onProgress: Progress): Promise<void> {
  using source = new DatabaseSync(location, { timeout: longestLockMs })
  assertOurs(source, location)
  // Holds one snapshot for all steps: without, each write of another process would start the copying anew.
  source.exec('BEGIN; SELECT count(*) FROM sqlite_master')
  await backup(source, part, {
    rate: pagesAtOnce,
    progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
  })
}

function verify(part: string): void {
  using copied = new DatabaseSync(part)
  const found = copied.prepare('PRAGMA integrity_check').all()
  if (found.length === 1 && found[0]?.integrity_check === 'ok') return
  throw failure(`the copy is damaged, and so the database must be: ${found[0]?.integrity_check}`)
}

/** Never over a file that has come to be there meanwhile. */
function moveInto(part: string, file: string): void {
  try {
    linkSync(part, file)
  } catch (error) {
    // Some file systems know no second name.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(file)) throw error
    renameSync(part, file)
  }
  keepName(file)
}

/** A new name is safe from a power cut once its folder is. */
function keepName(file: string): void {
  try {
    const folder = openSync(dirname(file), 'r')
    fsyncSync(folder)
    closeSync(folder)
  } catch {
    // Not everywhere can a folder be opened; there, names are safe by themselves.
  }
}

function failure(problem: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError('BACKUP_FAILED', { values: [`backup: ${problem}`], cause })
}
