import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import type { UserSettings } from '../../config/settings.ts'
import { type Context, hookContext } from '../context.ts'
import { type AccessToken, type IssuedToken, issueToken, readTtl, type Visit } from '../model/access-token.ts'
import { normaliseEmail, type User, viewOf } from '../model/user.ts'
import type { LoginName } from '../storage.ts'

/** What a login takes. Anything may come over the wire, so each part is checked here. */
export interface Credentials {
  readonly email?: unknown
  readonly username?: unknown
  readonly realm?: unknown
  readonly password?: unknown
  /** Seconds the token shall live. */
  readonly ttl?: unknown
}

/** Whoever logs in is nobody yet. */
const stranger = { trusted: false }

/** A new session: the token with its secret, and whose it is. */
export interface Session extends IssuedToken {
  readonly user: User
}

/**
 * Opens a session. An unknown user takes as long to refuse as a wrong password does.
 * @param visit without an address, limits by address do not bind
 * @throws {LatchkeyError} USERNAME_EMAIL_REQUIRED, INVALID_EMAIL, INVALID_USERNAME, REALM_REQUIRED, INVALID_REALM,
 *   INVALID_TTL, TOO_MANY_ATTEMPTS (with the right password, too), LOGIN_FAILED, LOGIN_FAILED_EMAIL_NOT_VERIFIED (with
 *   the right password only), HASHING_BUSY
 */
export async function login(context: Context, sent: Credentials, visit: Visit = {}): Promise<Session> {
  const { storage, settings, events, passwords, hooks, limits, clock } = context
  if (!isPlainObject(sent)) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['credentials'] })
  const credentials = { ...sent }
  if (hooks.has('beforeLogin'))
    await hooks.run('beforeLogin', { ...hookContext(context, stranger), credentials })
  const name = readLoginName(credentials, settings.user)
  const ttl = readTtl(credentials.ttl, settings.user)

  const { password } = credentials
  let user: User | undefined
  const matches = await limits.guess('login', { account: name, address: visit.address }, async () => {
    user = await storage.users.findByLogin(name)
    // Whoever is blocked is answered, and kept waiting, as if there were no such account.
    const hash = user?.blockedAt ? null : user?.passwordHash
    return (await passwords.verify(password, hash)) && !isHidden(user, settings.user)
  })
  if (!user?.passwordHash || !matches || typeof password !== 'string')
    return refuse(context, name, user, visit)
  if (settings.user.emailVerificationRequired && user.emailVerified !== true) {
    throw new LatchkeyError('LOGIN_FAILED_EMAIL_NOT_VERIFIED', { details: { userId: user.id } })
  }

  const { accessTokenIdLength: length } = settings.user
  const now = clock()
  const { secret, token: unused } = issueToken({ userId: user.id, ttl, createdAt: now, length })
  const token = { ...unused, lastUsedAt: now }
  const hash = await store(context, { ...token, ...visit }, user, password)
  if (!hash) return refuse(context, name, user, visit)
  upgradeHash(context, user.id, password, hash)
  events.emit('loggedIn', { user: viewOf(user) })
  return { secret, token, user }
}

/**
 * Whoever signed up with a taken address does not get in; so neither must be told more who did with a new one, nor be
 * spared by the limits as one whose password was right.
 */
function isHidden(
  user: User | undefined,
  { hideExistingAccounts, emailVerificationRequired }: UserSettings,
): boolean {
  return hideExistingAccounts && emailVerificationRequired && user?.emailVerified !== true
}

/**
 * Stores the token, unless the account was deleted or blocked, or its password or address changed, while the hash was
 * computed. A hash that was merely upgraded meanwhile, by another login, is no change: then the password fits the new one too.
 * @returns the hash the password fits
 */
async function store(
  { storage, passwords }: Context,
  token: AccessToken & Visit,
  user: User,
  password: string,
): Promise<string | undefined> {
  if (user.passwordHash && (await storage.tokens.insertForLogin(token, user))) return user.passwordHash
  const present = await storage.users.findById(user.id)
  if (!present?.passwordHash || present.email !== user.email || present.blockedAt) return undefined
  const stillFits = await passwords.verify(password, present.passwordHash)
  return stillFits && (await storage.tokens.insertForLogin(token, present)) ? present.passwordHash : undefined
}

function refuse(
  { events }: Context,
  { email, username }: LoginName,
  user: User | undefined,
  { address }: Visit,
): never {
  events.emit('loginFailed', { email, username, userId: user?.id, address })
  throw new LatchkeyError('LOGIN_FAILED')
}

/** Afterwards, at the lowest priority: nobody waits for a second hash. */
function upgradeHash(
  { storage, passwords, afterwards }: Context,
  id: User['id'],
  password: string,
  stored: string,
): void {
  afterwards(async () => {
    const stronger = await passwords.rehash(password, stored)
    if (stronger) await storage.users.replacePasswordHash(id, stored, stronger)
  })
}

/** E-mail wins over username, as in LoopBack; `realm:name` wins over `realm` where a delimiter is set. */
function readLoginName(credentials: PlainObject, settings: UserSettings): LoginName {
  const { email, username, realm } = credentials
  if (email && typeof email !== 'string') throw new LatchkeyError('INVALID_EMAIL')
  if (!email && username && typeof username !== 'string') throw new LatchkeyError('INVALID_USERNAME')
  const given = (email || username || '') as string

  const needsRealm = settings.realmRequired || settings.realmDelimiter !== ''
  const [prefix, name] = needsRealm ? splitRealm(given, settings.realmDelimiter) : ['', given]
  const inRealm = needsRealm ? prefix || readRealm(realm) : undefined
  if (name === '') throw new LatchkeyError('USERNAME_EMAIL_REQUIRED')
  const named = email ? { email: normaliseEmail(name, settings.caseSensitiveEmail) } : { username: name }
  return inRealm === undefined ? named : { ...named, realm: inRealm }
}

function readRealm(realm: unknown): string {
  if (!realm) throw new LatchkeyError('REALM_REQUIRED')
  if (typeof realm !== 'string') throw new LatchkeyError('INVALID_REALM')
  return realm
}

function splitRealm(given: string, delimiter: string): [realm: string, name: string] {
  const at = delimiter === '' ? -1 : given.indexOf(delimiter)
  return at < 0 ? ['', given] : [given.slice(0, at), given.slice(at + delimiter.length)]
}
