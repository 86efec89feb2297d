/// <reference path="./pg.d.ts" />
import { Socket } from 'node:net'
import pg, { type ClientConfig } from 'pg'
import { LatchkeyError } from '../base/errors.ts'
import type { Address } from './postgres-address.ts'
import { endsConnection, explain, lacksTls } from './postgres-errors.ts'

/** One connection. Statements go out behind one another, without waiting for the answers of those before. */
export interface Link {
  /** How many statements wait for an answer. */
  readonly waiting: number
  readonly isLost: boolean
  /** @param name under which the statement is kept prepared; absent: it is not */
  query(question: Question): Promise<Answer>
  /** Resolves when no statement waits for an answer, also of those whose asker has given up. */
  settled(): Promise<void>
  /** Hangs up at once; whatever waits is told so. */
  cut(): void
  end(): Promise<void>
}

export interface Question {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string | undefined
  /** Rows as objects; else they are arrays. */
  readonly named?: boolean
  /**
   * When the asker gives up, on the monotonic clock; absent: with the connection. What was sent by then may be done all the
   * same, and the connection lives on.
   */
  readonly by?: number
}

export interface Answer {
  /** What was done: `SELECT`, `COMMIT`, … */
  readonly command: string
  /** How many rows it touched. */
  readonly rowCount: number | null
  readonly rows: readonly unknown[]
}

export type Place = Address['hosts'][number]

export interface LinkOptions {
  readonly address: Address
  /** The servers as they are tried. The one that lets us in goes to the front: each that is away costs the next one time. */
  readonly places: Place[]
  /** Longest wait for a server to let us in. */
  readonly connectMs: number
  /** Longest wait for an answer, after which the connection counts as lost; absent: none. */
  readonly answerMs?: number | undefined
  /** What the server is told to bound by itself; absent: nothing. */
  readonly limits?: Limits | undefined
  /** Called once, when the connection is lost or ended; told whether that was because no answer came. */
  readonly onEnd?: (wasSilent: boolean) => void
}

export interface Limits {
  /** Longest run of a statement. */
  readonly statementMs: number
  /** Longest pause between the statements of a transaction. */
  readonly silenceMs: number
}

const longestGoodbyeMs = 500

/**
 * Connects to the first of the servers that is there and will do.
 * @throws what the last one failed with
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { places } = options
  let problem: unknown
  for (const place of [...places]) {
    try {
      const link = await openAt(place, options)
      places.splice(0, places.length, place, ...places.filter((other) => other !== place))
      return link
    } catch (error) {
      problem = error
    }
  }
  throw problem
}

async function openAt(place: Place, options: LinkOptions): Promise<Link> {
  const { address } = options
  const link = await connect(place, options, address.tls).catch((error: unknown) => {
    if (address.mayBePlain && lacksTls((error as Error).message)) return connect(place, options, false)
    throw error
  })
  if (address.session === 'any' || (await willDo(link, address.session))) return link
  link.cut()
  throw new LatchkeyError('DATABASE_UNAVAILABLE', {
    retryAfter: 1,
    cause: new Error(`${place.host}:${place.port} is not ${address.session}`),
  })
}

async function willDo(link: Link, session: Address['session']): Promise<boolean> {
  const text = `select pg_is_in_recovery() or ($1 = 'read-write' and current_setting('transaction_read_only') = 'on')`
  const { rows } = await link.query({ text, values: [session] })
  return (rows[0] as unknown[])[0] === false
}

async function connect(
  { host, port }: Place,
  { address, connectMs, answerMs, limits, onEnd }: LinkOptions,
  ssl: ClientConfig['ssl'],
): Promise<Link> {
  let socket: Socket | undefined
  const client = new pg.Client({
    host,
    port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl,
    application_name: address.applicationName,
    options: address.options,
    statement_timeout: limits?.statementMs,
    idle_in_transaction_session_timeout: limits?.silenceMs,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: (type) => parsers[type] ?? asItIs },
    stream: () => {
      socket = new Socket()
      return socket
    },
  })
  let waiting = 0
  let settling = Promise.withResolvers<void>()
  let reason: unknown
  let isLost = false
  let isSilent = false
  // What never was a connection cannot end; another server may still let us in.
  let isOpen = false
  const lose = (error?: unknown) => {
    reason ??= error
    if (isLost) return
    isLost = true
    if (isOpen) onEnd?.(isSilent)
  }
  client.on('error', lose)
  client.on('end', lose)
  await client.connect()
  isOpen = true

  const link: Link = {
    get waiting() {
      return waiting
    },
    get isLost() {
      return isLost
    },
    query: ({ text, values = [], name, named, by = Number.POSITIVE_INFINITY }) =>
      new Promise((resolve, reject) => {
        const leftMs = by - performance.now()
        if (leftMs <= 0) return reject(new LatchkeyError('DATABASE_BUSY', { retryAfter: 1 }))
        let clock = answerMs === undefined ? undefined : setTimeout(tire, Math.min(answerMs, leftMs))
        function tire(): void {
          const silentMs = (answerMs ?? 0) - leftMs
          if (silentMs <= 0) giveUp()
          else {
            clock = setTimeout(giveUp, silentMs)
            reject(new LatchkeyError('DATABASE_BUSY', { retryAfter: 1 }))
          }
        }
        waiting++
        client.query({ text, values, name, rowMode: named ? undefined : 'array' }, (error, result) => {
          clearTimeout(clock)
          waiting--
          if (waiting === 0) settling.resolve()
          if (!error) return resolve(result)
          if (endsConnection(error)) {
            lose(error)
            socket?.destroy()
          }
          reject(explain(isLost ? (reason ?? error) : error))
        })
      }),
    settled() {
      if (waiting === 0) return Promise.resolve()
      settling = Promise.withResolvers()
      return settling.promise
    },
    cut() {
      lose()
      socket?.destroy()
    },
    async end() {
      lose()
      // One that is frozen says no goodbye.
      const clock = setTimeout(() => socket?.destroy(), longestGoodbyeMs)
      await client.end().finally(() => clearTimeout(clock))
    },
  }

  function giveUp(): void {
    isSilent = true
    reason ??= new LatchkeyError('DATABASE_UNAVAILABLE', {
      retryAfter: 1,
      cause: new Error('the database did not answer in time'),
    })
    link.cut()
  }

  return link
}

const asItIs = (text: string) => text

/** By the number of the type; what is not here stays the text it came as, JSON among it. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  // Ours are instants and counters, none of which comes near 2^53.
  20: Number,
  21: Number,
  23: Number,
  701: Number,
}
