import { LatchkeyError } from '../../base/errors.ts'
import { digestOf, randomToken } from '../../base/secrets.ts'
import type { Context } from '../context.ts'
import { readUserId, type User, viewOf } from '../model/user.ts'
import type { Storage } from '../storage.ts'
import { checkRedirect } from './redirect.ts'

/** A link to confirm an address is good for a day (ASVS 6.5.5 wants mailed secrets short-lived; mail can be slow). */
export const verificationTtlMs = 24 * 60 * 60 * 1_000

/** Makes the token that, mailed to the user's address, proves it. To be called in the transaction that asks for it. */
export async function issueVerification({ clock }: Context, storage: Storage, user: User): Promise<string> {
  const secret = randomToken()
  await storage.mailedTokens.insert({
    id: digestOf(secret),
    userId: user.id,
    purpose: 'verification',
    email: user.email,
    expiresAt: new Date(clock().getTime() + verificationTtlMs),
  })
  return secret
}

/** Letters an account may have sent to it within an hour by asking for its link again. */
const mostLetters = 5
const hourMs = 60 * 60 * 1_000

/**
 * Mails the link to confirm an address again. Nothing is sent for an address that is proved already, nor beyond a few
 * letters an hour; the answer is the same.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function verify(context: Context, id: unknown): Promise<void> {
  const { storage, settings, events, clock } = context
  const userId = readUserId(id, settings)
  const sent = await storage.transaction(async (transaction) => {
    const user = userId === undefined ? undefined : await transaction.users.findById(userId)
    if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
    const recently = new Date(clock().getTime() + verificationTtlMs - hourMs)
    const letters = await transaction.mailedTokens.countByUser(user.id, recently)
    const isDue = user.emailVerified !== true && letters < mostLetters
    return isDue ? { user, token: await issueVerification(context, transaction, user) } : undefined
  })
  if (sent) events.emit('verificationRequested', { user: viewOf(sent.user), token: sent.token })
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
 *   INVALID_CONFIRMATION_TOKEN for a wrong, used or expired one
 */
export async function confirm(
  context: Context,
  { uid, token, redirect }: Confirmation,
): Promise<string | undefined> {
  const { storage, settings, events, clock } = context
  const userId = readUserId(required('uid', uid), settings)
  const secret = required('token', token)
  const target = checkRedirect(redirect, settings.redirects, context.publicUrl())

  const user = await storage.transaction(async (transaction) => {
    const found = userId === undefined ? undefined : await transaction.users.findById(userId)
    if (!found) throw new LatchkeyError('USER_NOT_FOUND', { values: [uid] })
    const proof = {
      id: digestOf(secret),
      userId: found.id,
      purpose: 'verification',
      email: found.email,
    } as const
    const isProved = await transaction.mailedTokens.consume(proof, clock())
    if (!isProved) throw new LatchkeyError('INVALID_CONFIRMATION_TOKEN', { values: [secret] })
    await transaction.mailedTokens.deleteByUser(found.id)
    // Whoever opened a session before the address was proved may not be who reads it (pre-hijacking).
    await transaction.tokens.deleteByUser(found.id)
    return transaction.users.update(found.id, { emailVerified: true })
  })
  events.emit('verified', { user: viewOf(user as User) })
  return target
}

function required(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') {
    throw new LatchkeyError('ARGUMENT_REQUIRED', { values: [name] })
  }
  if (typeof value !== 'string') throw new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] })
  return value
}
