import { setImmediate as turn } from 'node:timers/promises'
import { isRefusal } from '../base/errors.ts'
import type { Engine, Row, Search, Statement } from './sql/engine.ts'
import { type Connection, type Slice, takeSlice } from './sqlite-connection.ts'
import type { Reader } from './sqlite-reader.ts'

/** Statements that a filter made: nobody knows beforehand whether they look at one row or at a million. */
export interface Searches {
  first(statement: Statement, search: Search): Promise<Row | undefined>
  stream: Engine['stream']
}

/** Runs a query on the connection that reads, on the event loop. */
type Read = <T>(query: (connection: Connection) => T) => Promise<T>

/** What a search may cost the event loop: as long as some hundred look-ups, or a scan of some ten thousand users. */
const longestTryMs = 10

/** A statement that was too long to try is not tried again for so long. */
const memoryMs = 60_000
const mostRemembered = 256

/** In memory, where there is nothing a thread could open: the event loop bears this much to each slice. */
const longestInMemoryMs = 2_000

/**
 * Tries each search on the event loop, where most are over before a thread would have heard of them; those that are
 * not begin anew in the thread.
 */
export function createSearches(read: Read, thread: Reader): Searches {
  const heavyUntil = new Map<string, number>()

  function isHeavy(sql: string): boolean {
    return heavyUntil.size > 0 && (heavyUntil.get(sql) ?? 0) > performance.now()
  }

  function remember(sql: string): void {
    if (heavyUntil.size >= mostRemembered) heavyUntil.delete(heavyUntil.keys().next().value as string)
    heavyUntil.delete(sql)
    heavyUntil.set(sql, performance.now() + memoryMs)
  }

  /** Undefined where it would take too long. */
  async function attempt({ sql, parameters }: Statement): Promise<Slice | undefined> {
    if (isHeavy(sql)) return undefined
    try {
      return await read((connection) => firstSlice(connection, { sql, parameters }, longestTryMs))
    } catch (error) {
      if (!isRefusal(error, 'QUERY_TOO_SLOW')) throw error
      remember(sql)
      return undefined
    }
  }

  async function* stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]> {
    const start = await attempt(statement)
    if (!start?.complete) yield* thread.stream(statement, search)
    else if (start.rows.length > 0) yield start.rows
  }

  return { stream, first: (statement, search) => firstOf(stream(statement, search)) }
}

/** Searches of a database in memory, which belongs to its one connection. */
export function searchesInMemory(read: Read): Searches {
  async function* stream(statement: Statement, { signal }: Search): AsyncIterable<readonly Row[]> {
    let rows: Iterator<Row> | undefined
    try {
      for (;;) {
        signal?.throwIfAborted()
        const slice = await read((connection) => {
          connection.startClock(longestInMemoryMs)
          rows ??= connection.iterate(statement)
          return takeSlice(rows)
        })
        if (slice.rows.length > 0) yield slice.rows
        if (slice.complete) return
        await turn()
      }
    } finally {
      rows?.return?.()
    }
  }

  return { stream, first: (statement, search) => firstOf(stream(statement, search)) }
}

function firstSlice(connection: Connection, statement: Statement, mostMs: number): Slice {
  connection.startClock(mostMs)
  const rows = connection.iterate(statement)
  const slice = takeSlice(rows)
  if (!slice.complete) rows.return?.()
  return slice
}

async function firstOf(slices: AsyncIterable<readonly Row[]>): Promise<Row | undefined> {
  for await (const [row] of slices) return row
  return undefined
}
