import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { addBodyParsers, ignoreBodies, largestBody } from './body.ts'
import { createCors } from './cors.ts'
import { varyByOrigin } from './express-answers.ts'
import { refuse } from './refuse.ts'
import { createRequestIds, markRequests, requestIdHeader } from './request-id.ts'
import type { RouteContext } from './route-context.ts'
import { trustedPeers } from './trusted-peers.ts'
import { refuseUnknown, refuseUnlessId } from './unknown.ts'
import { hangUpOnLongBodies, hangUpOnLongBody } from './unread-body.ts'

/** Request line and headers together, in bytes: room for a long filter in a URL. */
export const largestHead = 32_768

/** What only an instance that listens has to say. */
interface Alone {
  /** Fastify's options. */
  readonly server?: object
  /** What every answer has beyond those all have. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A Fastify that finds routes and refuses as LoopBack does, without a route yet. */
export function createInstance(
  context: RouteContext,
  { server = {}, headers = {} }: Alone = {},
): FastifyInstance {
  const { settings } = context
  const cors = createCors(settings)
  const trusts = trustedPeers(settings.server.trustProxy)
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: largestBody,
    // By a function Fastify looks for proxies in every request; where there are none, that is for nothing.
    trustProxy: settings.server.trustProxy === false ? false : trusts,
    genReqId: createRequestIds(trusts),
    // What is under way when we are told to stop is finished, and that includes what a connection has already sent.
    return503OnClosing: false,
    routerOptions: {
      // Ours reads brackets, and only where somebody asks.
      querystringParser: () => ({}),
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: largestHead,
    },
    frameworkErrors(error, request, reply) {
      // Hooks that would see to it do not run here.
      reply.headers(headers).header(requestIdHeader, request.id)
      cors?.dress(request, reply)
      hangUpOnLongBody(request, reply)
      refuseBroken(context, error, request, reply)
    },
    ...server,
  })
  markRequests(app, context)
  if (Object.keys(headers).length > 0) {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
  }
  // Before anything else: a browser only asks whether it may.
  if (cors) app.addHook('onRequest', cors.hook)
  hangUpOnLongBodies(app)
  app.setErrorHandler(refuse(context))
  app.setNotFoundHandler(async (request) => refuseUnknown(context, request))
  if (settings.behaviour.caching === 'etag') {
    app.addHook('onSend', (_request, reply, payload, done) => {
      varyByOrigin(reply)
      done(null, payload)
    })
  }
  if (settings.behaviour.unknownPaths === 'judged') ignoreBodies(app)
  else addBodyParsers(app, settings.behaviour)
  return app
}

/** What Fastify stumbles over before it finds a route: a path that cannot be decoded. */
function refuseBroken(
  context: RouteContext,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const answer = refuse(context)
  if (context.settings.behaviour.caching === 'etag') varyByOrigin(reply)
  try {
    if (context.settings.behaviour.unknownPaths === 'judged') refuseUnlessId(context, request)
    answer(error, request, reply)
  } catch (refusal) {
    answer(refusal, request, reply)
  }
}
