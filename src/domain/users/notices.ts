import type { Actor, Context } from '../context.ts'
import type { User } from '../model/user.ts'
import type { Storage } from '../storage.ts'

/** Whoever is robbed of an account over a long week-end can still undo it. */
const undoMs = 72 * 60 * 60 * 1_000

type Reader = Pick<Actor, 'language'>

/** Tells the owner, in the transaction that changes their password. */
export async function tellOfPassword(
  { clock }: Context,
  { outbox }: Storage,
  { id, email }: User,
  { language }: Reader,
): Promise<void> {
  await outbox.add({ name: 'passwordChanged', email, userId: id, language }, clock())
}

/**
 * Tells the old address, in the transaction of the change, from where it can be undone; and asks for proof of the new
 * one where that is required.
 */
export async function tellOfEmail(
  { settings, clock }: Context,
  { mailedTokens, outbox }: Storage,
  before: User,
  after: User,
  { language }: Reader,
): Promise<void> {
  const { id: userId, email } = before
  await mailedTokens.deleteByUser(userId, 'verification')
  const last = await mailedTokens.lastExpiry(userId, 'undoEmail')
  const name = await outbox.add({ name: 'emailChanged', email, userId, language }, clock())
  // Rights to undo end in the order of the changes, whatever the clocks say: that order tells which of them to withdraw.
  const expiresAt = new Date(Math.max(clock().getTime() + undoMs, (last?.getTime() ?? 0) + 1))
  await mailedTokens.insert({ id: name, userId, purpose: 'undoEmail', email, expiresAt })
  if (settings.user.emailVerificationRequired && after.emailVerified !== true)
    await outbox.add({ name: 'verification', email: after.email, userId, language }, clock())
}
