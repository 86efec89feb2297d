import { AsyncLocalStorage } from 'node:async_hooks'

/** The request on whose behalf something happens. */
export interface RequestOrigin {
  /** Names the request in log lines and in the answer's `X-Request-Id`. */
  readonly requestId: string
  /** The client's address, where it is known. */
  readonly address: string | undefined
  /**
   * By when it is to be answered, on the monotonic clock; infinite once it has been, and where nobody waits. Its time
   * begins when this is first asked for, by whatever makes it wait first.
   */
  readonly deadline: number
  /** Puts the deadline off, by the time that others took. */
  putOff(ms: number): void
}

/** Five seconds are promised, whatever the database does; the last one is for a machine that has other things to do. */
export const longestAnswerMs = 4_000

/** With less than this left, nobody queues up any more: there is still something to be done after the waiting. */
export const lastStepMs = 1_000

/** Knows the request everything happens for, however many others are under way. */
export interface RequestScope {
  /** Runs the work, and whatever it leaves to be done later, for a request. */
  run<T>(origin: RequestOrigin, work: () => T): T
  /** Undefined for what no request asked for. */
  current(): RequestOrigin | undefined
  /** By when whoever asks is to be answered, in milliseconds on the monotonic clock. */
  deadline(): number
  /** Runs work on behalf of the request that its answer does not wait for. */
  unhurried<T>(work: () => T): T
  /** Runs what is not ours: it may take its time, and the request has as much left afterwards as before. */
  apart<T>(work: () => Promise<T>): Promise<T>
}

export function createRequestScope(): RequestScope {
  const origins = new AsyncLocalStorage<RequestOrigin>()

  function unhurried<T>(work: () => T): T {
    const origin = origins.getStore()
    return origin ? origins.run(withoutDeadline(origin), work) : work()
  }

  return {
    run: (origin, work) => origins.run(origin, work),
    current: () => origins.getStore(),
    deadline: () => origins.getStore()?.deadline ?? Number.POSITIVE_INFINITY,
    unhurried,
    async apart(work) {
      const started = performance.now()
      try {
        return await unhurried(work)
      } finally {
        origins.getStore()?.putOff(performance.now() - started)
      }
    },
  }
}

function withoutDeadline(origin: RequestOrigin): RequestOrigin {
  return {
    requestId: origin.requestId,
    get address() {
      return origin.address
    },
    deadline: Number.POSITIVE_INFINITY,
    putOff: () => {},
  }
}
