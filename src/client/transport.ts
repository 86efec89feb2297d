import { refusalIn } from './answer.ts'
import { isApiError, NetworkError } from './errors.ts'
import type { TokenStorage } from './token-storage.ts'

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** A token instead of the stored one; null: none. */
  readonly token?: string | null
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Segments below the users. */
  readonly path?: readonly (string | number)[]
  /** Texts go as they are, objects as JSON. */
  readonly query?: Readonly<Record<string, string | object | undefined>>
  readonly body?: object
  /** The type of the answer; JSON if nothing is said. */
  readonly accept?: string
  readonly options?: CallOptions | undefined
}

/** What requests are made with. */
interface Connection {
  readonly fetch: typeof fetch | undefined
  readonly credentials: 'same-origin' | 'include' | 'omit' | undefined
}

/** Sends calls and reads their answers. */
export interface Transport {
  /** @returns what the answer says; undefined for an empty one */
  send<Answer>(call: Call): Promise<Answer>
  /** @returns the answer as soon as it begins */
  open(call: Call): Promise<Response>
  readonly storage: TokenStorage
  /** Forgets the stored token, unless it is another one by now. */
  forget(token: string | null): Promise<void>
}

export function createTransport(
  base: string,
  { fetch: chosenFetch, credentials }: Connection,
  storage: TokenStorage,
): Transport {
  async function open(call: Call): Promise<Response> {
    const token = call.options?.token === undefined ? await storage.get() : call.options.token
    const url = base + locationOf(call)
    // Where there are no cookies, the very word is refused.
    const request = { ...requestOf(call, token), ...(credentials ? { credentials } : {}) }
    // Called bare: a browser's fetch refuses to be a method of anything else.
    const send = chosenFetch ?? fetch
    const response = await answered(call.options?.signal, () => send(url, request))
    if (response.ok) return response

    const refusal = await answered(call.options?.signal, () => refusalIn(response))
    if (isApiError(refusal, 'INVALID_TOKEN') && refusal.statusCode === 401) await forget(token)
    throw refusal
  }

  async function send<Answer>(call: Call): Promise<Answer> {
    const response = await open(call)
    return answered(call.options?.signal, async () => {
      const text = await response.text()
      return text === '' ? undefined : JSON.parse(text)
    })
  }

  async function forget(token: string | null): Promise<void> {
    if (token !== null && (await storage.get()) === token) await storage.set(null)
  }

  return { send, open, storage, forget }
}

/** What comes over the network; its failures, apart from those of an aborted call, as a `NetworkError`. */
export async function answered<Answer>(
  signal: AbortSignal | undefined,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask()
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof NetworkError) throw cause
    throw new NetworkError('The server gave no answer that can be read', { cause })
  }
}

function requestOf({ method, body, accept = 'application/json', options }: Call, token: string | null) {
  const headers = new Headers({ accept })
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  return {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    // The token is for this server only, and a POST that is redirected would arrive as a GET.
    redirect: 'manual',
    signal: options?.signal ?? null,
  } as const
}

function locationOf({ path = [], query = {} }: Call): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  const segments = path.map((segment) => `/${encodeSegment(String(segment))}`).join('')
  const text = parameters.toString()
  return text === '' ? segments : `${segments}?${text}`
}

/** An empty segment would be lost and dots lead upwards: to another endpoint than the one that was meant. */
function encodeSegment(segment: string): string {
  if (/^\.{0,2}$/.test(segment)) throw new TypeError(`"${segment}" is no id`)
  return encodeURIComponent(segment)
}
