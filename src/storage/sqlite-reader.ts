import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LatchkeyError } from '../base/errors.ts'
import { pack } from '../domain/filter/travel.ts'
import type { Row, Search, Statement } from './sql/engine.ts'
import type { Slice } from './sqlite-connection.ts'
import { explainForeign } from './sqlite-errors.ts'
import type { ReaderAnswer, ReaderData, ReaderRequest } from './sqlite-reader-thread.ts'

/** Lists read at once or waiting to be; each keeps a connection, and so a snapshot, for as long as it is read. */
const mostLists = 32

/** How long a list waits for its first turn. */
const longestWaitMs = 5_000

/** A thread that says nothing for so long hangs; it ends its work itself long before. */
const longestSilenceMs = 10_000

/** A thread without work ends after so long: it holds some 25 MB. */
const longestIdleMs = 60_000

/** Memory of the thread's JavaScript, in MiB: whatever needs more ends the thread and not the process. */
const mostMemory = 256

/** Reads what would keep the event loop, in a thread with connections of its own. */
export interface Reader {
  /**
   * The rows, in slices that are read as they are asked for; several lists take turns.
   * @throws {LatchkeyError} QUERY_TOO_SLOW after two seconds of work without a row; DATABASE_BUSY when too many wait; the
   *   signal's reason, once it is aborted
   */
  stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]>
  close(): Promise<void>
}

/** One request to the thread, and who waits for the answer. */
interface Turn {
  readonly request: Extract<ReaderRequest, { list: number }>
  readonly since: number
  readonly resolve: (slice: Slice) => void
  readonly reject: (error: unknown) => void
}

/**
 * Nothing is started before the first list; a thread that died is replaced when the next one comes.
 * @param deadline by when whoever asks is to be answered, on the monotonic clock; infinite, where nobody waits
 */
export function createReader(location: string, deadline: () => number): Reader {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const waiting: Turn[] = []
  let current: (Turn & { readonly alarm: NodeJS.Timeout }) | undefined
  let worker: Worker | undefined
  let lists = 0
  let lastList = 0
  let isClosed = false
  let idle: NodeJS.Timeout | undefined

  function start(): Worker {
    const workerData: ReaderData = { location, stop }
    const file = `./sqlite-reader-thread${extname(import.meta.url)}`
    const started = new Worker(new URL(file, import.meta.url), {
      name: 'latchkey reader',
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    })
    started.on('message', (answer: ReaderAnswer) => settle(answer))
    started.on('error', (cause) => lose(started, cause))
    started.on('exit', () => lose(started))
    return started
  }

  /** Lets the first who waits have the thread, if it is free. */
  function proceed(): void {
    while (current === undefined && waiting.length > 0) {
      const turn = waiting.shift() as Turn
      if ('statement' in turn.request && performance.now() - turn.since > longestWaitMs) {
        turn.reject(busy())
        continue
      }
      worker ??= start()
      worker.ref()
      Atomics.store(stop, 0, 0)
      const alarm = setTimeout(() => abandon(worker as Worker), longestSilenceMs)
      current = { ...turn, alarm }
      worker.postMessage(turn.request)
    }
  }

  function takeCurrent(): Turn | undefined {
    const turn = current
    clearTimeout(turn?.alarm)
    current = undefined
    return turn
  }

  function settle(answer: ReaderAnswer): void {
    const turn = takeCurrent()
    worker?.unref()
    if ('failure' in answer) turn?.reject(errorOf(answer.failure))
    else turn?.resolve(answer)
    proceed()
  }

  /** What a lost thread was reading is lost with it: its lists cannot go on elsewhere. */
  function lose(lost: Worker, cause?: unknown): void {
    if (worker !== lost) return
    worker = undefined
    takeCurrent()?.reject(unavailable(cause))
    const orphans = waiting.filter(({ request }) => !('statement' in request))
    for (const { reject } of orphans) reject(unavailable(cause))
    waiting.splice(0, waiting.length, ...waiting.filter((turn) => !orphans.includes(turn)))
    proceed()
  }

  function abandon(hanging: Worker): void {
    lose(hanging)
    void hanging.terminate()
  }

  function ask(request: Turn['request'], signal: AbortSignal | undefined): Promise<Slice> {
    const { promise, resolve, reject } = Promise.withResolvers<Slice>()
    const turn: Turn = { request, since: performance.now(), resolve, reject }
    const stopWaiting = () => giveUp(turn, signal?.reason)
    signal?.addEventListener('abort', stopWaiting)
    const leftMs = deadline() - performance.now()
    const clock = Number.isFinite(leftMs)
      ? setTimeout(() => giveUp(turn, busy()), Math.max(0, leftMs))
      : undefined
    waiting.push(turn)
    proceed()
    return promise.finally(() => {
      clearTimeout(clock)
      signal?.removeEventListener('abort', stopWaiting)
    })
  }

  function giveUp(turn: Turn, reason: unknown): void {
    const place = waiting.indexOf(turn)
    if (place >= 0) waiting.splice(place, 1)
    else if (current?.request === turn.request) Atomics.store(stop, 0, 1)
    turn.reject(reason)
  }

  async function* stream(statement: Statement, { signal, where }: Search): AsyncIterable<readonly Row[]> {
    if (isClosed) throw unavailable()
    if (lists >= mostLists) throw busy()
    clearTimeout(idle)
    lists++
    const list = ++lastList
    let isComplete = false
    let home: Worker | undefined
    try {
      let request: Turn['request'] = { list, statement, where: where && pack(where) }
      while (!isComplete) {
        signal?.throwIfAborted()
        if (worker !== (home ?? worker)) throw unavailable()
        const slice = await ask(request, signal)
        home = worker
        isComplete = slice.complete
        if (slice.rows.length > 0) yield slice.rows
        request = { list }
      }
    } finally {
      lists--
      if (!isComplete) home?.postMessage({ forget: list } satisfies ReaderRequest)
      if (lists === 0) idle = setTimeout(retire, longestIdleMs).unref()
    }
  }

  function retire(): void {
    const retired = worker
    worker = undefined
    void retired?.terminate()
  }

  async function close(): Promise<void> {
    isClosed = true
    clearTimeout(idle)
    Atomics.store(stop, 0, 1)
    for (const { reject } of waiting.splice(0)) reject(unavailable())
    await worker?.terminate()
  }

  return { stream, close }
}

function errorOf(failure: Extract<ReaderAnswer, { failure: unknown }>['failure']): unknown {
  return failure.isTooSlow ? new LatchkeyError('QUERY_TOO_SLOW', { retryAfter: 5 }) : explainForeign(failure)
}

function busy(): LatchkeyError {
  return new LatchkeyError('DATABASE_BUSY', { retryAfter: 5 })
}

function unavailable(cause?: unknown): LatchkeyError {
  return new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 5, cause })
}
