import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject, toBoolean } from '../../base/values.ts'
import type { UserSettings } from '../../config/settings.ts'
import type { Actor } from '../context.ts'
import { checkNames, missingProperties, oversized, readProperties } from '../model/properties.ts'
import { isEmail, longestName, normaliseEmail, type User } from '../model/user.ts'
import { blank, type Issue } from '../model/validation.ts'

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
export function readEmail(value: unknown, settings: UserSettings): { email: string; issues: Issue[] } {
  const complaint = (code: string): Issue => ({ property: 'email', code, message: 'is invalid', value })
  if (value === undefined || value === null || value === '')
    return { email: '', issues: [blank('email', value)] }
  if (typeof value !== 'string') return { email: '', issues: [complaint('custom.string')] }
  if (!isEmail(value)) return { email: '', issues: [complaint('custom.email')] }
  return { email: normaliseEmail(value, settings.caseSensitiveEmail), issues: [] }
}

/** A username or realm: a text, or what LoopBack turns into one; null when there is none. */
export function readName(
  property: 'username' | 'realm',
  value: unknown,
): { name: string | null; issues: Issue[] } {
  if (value === undefined || value === null) return { name: null, issues: [] }
  if (typeof value === 'object') {
    return { name: null, issues: [{ property, code: 'string', message: 'is not a string', value }] }
  }
  const name = String(value)
  if (name.length <= longestName) return { name, issues: [] }
  return { name: null, issues: [{ property, code: 'length.max', message: 'is too long', value }] }
}

/** The properties of a whole account, checked. */
export function readWhole(
  properties: PlainObject,
  settings: UserSettings,
): { values: PlainObject; issues: Issue[] } {
  const { values, issues } = readProperties(properties, settings)
  const faulty = new Set(issues.map(({ property }) => property))
  const missing = missingProperties(settings.properties, values).filter(
    ({ property }) => !faulty.has(property),
  )
  return { values, issues: [...missing, ...issues, ...oversized(values)] }
}

/**
 * An update may repeat the id of the user it is about, and name no other.
 * @throws {LatchkeyError} ID_IMMUTABLE, ID_NOT_REPLACEABLE
 */
export function checkId(
  { protectedOnes: { id } }: UserInput,
  user: User,
  refusal: 'ID_IMMUTABLE' | 'ID_NOT_REPLACEABLE',
): void {
  if (!isGiven(id)) return
  const isSame = typeof id !== 'object' && String(id) === String(user.id)
  if (!isSame) throw new LatchkeyError(refusal, { values: [user.id, describe(id)] })
}

/**
 * Sees to it that an update leaves alone what a client may not set. Saying again what is stored is no change, so
 * that reading a user and putting it back works, also by a form, in which everything is text.
 * @returns the new `emailVerified`, where the actor may say so
 * @throws {LatchkeyError} PROPERTY_PROTECTED
 */
export function checkProtected(input: UserInput, user: User, actor: Actor): boolean | undefined {
  const changed = Object.entries(input.protectedOnes).find(([name, value]) => name !== 'id' && isGiven(value))
  if (changed) refuse(changed[0])
  if (isGiven(input.realm) && input.realm !== (user.realm ?? '')) refuse('realm')
  if (!isGiven(input.emailVerified)) return undefined

  const verified = input.emailVerified === '' ? false : toBoolean(input.emailVerified)
  const isOneself = actor.caller?.user.id === user.id
  if (actor.trusted && !isOneself && verified !== undefined) return verified
  if (verified !== (user.emailVerified ?? false)) refuse('emailVerified')
  return undefined
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
