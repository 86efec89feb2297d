import { type Awaitable, chain } from '../../base/awaitable.ts'
import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import type { Principal } from '../access/decide.ts'
import type { Caller, Context } from '../context.ts'
import { configuredRolesOf, grantedRoles } from '../granted-roles.ts'
import type { Visit } from '../model/access-token.ts'
import { isExpired } from '../model/token-life.ts'

/** A way to read what was sent as a token; a function where reading it so takes work that is rarely needed. */
export type TokenReading = string | (() => string)

export interface Look {
  /** Tells where the request comes from. */
  readonly visit?: (() => Visit) | undefined
  /** Whether to read granted roles as well, which costs no second look-up. */
  readonly withRoles?: boolean
}

/**
 * Who a token belongs to.
 * @param candidates readings of what was sent, likeliest first: a `Bearer` value counts as it is, then decoded
 * @returns undefined for an unknown token, which is as good as none
 * @throws {LatchkeyError} INVALID_ACCESS_TOKEN for one that has expired
 */
export function identify(
  context: Context,
  candidates: readonly TokenReading[],
  look: Look = {},
): Awaitable<Caller | undefined> {
  const candidate = candidates[0]
  if (candidate === undefined) return undefined
  const text = typeof candidate === 'string' ? candidate : candidate()
  return chain(context.storage.tokens.findWithUser(digestOf(text), look.withRoles), (found) =>
    found ? admit(context, found, look) : identify(context, candidates.slice(1), look),
  )
}

function admit(
  { storage, settings, uses, clock }: Context,
  found: Caller,
  { visit }: Look,
): Awaitable<Caller> {
  const now = clock()
  if (isExpired(uses.latest(found.token), now, settings)) {
    const refusal = new LatchkeyError('INVALID_ACCESS_TOKEN')
    if (settings.behaviour.expiredTokens !== 'toldOnce') throw refusal
    return storage.tokens.delete(found.token.id).then(() => {
      throw refusal
    })
  }
  uses.note(found.token, now, visit)
  return found
}

/** The caller as access rules see them. */
export function principalOf({ user, token }: Caller, roles: readonly string[] = []): Principal {
  return { userId: user.id, roles, scopes: token.scopes }
}

/** All roles of an account, wherever they come from; at once, where they came with the token. */
export function rolesOf(
  context: Context,
  { user, granted }: Caller,
): readonly string[] | Promise<readonly string[]> {
  if (granted) return [...granted, ...configuredRolesOf(context, user)]
  return grantedRoles(context, user).then((roles) => [...roles.granted, ...roles.configured])
}
