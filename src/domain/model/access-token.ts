import { LatchkeyError } from '../../base/errors.ts'
import { digestOf, randomToken } from '../../base/secrets.ts'
import type { UserSettings } from '../../config/settings.ts'
import type { UserId } from './user.ts'

/** A session, or a right to one thing (`scopes`). The token itself is not in it: we keep its digest only. */
export interface AccessToken {
  /** SHA-256 of the token in 64 hex digits: names it (its *handle*), opens nothing. */
  readonly id: string
  readonly userId: UserId
  /** Seconds; -1 for ever. */
  readonly ttl: number
  readonly createdAt: Date
  /** What it opens; null is LoopBack's `["DEFAULT"]`: everything that asks for no scope. */
  readonly scopes: readonly string[] | null
  /** To the minute or so; null while nobody has used it. */
  readonly lastUsedAt: Date | null
}

/** Where a request comes from, as far as its host knows. */
export interface Visit {
  /** An IP address. */
  readonly address?: string | undefined
  /** What the client calls itself: its `User-Agent`. */
  readonly agent?: string | undefined
}

/** A token, and from where it was used last. */
export interface SeenToken extends AccessToken, Visit {}

/** That a token was used, to be written down. */
export interface TokenUse extends Visit {
  readonly id: string
  readonly usedAt: Date
  /** Until when the token now lives; null for ever. */
  readonly expiresAt: Date | null
}

/** A token at the moment it is made, the only one at which we know it. */
export interface IssuedToken {
  readonly secret: string
  readonly token: AccessToken
}

/** What an ordinary token may do: all that asks for no other scope. LoopBack's name for it. */
export const defaultScope = 'DEFAULT'

/** What a mailed reset link may do, and nothing else: LoopBack's name for it. */
export const resetPasswordScope = 'reset-password'

/** The `ttl` of a token that never expires. */
export const eternal = -1

/** What a new token is to be, and how many characters long (LoopBack's `accessTokenIdLength`). */
export interface TokenRequest {
  readonly userId: UserId
  readonly ttl: number
  readonly createdAt: Date
  readonly scopes?: readonly string[] | null
  readonly length: number
}

export function issueToken({ userId, ttl, createdAt, scopes = null, length }: TokenRequest): IssuedToken {
  const secret = randomToken(length)
  return { secret, token: { id: digestOf(secret), userId, ttl, createdAt, scopes, lastUsedAt: null } }
}

/** An access token as clients see it: LoopBack's JSON. */
export interface AccessTokenView {
  /** The token itself right after it was made, and its handle ever after. */
  readonly id: string
  /** Seconds from `created`; -1 for ever. */
  readonly ttl: number
  /** ISO 8601, in UTC. */
  readonly created: string
  readonly userId: UserId
  /** The user model, where its file makes the tokens polymorphic. */
  readonly principalType?: string
  readonly scopes?: readonly string[]
}

/** The token as LoopBack's JSON shows it; `id` is the token when it has just been made, else its handle. */
export function tokenView(
  { id, ttl, createdAt, userId, scopes }: AccessToken,
  { principalType }: Pick<UserSettings, 'principalType'>,
  secret?: string,
): AccessTokenView {
  return {
    id: secret ?? id,
    ttl,
    ...(scopes ? { scopes } : {}),
    created: createdAt.toISOString(),
    userId,
    ...(principalType === undefined ? {} : { principalType }),
  }
}

export interface TtlSettings {
  readonly ttl: number
  readonly maxTTL: number
  readonly allowEternalTokens: boolean
}

/**
 * The life of a new token in seconds, from what the caller asked for.
 * @param asked absent, 0, `""` or false: the default; a number or its text: that, floored and capped at `maxTTL`
 * @throws {LatchkeyError} INVALID_TTL for anything else
 */
export function readTtl(asked: unknown, { ttl, maxTTL, allowEternalTokens }: TtlSettings): number {
  if (asked === undefined || asked === 0 || asked === '' || asked === false) return Math.min(ttl, maxTTL)
  const seconds = Math.floor(
    typeof asked === 'string' && asked.trim() !== '' ? Number(asked) : asNumber(asked),
  )
  if (seconds === eternal && allowEternalTokens) return eternal
  if (!(seconds >= 1)) throw new LatchkeyError('INVALID_TTL')
  return Math.min(seconds, maxTTL)
}

function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
