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
