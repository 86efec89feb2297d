import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import type { Context } from '../context.ts'
import { readUserId, type User, viewOf } from '../model/user.ts'
import type { Storage } from '../storage.ts'
import { required } from './confirm.ts'
import { holdByLogin, nobodysAddress } from './mailbox.ts'
import { explainDuplicate, isPerRealm } from './uniqueness.ts'
import type { Outcome } from './update.ts'

/**
 * Goes back to the address an account had before a change, by the token mailed there. All sessions end: one of them may
 * be the thief's, who changed it; and what was mailed about later changes is worth nothing any more.
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_CONFIRMATION_TOKEN for a wrong, used or expired one,
 *   VALIDATION_FAILED when somebody else has proved meanwhile to read the address
 */
export async function undoEmailChange(
  context: Context,
  { uid, token }: { readonly uid?: unknown; readonly token?: unknown },
): Promise<void> {
  const { storage, settings, clock } = context
  const userId = readUserId(required('uid', uid), settings)
  const secret = required('token', token)
  const invalid = new LatchkeyError('INVALID_CONFIRMATION_TOKEN', { values: [secret] })
  if (userId === undefined) throw invalid

  const changes = await storage.transaction(async (transaction) => {
    const { users, mailedTokens } = transaction
    const found = await users.findById(userId)
    const proof = { id: digestOf(secret), userId, purpose: 'undoEmail' } as const
    const right = await mailedTokens.consume(proof, clock())
    if (!found || right === undefined) throw invalid
    // Else a thief who changed the address twice could undo the undoing.
    await mailedTokens.deleteByUser(userId, 'undoEmail', right.expiresAt)
    const displaced = await displace(context, transaction, found, right.email)
    const restored = await setEmail(context, transaction, found, right.email, true)
    return displaced ? [displaced, restored] : [restored]
  })
  for (const change of changes) announce(context, change)
}

/**
 * Takes the address from an account that never proved it: it may be the thief's, made to be in the way. It loses
 * nothing else, for it may be the owner's own.
 */
async function displace(
  context: Context,
  transaction: Storage,
  { id, realm }: User,
  email: string,
): Promise<Outcome | undefined> {
  const within = isPerRealm(context.settings) ? { realm: realm ?? '' } : {}
  const holder = await holdByLogin(transaction, { email, ...within })
  if (!holder || holder.id === id || holder.emailVerified === true) return undefined
  return setEmail(context, transaction, holder, nobodysAddress(), false)
}

async function setEmail(
  { settings }: Context,
  { users, tokens, mailedTokens }: Storage,
  before: User,
  email: string,
  emailVerified: boolean,
): Promise<Outcome> {
  const changes = { email, emailVerified }
  const changed = await users.update(before.id, changes).catch((error: unknown) => {
    throw explainDuplicate(error, settings.user, changes)
  })
  await tokens.deleteByUser(before.id)
  await mailedTokens.deleteByUser(before.id, 'verification')
  return { before, after: changed ?? before }
}

function announce({ events }: Context, { before, after }: Outcome): void {
  events.emit('updated', { user: viewOf(after) })
  if (after.email !== before.email)
    events.emit('emailChanged', { user: viewOf(after), oldEmail: before.email })
}
