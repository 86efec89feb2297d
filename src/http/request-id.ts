import type { IncomingMessage } from 'node:http'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preParsingHookHandler,
  preValidationHookHandler,
} from 'fastify'
import { longestAnswerMs, type RequestOrigin } from '../base/request-scope.ts'
import { randomToken } from '../base/secrets.ts'
import type { AddressOf } from './client-address.ts'
import type { RouteContext } from './route-context.ts'
import type { Trusts } from './trusted-peers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; undefined on routes that are not ours. */
    latchkeyOrigin: Origin | undefined
  }
  interface FastifyContextConfig {
    /** Has no more to tell the log than its refusal, which names the request itself, and so need not be known to others. */
    silent?: boolean
  }
}

/** The header that names a request, in the request and in the answer. */
export const requestIdHeader = 'x-request-id'

/** What other programs make of an id, and nothing that could forge a line of somebody's log. */
const wellFormed = /^[\w.:+/=@-]{1,128}$/

/** Names a request: as the proxy before us does, if that is one we trust, or anew. */
export function createRequestIds(trusts: Trusts): (request: IncomingMessage) => string {
  const next = createNames()
  return ({ headers, socket }) => {
    const given = headers[requestIdHeader]
    const counts = typeof given === 'string' && wellFormed.test(given) && trusts(socket.remoteAddress)
    return counts ? given : next()
  }
}

/**
 * Names that no two requests share, in no process: a random beginning, and a count. A random one for each, and longer,
 * could be felt in the time a read takes.
 */
function createNames(): () => string {
  const beginning = `${randomToken(10)}-`
  let count = 0
  // Scattered over 31 bits, each once: how many requests there were is nobody's business.
  return () => beginning + (Math.imul(count++, 0x9e3779b1) & 0x7fffffff)
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
    const origin = new Origin(request, reply, addressOf)
    request.latchkeyOrigin = origin
    reply.header(requestIdHeader, origin.requestId)
    done()
  })
  const enter: onRequestHookHandler = ({ latchkeyOrigin }, _reply, done) => {
    if (latchkeyOrigin) requests.run(latchkeyOrigin, done)
    else done()
  }
  const awaitBody: preParsingHookHandler = ({ latchkeyOrigin }, _reply, payload, done) => {
    latchkeyOrigin?.awaitBody()
    done(null, payload)
  }
  // A body arrives on behalf of its connection, and nobody knows any more for which request.
  const enterAnew: preValidationHookHandler = ({ latchkeyOrigin }, _reply, done) => {
    if (!latchkeyOrigin) return done()
    latchkeyOrigin.bodyIsHere()
    requests.run(latchkeyOrigin, done)
  }
  app.addHook('onRoute', (route) => {
    if (route.config?.silent) return
    route.onRequest = [enter, ...[route.onRequest ?? []].flat()]
    const isRead = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD')
    if (isRead) return
    route.preParsing = [awaitBody, ...[route.preParsing ?? []].flat()]
    route.preValidation = [enterAnew, ...[route.preValidation ?? []].flat()]
  })
}

/** Of many requests nobody asks where they come from. A class, because one is made for each: a getter would cost more. */
class Origin implements RequestOrigin {
  readonly requestId: string
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  readonly #addressOf: AddressOf
  #deadline: number | undefined
  #awaitsBodySince = 0
  constructor(request: FastifyRequest, reply: FastifyReply, addressOf: AddressOf) {
    this.requestId = String(request.id)
    this.#request = request
    this.#reply = reply
    this.#addressOf = addressOf
    // Read once, the connection knows it even after the client has hung up.
    request.raw.socket.remoteAddress
  }
  get address(): string | undefined {
    return this.#addressOf(this.#request)
  }
  get deadline(): number {
    if (this.#reply.raw.headersSent) return Number.POSITIVE_INFINITY
    // Whoever asks is about to wait. Most reads of a file never are, and the clock has its price as well.
    this.#deadline ??= performance.now() + longestAnswerMs
    return this.#deadline
  }
  putOff(ms: number): void {
    if (this.#deadline !== undefined) this.#deadline += ms
  }
  /** A body comes as fast as the client sends it. */
  awaitBody(): void {
    this.#awaitsBodySince = performance.now()
  }
  bodyIsHere(): void {
    this.putOff(performance.now() - this.#awaitsBodySince)
  }
}
