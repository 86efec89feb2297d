import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject, toBoolean } from '../../base/values.ts'
import type { Settings } from '../../config/settings.ts'
import type { Actor } from '../context.ts'
import { coerceOnWrite } from '../model/coercion.ts'
import { checkNames } from '../model/property-names.ts'
import { isEmail, longestName, normaliseEmail, type User } from '../model/user.ts'
import { blank, type Issue, validationError } from '../model/validation.ts'

type Reading = Pick<Settings, 'user' | 'behaviour'>

/** What a client wrote of an account, sorted by who may say it. The one gate for create, update and replace. */
export interface UserInput {
  readonly email?: unknown
  readonly username?: unknown
  readonly realm?: unknown
  readonly password?: unknown
  readonly emailVerified?: unknown
  /** What only the server may set, by name. */
  readonly protectedOnes: PlainObject
  /** Declared and free properties. */
  readonly properties: PlainObject
}

const serverSide = ['id', 'verificationToken', 'passwordHash', 'roles', 'accessTokens']

/**
 * Sorts what was sent, without judging values yet.
 * @throws {LatchkeyError} INVALID_ARGUMENT when it is no object, PROPERTY_NAME_NOT_ALLOWED
 */
export function readInput(input: unknown): UserInput {
  if (!isPlainObject(input)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  checkNames(input)
  const { email, username, realm, password, emailVerified, ...rest } = input
  const protectedOnes: PlainObject = {}
  const properties: PlainObject = {}
  for (const [name, value] of Object.entries(rest)) {
    const target = serverSide.includes(name) ? protectedOnes : properties
    target[name] = value
  }
  return { email, username, realm, password, emailVerified, protectedOnes, properties }
}

/** An e-mail address, checked and in the form it is stored in. */
export function readEmail(value: unknown, { user, behaviour }: Reading): { email: string; issues: Issue[] } {
  const shown = behaviour.values === 'checked' ? value : asTexts(value)
  const complaint = (code: string): Issue => ({
    property: 'email',
    code,
    message: 'is invalid',
    value: shown,
  })
  if (value === undefined || value === null || value === '')
    return { email: '', issues: [blank('email', value)] }
  if (typeof value !== 'string') {
    const isEmptyList = behaviour.values !== 'checked' && Array.isArray(value) && value.length === 0
    const invalid = complaint('custom.string')
    return { email: '', issues: isEmptyList ? [blank('email', value), invalid] : [invalid] }
  }
  const email = value.length > longestName ? '' : normaliseEmail(value, user.caseSensitiveEmail)
  return { email, issues: isEmail(value) ? [] : [complaint('custom.email')] }
}

/** To LoopBack a list under a property of type string is one of texts. */
function asTexts(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => (item === null ? null : String(item))) : value
}

/** A username or realm: a text, or what LoopBack turns into one; null when there is none. */
export function readName(
  property: 'username' | 'realm',
  value: unknown,
  { behaviour }: Reading,
): { name: string | null; issues: Issue[] } {
  if (value === undefined || value === null) return { name: null, issues: [] }
  const name = coerceOnWrite({ type: 'string' }, value, behaviour.values)
  if (typeof name !== 'string')
    return { name: null, issues: [{ property, code: 'string', message: 'is not a string', value }] }
  if (name.length <= longestName) return { name, issues: [] }
  return { name: null, issues: [{ property, code: 'length.max', message: 'is too long', value }] }
}

/** A new account does not choose its id; LoopBack 3 says so. What makes no number is none to it. */
export function complainOfId({ protectedOnes: { id } }: UserInput, { user, behaviour }: Reading): Issue[] {
  if (behaviour.idOnCreate === 'ignored' || !isGiven(id)) return []
  const value = user.idType === 'integer' ? coerceOnWrite({ type: 'number' }, id, behaviour.values) : id
  return Number.isNaN(value) ? [] : [{ property: 'id', code: 'absence', message: "can't be set", value }]
}

/**
 * An update may repeat the id of the user it is about, and name no other.
 * @throws {LatchkeyError} ID_IMMUTABLE, ID_NOT_REPLACEABLE
 */
export function checkId(
  { protectedOnes: { id } }: UserInput,
  user: User,
  isWhole: boolean,
  { behaviour }: Reading,
): void {
  const isExact = behaviour.idInUpdates === 'exact'
  const isNone = isExact ? id === undefined || (isWhole && !id) : !isGiven(id)
  const isSame =
    isExact && isWhole ? id === user.id : typeof id !== 'object' && String(id) === String(user.id)
  if (isNone || isSame) return
  throw new LatchkeyError(isWhole ? 'ID_NOT_REPLACEABLE' : 'ID_IMMUTABLE', {
    values: [user.id, describe(id)],
  })
}

/** What of an account's protected columns an input changes, for an actor who may. */
export type ProtectedChanges = Partial<Pick<User, 'realm' | 'emailVerified'>>

/**
 * Sees to it that a client leaves alone what is not for it to set: refused, or ignored as LoopBack mostly does. Saying
 * again what is stored is no change, so that reading a user and putting it back works, also by a form, in which
 * everything is text.
 * @throws {LatchkeyError} PROPERTY_PROTECTED, VALIDATION_FAILED for a realm that is none
 */
export function readProtected(
  input: UserInput,
  user: User,
  actor: Actor,
  settings: Reading,
): ProtectedChanges {
  const isOneself = actor.caller?.user.id === user.id
  const mayChange = actor.trusted && !isOneself
  if (settings.behaviour.protectedProperties === 'ignored')
    return mayChange ? readTrusted(input, settings) : {}

  const changed = Object.entries(input.protectedOnes).find(([name, value]) => name !== 'id' && isGiven(value))
  if (changed) refuse(changed[0])
  if (isGiven(input.realm) && input.realm !== (user.realm ?? '')) refuse('realm')
  if (!isGiven(input.emailVerified)) return {}

  const verified = input.emailVerified === '' ? false : toBoolean(input.emailVerified)
  if (mayChange && verified !== undefined) return { emailVerified: verified }
  if (verified !== (user.emailVerified ?? false)) refuse('emailVerified')
  return {}
}

function readTrusted({ realm, emailVerified }: UserInput, settings: Reading): ProtectedChanges {
  const { name, issues } = readName('realm', realm, settings)
  if (issues.length > 0) throw validationError(settings.user.modelName, issues)
  return {
    ...(realm === undefined ? {} : { realm: name }),
    ...(emailVerified === undefined ? {} : { emailVerified: readVerified(emailVerified, settings) }),
  }
}

/** Whether an address is proved, as somebody says who may; null where it does not say. */
export function readVerified(value: unknown, { behaviour }: Reading): boolean | null {
  if (behaviour.values === 'checked') return toBoolean(value) ?? null
  return value === undefined
    ? null
    : (coerceOnWrite({ type: 'boolean' }, value, behaviour.values) as boolean | null)
}

function refuse(property: string): never {
  throw new LatchkeyError('PROPERTY_PROTECTED', { values: [property], details: { property } })
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function describe(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
