import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LatchkeyError } from '../base/errors.ts'
import { readAddress } from './postgres-address.ts'
import { codeOf } from './sqlite-errors.ts'
import { assertOurs, usable } from './sqlite-file.ts'

/**
 * Names the place of a database as people may see it: with the whole path, and without a password.
 * @throws {LatchkeyError} DATABASE_UNUSABLE, MOVE_FAILED
 */
export function placeOf(url: string): string {
  if (isFile(url)) {
    if (url === 'sqlite::memory:') throw moveFailure('a database in memory cannot be moved, or moved to')
    return `sqlite:${resolve(fileOf(url))}`
  }
  const { user, hosts, database, options } = readAddress(url)
  const servers = hosts.map(({ host, port }) => `${host}:${port}`).join(',')
  return `postgres://${user}@${servers}/${database}${options === undefined ? '' : ` (${options})`}`
}

/**
 * Of a SQLite file: that nobody else has it open. Who has PostgreSQL open cannot be told so surely.
 * @throws {LatchkeyError} MOVE_FAILED, DATABASE_UNUSABLE for another program's
 */
export async function assertUnused(url: string): Promise<void> {
  if (!isFile(url) || !hasContent(url)) return
  const file = fileOf(url)
  await usable(file, async () => {
    using database = new DatabaseSync(file, { timeout: 0 })
    try {
      assertOurs(database, file)
      // Only the last one to have it open may leave the mode of many.
      database.exec('PRAGMA journal_mode = delete')
    } catch (error) {
      if (codeOf(error) !== locked) throw error
      throw moveFailure(`${file} is in use: stop the server that serves it, and try again`, error)
    }
  })
}

/** What SQLite would make is no source. @throws {LatchkeyError} DATABASE_UNUSABLE */
export function assertThere(url: string): void {
  if (!isFile(url) || hasContent(url)) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [`database.url: there is no database at ${fileOf(url)}`],
  })
}

export function moveFailure(problem: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError('MOVE_FAILED', { values: [`move: ${problem}`], cause })
}

const locked = 5

function isFile(url: string): boolean {
  return url.startsWith('sqlite:')
}

function fileOf(url: string): string {
  return url.slice('sqlite:'.length)
}

function hasContent(url: string): boolean {
  const file = fileOf(url)
  return existsSync(file) && statSync(file).size > 0
}
