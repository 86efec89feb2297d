import type { Context } from '../context.ts'
import { defaultScope, type IssuedToken, issueToken, resetPasswordScope } from '../model/access-token.ts'
import type { UserId } from '../model/user.ts'
import type { Storage } from '../storage.ts'

/**
 * Makes the token that sets a new password once. Unless it is restricted to that, it is a session as well, as LoopBack's
 * is by default.
 */
export async function issueResetToken(
  { settings, clock }: Context,
  { tokens }: Storage,
  userId: UserId,
): Promise<IssuedToken> {
  const { restrictResetPasswordTokenScope, resetPasswordTokenTTL, accessTokenIdLength } = settings.user
  const issued = issueToken({
    userId,
    ttl: resetPasswordTokenTTL,
    createdAt: clock(),
    scopes: restrictResetPasswordTokenScope ? [resetPasswordScope] : [defaultScope, resetPasswordScope],
    length: accessTokenIdLength,
  })
  await tokens.insert(issued.token)
  return issued
}

/**
 * Ends what an address or a password of before has opened: links to set a new password always, sessions where
 * `logoutSessionsOnSensitiveChanges` is on, but for one, if named.
 */
export async function endStaleTokens(
  { settings }: Context,
  { tokens }: Storage,
  userId: UserId,
  exceptDigest?: string,
): Promise<void> {
  await tokens.deleteResets(userId)
  if (settings.user.logoutSessionsOnSensitiveChanges) await tokens.deleteByUser(userId, exceptDigest)
}
