import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { LatchkeyError } from '../base/errors.ts'
import { addBodyParsers, largestBody } from './body.ts'
import { errorBody, statusOf, toRefusal } from './errors.ts'
import { identifyCaller } from './guard.ts'
import { messagePage, sendPage } from './pages.ts'
import { sendJson } from './replies.ts'
import type { RouteContext } from './route-context.ts'
import { accessTokenRoutes } from './routes/access-tokens.ts'
import { accountRoutes, wantsHtml } from './routes/account.ts'
import { changeStreamRoutes } from './routes/change-stream.ts'
import { loginRoutes } from './routes/login.ts'
import { userRoutes } from './routes/users.ts'
import { refuseUnknown } from './unknown.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A person may be looking: refusals are pages for whoever accepts HTML. */
    page?: boolean
    /** HEAD is a method of its own here. */
    head?: boolean
  }
}

/**
 * The API as a Fastify plugin, below `rest.root` and `rest.path`. It is encapsulated: its parsers, hooks and error
 * handler stay inside, and the application around it keeps its own.
 */
export function createPlugin(context: RouteContext) {
  const { root, path } = context.settings.rest

  return async function latchkey(app: FastifyInstance): Promise<void> {
    await app.register(
      async (api) => {
        addBodyParsers(api)
        api.addHook('onRoute', (route) => {
          route.bodyLimit = largestBody
        })
        api.decorateRequest('latchkey', undefined)
        api.addHook('onRequest', refuseHead(context))
        api.addHook('onRequest', identifyCaller(context))
        api.setErrorHandler(refuse(context))
        userRoutes(api, context)
        loginRoutes(api, context)
        accountRoutes(api, context)
        accessTokenRoutes(api, context)
        changeStreamRoutes(api, context)
        // A route and not a not-found handler: those know nothing of letter case, and run no hooks of ours.
        const unknown = async (request: FastifyRequest) => refuseUnknown(context, request)
        api.all('/*', unknown)
        api.route({ method: ['DELETE', 'OPTIONS'], url: '/', handler: unknown })
      },
      { prefix: `${root}${path}` },
    )
  }
}

/** Fastify answers HEAD wherever it answers GET, but a link must not be confirmed by one (mail scanners send them). */
function refuseHead(context: RouteContext): onRequestHookHandler {
  return (request, _reply, done) => {
    if (request.method === 'HEAD' && !request.routeOptions.config.head) refuseUnknown(context, request)
    done()
  }
}

/** Answers every error with a refusal of the catalogue; what nobody foresaw is logged whole and told bare. */
export function refuse({ log }: Pick<RouteContext, 'log'>) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = toRefusal(error, request.raw.url ?? '')
    const status = statusOf(refusal)
    if (status >= 500) {
      log.error({ method: request.method, url: request.raw.url, status, error }, 'a request failed')
    }
    if (status === 401) {
      const isInvalid = request.latchkey && request.latchkey.candidates.length > 0 && !request.latchkey.caller
      const challenge = isInvalid ? 'Bearer error="invalid_token"' : 'Bearer'
      reply.header('www-authenticate', challenge)
    }
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    // The rest of a body we will not take is not worth reading.
    if (status === 413 || status === 415) reply.header('connection', 'close')
    return request.routeOptions.config?.page && wantsHtml(request)
      ? sendPage(reply, explain(refusal), status)
      : sendJson(reply, errorBody(refusal), status)
  }
}

function explain(refusal: LatchkeyError): string {
  return refusal.kind === 'unauthenticated' || refusal.id === 'INVALID_CONFIRMATION_TOKEN'
    ? messagePage('This link is no longer good', 'It has been used, or has expired. Ask for a new one.')
    : messagePage('That did not work', refusal.message)
}
