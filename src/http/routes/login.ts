import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import { digestOf } from '../../base/secrets.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import { bodyAsObject, includes } from '../arguments.ts'
import { guard, stateOf } from '../guard.ts'
import { refuseForeign } from '../origin.ts'
import { sendJson, sendNothing } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'
import { createSessionCookie } from '../session-cookie.ts'
import { readRaw } from '../token.ts'
import { visitOf } from '../visit.ts'

/** Logging in and out. */
export function loginRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service, addressOf } = context

  const { behaviour, tokens } = context.settings
  const cookie = createSessionCookie(context.settings)

  app.post(
    '/login',
    { preHandler: [bodyAsObject('credentials'), guard(context, 'login')] },
    async (request, reply) => {
      // Or a page elsewhere could log its visitors in to an account of its own.
      if (cookie) refuseForeign(context, request)
      const include = includes(request, 'user') ? 'user' : undefined
      const visit = visitOf(request.headers, addressOf(request))
      const session = await service.users.login(credentialsOf(request), include, visit)
      if (cookie) stateOf(request).newCookie = cookie.keep(session.id, session.ttl)
      return sendJson(reply, tokens.cookie === 'only' ? { ...session, id: digestOf(session.id) } : session)
    },
  )

  const mayLogout = guard(context, 'logout')
  app.post(
    '/logout',
    { preHandler: behaviour.tokenInLogoutBody ? [callerInBody, mayLogout] : mayLogout },
    async (request, reply) => {
      const state = stateOf(request)
      await service.users.logout(state.caller)
      if (state.inCookie) state.newCookie = cookie?.forget
      return sendNothing(reply)
    },
  )

  /** The seed's way: the token in the body, looked at only when there is none elsewhere. */
  async function callerInBody(request: FastifyRequest): Promise<void> {
    const state = stateOf(request)
    const { body } = request
    if ((state.candidates.length > 0 && !state.inCookie) || !isPlainObject(body)) return
    const candidates = readRaw(body.access_token)
    if (candidates.length === 0) return
    state.candidates = candidates
    state.inCookie = false
    state.caller = await service.identify(candidates)
  }
}

function credentialsOf({ body }: FastifyRequest): object {
  if (body === undefined) return {}
  if (body === null) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['credentials'] })
  return body as PlainObject
}
