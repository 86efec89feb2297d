import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import { bodyAsObject, includes } from '../arguments.ts'
import { guard, stateOf } from '../guard.ts'
import { sendJson, sendNothing } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'
import { readRaw } from '../token.ts'

/** Logging in and out. */
export function loginRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service, addressOf } = context

  const { tokenInLogoutBody } = context.settings.behaviour

  app.post(
    '/login',
    { preHandler: [bodyAsObject('credentials'), guard(context, 'login')] },
    async (request, reply) => {
      const include = includes(request, 'user') ? 'user' : undefined
      return sendJson(
        reply,
        await service.users.login(credentialsOf(request), include, { address: addressOf(request) }),
      )
    },
  )

  const mayLogout = guard(context, 'logout')
  app.post(
    '/logout',
    { preHandler: tokenInLogoutBody ? [callerInBody, mayLogout] : mayLogout },
    async (request, reply) => {
      await service.users.logout(stateOf(request).caller)
      return sendNothing(reply)
    },
  )

  /** The seed's way: the token in the body, looked at only when there is none elsewhere. */
  async function callerInBody(request: FastifyRequest): Promise<void> {
    const state = stateOf(request)
    const { body } = request
    if (state.candidates.length > 0 || !isPlainObject(body)) return
    const candidates = readRaw(body.access_token)
    if (candidates.length > 0) state.caller = await service.identify(candidates)
  }
}

function credentialsOf({ body }: FastifyRequest): object {
  if (body === undefined) return {}
  if (body === null) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['credentials'] })
  return body as PlainObject
}
