import { LatchkeyError } from '../../base/errors.ts'
import { scopeFits } from '../access/decide.ts'
import type { Caller, Context } from '../context.ts'
import { type AccessTokenView, tokenView } from '../model/access-token.ts'
import { appearanceOf, type UserView } from '../model/user.ts'
import { rolesOf } from './identify.ts'

/** Who asks, for the application's own routes. */
export interface Identity {
  /** As the API shows it. */
  readonly user: UserView
  /** Its `id` is the handle, which opens nothing. */
  readonly token: AccessTokenView
  /** Granted by id, and by a verified address. */
  readonly roles: readonly string[]
}

/** Whom a guard lets in, of those who are logged in. */
export interface Demands<Role extends string = string> {
  /** A role they must have, or several of which one will do. No `$owner` and the like: those are for access rules. */
  readonly role?: NamedRole<Role> | readonly NamedRole<Role>[]
  /** What the token must be for. Without it a token for one thing, such as a new password, does not open the route. */
  readonly scope?: string
}

/** `never` for the roles everybody is in by what they are: whose a thing is only the route knows. */
type NamedRole<Role extends string> = Role & (Role extends `$${string}` | '' ? never : Role)

export async function identityOf(context: Context, caller: Caller): Promise<Identity> {
  const { user } = context.settings
  return Object.freeze({
    user: appearanceOf(caller.user, user),
    token: tokenView(caller.token, user),
    roles: await rolesOf(context, caller),
  })
}

/**
 * Looks over a guard's demands when it is made: a slip in them would let in everybody, or nobody.
 * @throws {TypeError} for a demand there is none of, one that is undefined, and a role that nobody can be granted
 */
export function checkDemands(demands: Demands): Demands {
  for (const [demand, value] of Object.entries(demands)) {
    if (demand === 'role') checkRoles([value].flat())
    else if (demand !== 'scope') throw new TypeError(`a guard demands a role or a scope, and no "${demand}"`)
    else if (!isName(value)) throw new TypeError(`the scope a guard demands is a name, and not ${value}`)
  }
  return demands
}

function checkRoles(roles: readonly unknown[]): void {
  if (roles.length === 0) throw new TypeError('a guard that demands one of no roles lets nobody in')
  for (const role of roles) {
    if (!isName(role)) throw new TypeError(`the role a guard demands is a name, and not ${role}`)
    if (role.startsWith('$'))
      throw new TypeError(`${role} is for access rules: a guard without a role lets in whoever is logged in`)
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Whether the token is for something else than a guard demands. */
export function lacksScope({ token }: Identity, { scope }: Demands): boolean {
  return !scopeFits(token.scopes ?? null, scope)
}

/** @throws {LatchkeyError} AUTHORIZATION_REQUIRED for nobody, ACCESS_DENIED for somebody else than demanded */
export function admit(identity: Identity | undefined, demands: Demands): Identity {
  const { role } = demands
  if (!identity) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
  const isInRole = role === undefined || [role].flat().some((name) => identity.roles.includes(name))
  if (!isInRole || lacksScope(identity, demands)) throw new LatchkeyError('ACCESS_DENIED')
  return identity
}
