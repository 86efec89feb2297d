import { type ErrorName, LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import type { Context } from '../context.ts'
import type { ResetToken } from '../events.ts'
import { type AccessToken, type IssuedToken, issueToken, resetPasswordScope } from '../model/access-token.ts'
import { normaliseEmail, type User, type UserId, type UserView, viewOf } from '../model/user.ts'
import type { LoginName, Storage } from '../storage.ts'
import { issueVerification } from './confirm.ts'

/** Whose password it is, and by which token they came; the application comes without one. */
export interface Holder {
  readonly user: User
  readonly token?: AccessToken
}

/**
 * Changes the caller's password, who proves to know the old one. Their other sessions end, this one stays.
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_ARGUMENT, WRONG_PASSWORD, INVALID_PASSWORD, PASSWORD_TOO_LONG, HASHING_BUSY
 */
export async function changePassword(
  context: Context,
  input: unknown,
  { user, token }: Holder,
): Promise<void> {
  const { storage, events, passwords } = context
  const { logoutSessionsOnSensitiveChanges } = context.settings.user
  const oldPassword = readPassword(input, 'oldPassword')
  const newPassword = readPassword(input, 'newPassword')
  if (!(await passwords.verify(oldPassword, user.passwordHash))) throw new LatchkeyError('WRONG_PASSWORD')
  const hash = await passwords.hash(newPassword)

  const replace = (old: string | null) =>
    storage.transaction(async (transaction) => {
      // Two changes from one old password: the first wins, and for the second it is no longer the current one.
      const replaced = await transaction.users.replacePasswordHash(user.id, old, hash)
      if (replaced && logoutSessionsOnSensitiveChanges)
        await transaction.tokens.deleteByUser(user.id, token?.id)
      return replaced
    })
  if (!(await replace(user.passwordHash))) {
    // Unless the hash was merely upgraded after a login: then the old password fits the new hash too.
    const present = (await storage.users.findById(user.id))?.passwordHash ?? null
    const stillFits = await passwords.verify(oldPassword, present)
    if (!stillFits || !(await replace(present))) throw await refusal(storage, user.id, 'WRONG_PASSWORD')
  }
  events.emit('passwordChanged', { user: viewOf(user) })
}

/**
 * Sets a new password by the token of a reset mail, which is used up. All sessions of the user end.
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_ARGUMENT, INVALID_PASSWORD, PASSWORD_TOO_LONG, HASHING_BUSY,
 *   INVALID_ACCESS_TOKEN when somebody else was faster with the same token
 */
export async function setPassword(context: Context, input: unknown, { user, token }: Holder): Promise<void> {
  const { storage, events, passwords, settings } = context
  const hash = await passwords.hash(readPassword(input, 'newPassword'))

  await storage.transaction(async (transaction) => {
    const isFirst = token === undefined || (await transaction.tokens.delete(token.id))
    if (!isFirst) throw await refusal(transaction, user.id, 'INVALID_ACCESS_TOKEN')
    await transaction.users.update(user.id, { passwordHash: hash })
    if (settings.user.logoutSessionsOnSensitiveChanges) await transaction.tokens.deleteByUser(user.id)
  })
  events.emit('passwordChanged', { user: viewOf(user) })
}

/** Why a change came too late: somebody else made one, or the user is gone. */
async function refusal(storage: Storage, id: UserId, overtaken: ErrorName): Promise<LatchkeyError> {
  const user = await storage.users.findById(id)
  return user ? new LatchkeyError(overtaken) : new LatchkeyError('TOKEN_USER_NOT_FOUND', { values: [id] })
}

/**
 * Asks for a mail with a link to set a new password. The answer is the same, and as quick, whether or not somebody
 * has that address: the work is done afterwards. Where `resetAnswers` is `telling`, it is LoopBack's, which tells.
 * @param input `email`, and `realm` where the same address may live in several
 * @throws {LatchkeyError} EMAIL_REQUIRED when there is no text in `email`; EMAIL_NOT_FOUND,
 *   RESET_FAILED_EMAIL_NOT_VERIFIED where the answer tells
 */
export async function resetPassword(context: Context, input: unknown): Promise<void> {
  if (input === null) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['options'] })
  const options = input ?? {}
  if (!isPlainObject(options)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  const { email, realm } = options
  if (typeof email !== 'string') throw new LatchkeyError('EMAIL_REQUIRED')
  if (realm !== undefined && realm !== null && typeof realm !== 'string')
    throw new LatchkeyError('INVALID_REALM')
  const { user, behaviour } = context.settings
  const address = normaliseEmail(email, user.caseSensitiveEmail)
  const name = realm ? { email: address, realm } : { email: address }
  if (behaviour.resetAnswers === 'telling') await refuseReset(context, name, options.password)
  context.afterwards(() => sendReset(context, name, options))
}

async function refuseReset(
  { storage, settings, passwords }: Context,
  name: LoginName,
  password: unknown,
): Promise<void> {
  // Validated and then not used, as LoopBack has it.
  if (typeof password === 'string') passwords.check(password)
  const user = name.email === '' ? undefined : await storage.users.findByLogin(name)
  if (!user) throw new LatchkeyError('EMAIL_NOT_FOUND')
  if (settings.user.emailVerificationRequired && user.emailVerified !== true)
    throw new LatchkeyError('RESET_FAILED_EMAIL_NOT_VERIFIED')
}

async function sendReset(context: Context, name: LoginName, options: PlainObject): Promise<void> {
  const { storage, events } = context
  // In one transaction: after a change of address no token may go to the old one.
  const asked = await storage.transaction(async (transaction) => {
    const user = await transaction.users.findByLogin(name)
    return user && { user, ...(await issueProof(context, transaction, user)) }
  })
  if (!asked) return
  const view = viewOf(asked.user)
  if (asked.verification)
    return events.emit('verificationRequested', { user: view, token: asked.verification })

  const accessToken = resetTokenOf(context, asked.reset as IssuedToken, view)
  const request = { email: view.email, user: view, accessToken, options }
  // As in LoopBack, an application that listens sends the mail itself.
  if (events.listens('resetPasswordRequest')) events.emit('resetPasswordRequest', request)
  else events.emit('resetLinkRequested', request)
}

/** An address must be proved before a password can be recovered by it; the link for that may have been lost. */
async function issueProof(
  context: Context,
  transaction: Storage,
  user: User,
): Promise<{ verification?: string; reset?: IssuedToken }> {
  const {
    emailVerificationRequired,
    restrictResetPasswordTokenScope,
    resetPasswordTokenTTL,
    accessTokenIdLength,
  } = context.settings.user
  if (emailVerificationRequired && user.emailVerified !== true) {
    return { verification: await issueVerification(context, transaction, user) }
  }
  const scopes = restrictResetPasswordTokenScope ? [resetPasswordScope] : null
  const reset = issueToken({
    userId: user.id,
    ttl: resetPasswordTokenTTL,
    createdAt: context.clock(),
    scopes,
    length: accessTokenIdLength,
  })
  await transaction.tokens.insert(reset.token)
  return { reset }
}

function resetTokenOf({ log }: Context, { secret, token }: IssuedToken, owner: UserView): ResetToken {
  return {
    id: secret,
    ttl: token.ttl,
    created: token.createdAt,
    userId: token.userId,
    async user(callback) {
      try {
        callback?.(null, owner)
      } catch (error) {
        log.error({ event: 'resetPasswordRequest', error }, 'a callback of accessToken.user() failed')
      }
      return owner
    },
  }
}

function readPassword(input: unknown, name: 'oldPassword' | 'newPassword'): string {
  const value = isPlainObject(input) ? input[name] : undefined
  if (value === undefined || value === '') throw new LatchkeyError('ARGUMENT_REQUIRED', { values: [name] })
  if (typeof value !== 'string') throw new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] })
  return value
}
