import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject } from '../../base/values.ts'
import { guard, stateOf } from '../guard.ts'
import { includes } from '../query-string.ts'
import { sendJson, sendNothing } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'
import { readRaw } from '../token.ts'

/** Logging in and out. */
export function loginRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service } = context

  app.post('/login', { preHandler: guard(context, 'login') }, async (request, reply) => {
    const include = includes(stateOf(request).query, 'user') ? 'user' : undefined
    return sendJson(reply, await service.users.login(credentialsOf(request), include))
  })

  app.post('/logout', { preHandler: [callerInBody, guard(context, 'logout')] }, async (request, reply) => {
    await service.users.logout(stateOf(request).caller)
    return sendNothing(reply)
  })

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
  if (!isPlainObject(body)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  return body
}
