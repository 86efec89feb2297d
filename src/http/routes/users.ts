import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PlainObject } from '../../base/values.ts'
import { objectInBody, objectInQuery } from '../arguments.ts'
import { guard, ownerInBody, stateOf } from '../guard.ts'
import { objectArgument } from '../query-string.ts'
import { jsonHeaders, sendJson, sendList } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }

/** Creating, finding, changing and deleting users. */
export function userRoutes(app: FastifyInstance, context: RouteContext): void {
  const { users } = context.service
  const mayReplace = context.settings.user.replaceOnPUT

  app.post('/', { preHandler: guard(context, 'create') }, async (request, reply) => {
    const { actor } = stateOf(request)
    const body = bodyOf(request)
    return sendJson(
      reply,
      Array.isArray(body) ? await users.createMany(body, actor) : await users.create(body, actor),
    )
  })

  app.get('/', { preHandler: [objectInQuery('filter'), guard(context, 'find')] }, async (request, reply) =>
    sendList(reply, users.find(argumentOf(request, 'filter'))),
  )

  const upsert = (method: 'patchOrCreate' | 'replaceOrCreate') => ({
    preHandler: [objectInBody, guard(context, method, ownerInBody)],
    handler: async (request: FastifyRequest, reply: FastifyReply) =>
      sendJson(reply, await users[method](bodyOf(request), stateOf(request).actor)),
  })
  app.put('/', upsert(mayReplace ? 'replaceOrCreate' : 'patchOrCreate'))
  app.patch('/', upsert('patchOrCreate'))
  app.post('/replaceOrCreate', upsert('replaceOrCreate'))

  app.post(
    '/upsertWithWhere',
    { preHandler: [objectInQuery('where'), objectInBody, guard(context, 'upsertWithWhere', ownerInBody)] },
    async (request, reply) => {
      const where = argumentOf(request, 'where')
      return sendJson(reply, await users.upsertWithWhere(where, bodyOf(request), stateOf(request).actor))
    },
  )

  app.post(
    '/update',
    { preHandler: [objectInQuery('where'), objectInBody, guard(context, 'updateAll', ownerInBody)] },
    async (request, reply) => {
      const where = argumentOf(request, 'where')
      const count = await users.updateAll(where, bodyOf(request), stateOf(request).actor)
      return sendJson(reply, { count })
    },
  )

  app.get(
    '/findOne',
    { preHandler: [objectInQuery('filter'), guard(context, 'findOne')] },
    async (request, reply) => sendJson(reply, await users.findOne(argumentOf(request, 'filter'))),
  )

  app.get(
    '/count',
    { preHandler: [objectInQuery('where'), guard(context, 'count')] },
    async (request, reply) => sendJson(reply, { count: await users.count(argumentOf(request, 'where')) }),
  )

  // Before GET, which would bring a HEAD of its own.
  app.head<OneUser>(
    '/:id',
    { preHandler: guard(context, 'exists'), config: { head: true } },
    async (request, reply) => {
      const exists = await users.exists(request.params.id)
      return reply
        .code(exists ? 200 : 404)
        .headers(jsonHeaders)
        .send()
    },
  )

  app.get<OneUser>(
    '/:id',
    { preHandler: [objectInQuery('filter'), guard(context, 'findById')] },
    async (request, reply) => {
      const { actor } = stateOf(request)
      return sendJson(reply, await users.findById(request.params.id, argumentOf(request, 'filter'), actor))
    },
  )

  app.get<OneUser>('/:id/exists', { preHandler: guard(context, 'exists') }, async (request, reply) =>
    sendJson(reply, { exists: await users.exists(request.params.id) }),
  )

  const change = (method: 'patchAttributes' | 'replaceById') => ({
    preHandler: [objectInBody, guard(context, method)],
    handler: async (request: FastifyRequest<OneUser>, reply: FastifyReply) =>
      sendJson(reply, await users[method](request.params.id, attributesOf(request), stateOf(request).actor)),
  })
  app.put<OneUser>('/:id', change(mayReplace ? 'replaceById' : 'patchAttributes'))
  app.patch<OneUser>('/:id', change('patchAttributes'))
  app.post<OneUser>('/:id/replace', change('replaceById'))

  app.delete<OneUser>('/:id', { preHandler: guard(context, 'deleteById') }, async (request, reply) =>
    sendJson(reply, { count: await users.deleteById(request.params.id, stateOf(request).actor) }),
  )
}

function argumentOf(request: FastifyRequest, name: string): PlainObject | undefined {
  return objectArgument(stateOf(request).query, name)
}

/** No body is an empty one, as LoopBack takes it. */
function bodyOf({ body }: FastifyRequest): PlainObject {
  return (body ?? {}) as PlainObject
}

/** The seed's `data` argument in the query, when there is no body. */
function attributesOf(request: FastifyRequest): PlainObject {
  return (request.body ?? argumentOf(request, 'data') ?? {}) as PlainObject
}
