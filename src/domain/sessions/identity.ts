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
export interface Demands {
  /** A role they must have, or several of which one will do. */
  readonly role?: string | readonly string[]
  /** What the token must be for. Without it a token for one thing, such as a new password, does not open the route. */
  readonly scope?: string
}

export async function identityOf(context: Context, caller: Caller): Promise<Identity> {
  const { user } = context.settings
  return Object.freeze({
    user: appearanceOf(caller.user, user),
    token: tokenView(caller.token, user),
    roles: await rolesOf(context, caller),
  })
}

/** @throws {LatchkeyError} AUTHORIZATION_REQUIRED for nobody, ACCESS_DENIED for somebody else than demanded */
export function admit(identity: Identity | undefined, { role, scope }: Demands): Identity {
  if (!identity) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
  const isInRole = role === undefined || [role].flat().some((name) => identity.roles.includes(name))
  if (!isInRole || !scopeFits(identity.token.scopes ?? null, scope)) throw new LatchkeyError('ACCESS_DENIED')
  return identity
}
