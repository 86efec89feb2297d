import type { User } from './model.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { memoryStorage, type TokenStorage } from './token-storage.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createTransport } from './transport.ts'
import { createUsers } from './user-calls.ts'
import type { Users } from './users.ts'

export interface ClientOptions {
  /** Where the users are: `https://example.com/api/users`. In a browser a path will do: `/api/users`. */
  readonly url: string | URL
  /** What requests are made with; the platform's own `fetch` if there is none here. */
  readonly fetch?: typeof fetch
  /** Where the session's token is kept; in memory if there is none here. */
  readonly tokenStorage?: TokenStorage
  /** Whether the browser sends the session's cookie along: to its own origin (the default), to others too, or never. */
  readonly credentials?: 'same-origin' | 'include' | 'omit'
}

/** Every endpoint, by LoopBack's names of the methods. */
export interface Client<Model extends User<number | string> = User> {
  readonly users: Users<Model>
  readonly tokens: Tokens<Model>
  readonly sessions: Sessions<Model>
  readonly tokenStorage: TokenStorage
}

/**
 * A client of a Latchkey, for browsers and Node. A login puts its token into the storage; from there it goes into the
 * `Authorization` header of every call but those nobody must be logged in to: a login, what a mailed link asks for, and
 * the wish for such a link. Nothing is tried twice.
 *
 * Every call rejects with an `ApiError` when it is refused, a `NetworkError` when there was no answer, the reason of
 * its signal when it was aborted, and a `TypeError` when its arguments cannot be sent.
 */
export function createClient<Model extends User<number | string> = User>({
  url,
  fetch,
  tokenStorage = memoryStorage(),
  credentials,
}: ClientOptions): Client<Model> {
  const transport = createTransport(baseOf(url), { fetch, credentials }, tokenStorage)
  return {
    users: createUsers(transport),
    tokens: createTokens(transport),
    sessions: createSessions(transport),
    tokenStorage,
  }
}

function baseOf(url: string | URL): string {
  const text = String(url)
  if (/[?#]/.test(text)) throw new TypeError('the url of a client has neither query nor fragment')
  return text.replace(/\/+$/, '')
}
