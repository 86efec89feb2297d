import { readModels } from './config/models.ts'
import type { LatchkeyOptions } from './config/options.ts'
import { type MoveOptions, moveDatabase } from './storage/move.ts'
import { tableOptions } from './user-model.ts'

/** Source and target, as `database.url` names them; one that is left out is the configured one. */
export interface MovedDatabases {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/**
 * Copies everything in one database to another, between engines too: the accounts of every user model with their ids and
 * hashes, access tokens, mailed tokens, letters that wait, roles. Writes to the source are locked out meanwhile, and in
 * the end both are read through and compared. Cut short, it goes on where it was when it is called again; until it is
 * done, no server starts on the target.
 * @param options of both, the URL aside
 * @returns how many rows there are in each table of the target
 * @throws {LatchkeyError} MOVE_FAILED, DATABASE_UNUSABLE, DATABASE_UNAVAILABLE, CONFIGURATION_INVALID
 */
export function move(
  options: LatchkeyOptions,
  { from, to }: MovedDatabases,
  { onProgress = () => {}, onWait }: Partial<Pick<MoveOptions, 'onProgress' | 'onWait'>> = {},
): Promise<Record<string, number>> {
  const configured = readModels(options)
  const [{ settings }] = configured
  const { url, ...limits } = settings.database
  const models = configured.map(tableOptions)
  return moveDatabase({ ...limits, models, from: from ?? url, to: to ?? url, onProgress, onWait })
}
