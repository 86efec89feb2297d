import { domainToUnicode } from 'node:url'
import isemail from 'isemail'
import type { PlainObject } from '../../base/values.ts'
import type { Settings } from '../../config/settings.ts'

/** An integer, or a text of `[A-Za-z0-9._-]{1,64}` where `idType` is `uuid`. */
export type UserId = number | string

/** An account as the house keeps it. What a client sees of it is `viewOf(user)`. */
export interface User {
  readonly id: UserId
  readonly realm: string | null
  readonly username: string | null
  readonly email: string
  /** Null until somebody said one or the other. */
  readonly emailVerified: boolean | null
  /** Null for an account without a password: nobody can log in to it before a reset. */
  readonly passwordHash: string | null
  /** Declared and free properties alike, as they are stored. */
  readonly properties: PlainObject
  /** Since when the operator keeps whoever owns it out; no view shows it. */
  readonly blockedAt: Date | null
}

/** A user whom the storage has not given an id yet. */
export type NewUser = Omit<User, 'id' | 'blockedAt'>

/** What can change about a user; absent stays as it is. */
export type UserChanges = Partial<NewUser>

/** Properties that live in columns of their own, in the order LoopBack declares them. */
export const columnProperties = ['realm', 'username', 'email', 'emailVerified', 'id'] as const
export type ColumnProperty = (typeof columnProperties)[number]

/** Never shown, never filtered, never sorted by: LoopBack's `hidden` of User. */
export const hiddenProperties: ReadonlySet<string> = new Set([
  'password',
  'passwordHash',
  'verificationToken',
])

/** A user as anybody outside may see one: properties that were set, also to null; hidden ones never. */
export interface UserView {
  readonly id: UserId
  readonly email: string
  readonly realm?: string | null
  readonly username?: string | null
  readonly emailVerified?: boolean | null
  /** Declared and free properties. */
  readonly [property: string]: unknown
}

export function viewOf({ id, realm, username, email, emailVerified, properties }: User): UserView {
  const view: PlainObject = {}
  // A column is null, and shown, where somebody said so; the properties remember that.
  if (realm !== null || properties.realm === null) view.realm = realm
  if (username !== null || properties.username === null) view.username = username
  view.email = email
  if (emailVerified !== null || properties.emailVerified === null) view.emailVerified = emailVerified
  view.id = id
  for (const name in properties) view[name] ??= properties[name]
  return view as UserView
}

/** Which properties an answer leaves out, and in which order it has the others. */
export interface Appearance {
  readonly hidden: readonly string[]
  readonly memberOrder: readonly string[]
}

/** A user as an answer shows one. */
export function appearanceOf(user: User, appearance: Appearance): UserView {
  return reduced(viewOf(user), appearance)
}

/** What an answer shows of a whole view. */
export function reduced(view: UserView, { hidden, memberOrder }: Appearance): UserView {
  return inOrder(without(view, hidden), memberOrder)
}

/** A user as part of another answer. */
export function nestedAppearanceOf(
  user: User,
  { hidden, protected: nested, memberOrder }: Appearance & { readonly protected: readonly string[] },
): UserView {
  return appearanceOf(user, { hidden: [...hidden, ...nested], memberOrder })
}

function inOrder(view: UserView, names: readonly string[]): UserView {
  if (names.length === 0) return view
  const ordered: PlainObject = {}
  for (const name of names) if (Object.hasOwn(view, name)) ordered[name] = view[name]
  return Object.assign(ordered, view) as UserView
}

function without(view: UserView, names: readonly string[]): UserView {
  if (names.length === 0) return view
  return Object.fromEntries(Object.entries(view).filter(([name]) => !names.includes(name))) as UserView
}

/** Texts that fit a column with an index on every database; PostgreSQL cannot index much more. */
export const longestName = 255
/** As many characters may become one when a text is normalised (UAX 15 has three for NFC). */
const longestSpelling = 4

/** Besides what one cannot see: what parts one address from the next in a header. */
const misleading = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800,<>]/u

/** An address as isemail accepts it, without the characters that make two addresses look alike or break a header. */
export function isEmail(text: string): boolean {
  return text.length <= longestName && !misleading.test(text) && isemail.validate(text)
}

/**
 * The form an address is stored, compared and answered in. Without regard to case, only ASCII letters of the part
 * before the @ are folded: what counts as the same letter beyond them differs by language, and no two people shall
 * become one by it.
 */
export function normaliseEmail(text: string, caseSensitive: boolean): string {
  // Nobody's, and to put a long row of accents in order takes the square of its length.
  if (text.length > longestName * longestSpelling) return text
  const email = text.normalize('NFC')
  if (caseSensitive) return email
  const at = email.lastIndexOf('@') + 1
  const local = email.slice(0, at).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const domain = email.slice(at)
  // Beyond ASCII one domain has many spellings (IDNA).
  const isIdn = /\P{ASCII}|xn--/iu.test(domain)
  return local + ((isIdn && domainToUnicode(domain)) || domain.toLowerCase())
}

/**
 * The id a path or a body names. It has one spelling: `01`, `1e0`, `true` and the like are nobody's, unless `ids` are
 * `coerced`, as LoopBack does.
 */
export function readUserId(
  value: unknown,
  { user: { idType }, behaviour: { ids } }: Pick<Settings, 'user' | 'behaviour'>,
): UserId | undefined {
  const given = ids === 'coerced' && idType === 'integer' ? toId(value) : value
  const text = typeof given === 'number' ? String(given) : given
  if (typeof text !== 'string') return undefined
  if (idType === 'uuid') return /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : undefined
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

/** What LoopBack makes of an id that shall be a number: blanks and exponents are all the same to it. */
function toId(value: unknown): unknown {
  if (typeof value !== 'string') return Number(value)
  if (value.trim() === '') return undefined
  return value === 'true' ? 1 : Number(value)
}
