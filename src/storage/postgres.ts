import { setTimeout as pause } from 'node:timers/promises'
import { LatchkeyError } from '../base/errors.ts'
import { longestAnswerMs } from '../base/request-scope.ts'
import { readAddress } from './postgres-address.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { explain, isCollision } from './postgres-errors.ts'
import { type Limits, type Link, openLink } from './postgres-link.ts'
import { openAlone, type Patience } from './postgres-migration.ts'
import { createPool } from './postgres-pool.ts'
import { createSearches } from './postgres-search.ts'
import { createTransaction } from './postgres-transaction.ts'
import type { RootEngine, Row, Statement } from './sql/engine.ts'

/** As the options of `database` are; left out: as their defaults. */
export interface PostgresOptions {
  readonly url: string
  /** Connections at most; half as many again are for lists and counts. */
  readonly poolSize?: number
  /** Whether statements are kept prepared; not so behind a pooler that hands connections on between transactions. */
  readonly preparedStatements?: boolean
  /** Seconds. */
  readonly connectTimeout?: number
  readonly statementTimeout?: number
  readonly idleTimeout?: number
  readonly caFile?: string | undefined
}

/** The server ends a statement before we give up the connection it came on. */
const graceMs = 500

/** How long a statement that a client's filter made may take, to the first row and to each further slice. */
const longestSearchMs = 2_000

/** Probes have less patience than people. */
const longestPingMs = 2_500

/** A transaction, or a list, whose owner says nothing for so long is ended by the server. */
const silenceMs = { transaction: 10_000, list: 30_000 }

/** How often a transaction is run that the database stops to let another one go first. */
const mostRuns = 5

/**
 * A PostgreSQL database, by way of two pools: statements that everybody waits for share a few connections, lists and
 * counts have others. No connection is opened before it is needed.
 * @throws {LatchkeyError} DATABASE_UNUSABLE for a URL that cannot be read
 */
export function openPostgres(
  {
    url,
    caFile,
    poolSize = 4,
    preparedStatements = true,
    connectTimeout = 2,
    statementTimeout = 3,
    idleTimeout = 60,
  }: PostgresOptions,
  patience: Patience = {},
): RootEngine {
  const { deadline = () => Number.POSITIVE_INFINITY } = patience
  const by = (mostMs = longestAnswerMs) => Math.min(deadline(), performance.now() + mostMs)
  const address = readAddress(url, caFile)
  const places = [...address.hosts]
  const connectMs = connectTimeout * 1_000
  const statementMs = statementTimeout * 1_000
  const searchMs = Math.min(statementMs, longestSearchMs)
  const answerMs = statementMs + graceMs
  const poolOf = (size: number, shared: number, limits: Limits) =>
    createPool({
      size,
      shared,
      isPipelined: preparedStatements,
      waitMs: answerMs,
      idleMs: idleTimeout * 1_000,
      // A pooler that hands connections on takes no such wishes; there each transaction says it for itself.
      open: (onEnd) =>
        openLink({
          address,
          places,
          connectMs,
          answerMs,
          limits: preparedStatements ? limits : undefined,
          onEnd,
        }).catch((error: unknown) => {
          throw explain(error)
        }),
    })
  const ordinary = { statementMs, silenceMs: silenceMs.transaction }
  const ofSearch = { statementMs: searchMs, silenceMs: silenceMs.list }
  const pool = poolOf(poolSize, 1, ordinary)
  const searchPool = poolOf(Math.ceil(poolSize / 2), 0, ofSearch)

  const ask = asker(preparedStatements, by)
  const begin = (how: string, limits: Limits) => (preparedStatements ? how : `${how}; ${setLocal(limits)}`)
  const inTransaction = createTransaction({
    dialect: postgresDialect,
    ask,
    begin: begin('begin', ordinary),
    by,
  })
  const searches = createSearches(searchPool, {
    begin: begin('begin read only', ofSearch),
    isLimited: preparedStatements,
    by,
  })
  const write = (statement: Statement) => rerun(() => alone((link, until) => ask(link, statement, until)))
  const read = (statement: Statement, until = by()) =>
    pool.share((link) => ask(link, statement, until), until)

  function alone<T>(work: (link: Link, until: number) => Promise<T>): Promise<T> {
    const until = by()
    return pool.alone((link) => work(link, until), until)
  }

  return {
    dialect: postgresDialect,
    all: async (statement) => (await read(statement)).rows as Row[],
    first: async (statement, search) =>
      search ? searches.first(statement, search) : ((await read(statement)).rows[0] as Row | undefined),
    run: async (statement) => (await write(statement)).rowCount ?? 0,
    write: async (statement) => (await write(statement)).rows as Row[],
    // To say that it need not wait for the disk would be a statement more.
    relaxed: async (statement) => (await write(statement)).rows as Row[],
    stream: searches.stream,
    transaction: (work) => rerun(() => alone((link) => inTransaction(link, work))),
    takeTurn: async () => {},
    exclusively: (work) => openAlone({ address, places, connectMs }, patience, work),
    async ping() {
      const { rows } = await read(readOnly, by(longestPingMs))
      if ((rows[0] as readonly unknown[])[0] === 'off') return
      const cause = new Error('the database is read-only')
      throw new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 1, cause })
    },
    async close() {
      await Promise.all([pool.close(), searchPool.close()])
    },
  }
}

/** Of any fact, so that our tables must be there. */
const readOnly = {
  sql: `select current_setting('transaction_read_only') from latchkey limit 1`,
  parameters: [],
}

/** Asks by a name under which the statement is kept prepared: the same on every connection. */
function asker(preparedStatements: boolean, by: () => number) {
  const names = new Map<string, string>()
  return (link: Link, { sql, parameters }: Statement, until = by()) => {
    let name = names.get(sql)
    if (preparedStatements && name === undefined) {
      name = `s${names.size}`
      names.set(sql, name)
    }
    return link.query({ text: sql, values: parameters, name, by: until })
  }
}

function setLocal({ statementMs, silenceMs }: Limits): string {
  return `set local statement_timeout = ${statementMs}; set local idle_in_transaction_session_timeout = ${silenceMs}`
}

/** Runs again what the database undid to let another one go first. Whether a COMMIT that was cut off came about, nobody knows. */
async function rerun<T>(work: () => Promise<T>): Promise<T> {
  for (let run = 1; ; run++) {
    try {
      return await work()
    } catch (error) {
      if (!isCollision((error as Error).cause) || run === mostRuns) throw error
      await pause(Math.random() * 20 * run)
    }
  }
}
