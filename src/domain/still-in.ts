import { LatchkeyError } from '../base/errors.ts'
import type { Actor } from './context.ts'
import type { User, UserId } from './model/user.ts'
import type { Storage } from './storage.ts'

/**
 * Holds, within the transaction of a change, the account it is about, and sees to it that the session which asks for it
 * has not been ended since the request came: by a logout, or by a change of password.
 * @throws {LatchkeyError} AUTHORIZATION_REQUIRED
 */
export async function hold(
  storage: Storage,
  userId: UserId | undefined,
  actor: Actor,
): Promise<User | undefined> {
  // The account before the session, as whoever ends sessions goes about it: else the two would wait for each other.
  const user = userId === undefined ? undefined : await storage.users.findById(userId)
  await checkStillIn(storage, actor)
  return user
}

/** The second half of `hold`, for those who hold their accounts already. @throws {LatchkeyError} AUTHORIZATION_REQUIRED */
export async function checkStillIn({ tokens }: Storage, { caller }: Actor): Promise<void> {
  if (!caller) return
  const token = await tokens.findOfUser(caller.user.id, caller.token.id)
  if (!token) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
}
