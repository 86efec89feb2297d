import { LatchkeyError } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { readUserId, type User, type UserId, viewOf } from '../model/user.ts'
import type { Storage } from '../storage.ts'

/**
 * Keeps the owner of an account out: their sessions end, what was mailed to them opens nothing any more, and a login is
 * answered as if there were no such account. To block who is blocked changes nothing.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function block(context: Context, id: unknown): Promise<void> {
  const { storage, events, clock } = context
  const blocked = await storage.transaction(async (transaction) => {
    const user = await present(context, transaction, id)
    if (user.blockedAt) return undefined
    await transaction.users.setBlocked(user.id, clock())
    await transaction.tokens.deleteByUser(user.id)
    await transaction.mailedTokens.deleteByUser(user.id, 'verification')
    return user
  })
  if (blocked) events.emit('blocked', { user: viewOf(blocked) })
}

/** Lets the owner in again, by a login of their own. @throws {LatchkeyError} INSTANCE_NOT_FOUND */
export async function unblock(context: Context, id: unknown): Promise<void> {
  const { storage, events } = context
  const unblocked = await storage.transaction(async (transaction) => {
    const user = await present(context, transaction, id)
    if (!user.blockedAt) return undefined
    await transaction.users.setBlocked(user.id, null)
    // What somebody let into such things made meanwhile was dead, and stays so.
    await transaction.tokens.deleteByUser(user.id)
    return user
  })
  if (unblocked) events.emit('unblocked', { user: viewOf(unblocked) })
}

/** The user of an id, within a transaction. @throws {LatchkeyError} INSTANCE_NOT_FOUND */
export async function present(
  { settings }: Pick<Context, 'settings'>,
  { users }: Pick<Storage, 'users'>,
  id: unknown,
): Promise<User> {
  const userId: UserId | undefined = readUserId(id, settings)
  const user = userId === undefined ? undefined : await users.findById(userId)
  if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
  return user
}
