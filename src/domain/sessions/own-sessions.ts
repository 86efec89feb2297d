import { LatchkeyError } from '../../base/errors.ts'
import type { Caller, Context } from '../context.ts'
import { type AccessTokenView, tokenView } from '../model/access-token.ts'
import { isExpired, isSession } from '../model/token-life.ts'
import type { UserId } from '../model/user.ts'
import { hold } from '../still-in.ts'

/** One of the caller's own sessions; `id` is its handle. */
export interface SessionView extends AccessTokenView {
  /** ISO 8601, in UTC, to the minute or so; null while nobody has used it. */
  readonly lastUsed: string | null
  /** From where it was used last: an IP address. Null where nobody knows. */
  readonly address: string | null
  /** By what it was used last: the first letters of its `User-Agent`. */
  readonly agent: string | null
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** A program that logs in for every request has ten thousands; whoever reads the list is not helped by more of them. */
const mostShown = 1_000

/** The caller's sessions that are still good, the one used last first; of more than a thousand these. */
export async function listOwnSessions(context: Context, { user, token }: Caller): Promise<SessionView[]> {
  const sessions = await listSessions(context, user.id)
  return sessions.map((session) => ({ ...session, current: session.id === token.id }))
}

/** The same of any account. Mailed rights to set a password are no sessions. */
export async function listSessions(
  { storage, settings, uses, clock }: Context,
  userId: UserId,
): Promise<Omit<SessionView, 'current'>[]> {
  const now = clock()
  const latest = await storage.tokens.findLatestOfUser(userId, mostShown)
  const tokens = latest.map((token) => uses.latest(token))
  return tokens
    .filter((token) => isSession(token) && !isExpired(token, now, settings))
    .sort((one, other) => lastSeen(other) - lastSeen(one))
    .map((token) => ({
      ...tokenView(token, settings.user),
      lastUsed: token.lastUsedAt?.toISOString() ?? null,
      address: token.address ?? null,
      agent: token.agent ?? null,
    }))
}

function lastSeen({ lastUsedAt, createdAt }: { lastUsedAt: Date | null; createdAt: Date }): number {
  return (lastUsedAt ?? createdAt).getTime()
}

/**
 * Ends one of the caller's sessions, by its handle; that may be the one that asks.
 * @throws {LatchkeyError} TOKEN_NOT_FOUND, also for somebody else's; AUTHORIZATION_REQUIRED for a caller whose own
 *   session was ended meanwhile
 */
export async function endOwnSession(
  { storage, events }: Context,
  caller: Caller,
  handle: string,
): Promise<void> {
  const { user } = caller
  await storage.transaction(async (transaction) => {
    await hold(transaction, user.id, { caller, trusted: false })
    const token = await transaction.tokens.findOfUser(user.id, handle)
    if (!token) throw new LatchkeyError('TOKEN_NOT_FOUND', { values: [handle] })
    await transaction.tokens.delete(token.id)
  })
  events.emit('loggedOut', { userId: user.id })
}

/**
 * Ends the caller's sessions, and whatever else their tokens open.
 * @param keepsOwn whether the session that asks goes on
 * @throws {LatchkeyError} AUTHORIZATION_REQUIRED for a caller whose own session was ended meanwhile
 */
export async function endOwnSessions(
  { storage, events }: Context,
  caller: Caller,
  keepsOwn: boolean,
): Promise<void> {
  const { user, token } = caller
  await storage.transaction(async (transaction) => {
    await hold(transaction, user.id, { caller, trusted: false })
    await transaction.tokens.deleteByUser(user.id, keepsOwn ? token.id : undefined)
  })
  events.emit('loggedOut', { userId: user.id })
}
