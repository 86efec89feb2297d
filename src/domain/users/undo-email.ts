import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import type { Context } from '../context.ts'
import { readUserId, viewOf } from '../model/user.ts'
import { required } from './confirm.ts'
import { explainDuplicate } from './uniqueness.ts'

/**
 * Goes back to the address an account had before a change, by the token mailed there. All sessions end: one of them may
 * be the thief's, who changed it.
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_CONFIRMATION_TOKEN for a wrong, used or expired one,
 *   VALIDATION_FAILED when somebody else has taken the address meanwhile
 */
export async function undoEmailChange(
  context: Context,
  { uid, token }: { readonly uid?: unknown; readonly token?: unknown },
): Promise<void> {
  const { storage, settings, events, clock } = context
  const userId = readUserId(required('uid', uid), settings)
  const secret = required('token', token)
  const invalid = new LatchkeyError('INVALID_CONFIRMATION_TOKEN', { values: [secret] })
  if (userId === undefined) throw invalid

  const { before, after } = await storage.transaction(async (transaction) => {
    const found = await transaction.users.findById(userId)
    const proof = { id: digestOf(secret), userId, purpose: 'undoEmail' } as const
    const email = await transaction.mailedTokens.consume(proof, clock())
    if (!found || email === undefined) throw invalid
    const changes = { email, emailVerified: true }
    const changed = await transaction.users.update(userId, changes).catch((error: unknown) => {
      throw explainDuplicate(error, settings.user, changes)
    })
    await transaction.tokens.deleteByUser(userId)
    await transaction.mailedTokens.deleteByUser(userId, 'verification')
    return { before: found, after: changed ?? found }
  })
  events.emit('updated', { user: viewOf(after) })
  if (after.email !== before.email)
    events.emit('emailChanged', { user: viewOf(after), oldEmail: before.email })
}
