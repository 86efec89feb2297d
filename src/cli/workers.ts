import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'

/** A worker ends within nine seconds of being told; one that does not is ended. */
const longestGoodbyeMs = 9_500
/** Between the death of a worker and the next one in its place: doubled with each that did not live long. */
const firstPauseMs = 100
const longestPauseMs = 10_000
/** Who has served for so long was no failure. */
const steadyMs = 30_000
/** After so many in a row that never came to serve, the next one will not either. */
const mostFailedStarts = 5

/** A worker, from its start to its end. */
interface Life {
  /** Resolves when it serves; never, if it does not come to that. */
  readonly serves: Promise<void>
  readonly ended: Promise<Death>
}

interface Death {
  /** Its exit status, or the signal that ended it. */
  readonly cause: number | string
  /** Undefined where it never came to serve. */
  readonly servedMs: number | undefined
}

/**
 * Runs this very command in several processes that share its port, and puts another in the place of one that dies. The
 * first starts alone: what keeps it from serving would keep all of them, and is said once.
 * @returns the exit status: 0 after it was told to stop, else that of the worker with whom it gave up
 */
export async function superviseWorkers(count: number): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => tellAll(signal, stop))

  // Each takes connections by itself. One that the primary hands to a worker that is just dying would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const first = startWorker()
  const death = await Promise.race([first.serves, first.ended])
  if (death) return stop.signal.aborted ? 0 : statusOf(death)
  const others = stop.signal.aborted ? 0 : count - 1
  const lives = [first, ...Array.from({ length: others }, startWorker)]
  const statuses = await Promise.all(
    lives.map(async (life) => {
      const failure = await keepAlive(life, stop.signal)
      // Whoever gives up takes the others along.
      if (failure !== undefined && !stop.signal.aborted) tellAll('SIGTERM', stop)
      return failure
    }),
  )
  return statuses.find((status) => status !== undefined) ?? 0
}

function tellAll(signal: NodeJS.Signals, stop: AbortController): void {
  stop.abort()
  const kill = (how: NodeJS.Signals) => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(how)
  }
  kill(signal)
  setTimeout(() => kill('SIGKILL'), longestGoodbyeMs).unref()
}

function startWorker(): Life {
  const worker: Worker = cluster.fork()
  let served: number | undefined
  return {
    serves: new Promise((resolve) => {
      worker.once('listening', () => {
        served = performance.now()
        resolve()
      })
    }),
    ended: new Promise((resolve) => {
      worker.once('exit', (status, signal) =>
        resolve({ cause: signal ?? status, servedMs: served && performance.now() - served }),
      )
    }),
  }
}

/** @returns once it was told to stop; with an exit status where it gives up */
async function keepAlive(first: Life, stop: AbortSignal): Promise<number | undefined> {
  let failures = 0
  let failedStarts = 0
  for (let life = first; ; life = startWorker()) {
    const death = await life.ended
    if (stop.aborted) return undefined
    const { cause, servedMs } = death
    failedStarts = servedMs === undefined ? failedStarts + 1 : 0
    if (failedStarts === mostFailedStarts) return statusOf(death)
    failures = (servedMs ?? 0) >= steadyMs ? 1 : failures + 1
    const waitMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
    console.error(`latchkey: a worker has died (${cause}); another one starts in ${waitMs / 1_000} s`)
    await pause(waitMs, undefined, { signal: stop }).catch(() => {})
    if (stop.aborted) return undefined
  }
}

function statusOf({ cause }: Death): number {
  // One that ends well without being told, and without serving, has not done what it was started for.
  return typeof cause === 'number' && cause !== 0 ? cause : 1
}
