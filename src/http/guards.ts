import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { randomUuid } from '../base/secrets.ts'
import type { Visit } from '../domain/model/access-token.ts'
import type { TokenReading } from '../domain/sessions/identify.ts'
import { admit, checkDemands, type Demands, type Identity, lacksScope } from '../domain/sessions/identity.ts'
import { challenges } from './challenges.ts'
import { describers } from './error-body.ts'
import { statusOf, toRefusal } from './errors.ts'
import { createReading } from './reading.ts'
import { jsonHeaders } from './replies.ts'
import { requestIdHeader } from './request-id.ts'
import type { RouteContext } from './route-context.ts'
import { createCookieSearch } from './token-in-cookie.ts'
import { judgeUrl } from './token-in-url.ts'
import { visitOf } from './visit.ts'

/** Where a token can be: a request of Node, Express, Fastify or Fetch, or the headers alone. */
export interface TokenBearer {
  readonly headers: Headers | IncomingHttpHeaders
  /** With its query, where a token may stand as well. */
  readonly url?: string | undefined
  /** By it a session's cookie is told to come from a page of ours. */
  readonly method?: string | undefined
}

/** What a guard adds to a request of Express or Fastify. */
export interface Guarded {
  readonly user: Identity['user']
  readonly auth: Identity
}

/** A route of Fetch that knows who asks; the host's own further arguments follow. */
export type GuardedRoute<Asked extends Request, Rest extends unknown[]> = (
  request: Asked,
  identity: Identity,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * Guards for the application's own routes. Whoever is not let in gets 401 or 403 in the form of the API's refusals.
 * Each throws a TypeError, when it is made, for demands that make no sense.
 */
export interface Guards {
  /** A `preHandler` of Fastify. */
  fastify<const Role extends string = string>(
    demands?: Demands<Role>,
  ): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  /** Middleware of Express and Connect; in plain `node:http`, call it. */
  express<const Role extends string = string>(
    demands?: Demands<Role>,
  ): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
  /** Wraps a route of Hono, Next and the like. */
  fetch<Asked extends Request = Request, Rest extends unknown[] = [], const Role extends string = string>(
    route: GuardedRoute<Asked, Rest>,
    demands?: Demands<Role>,
  ): (request: Asked, ...rest: Rest) => Promise<Response>
}

/** Tells who a request comes from; undefined for nobody, or a token that nobody knows. */
export type Identify = (request: TokenBearer) => Promise<Identity | undefined>

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

export function createGuards(context: RouteContext): { identify: Identify; guards: Guards } {
  const { service, settings, log } = context
  const reading = createReading(settings.behaviour)

  const findInCookie = createCookieSearch(context)

  function tokenOf(request: TokenBearer): { candidates: readonly TokenReading[]; visit: () => Visit } {
    const { headers: given, url = '', method } = request
    const headers = isFetched(given) ? Object.fromEntries(given) : given
    const query = reading.query(url)
    judgeUrl(context, query)
    const found = reading.findToken(headers, query)
    const candidates = found.length === 0 && findInCookie ? findInCookie({ headers, method }) : found
    return { candidates, visit: () => visitOf(headers, addressOf(request)) }
  }

  /** Calls one or the other. */
  async function judge<T>(
    request: TokenBearer,
    demands: Demands,
    enter: (identity: Identity) => T | Promise<T>,
    refuse: (answer: Answer) => T,
  ): Promise<T> {
    let challenge: string = challenges.missing
    let identity: Identity
    try {
      const { candidates, visit } = tokenOf(request)
      if (candidates.length > 0) challenge = challenges.invalid
      const known = await service.introduce(candidates, visit)
      if (known) challenge = lacksScope(known, demands) ? challenges.scope : ''
      identity = admit(known, demands)
    } catch (error) {
      return refuse(answerTo(error, challenge, randomUuid()))
    }
    return enter(identity)
  }

  function answerTo(error: unknown, challenge: string, requestId: string): Answer {
    const refusal = toRefusal(error, '')
    if (refusal.kind === 'internal' || refusal.kind === 'unavailable')
      log.error({ requestId, status: statusOf(refusal), error }, 'a guard failed')
    const { status, error: told } = describers[settings.behaviour.errors](refusal)
    const hasChallenge = status === 401 || (status === 403 && challenge === challenges.scope)
    return {
      status,
      headers: {
        ...jsonHeaders,
        [requestIdHeader]: requestId,
        ...(hasChallenge ? { 'www-authenticate': challenge } : {}),
        ...(refusal.retryAfter === undefined ? {} : { 'retry-after': String(refusal.retryAfter) }),
      },
      body: JSON.stringify({ error: told }),
    }
  }

  return {
    async identify(request) {
      const { candidates, visit } = tokenOf(request)
      return service.introduce(candidates, visit)
    },

    guards: {
      fastify(given = {}) {
        const demands = checkDemands(given)
        return (request, reply) =>
          judge(
            request,
            demands,
            (identity) => void mark(request, identity),
            ({ status, headers, body }) => reply.code(status).headers(headers).send(body),
          )
      },

      express(given = {}) {
        const demands = checkDemands(given)
        return (request, response, next) => {
          const refuse = ({ status, headers, body }: Answer) =>
            void response.writeHead(status, headers as OutgoingHttpHeaders).end(body)
          judge(request, demands, (identity) => mark(request, identity), refuse).then(
            (entered) => entered && next(),
            next,
          )
        }
      },

      fetch(route, given = {}) {
        const demands = checkDemands(given)
        return (request, ...rest) =>
          judge(
            request,
            demands,
            (identity) => route(request, identity, ...rest),
            ({ status, headers, body }) => new Response(body, { status, headers }),
          )
      },
    },
  }
}

function mark<T extends object>(request: T, identity: Identity): T & Guarded {
  return Object.assign(request, { user: identity.user, auth: identity })
}

/** What Express and Fastify make of their proxies; behind those the socket of a bare request knows nobody. */
function addressOf(request: TokenBearer): unknown {
  return 'ip' in request ? request.ip : undefined
}

function isFetched(headers: TokenBearer['headers']): headers is Headers {
  return typeof headers.get === 'function'
}
