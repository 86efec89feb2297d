import { LatchkeyError } from '../base/errors.ts'
import type { Actor } from './context.ts'
import type { Storage } from './storage.ts'

/**
 * Sees to it, within the transaction of a change, that the session which asks for it has not been ended since the
 * request came: by a logout, or by a change of password.
 * @throws {LatchkeyError} AUTHORIZATION_REQUIRED
 */
export async function checkStillIn({ tokens }: Storage, { caller }: Actor): Promise<void> {
  if (!caller) return
  const token = await tokens.findOfUser(caller.user.id, caller.token.id)
  if (!token) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
}
