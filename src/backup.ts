import { LatchkeyError } from './base/errors.ts'
import { readModels } from './config/models.ts'
import type { LatchkeyOptions } from './config/options.ts'
import { backUpSqlite, type Progress } from './storage/sqlite-backup.ts'

/**
 * Copies the database of a configuration to a new file, also while others serve and change it. The copy is the database
 * as it was when the copying began: consistent, verified, for its owner only, and a database like any other.
 * @param file must not exist yet
 * @param onProgress told now and then how many pages are copied, of how many
 * @returns the size of the copy in bytes
 * @throws {LatchkeyError} BACKUP_FAILED, DATABASE_UNUSABLE; then there is no such file
 */
export function backup(
  options: LatchkeyOptions,
  file: string,
  onProgress: Progress = () => {},
): Promise<number> {
  const [{ settings }] = readModels(options)
  const { url } = settings.database
  const location = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ':memory:'
  if (location === ':memory:') {
    throw new LatchkeyError('BACKUP_FAILED', { values: ['database.url: only a SQLite file can be copied'] })
  }
  return backUpSqlite(location, file, onProgress)
}
