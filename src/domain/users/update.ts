import { isRefusal, LatchkeyError } from '../../base/errors.ts'
import { isPlainObject } from '../../base/values.ts'
import { type Actor, type Context, hookContext } from '../context.ts'
import { readUserId, type User, type UserChanges, type UserId, viewOf } from '../model/user.ts'
import { type Issue, validationError } from '../model/validation.ts'
import { hold } from '../still-in.ts'
import type { Storage } from '../storage.ts'
import { type Draft, draftPatch, draftReplacement } from './account.ts'
import { checkId, readInput, readProtected, type UserInput } from './input.ts'
import { judgeBesideWords, judgeNewPassword } from './new-password.ts'
import { tellOfEmail, tellOfPassword } from './notices.ts'
import { checkNew } from './register.ts'
import { endStaleTokens } from './reset-token.ts'
import { explainDuplicate, takenNames } from './uniqueness.ts'
import { validateUniqueness } from './validations.ts'

/** How a change is meant: the attributes given, checked or (as LoopBack upserts) not; or all of the user. */
export type Mode = 'patch' | 'uncheckedPatch' | 'replace'

/**
 * Updates the attributes given, and leaves the others as they are. A new e-mail address or password ends the user's
 * other sessions in the same transaction.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, VALIDATION_FAILED, ID_IMMUTABLE, PROPERTY_PROTECTED, PASSWORD_CHANGE_NOT_ALLOWED
 */
export function patchAttributes(context: Context, id: unknown, input: unknown, actor: Actor): Promise<User> {
  return change(context, id, input, actor, 'patch')
}

/** The same as `patchAttributes`, and stores what cannot be valid, as far as it can be stored at all. */
export function patchUnchecked(context: Context, id: unknown, input: unknown, actor: Actor): Promise<User> {
  return change(context, id, input, actor, 'uncheckedPatch')
}

/** Replaces the user: what is not sent is dropped, but for what only the server may set, and the password. */
export async function replaceById(
  context: Context,
  id: unknown,
  input: unknown,
  actor: Actor,
): Promise<User> {
  try {
    return await change(context, id, input, actor, 'replace')
  } catch (error) {
    const isJudged = context.settings.behaviour.replacementsOfNobody === 'judged'
    if (isJudged && isPlainObject(input) && isRefusal(error, 'REPLACE_TARGET_NOT_FOUND'))
      await checkNew(context, { ...input, id: undefined }, actor)
    throw error
  }
}

/** A change of one user, or of several alike, as far as it can be prepared before they are looked at. */
export interface Change {
  readonly input: UserInput
  readonly mode: Mode
  readonly passwordHash: UserChanges
}

/** What a change did, to be told once it is safely stored. */
export interface Outcome {
  readonly before: User
  readonly after: User
}

async function change(
  context: Context,
  id: unknown,
  given: unknown,
  actor: Actor,
  mode: Mode,
): Promise<User> {
  const { storage, settings } = context
  const userId = readUserId(id, settings)
  const data = await hooked(context, userId, given, actor, mode)
  const prepared = await prepareChange(context, data, mode, userId !== undefined)
  const outcome = await storage.transaction(async (transaction) => {
    const before = await hold(transaction, userId, actor)
    if (!before) throw new LatchkeyError(missing[mode], { values: [nameOf(id)] })
    return applyChange(context, transaction, before, prepared, actor)
  })
  announce(context, outcome)
  return outcome.after
}

/** What the application makes of a change before it is looked at, and before any lock is taken. */
async function hooked(
  context: Context,
  userId: UserId | undefined,
  given: unknown,
  actor: Actor,
  mode: Mode,
): Promise<unknown> {
  const { hooks, storage } = context
  if (!hooks.has('beforeUpdate') || userId === undefined || !isPlainObject(given)) return given
  const user = await storage.users.findById(userId)
  if (!user) return given
  const data = { ...given }
  const about = { user: viewOf(user), data, isReplacement: mode === 'replace' }
  await hooks.run('beforeUpdate', { ...hookContext(context, actor), ...about })
  return data
}

const missing = {
  patch: 'INSTANCE_NOT_FOUND',
  uncheckedPatch: 'INSTANCE_NOT_FOUND',
  replace: 'REPLACE_TARGET_NOT_FOUND',
} as const

/**
 * Reads what was sent, and hashes a new password: no lock is held meanwhile.
 * @param hashes false where nobody will be changed, so that no work is done for it
 */
export async function prepareChange(
  context: Context,
  given: unknown,
  mode: Mode,
  hashes = true,
): Promise<Change> {
  const input = readInput(given)
  refusePassword(context, input, mode)
  return { input, mode, passwordHash: hashes ? await readNewPassword(context, input) : {} }
}

/** Changes one user, within a transaction. */
export async function applyChange(
  context: Context,
  transaction: Storage,
  before: User,
  { input, mode, passwordHash }: Change,
  actor: Actor,
): Promise<Outcome> {
  const changes = {
    ...(await readChanges(context, transaction, before, input, actor, mode)),
    ...passwordHash,
  }
  if (passwordHash.passwordHash)
    judgeBesideWords(context, input.password as string, { ...before, ...changes })
  const after = await transaction.users.update(before.id, changes).catch((error: unknown) => {
    throw explainDuplicate(error, context.settings.user, changes)
  })
  if (!after) throw new LatchkeyError(missing[mode], { values: [before.id] })
  await tellOfChange(context, transaction, before, after, actor)
  return { before, after }
}

function refusePassword(
  { settings: { user, behaviour } }: Context,
  { password }: UserInput,
  mode: Mode,
): void {
  if (!user.rejectPasswordChangesViaPatchOrReplace) return
  const isStrict = behaviour.replaceIsPasswordChange
  const isChange = isStrict ? password !== undefined || mode === 'replace' : (password ?? null) !== null
  if (isChange) throw new LatchkeyError('PASSWORD_CHANGE_NOT_ALLOWED')
}

async function readNewPassword(context: Context, { password }: UserInput): Promise<UserChanges> {
  const { settings, passwords } = context
  if (password === undefined || password === null) return {}
  // To LoopBack what is no text is no password.
  if (typeof password !== 'string' && settings.behaviour.values !== 'checked') return {}
  await judgeNewPassword(context, password as string)
  return { passwordHash: await passwords.hash(password as string) }
}

async function readChanges(
  context: Context,
  transaction: Storage,
  before: User,
  input: UserInput,
  actor: Actor,
  mode: Mode,
): Promise<UserChanges> {
  const { settings } = context
  const isWhole = mode === 'replace'
  checkId(input, before, isWhole, settings)
  const allowed = readProtected(input, before, actor, settings)
  const { account, issues } = (isWhole ? draftReplacement : draftPatch)(context, before, input, allowed)
  const problems: Issue[] = [
    ...issues,
    ...(await takenNames(transaction, settings, account, before.id)),
    ...(await validateUniqueness(transaction, account, settings, before.id)),
  ]
  const counting =
    mode === 'uncheckedPatch' ? problems.filter((issue) => isUnstorable(issue, account)) : problems
  if (counting.length > 0) throw validationError(settings.user.modelName, counting)
  return { ...account, ...proofOf(before, account, allowed) }
}

/** What no check could let through: no address at all, a name somebody has, more than fits. */
function isUnstorable({ property, code }: Issue, { email }: Draft['account']): boolean {
  return (property === 'email' && email === '') || code === 'uniqueness' || code === 'length.max'
}

/** Proof of an address is proof of no other. */
function proofOf(
  before: User,
  { email, emailVerified }: Draft['account'],
  allowed: UserChanges,
): UserChanges {
  const isStale = allowed.emailVerified === undefined && email !== before.email
  return isStale && emailVerified !== null ? { emailVerified: false } : {}
}

/**
 * Whoever could log in by the old address or password is logged out; the session that made the change stays. The owner
 * is told by mail, at the old address too, from where the change can be undone.
 */
async function tellOfChange(
  context: Context,
  transaction: Storage,
  before: User,
  after: User,
  actor: Actor,
): Promise<void> {
  const hasNewEmail = after.email !== before.email
  const hasNewPassword = after.passwordHash !== before.passwordHash
  if (!hasNewEmail && !hasNewPassword) return
  await endStaleTokens(context, transaction, after.id, ownToken(actor, after.id))
  if (hasNewPassword) await tellOfPassword(context, transaction, before, actor)
  if (hasNewEmail) await tellOfEmail(context, transaction, before, after, actor)
}

function ownToken({ caller }: Actor, userId: UserId): string | undefined {
  return caller?.user.id === userId ? caller.token.id : undefined
}

export function announce({ events, post }: Context, { before, after }: Outcome): void {
  events.emit('updated', { user: viewOf(after) })
  if (after.email !== before.email)
    events.emit('emailChanged', { user: viewOf(after), oldEmail: before.email })
  if (after.passwordHash !== before.passwordHash) events.emit('passwordChanged', { user: viewOf(after) })
  post()
}

/** An id for a message. */
export function nameOf(id: unknown): string {
  return typeof id === 'object' ? JSON.stringify(id) : String(id)
}
