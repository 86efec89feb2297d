import { type ErrorName, LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import { type Actor, type Context, hookContext } from '../context.ts'
import type { ResetToken } from '../events.ts'
import { type AccessToken, type IssuedToken, resetPasswordScope } from '../model/access-token.ts'
import { type User, type UserId, type UserView, viewOf } from '../model/user.ts'
import type { LoginName, Storage } from '../storage.ts'
import { loginNamesOf } from './login-names.ts'
import { holdByLogin, readMailbox } from './mailbox.ts'
import { judgeNewPassword } from './new-password.ts'
import { tellOfPassword } from './notices.ts'
import { endStaleTokens, issueResetToken } from './reset-token.ts'

/** Whose password it is, by which token they came, and what they read; the application comes without either. */
export interface Holder {
  readonly user: User
  readonly token?: AccessToken
  readonly language?: string | undefined
  /** The client's, where it is known. */
  readonly address?: string | undefined
}

/**
 * Changes the caller's password, who proves to know the old one. Their other sessions end, this one stays.
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_ARGUMENT, TOO_MANY_ATTEMPTS, WRONG_PASSWORD, HASHING_BUSY, and as
 *   `judgeNewPassword`
 */
export async function changePassword(
  context: Context,
  input: unknown,
  { user, token, language, address }: Holder,
): Promise<void> {
  const { storage, events, passwords, limits } = context
  const oldPassword = readPassword(input, 'oldPassword')
  const newPassword = readPassword(input, 'newPassword')
  await askApplication(context, user, newPassword)
  // A thief with a session may guess here too.
  const isRight = await limits.guess('changePassword', { account: { userId: user.id }, address }, () =>
    passwords.verify(oldPassword, user.passwordHash),
  )
  if (!isRight) throw new LatchkeyError('WRONG_PASSWORD')
  await judgeNewPassword(context, newPassword, user)
  const hash = await passwords.hash(newPassword)

  const replace = (old: string | null) =>
    storage.transaction(async (transaction) => {
      // Two changes from one old password: the first wins, and for the second it is no longer the current one.
      const replaced = await transaction.users.replacePasswordHash(user.id, old, hash)
      if (!replaced) return false
      await endStaleTokens(context, transaction, user.id, token?.id)
      await tellOfPassword(context, transaction, user, { language })
      return true
    })
  if (!(await replace(user.passwordHash))) {
    // Unless the hash was merely upgraded after a login: then the old password fits the new hash too.
    const present = (await storage.users.findById(user.id))?.passwordHash ?? null
    const stillFits = await passwords.verify(oldPassword, present)
    if (!stillFits || !(await replace(present))) throw await refusal(storage, user.id, 'WRONG_PASSWORD')
  }
  context.post()
  events.emit('passwordChanged', { user: viewOf(user) })
}

/** Lets the application refuse a password by rules of its own. */
async function askApplication(context: Context, user: User, newPassword: string): Promise<void> {
  if (!context.hooks.has('beforePasswordChange')) return
  const about = { caller: viewOf(user), user: viewOf(user), newPassword }
  await context.hooks.run('beforePasswordChange', { model: context.settings.user.modelName, ...about })
}

/**
 * Sets a new password by the token of a reset mail, which is used up; it also proves the address it was mailed to. All
 * sessions of the user end, but for the one by which somebody came without such a token, where that is allowed. Those
 * opened before the address was proved end in any case: whoever did may not be who reads it (pre-hijacking).
 * @throws {LatchkeyError} ARGUMENT_REQUIRED, INVALID_ARGUMENT, HASHING_BUSY, and as `judgeNewPassword`; INVALID_ACCESS_TOKEN
 *   when somebody else was faster with the same token
 */
export async function setPassword(
  context: Context,
  input: unknown,
  { user, token, language, address }: Holder,
): Promise<void> {
  const { storage, events, passwords } = context
  const newPassword = readPassword(input, 'newPassword')
  await askApplication(context, user, newPassword)
  await judgeNewPassword(context, newPassword, user)
  const hash = await passwords.hash(newPassword)
  const isMailed = token?.scopes?.includes(resetPasswordScope) ?? false
  const isProof = isMailed && user.emailVerified !== true

  const after = await storage.transaction(async (transaction) => {
    // Held before its sessions are looked at, as always.
    await transaction.users.findById(user.id)
    const isStillIn = await (isMailed && token
      ? transaction.tokens.delete(token.id)
      : token === undefined || transaction.tokens.findOfUser(user.id, token.id))
    if (!isStillIn) throw await refusal(transaction, user.id, 'INVALID_ACCESS_TOKEN')
    const proof = isProof ? { emailVerified: true } : {}
    const changed = await transaction.users.update(user.id, { passwordHash: hash, ...proof })
    await tellOfPassword(context, transaction, user, { language })
    if (isProof) await transaction.tokens.deleteByUser(user.id)
    else await endStaleTokens(context, transaction, user.id, isMailed ? undefined : token?.id)
    return changed ?? user
  })
  if (isMailed) await letBackIn(context, user, address)
  context.post()
  events.emit('passwordChanged', { user: viewOf(after) })
  if (isProof) events.emit('verified', { user: viewOf(after) })
}

/** Whoever reads the account's mail can log in from where they are, however many guess at it meanwhile. */
async function letBackIn(
  { limits, settings }: Context,
  user: User,
  address: string | undefined,
): Promise<void> {
  for (const name of loginNamesOf(user, settings)) await limits.remember(name, address)
}

/** Why a change came too late: somebody else made one, or the user is gone. */
async function refusal(storage: Storage, id: UserId, overtaken: ErrorName): Promise<LatchkeyError> {
  const user = await storage.users.findById(id)
  return user ? new LatchkeyError(overtaken) : new LatchkeyError('TOKEN_USER_NOT_FOUND', { values: [id] })
}

/**
 * Asks for a mail with a link to set a new password. The answer is the same, and as quick, whether or not somebody
 * has that address: that is looked up when the letter is due. Where `resetAnswers` is `telling`, it is LoopBack's, which tells.
 * @param input `email`, and `realm` where the same address may live in several
 * @throws {LatchkeyError} EMAIL_REQUIRED when there is no text in `email`; EMAIL_NOT_FOUND,
 *   RESET_FAILED_EMAIL_NOT_VERIFIED where the answer tells
 */
export async function resetPassword(context: Context, input: unknown, actor: Actor): Promise<void> {
  const { storage, settings, events, hooks, limits, clock } = context
  const sent = isPlainObject(input) ? { ...input } : input
  if (hooks.has('beforeResetPassword') && isPlainObject(sent))
    await hooks.run('beforeResetPassword', { ...hookContext(context, actor), options: sent })
  const { email, realm, options } = readMailbox(sent, settings)
  const name = realm === undefined ? { email } : { email, realm }
  // Whose it is takes a look-up, and that must not keep the answer waiting.
  context.afterwards(async () => {
    const user = await storage.users.findByLogin(name)
    events.emit('resetAsked', { email, userId: user?.id })
  })
  if (settings.behaviour.resetAnswers === 'telling') await refuseReset(context, name, options.password)
  // As in LoopBack, an application that listens sends the mail itself; as often as we would.
  if (events.listens('resetPasswordRequest')) {
    if (await limits.mayMail('reset', name)) context.afterwards(() => announceReset(context, name, options))
    return
  }
  await storage.outbox.add({ name: 'resetPassword', email, realm, language: actor.language }, clock())
  context.post()
}

async function refuseReset(
  { storage, settings, passwords }: Context,
  name: LoginName,
  password: unknown,
): Promise<void> {
  // Validated and then not used, as LoopBack has it.
  if (typeof password === 'string') passwords.check(password)
  const user = name.email === '' ? undefined : await storage.users.findByLogin(name)
  if (!user || user.blockedAt) throw new LatchkeyError('EMAIL_NOT_FOUND')
  if (settings.user.emailVerificationRequired && user.emailVerified !== true)
    throw new LatchkeyError('RESET_FAILED_EMAIL_NOT_VERIFIED')
}

async function announceReset(context: Context, name: LoginName, options: PlainObject): Promise<void> {
  const { storage, events } = context
  // In one transaction: after a change of address no token may go to the old one.
  const asked = await storage.transaction(async (transaction) => {
    const user = await holdByLogin(transaction, name)
    if (!user || user.blockedAt) return undefined
    await transaction.tokens.deleteResets(user.id)
    const reset = await issueResetToken(context, transaction, user.id)
    return { user: viewOf(user), reset }
  })
  if (!asked) return
  const { user, reset } = asked
  const accessToken = resetTokenOf(context, reset, user)
  events.emit('resetPasswordRequest', { email: user.email, user, accessToken, options })
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
