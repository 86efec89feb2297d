import { LatchkeyError } from '../base/errors.ts'

/** What PostgreSQL says of an error; of a broken connection it says nothing. */
function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && severity !== undefined ? code : undefined
}

/** A statement ran for longer than it may, or waited so long for a lock. */
export const queryCancelled = '57014'

/** Two transactions waited for each other, or met in a way that only running one again can mend. */
export function isCollision(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlStateOf(error) ?? '')
}

/** Configured wrongly, and no waiting will help: who we are, which database it shall be, or whether it is the one it says. */
export function isHopeless(error: unknown): boolean {
  const state = sqlStateOf(error) ?? ''
  return state.startsWith('28') || state === '3D000' || state === '3F000' || isDistrusted(error)
}

/** Spoken to by TLS, it cannot, or its certificate is not one we go by. */
function isDistrusted(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message: string }
  return /CERT|_SIGNATURE/.test(String(code)) || lacksTls(message)
}

export function lacksTls(message: string): boolean {
  return message.includes('does not support SSL')
}

/** True where the connection, or the server behind it, is of no more use: the next one may lead elsewhere. */
export function endsConnection(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === undefined || /^(08|57P|25P03|25006|58)/.test(state)
}

/** What a pooler says to time limits; to who starts a server it says nothing. */
function named(error: unknown): unknown {
  if (!(error instanceof Error && error.message.startsWith('unsupported startup parameter'))) return error
  return new Error(`${error.message}; behind PgBouncer database.preparedStatements must be false`, {
    cause: error,
  })
}

/** A server that is away, full, damaged, or only read from: not the client's fault and not a fault of ours. */
export function explain(error: unknown): unknown {
  if (error instanceof LatchkeyError) return error
  const state = sqlStateOf(error)
  if (state === undefined || endsConnection(error) || /^(28|53100|53200|3D000|XX00[12])/.test(state))
    return new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 1, cause: named(error) })
  if (isCollision(error) || [queryCancelled, '55P03', '53300'].includes(state))
    return new LatchkeyError('DATABASE_BUSY', { retryAfter: 1, cause: error })
  return error
}
