import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { Context } from '../context.ts'
import { grantedRoles } from '../granted-roles.ts'
import { isExpired, isSession } from '../model/token-life.ts'
import { appearanceOf, normaliseEmail, readUserId, type User, type UserView } from '../model/user.ts'
import { isPerRealm } from './uniqueness.ts'

/** An account as its operator sees it; no client does. */
export interface AccountRecord {
  /** As the API shows it. */
  readonly user: UserView
  /** Since when its owner is kept out, in ISO 8601; null: they are not. */
  readonly blockedAt: string | null
  /** Without one nobody can log in before a reset. */
  readonly hasPassword: boolean
}

/** The same with what takes a look at other tables. */
export interface AccountDetails extends AccountRecord {
  /** Granted by id. */
  readonly roles: readonly string[]
  /** Those the configuration gives its address, as far as they hold now. */
  readonly configuredRoles: readonly string[]
  /** How many are open now. */
  readonly sessions: number
}

/**
 * The one account that goes by a name; undefined where there is none.
 * @param name its id, else its e-mail address or user name
 * @param realm where the name is looked for, `''` for none
 * @throws {LatchkeyError} ACCOUNT_AMBIGUOUS where one account’s user name is another’s address: anybody can choose such
 *   a one; REALM_REQUIRED where names are unique within a realm
 */
export async function findAccount(
  context: Context,
  name: string,
  realm?: string,
): Promise<AccountDetails | undefined> {
  const [user, another] = await accountsCalled(context, name, realm)
  if (user && another) throw new LatchkeyError('ACCOUNT_AMBIGUOUS', { values: [name, user.id, another.id] })
  return user && detailsOf(context, user)
}

/** Whose id it is, that is it: nobody can choose one, as they can a user name that looks like one. */
async function accountsCalled(
  { storage, settings }: Context,
  name: string,
  realm: string | undefined,
): Promise<readonly User[]> {
  const id = readUserId(name, settings)
  const byId = id === undefined ? undefined : await storage.users.findById(id)
  if (byId) return [byId]
  if (name === '') return []
  if (realm === undefined && isPerRealm(settings)) throw new LatchkeyError('REALM_REQUIRED')
  const within = realm === undefined ? {} : { realm }
  const email = normaliseEmail(name, settings.user.caseSensitiveEmail)
  const byEmail = await storage.users.findByLogin({ email, ...within })
  const byUsername = await storage.users.findByLogin({ username: name, ...within })
  const found = [byEmail, byUsername].filter((user) => user !== undefined)
  return byEmail?.id === byUsername?.id ? found.slice(1) : found
}

/** Accounts a filter finds, in pages. @throws {LatchkeyError} for a filter that makes no sense */
export function listAccounts(
  context: Context,
  filter?: PlainObject,
): AsyncIterable<readonly AccountRecord[]> {
  const { query } = context.filters.users.parseFilter(filter)
  return recorded(context, context.storage.users.find(query))
}

async function* recorded(
  context: Context,
  pages: AsyncIterable<readonly User[]>,
): AsyncIterable<readonly AccountRecord[]> {
  for await (const page of pages) yield page.map((user) => recordOf(context, user))
}

function recordOf({ settings }: Context, user: User): AccountRecord {
  return {
    user: appearanceOf(user, settings.user),
    blockedAt: user.blockedAt?.toISOString() ?? null,
    hasPassword: Boolean(user.passwordHash),
  }
}

async function detailsOf(context: Context, user: User): Promise<AccountDetails> {
  const { storage, settings, clock } = context
  const { granted, configured } = await grantedRoles(context, user)
  const tokens = user.blockedAt ? [] : await storage.tokens.findByUser(user.id)
  const now = clock()
  const sessions = tokens.filter((token) => isSession(token) && !isExpired(token, now, settings))
  return {
    ...recordOf(context, user),
    roles: granted.toSorted(),
    configuredRoles: configured.toSorted(),
    sessions: sessions.length,
  }
}
