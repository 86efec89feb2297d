import { type Actor, type Context, hookContext } from '../context.ts'
import { readUserId, viewOf } from '../model/user.ts'
import { hold } from '../still-in.ts'

/** Deletes a user with all tokens and roles. @returns how many there were: 1, or 0 for an unknown id */
export async function deleteById(context: Context, id: unknown, actor: Actor): Promise<number> {
  const { storage, settings, events, hooks } = context
  const userId = readUserId(id, settings)
  if (userId === undefined) return 0
  if (hooks.has('beforeDelete')) {
    const present = await storage.users.findById(userId)
    if (present) await hooks.run('beforeDelete', { ...hookContext(context, actor), user: viewOf(present) })
  }
  const user = await storage.transaction(async (transaction) => {
    const found = await hold(transaction, userId, actor)
    await transaction.users.delete(userId)
    return found
  })
  if (!user) return 0
  events.emit('deleted', { user: viewOf(user) })
  return 1
}
