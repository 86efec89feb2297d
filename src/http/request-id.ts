import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { RequestOrigin } from '../base/request-scope.ts'
import { randomUuid } from '../base/secrets.ts'
import type { RouteContext } from './route-context.ts'
import type { Trusts } from './trusted-peers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; undefined on routes that are not ours. */
    latchkeyOrigin: RequestOrigin | undefined
  }
}

/** The header that names a request, in the request and in the answer. */
export const requestIdHeader = 'x-request-id'

/** What other programs make of an id, and nothing that could forge a line of somebody's log. */
const wellFormed = /^[\w.:+/=@-]{1,128}$/

/** Names a request: as the proxy before us does, if that is one we trust, or anew. */
export function createRequestIds(trusts: Trusts): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const given = headers[requestIdHeader]
    const counts = typeof given === 'string' && wellFormed.test(given) && trusts(socket.remoteAddress)
    return counts ? given : randomUuid()
  }
}

/**
 * Tells the answer's reader, and whatever is logged on behalf of a request, which one it was. In an application's own
 * Fastify, that is the name the application gave it.
 */
export function markRequests(
  app: FastifyInstance,
  { requests, addressOf }: Pick<RouteContext, 'requests' | 'addressOf'>,
): void {
  if (app.hasRequestDecorator('latchkeyOrigin')) return
  app.decorateRequest('latchkeyOrigin', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    // The address at once: once the client has hung up, nobody can tell.
    const origin = { requestId: String(request.id), address: addressOf(request) }
    request.latchkeyOrigin = origin
    reply.header(requestIdHeader, origin.requestId)
    requests.run(origin, done)
  })
  // A body arrives on behalf of its connection, and nobody knows any more for which request.
  app.addHook('preValidation', ({ latchkeyOrigin }, _reply, done) => {
    if (latchkeyOrigin) requests.run(latchkeyOrigin, done)
    else done()
  })
}
