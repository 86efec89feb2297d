import type { AccessToken, User } from './model.ts'
import type { CallOptions, Transport } from './transport.ts'

/** One of the caller's own sessions; `id` is its handle, which names it and opens nothing. */
export interface Session<Model extends User<number | string> = User> extends AccessToken<Model> {
  /** ISO 8601, in UTC, to the minute or so; null while nobody has used it. */
  readonly lastUsed: string | null
  /** From where it was used last: an IP address. Null where nobody knows. */
  readonly address: string | null
  /** By what it was used last: the first letters of its `User-Agent`. */
  readonly agent: string | null
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** One's own sessions: `findSessions` and its like. */
export interface Sessions<Model extends User<number | string>> {
  /** Those that are still good, the one used last first. */
  list(options?: CallOptions): Promise<Session<Model>[]>
  /** @param handle the `id` of a session in the list */
  delete(handle: string, options?: CallOptions): Promise<void>
  /** Ends all of them: the stored token is forgotten. `others: true` keeps the one that asks. */
  deleteAll(options?: CallOptions & { readonly others?: boolean }): Promise<void>
}

export function createSessions<Model extends User<number | string>>({
  send,
  storage,
  forget,
}: Transport): Sessions<Model> {
  const path = ['me', 'sessions']
  return {
    list: (options) => send({ method: 'GET', path, options }),
    delete: (handle, options) => send({ method: 'DELETE', path: [...path, handle], options }),
    async deleteAll({ others = false, ...options } = {}) {
      const token = options.token === undefined ? await storage.get() : options.token
      const query = others ? { others: 'true' } : {}
      await send({ method: 'DELETE', path, query, options: { ...options, token } })
      if (!others) await forget(token)
    },
  }
}
