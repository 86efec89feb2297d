import { AsyncLocalStorage } from 'node:async_hooks'

/** The request on whose behalf something happens. */
export interface RequestOrigin {
  /** Names the request in log lines and in the answer's `X-Request-Id`. */
  readonly requestId: string
  /** The client's address, where it is known. */
  readonly address: string | undefined
}

/** Knows the request everything happens for, however many others are under way. */
export interface RequestScope {
  /** Runs the work, and whatever it leaves to be done later, for a request. */
  run<T>(origin: RequestOrigin, work: () => T): T
  /** Undefined for what no request asked for. */
  current(): RequestOrigin | undefined
}

export function createRequestScope(): RequestScope {
  const origins = new AsyncLocalStorage<RequestOrigin>()
  return {
    run: (origin, work) => origins.run(origin, work),
    current: () => origins.getStore(),
  }
}
