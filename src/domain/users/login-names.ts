import { LatchkeyError } from '../../base/errors.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../context.ts'
import { readUserId, type User } from '../model/user.ts'
import type { LoginName } from '../storage.ts'

/** All that an account can be named by at login, in the form it is looked up by. */
export function loginNamesOf(
  { email, username, realm }: User,
  { user: { realmRequired, realmDelimiter } }: Pick<Settings, 'user'>,
): LoginName[] {
  const inRealm = realmRequired || realmDelimiter !== '' ? { realm: realm ?? '' } : {}
  return [{ email, ...inRealm }, ...(username ? [{ username, ...inRealm }] : [])]
}

/**
 * Forgets failed guesses at an account's password, so that it can be tried from anywhere at once.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function unlock({ storage, settings, limits }: Context, id: unknown): Promise<void> {
  const userId = readUserId(id, settings)
  const user = userId === undefined ? undefined : await storage.users.findById(userId)
  if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
  for (const account of [...loginNamesOf(user, settings), { userId: user.id }]) await limits.clear(account)
}
