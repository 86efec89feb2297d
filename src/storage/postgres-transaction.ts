import { LatchkeyError } from '../base/errors.ts'
import { isCollision } from './postgres-errors.ts'
import type { Link } from './postgres-link.ts'
import type { Dialect, Engine, Row, Statement } from './sql/engine.ts'

/** What a server that is there needs to undo a transaction. */
const shortestUndoMs = 50

export interface TransactionOptions {
  readonly dialect: Dialect
  readonly ask: (link: Link, statement: Statement) => ReturnType<Link['query']>
  /** Begins a transaction. */
  readonly begin: string
  /** When whoever asks now gives up, on the monotonic clock. */
  readonly by: () => number
}

/**
 * Runs work in a transaction on a connection. READ COMMITTED is enough: what decisions rest on is held, unique or a
 * condition of the very statement that writes.
 * @throws what the work throws; but where the database stopped one of its statements to let somebody else go first, that
 */
export function createTransaction({ dialect, ask, begin, by }: TransactionOptions) {
  return async function inTransaction<T>(link: Link, work: (engine: Engine) => Promise<T>): Promise<T> {
    let collision: unknown
    const asked = (statement: Statement) =>
      ask(link, statement).catch((error: Error) => {
        if (isCollision(error.cause)) collision ??= error
        throw error
      })
    /** Sent, and not waited for: where it fails, so does all that comes after it. */
    const send = (text: string) => void link.query({ text }).catch(() => {})

    /** Undone alone when it fails. */
    async function nested<Result>(inner: () => Promise<Result>): Promise<Result> {
      send('savepoint nested')
      try {
        const result = await inner()
        send('release nested')
        return result
      } catch (error) {
        send('rollback to nested')
        send('release nested')
        throw error
      }
    }

    const engine: Engine = {
      dialect,
      all: async (statement) => (await asked(statement)).rows as Row[],
      first: async (statement) => (await asked(statement)).rows[0] as Row | undefined,
      run: async (statement) => (await asked(statement)).rowCount ?? 0,
      write: (statement) => nested(() => engine.all(statement)),
      relaxed: (statement) => engine.all(statement),
      stream: () => {
        throw new Error('a transaction does not stream')
      },
      transaction: (inner) => nested(() => inner(engine)),
      takeTurn: async (name) => void (await asked({ sql: turn, parameters: [name] })),
      close: async () => {},
    }

    let isEnding = false
    try {
      // Whoever gives up here may have begun all the same, and must end it.
      await link.query({ text: begin, by: by() })
      const result = await work(engine)
      isEnding = true
      const { command } = await link.query({ text: 'commit', by: by() })
      // A transaction that has failed answers so to COMMIT.
      if (command !== 'COMMIT') throw new LatchkeyError('DATABASE_BUSY', { retryAfter: 1 })
      return result
    } catch (error) {
      // Behind a COMMIT that is under way there is nothing to undo.
      if (!isEnding || link.waiting === 0) await undo(link, by())
      throw collision ?? error
    }
  }
}

/** Ends a transaction in vain. That is waited for, but hardly so by whoever has waited long enough. */
export async function undo(link: Link, by: number): Promise<void> {
  if (link.isLost) return
  const until = Math.max(by, performance.now() + shortestUndoMs)
  await link.query({ text: 'rollback', by: until }).catch(() => {
    if (performance.now() < until) link.cut()
  })
}

const turn = 'select pg_advisory_xact_lock(hashtextextended($1, 0))'
