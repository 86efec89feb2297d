import type { Settings } from '../../config/settings.ts'
import { type AccessToken, eternal, resetPasswordScope } from './access-token.ts'

/** What the life of a token follows from, besides itself. */
export type LifeSettings = Pick<Settings, 'user' | 'tokens'>

/** A clock may be set back so far; what claims to come from later than that cannot be trusted. */
const clockSlackMs = 5 * 60_000

/**
 * Whether a token is good for nothing any more: its time is over, or, of a session, nobody has used it for
 * `tokens.idleTimeout`.
 */
export function isExpired(token: AccessToken, now: Date, settings: LifeSettings): boolean {
  const at = now.getTime()
  if (token.createdAt.getTime() > at + clockSlackMs) return true
  const expiry = expiryOf(token, settings, at)
  if (expiry === null ? !settings.user.allowEternalTokens : at >= expiry) return true
  const { idleTimeout } = settings.tokens
  return idleTimeout !== undefined && isSession(token) && at >= lastUseOf(token, at) + idleTimeout * 1_000
}

/**
 * When a token's time is over: `ttl` seconds after it was made, or, of a session while `tokens.sliding`, after its last
 * use, but no more than `user.maxTTL` after it was made.
 * @param at now, in milliseconds since the epoch
 * @returns milliseconds since the epoch; null for a token that never expires
 */
export function expiryOf(token: AccessToken, { user, tokens }: LifeSettings, at: number): number | null {
  const { ttl } = token
  if (ttl === eternal) return null
  const created = token.createdAt.getTime()
  // LoopBack counts a token dead on the very second its ttl is over.
  const expiry = created + ttl * 1_000
  if (!tokens.sliding || !isSession(token)) return expiry
  return Math.max(expiry, Math.min(lastUseOf(token, at) + ttl * 1_000, created + user.maxTTL * 1_000))
}

const longestStepMs = 60_000

/**
 * How old what is written of a token's last use may be, in milliseconds: a minute, or a tenth of what is measured from
 * it, so that nobody who keeps using a token loses it.
 */
export function useStepOf({ ttl }: AccessToken, { tokens: { idleTimeout, sliding } }: LifeSettings): number {
  if (idleTimeout === undefined && !sliding) return longestStepMs
  const measured = [idleTimeout, sliding && ttl !== eternal ? ttl : undefined]
  const tenths = measured.filter((seconds) => seconds !== undefined).map((seconds) => seconds * 100)
  return Math.min(longestStepMs, ...tenths)
}

/** A mailed right to set a password is none, whatever else it opens: using its link must not lengthen its life. */
export function isSession({ scopes }: AccessToken): boolean {
  return !scopes?.includes(resetPasswordScope)
}

function lastUseOf({ createdAt, lastUsedAt }: AccessToken, at: number): number {
  const used = (lastUsedAt ?? createdAt).getTime()
  return used > at + clockSlackMs ? createdAt.getTime() : used
}
