import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import type { Actor, Context } from '../context.ts'
import { readUserId, type User, viewOf } from '../model/user.ts'
import type { Storage } from '../storage.ts'
import { present } from './block.ts'
import { readMailbox } from './mailbox.ts'
import { checkRedirect } from './redirect.ts'

/**
 * Asks for the link to confirm an address to be mailed again. Nothing is sent for an address that is proved already, nor
 * beyond a few letters an hour; the answer is the same.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function verify(context: Context, id: unknown, { language }: Actor): Promise<void> {
  const { storage, settings, clock } = context
  const userId = readUserId(id, settings)
  // In one transaction: the letter is about an account that is still there.
  await storage.transaction(async ({ users, outbox }) => {
    const user = userId === undefined ? undefined : await users.findById(userId)
    if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
    await outbox.add({ name: 'verification', email: user.email, userId: user.id, language }, clock())
  })
  context.post()
}

/**
 * The same for whoever has lost the letter and cannot log in before they have it: by e-mail. The answer is the same for
 * everybody, and as quick; whether somebody has the address is looked up when the letter is due.
 * @throws {LatchkeyError} EMAIL_REQUIRED when there is no text in `email`
 */
export async function requestVerification(
  context: Context,
  input: unknown,
  { language }: Actor,
): Promise<void> {
  const { email, realm } = readMailbox(input, context.settings)
  await context.storage.outbox.add({ name: 'verification', email, realm, language }, context.clock())
  context.post()
}

export interface Confirmation {
  readonly uid?: unknown
  readonly token?: unknown
  readonly redirect?: unknown
}

/**
 * Confirms an address by the token mailed to it, which is good once and for that address only.
 * @returns where to send the browser, if the request named a place on the list of `redirects`
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, REDIRECT_NOT_ALLOWED (before anything is changed), USER_NOT_FOUND,
 *   INVALID_CONFIRMATION_TOKEN for a wrong, used or expired one, and with `hideExistingAccounts` for an unknown user
 */
export async function confirm(
  context: Context,
  { uid, token, redirect }: Confirmation,
): Promise<string | undefined> {
  const { storage, settings, events, clock } = context
  const userId = readUserId(required('uid', uid), settings)
  const secret = required('token', token)
  const target = checkRedirect(redirect, settings.redirects, context.publicUrl())
  const invalid = new LatchkeyError('INVALID_CONFIRMATION_TOKEN', { values: [secret] })

  const user = await storage.transaction(async (transaction) => {
    const found = userId === undefined ? undefined : await transaction.users.findById(userId)
    if (!found)
      throw settings.user.hideExistingAccounts
        ? invalid
        : new LatchkeyError('USER_NOT_FOUND', { values: [uid] })
    const proof = { id: digestOf(secret), userId: found.id, purpose: 'verification' } as const
    // Proof of another address is none of this one; the refusal undoes that it was used up.
    if ((await transaction.mailedTokens.consume(proof, clock()))?.email !== found.email) throw invalid
    return prove(transaction, found)
  })
  events.emit('verified', { user: viewOf(user) })
  return target
}

/**
 * Vouches for an account's address in its owner's place: what the link would have done. Where it is proved already,
 * nothing changes.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function markVerified(context: Context, id: unknown): Promise<void> {
  const verified = await context.storage.transaction(async (transaction) => {
    const user = await present(context, transaction, id)
    return user.emailVerified === true ? undefined : prove(transaction, user)
  })
  if (verified) context.events.emit('verified', { user: viewOf(verified) })
}

/** Whoever opened a session before the address was proved may not be who reads it (pre-hijacking). */
async function prove({ users, tokens, mailedTokens }: Storage, { id }: User): Promise<User> {
  await mailedTokens.deleteByUser(id, 'verification')
  await tokens.deleteByUser(id)
  return (await users.update(id, { emailVerified: true })) as User
}

/** An argument that must be there, as a text. @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_ARGUMENT */
export function required(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') {
    throw new LatchkeyError('ARGUMENT_REQUIRED', { values: [name] })
  }
  if (typeof value !== 'string') throw new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] })
  return value
}
