import { LatchkeyError } from '../../base/errors.ts'
import type { Actor, Context } from '../context.ts'
import { defaultsOf } from '../model/properties.ts'
import { readUserId, type User, type UserChanges, type UserId, viewOf } from '../model/user.ts'
import { blank, type Issue, validationError } from '../model/validation.ts'
import { checkStillIn } from '../still-in.ts'
import type { Storage } from '../storage.ts'
import { issueVerification } from './confirm.ts'
import {
  checkId,
  checkProtected,
  readEmail,
  readInput,
  readName,
  readWhole,
  type UserInput,
} from './input.ts'
import { explainDuplicate, takenNames } from './uniqueness.ts'

export type Mode = 'patch' | 'replace'

/**
 * Updates the attributes given, and leaves the others as they are. A new e-mail address or password ends the user's
 * other sessions in the same transaction.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, VALIDATION_FAILED, ID_IMMUTABLE, PROPERTY_PROTECTED, PASSWORD_CHANGE_NOT_ALLOWED
 */
export function patchAttributes(context: Context, id: unknown, input: unknown, actor: Actor): Promise<User> {
  return change(context, id, input, actor, 'patch')
}

/** Replaces the user: what is not sent is dropped, but for what only the server may set, and the password. */
export function replaceById(context: Context, id: unknown, input: unknown, actor: Actor): Promise<User> {
  return change(context, id, input, actor, 'replace')
}

/** Deletes a user with all tokens and roles. @returns how many there were: 1, or 0 for an unknown id */
export async function deleteById(
  { storage, settings, events }: Context,
  id: unknown,
  actor: Actor,
): Promise<number> {
  const userId = readUserId(id, settings)
  if (userId === undefined) return 0
  const user = await storage.transaction(async (transaction) => {
    await checkStillIn(transaction, actor)
    const found = await transaction.users.findById(userId)
    await transaction.users.delete(userId)
    return found
  })
  if (!user) return 0
  events.emit('deleted', { user: viewOf(user) })
  return 1
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
  /** The token to mail, where the new address must be proved. */
  readonly verification: string | undefined
}

async function change(
  context: Context,
  id: unknown,
  given: unknown,
  actor: Actor,
  mode: Mode,
): Promise<User> {
  const { storage, settings, events } = context
  const userId = readUserId(id, settings)
  const prepared = await prepareChange(context, given, mode, userId !== undefined)
  const outcome = await storage.transaction(async (transaction) => {
    await checkStillIn(transaction, actor)
    const before = userId === undefined ? undefined : await transaction.users.findById(userId)
    if (!before) throw new LatchkeyError(missing[mode], { values: [nameOf(id)] })
    return applyChange(context, transaction, before, prepared, actor)
  })
  announce(events, outcome)
  return outcome.after
}

const missing = { patch: 'INSTANCE_NOT_FOUND', replace: 'REPLACE_TARGET_NOT_FOUND' } as const

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
  const after = await transaction.users.update(before.id, changes).catch((error: unknown) => {
    throw explainDuplicate(error, context.settings.user, changes)
  })
  if (!after) throw new LatchkeyError(missing[mode], { values: [before.id] })
  return { before, after, verification: await endStaleSessions(context, transaction, before, after, actor) }
}

async function readNewPassword(
  { settings, passwords }: Context,
  { password }: UserInput,
): Promise<UserChanges> {
  if (password === undefined || password === null) return {}
  if (settings.user.rejectPasswordChangesViaPatchOrReplace)
    throw new LatchkeyError('PASSWORD_CHANGE_NOT_ALLOWED')
  return { passwordHash: await passwords.hash(password as string) }
}

async function readChanges(
  { settings }: Context,
  transaction: Storage,
  before: User,
  input: UserInput,
  actor: Actor,
  mode: Mode,
): Promise<UserChanges> {
  const isWhole = mode === 'replace'
  checkId(input, before, isWhole ? 'ID_NOT_REPLACEABLE' : 'ID_IMMUTABLE')
  const verified = checkProtected(input, before, actor)
  const { email, issues: emailIssues } =
    isWhole || input.email !== undefined
      ? readEmail(input.email, settings.user)
      : { email: before.email, issues: [] }
  const { name: username, issues: usernameIssues } =
    isWhole || input.username !== undefined
      ? readName('username', input.username)
      : { name: before.username, issues: [] }
  const merged = isWhole
    ? { ...input.properties, ...defaultsOf(settings.user.properties, input.properties) }
    : { ...before.properties, ...input.properties }
  const { values, issues } = readWhole(merged, settings.user)

  const named = { email, username, realm: before.realm }
  const needsPassword = isWhole && !settings.user.rejectPasswordChangesViaPatchOrReplace
  const problems: Issue[] = [
    ...usernameIssues,
    ...(needsPassword && typeof input.password !== 'string' ? [blank('password', undefined)] : []),
    ...emailIssues,
    ...issues,
    ...(await takenNames(transaction, settings.user, named, before.id)),
  ]
  if (problems.length > 0) throw validationError(settings.user.modelName, problems)
  return { email, username, properties: values, ...proofOf(before, email, verified) }
}

/** Proof of an address is proof of no other. */
function proofOf(before: User, email: string, verified: boolean | undefined): UserChanges {
  if (verified !== undefined) return { emailVerified: verified }
  return email !== before.email && before.emailVerified !== null ? { emailVerified: false } : {}
}

/**
 * Whoever could log in by the old address or password is logged out; the session that made the change stays.
 * @returns the token to mail, where the new address must be proved
 */
async function endStaleSessions(
  context: Context,
  transaction: Storage,
  before: User,
  after: User,
  actor: Actor,
): Promise<string | undefined> {
  const hasNewEmail = after.email !== before.email
  if (!hasNewEmail && after.passwordHash === before.passwordHash) return undefined
  if (context.settings.user.logoutSessionsOnSensitiveChanges)
    await transaction.tokens.deleteByUser(after.id, ownToken(actor, after.id))
  if (!hasNewEmail) return undefined
  await transaction.mailedTokens.deleteByUser(after.id)
  const isPending = context.settings.user.emailVerificationRequired && after.emailVerified !== true
  return isPending ? issueVerification(context, transaction, after) : undefined
}

function ownToken({ caller }: Actor, userId: UserId): string | undefined {
  return caller?.user.id === userId ? caller.token.id : undefined
}

export function announce(events: Context['events'], { before, after, verification }: Outcome): void {
  events.emit('updated', { user: viewOf(after) })
  if (after.email !== before.email)
    events.emit('emailChanged', { user: viewOf(after), oldEmail: before.email })
  if (after.passwordHash !== before.passwordHash) events.emit('passwordChanged', { user: viewOf(after) })
  if (verification) events.emit('verificationRequested', { user: viewOf(after), token: verification })
}

/** An id for a message. */
export function nameOf(id: unknown): string {
  return typeof id === 'object' ? JSON.stringify(id) : String(id)
}
