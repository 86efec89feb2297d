import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import { objectArgument, objectArguments, textArgument } from '../arguments.ts'
import { callerOf, guard, ownerAsking, stateOf } from '../guard.ts'
import { answer, sendJson, sendNothing } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'

/** Whoever asks: their account and their sessions. */
export function ownRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service } = context
  const { sessions } = service
  if (!context.settings.behaviour.ownSessions) return

  app.get(
    '/me',
    {
      preHandler: [objectArguments('filter'), guard(context, 'findMe', ownerAsking)],
      config: { silent: true },
    },
    (request, reply) => {
      const { actor } = stateOf(request)
      const { user } = callerOf(request)
      answer(reply, service.findById(user.id, objectArgument(request, 'filter'), actor))
    },
  )

  app.get(
    '/me/sessions',
    { preHandler: guard(context, 'findSessions', ownerAsking) },
    async (request, reply) => sendJson(reply, await sessions.list(callerOf(request))),
  )

  app.delete(
    '/me/sessions',
    { preHandler: [othersAsked, guard(context, 'deleteSessions', ownerAsking)] },
    async (request, reply) => {
      await sessions.deleteAll(callerOf(request), { others: othersOnly(request) })
      return sendNothing(reply)
    },
  )

  app.delete<{ Params: { handle: string } }>(
    '/me/sessions/:handle',
    { preHandler: guard(context, 'deleteSession', ownerAsking) },
    async (request, reply) => {
      await sessions.delete(callerOf(request), request.params.handle)
      return sendNothing(reply)
    },
  )
}

/** Whoever misspells it would end the session they need. */
function othersOnly(request: FastifyRequest): boolean {
  const others = textArgument(request, 'others') ?? 'false'
  if (others !== 'true' && others !== 'false')
    throw new LatchkeyError('INVALID_ARGUMENT', { values: ['a boolean'] })
  return others === 'true'
}

const othersAsked = (request: FastifyRequest, _reply: unknown, done: () => void): void => {
  othersOnly(request)
  done()
}
