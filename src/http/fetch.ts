import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { Mount } from './mount.ts'

/** A reader that takes nothing for so long is gone; its list must not hold a snapshot of the database for ever. */
const slowestReaderMs = 30_000

/** They speak of one connection (RFC 9110 7.6.1), and there is none of ours. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** What has no body, and may not be given an empty one. */
const bodiless = new Set([204, 205, 304])

type Method = 'GET' | 'POST'

/**
 * The API as the Fetch standard has it. The body is taken as it is read, and lists and change streams go out as they
 * come; aborting the request, or cancelling the answer, ends the work behind it.
 */
export function createFetch({ open }: Mount): (request: Request) => Promise<Response> {
  // A request that nobody holds is forgotten, and then its signal says nothing any more.
  const requests = new WeakMap<Readable, Request>()

  return async (request) => {
    const { url, method, body, signal } = request
    const app = await open()
    const headers = Object.fromEntries(request.headers)
    // A stream of unknown length is announced as one, or nobody would look for it.
    if (body && headers['content-length'] === undefined) headers['transfer-encoding'] ??= 'chunked'
    const payload = body ? Readable.fromWeb(body as NodeReadableStream) : undefined
    const injected = app.inject({
      url,
      method: method as Method,
      headers,
      // The standard tells nobody's address, and nobody shall be taken for one.
      remoteAddress: 'unknown',
      signal,
      payloadAsStream: true,
      ...(payload ? { payload } : {}),
    })
    // What is left of a body once there is an answer is not worth reading.
    const { raw, ...answer } = await injected.finally(() => payload?.destroy())
    const stream = answer.stream()
    requests.set(stream, request)
    stream.once('close', () => raw.res.destroy())
    const isEmpty = method === 'HEAD' || bodiless.has(answer.statusCode)
    if (isEmpty) stream.resume()
    return new Response(isEmpty ? null : readAtLeisure(stream), {
      status: answer.statusCode,
      headers: headersOf(answer.headers),
    })
  }
}

function headersOf(given: Readonly<Record<string, unknown>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) {
    // That a connection ends with a body we did not read, a client must hear, or its next request is lost.
    if (connectionHeaders.has(name) && value !== 'close') continue
    for (const line of [value].flat()) headers.append(name, String(line))
  }
  return headers
}

/** As fast as the reader takes it; whoever stops reading is let go after a while. */
function readAtLeisure(stream: Readable): ReadableStream<Uint8Array> {
  const patience = setTimeout(() => stream.destroy(), slowestReaderMs)
  patience.unref()
  stream.once('close', () => clearTimeout(patience))
  const web = Readable.toWeb(stream)
  stream.on('data', () => patience.refresh())
  return web as ReadableStream<Uint8Array>
}
