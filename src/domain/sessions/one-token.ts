import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import { isPlainObject } from '../../base/values.ts'
import type { Actor, Context } from '../context.ts'
import { type AccessToken, type AccessTokenView, readTtl, tokenView } from '../model/access-token.ts'
import { expiryOf } from '../model/token-life.ts'
import { readUserId } from '../model/user.ts'
import { hold } from '../still-in.ts'
import { findOwner, readScopes } from './tokens.ts'

/**
 * One token of a user, by its handle or by the token itself.
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, TOKEN_NOT_FOUND (also for another user's token)
 */
export async function findToken(context: Context, id: unknown, fk: string): Promise<AccessTokenView> {
  return tokenView(await findOne(context, id, fk), context.settings.user)
}

/**
 * Changes how long a token lives, from the day it was made, and what it opens.
 * @param input `ttl` in seconds and `scopes`, both optional; `id` and `userId` may be repeated
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND, TOKEN_NOT_FOUND, TOKEN_IMMUTABLE, INVALID_ARGUMENT, INVALID_TTL, INVALID_SCOPES
 */
export async function updateToken(
  context: Context,
  id: unknown,
  fk: string,
  input: unknown,
  actor: Actor,
): Promise<AccessTokenView> {
  if (!isPlainObject(input)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  return context.storage.transaction(async (storage) => {
    await hold(storage, readUserId(id, context.settings), actor)
    const token = await findOne({ ...context, storage }, id, fk)
    const isSame = input.id === undefined || input.id === fk || input.id === token.id
    if (!isSame) throw new LatchkeyError('TOKEN_IMMUTABLE', { values: ['id'] })
    if (input.userId !== undefined && String(input.userId) !== String(token.userId))
      throw new LatchkeyError('TOKEN_IMMUTABLE', { values: ['userId'] })
    const changed = {
      ...token,
      ttl: input.ttl === undefined ? token.ttl : readTtl(input.ttl, context.settings.user),
      scopes: input.scopes === undefined ? token.scopes : readScopes(input.scopes, context.settings, actor),
    }
    const expiry = expiryOf(changed, context.settings, context.clock().getTime())
    await storage.tokens.update(changed, expiry === null ? null : new Date(expiry))
    return tokenView(changed, context.settings.user)
  })
}

/** Ends one session of a user. @throws {LatchkeyError} as `findToken` */
export async function deleteToken(context: Context, id: unknown, fk: string): Promise<void> {
  const token = await findOne(context, id, fk)
  const deleted = await context.storage.tokens.delete(token.id)
  if (!deleted) throw new LatchkeyError('TOKEN_NOT_FOUND', { values: [fk] })
}

async function findOne(context: Context, id: unknown, fk: string): Promise<AccessToken> {
  const { tokens } = context.storage
  const { id: userId } = await findOwner(context, id)
  const token = (await tokens.findOfUser(userId, fk)) ?? (await tokens.findOfUser(userId, digestOf(fk)))
  if (!token) throw new LatchkeyError('TOKEN_NOT_FOUND', { values: [fk] })
  return token
}
