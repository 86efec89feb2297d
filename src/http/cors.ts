import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { originOf } from '../config/check-edge.ts'
import type { Settings } from '../config/settings.ts'
import { sendPreflight } from './replies.ts'

/** Seconds a browser may remember what it was told; Chromium remembers nothing for longer. */
const memory = 7_200

/** What a page needs to read beyond what every page may. */
const exposed = 'Retry-After, WWW-Authenticate, ETag, Location, X-Request-Id'

const verbs = 'GET, HEAD, POST, PUT, PATCH, DELETE'

export interface Cors {
  /** Tells the browser whether the page that asks may read the answer. */
  dress(request: FastifyRequest, reply: FastifyReply): void
  /** The same as a hook, which answers a browser's question before a request (a preflight) itself. */
  readonly hook: onRequestHookHandler
}

/**
 * Lets pages of the listed origins in (https://fetch.spec.whatwg.org/#http-cors-protocol). An origin is compared as a
 * whole and only a listed one is ever named. A page may use the session's cookie if its origin is in
 * `tokens.cookieOrigins`, too.
 * @returns undefined where none is listed, and not a header of it is sent
 */
export function createCors({ server, tokens }: Settings): Cors | undefined {
  const { origins } = server.cors
  if (origins.length === 0) return undefined
  const listed = new Set(origins.map(originOf))
  const withCookie = new Set(tokens.cookie === 'off' ? [] : tokens.cookieOrigins.map(originOf))

  const isListed = ({ headers: { origin } }: FastifyRequest): boolean =>
    origin !== undefined && listed.has(origin)

  function dress(request: FastifyRequest, reply: FastifyReply): void {
    // Also for who is not let in, or a cache would hand one origin's answer to another.
    reply.header('vary', 'Origin')
    if (!isListed(request)) return
    reply.header('access-control-allow-origin', request.headers.origin)
    reply.header('access-control-expose-headers', exposed)
    if (withCookie.has(request.headers.origin)) reply.header('access-control-allow-credentials', 'true')
  }

  return {
    dress,

    hook(request, reply, done) {
      dress(request, reply)
      const { method, headers } = request
      const isPreflight =
        method === 'OPTIONS' &&
        headers.origin !== undefined &&
        headers['access-control-request-method'] !== undefined
      if (!isPreflight) return done()
      if (isListed(request)) allow(request, reply)
      sendPreflight(reply)
    },
  }
}

/** A page we trust may send what headers it likes: those we do not know we do not read. */
function allow({ headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header('access-control-allow-methods', verbs)
  reply.header('access-control-max-age', memory)
  const asked = headers['access-control-request-headers']
  if (asked !== undefined) reply.header('access-control-allow-headers', asked)
}
