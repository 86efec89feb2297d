import { setTimeout as pause } from 'node:timers/promises'
import { type DatabaseConnection, Kysely } from 'kysely'
import { LatchkeyError } from '../base/errors.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { isCollision, isHopeless } from './postgres-errors.ts'
import { type Link, type LinkOptions, openLink } from './postgres-link.ts'

export interface Patience {
  /** Told why, when a server is waited for that is not there yet. */
  readonly onWait?: ((problem: unknown) => void) | undefined
  /** Ends the waiting; aborted from the start, there is none. */
  readonly signal?: AbortSignal | undefined
  /** By when whoever asks is to be answered, in milliseconds on the monotonic clock; absent: nobody waits. */
  readonly deadline?: () => number
}

const longestPauseMs = 1_000

/** "LKEY" */
const advisoryClass = 0x4c4b4559

/**
 * Runs the work in one transaction that no other start is in, on a connection of its own without time limits: it may
 * make an index on many rows. Waits for a server that is not there yet, or takes no writes, and begins anew where it goes
 * away: the work must leave nothing behind outside the database.
 * @throws {LatchkeyError} DATABASE_UNUSABLE where waiting does not help
 */
export async function openAlone<T>(
  options: LinkOptions,
  { onWait, signal }: Patience,
  work: (db: Kysely<unknown>) => Promise<T>,
): Promise<T> {
  let told = ''
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, longestPauseMs)) {
    try {
      return await runAlone(await enter(options), work)
    } catch (error) {
      if (!isPassing(error) || signal?.aborted) throw error
      const { cause } = error
      if (told !== String(cause)) onWait?.(cause)
      told = String(cause)
      await pause(waitMs, undefined, { signal })
    }
  }
}

async function enter(options: LinkOptions): Promise<Link> {
  return openLink(options).catch((cause: Error) => {
    throw isHopeless(cause)
      ? unusable(cause.message, cause)
      : new LatchkeyError('DATABASE_UNAVAILABLE', { cause })
  })
}

/** A step that was interrupted, or undone to let another start go first, is taken again; one that is in the list is not. */
function isPassing(error: unknown): error is LatchkeyError {
  if (!(error instanceof LatchkeyError)) return false
  return error.id === 'DATABASE_UNAVAILABLE' || isCollision(error.cause)
}

async function runAlone<T>(link: Link, work: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
  try {
    await link.query({ text: 'begin' })
    const lock = `select pg_advisory_xact_lock(${advisoryClass}, hashtext(current_schema())), getdatabaseencoding()`
    const { rows } = await link.query({ text: lock })
    const encoding = (rows[0] as unknown[])[1]
    if (encoding !== 'UTF8') throw unusable(`the database is encoded in ${encoding} and must be in UTF8`)
    const result = await work(runnerOver(link))
    await link.query({ text: 'commit' })
    return result
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    throw code === '42501' || code === '3F000' ? unusable(message, error) : error
  } finally {
    await link.end().catch(() => {})
  }
}

function unusable(problem: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError('DATABASE_UNUSABLE', { values: [`database.url: ${problem}`], cause })
}

/** A Kysely that runs its queries on an open connection: for migrations only. */
function runnerOver(link: Link): Kysely<unknown> {
  const connection: DatabaseConnection = {
    async executeQuery({ sql, parameters }) {
      const { rows } = await link.query({ text: sql, values: parameters, named: true })
      return { rows: rows as never[] }
    },
    streamQuery: () => {
      throw new Error('a migration does not stream')
    },
  }
  const nothing = async () => {}
  return new Kysely({
    dialect: {
      ...postgresDialect.writer,
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        releaseConnection: nothing,
        destroy: nothing,
      }),
    },
  })
}
