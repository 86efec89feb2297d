import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import type { Settings } from '../../config/settings.ts'
import type { Actor, Caller, Context } from '../context.ts'
import { compareRecords, matches } from '../filter/matches.ts'
import { applyFields } from '../filter/parse.ts'
import {
  type IssuedToken,
  issueToken,
  readTtl,
  resetPasswordScope,
  tokenView,
} from '../model/access-token.ts'
import { nestedAppearanceOf, readUserId, type User } from '../model/user.ts'
import { hold } from '../still-in.ts'

/**
 * Ends the session the caller's token opened, and no other.
 * @throws {LatchkeyError} ACCESS_TOKEN_REQUIRED without a valid token
 */
export async function logout({ storage, events }: Context, caller: Caller | undefined): Promise<void> {
  if (!caller) throw new LatchkeyError('ACCESS_TOKEN_REQUIRED')
  const ended = await storage.tokens.delete(caller.token.id)
  if (!ended) throw new LatchkeyError('ACCESS_TOKEN_REQUIRED')
  events.emit('loggedOut', { userId: caller.user.id })
}

/**
 * The tokens of a user, by their handles.
 * @param filter LoopBack's, over `id` (the handle), `ttl`, `created`, `userId` and `scopes`
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, and what a bad filter gets
 */
export async function listTokens(
  context: Context,
  id: unknown,
  filter?: PlainObject,
): Promise<PlainObject[]> {
  const user = await findOwner(context, id)
  const { query, fields, include } = context.filters.tokens.parseFilter(filter)
  const { where, order, skip, limit } = query
  const tokens = await context.storage.tokens.findByUser(user.id)
  const shown = tokens
    .map((token): PlainObject => ({ ...tokenView(token, context.settings.user) }))
    .filter((view) => matches(where, view))
    .sort((one, other) => compareRecords(order, one, other))
    .slice(skip, limit === undefined ? undefined : skip + limit)
  const view = nestedAppearanceOf(user, context.settings.user)
  const owner = include.has('user') ? { user: applyFields(view, include.get('user')) } : {}
  return shown.map((token) => ({ ...applyFields(token, fields), ...owner }))
}

/** Most tokens one request may make. */
const mostTokens = 100

/**
 * Makes tokens for a user without their password: all of them, or none.
 * @param inputs of each `ttl` in seconds and `scopes`, both optional; everything else about a token is ours to say
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, INVALID_ARGUMENT, INVALID_TTL, INVALID_SCOPES, ACCESS_DENIED, TOO_MANY_TOKENS
 */
export async function createTokens(
  context: Context,
  id: unknown,
  inputs: readonly unknown[],
  actor: Actor,
): Promise<IssuedToken[]> {
  const { settings, clock, storage } = context
  return storage.transaction(async (transaction) => {
    const user = await hold(transaction, readUserId(id, settings), actor)
    if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
    if (inputs.length > mostTokens) throw new LatchkeyError('TOO_MANY_TOKENS', { values: [mostTokens] })
    const issued = inputs.map((input) => {
      if (!isPlainObject(input)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
      return issueToken({
        userId: user.id,
        ttl: readTtl(input.ttl, settings.user),
        createdAt: clock(),
        scopes: readScopes(input.scopes, settings, actor),
        length: settings.user.accessTokenIdLength,
      })
    })
    for (const { token } of issued) await transaction.tokens.insert(token)
    return issued
  })
}

/** Ends all sessions of a user. @throws {LatchkeyError} INSTANCE_NOT_FOUND */
export async function deleteTokens(context: Context, id: unknown): Promise<void> {
  const user = await findOwner(context, id)
  await context.storage.tokens.deleteByUser(user.id)
}

/** The user whose tokens are asked for. @throws {LatchkeyError} INSTANCE_NOT_FOUND */
export async function findOwner({ settings, storage }: Context, id: unknown): Promise<User> {
  const userId = readUserId(id, settings)
  const user = userId === undefined ? undefined : await storage.users.findById(userId)
  if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [id] })
  return user
}

/**
 * @throws {LatchkeyError} INVALID_SCOPES; ACCESS_DENIED for whoever may make tokens of their own, and would make the one
 *   that a mailed link has: by it a session could set a password
 */
export function readScopes(
  scopes: unknown,
  { user: { restrictResetPasswordTokenScope } }: Pick<Settings, 'user'>,
  { trusted }: Actor,
): readonly string[] | null {
  if (scopes === undefined || scopes === null) return null
  const isValid =
    Array.isArray(scopes) &&
    scopes.length <= 20 &&
    scopes.every((scope) => typeof scope === 'string' && scope.length <= 100)
  if (!isValid) throw new LatchkeyError('INVALID_SCOPES')
  if (restrictResetPasswordTokenScope && !trusted && scopes.includes(resetPasswordScope))
    throw new LatchkeyError('ACCESS_DENIED')
  return scopes.length > 0 ? scopes : null
}
