import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { PlainObject } from '../../base/values.ts'
import { objectArgument, objectArguments, objectInBody, objectsInBody } from '../arguments.ts'
import { guard, stateOf } from '../guard.ts'
import { sendJson, sendNothing } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }
type OneToken = { Params: { id: string; fk: string } }

/** The tokens of a user. */
export function accessTokenRoutes(app: FastifyInstance, context: RouteContext): void {
  const { tokens } = context.service
  const { documentedArguments } = context.settings.behaviour

  app.get<OneUser>(
    '/:id/accessTokens',
    {
      preHandler: [
        objectArguments('filter', ...(documentedArguments ? ['where'] : [])),
        guard(context, '__get__accessTokens'),
      ],
    },
    async (request, reply) =>
      sendJson(reply, await tokens.list(request.params.id, tokenFilterOf(request, documentedArguments))),
  )

  app.post<OneUser>(
    '/:id/accessTokens',
    { preHandler: [objectsInBody, guard(context, '__create__accessTokens')] },
    async (request, reply) => {
      const { body, params } = request
      const created = Array.isArray(body)
        ? await tokens.createMany(params.id, body, stateOf(request).actor)
        : await tokens.create(params.id, body ?? {}, stateOf(request).actor)
      return sendJson(reply, created)
    },
  )

  app.delete<OneUser>(
    '/:id/accessTokens',
    { preHandler: guard(context, '__delete__accessTokens') },
    async (request, reply) => {
      await tokens.deleteAll(request.params.id)
      return sendNothing(reply)
    },
  )

  app.get<OneUser>(
    '/:id/accessTokens/count',
    { preHandler: [objectArguments('where'), guard(context, '__count__accessTokens')] },
    async (request, reply) => {
      const where = objectArgument(request, 'where')
      return sendJson(reply, { count: await tokens.count(request.params.id, where) })
    },
  )

  app.get<OneToken>(
    '/:id/accessTokens/:fk',
    { preHandler: guard(context, '__findById__accessTokens') },
    async (request, reply) => sendJson(reply, await tokens.findById(request.params.id, request.params.fk)),
  )

  app.put<OneToken>(
    '/:id/accessTokens/:fk',
    { preHandler: [objectInBody, guard(context, '__updateById__accessTokens')] },
    async (request, reply) => {
      const { params, body } = request
      return sendJson(reply, await tokens.update(params.id, params.fk, body ?? {}, stateOf(request).actor))
    },
  )

  app.delete<OneToken>(
    '/:id/accessTokens/:fk',
    { preHandler: guard(context, '__destroyById__accessTokens') },
    async (request, reply) => {
      await tokens.delete(request.params.id, request.params.fk)
      return sendNothing(reply)
    },
  )
}

/** `filter`, or the documentation's bare `where`. */
function tokenFilterOf(request: FastifyRequest, documentedArguments: boolean): PlainObject | undefined {
  const where = documentedArguments ? objectArgument(request, 'where') : undefined
  const filter = objectArgument(request, 'filter')
  return where ? { where, ...filter } : filter
}
