import { setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { isRefusal } from '../base/errors.ts'
import { matches } from '../domain/filter/matches.ts'
import { type Packed, unpack } from '../domain/filter/travel.ts'
import { viewOf } from '../domain/model/user.ts'
import type { Row, Statement } from './sql/engine.ts'
import { toUser } from './sql/user-row.ts'
import { createConnection, type Slice, takeSlice } from './sqlite-connection.ts'

/** What the thread is to know from the start. */
export interface ReaderData {
  readonly location: string
  /** One number: not 0 while the list being read shall not be read any further. */
  readonly stop: Int32Array
}

/** What the thread is asked: to begin a list, to go on with it, or to forget it, which is not answered. */
export type ReaderRequest =
  | { readonly list: number; readonly statement: Statement; readonly where: Packed | undefined }
  | { readonly list: number }
  | { readonly forget: number }

export type ReaderAnswer = Slice | { readonly failure: ReaderFailure }

/** An error, in what is left of it on its way. */
export interface ReaderFailure {
  readonly message: string
  readonly isTooSlow: boolean
  /** SQLite's. */
  readonly errcode: number | undefined
}

/** How long a list may be worked on to its first row, and to each further slice. */
const longestSliceMs = 2_000

/** Where rows are judged, others get their turn after so long. */
const longestTurnMs = 50

/** A list half read, with a connection and so a snapshot of its own. */
interface List {
  next(): Slice
  close(): void
}

/** Answers one request after the other, for as long as the thread lives. */
function serve(port: NonNullable<typeof parentPort>, { location, stop }: ReaderData): void {
  const lists = new Map<number, List>()

  function forget(list: number): void {
    lists.get(list)?.close()
    lists.delete(list)
  }

  function read(request: Extract<ReaderRequest, { list: number }>): ReaderAnswer {
    const { list } = request
    try {
      if ('statement' in request)
        lists.set(
          list,
          openList(request, location, () => Atomics.load(stop, 0) !== 0),
        )
      const slice = (lists.get(list) as List).next()
      if (slice.complete) forget(list)
      return slice
    } catch (error) {
      forget(list)
      return { failure: failureOf(error) }
    }
  }

  port.on('message', (request: ReaderRequest) => {
    if ('forget' in request) forget(request.forget)
    else port.postMessage(read(request))
  })
}

function openList(
  { statement, where }: Extract<ReaderRequest, { statement: Statement }>,
  location: string,
  isStopped: () => boolean,
): List {
  // Here waiting for a lock keeps nobody else waiting but those who come here.
  const database = new DatabaseSync(location, { readOnly: true, timeout: longestSliceMs })
  const connection = createConnection(database, isStopped)
  const rows = connection.iterate(statement)
  const judge = where && unpack(where)
  let leftMs = longestSliceMs

  function fits(row: Row): boolean {
    return judge === undefined || matches(judge, viewOf(toUser(row)), connection.checkTime)
  }

  return {
    next() {
      const started = performance.now()
      connection.startClock(leftMs)
      const fitting: Row[] = []
      for (;;) {
        const slice = takeSlice(rows)
        fitting.push(...slice.rows.filter(fits))
        const ms = performance.now() - started
        // As many as came last are enough, however heavy they are.
        const isFull = fitting.length >= slice.rows.length
        if (slice.complete || isFull || ms > longestTurnMs) {
          leftMs = fitting.length > 0 ? longestSliceMs : leftMs - ms
          return { rows: fitting, complete: slice.complete }
        }
      }
    },
    close: connection.close,
  }
}

function failureOf(error: unknown): ReaderFailure {
  const { message, errcode } = error as Error & { errcode?: number }
  return { message, isTooSlow: isRefusal(error, 'QUERY_TOO_SLOW'), errcode }
}

/** What is heavy yields to what is light. On Linux this is about the thread, elsewhere it would be about all of us. */
function yieldToOthers(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(10)
  } catch {
    // A sandbox may forbid the call.
  }
}

if (parentPort) {
  yieldToOthers()
  serve(parentPort, workerData)
}
