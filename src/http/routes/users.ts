import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import { objectArgument, objectInBody, objectInQuery, objectsInBody } from '../arguments.ts'
import { guard, stateOf } from '../guard.ts'
import { sendJson, sendList } from '../replies.ts'
import type { RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }

/** Creating, finding, changing and deleting users. */
export function userRoutes(app: FastifyInstance, context: RouteContext): void {
  const { users } = context.service
  const mayReplace = context.settings.user.replaceOnPUT

  app.post('/', { preHandler: [objectsInBody, guard(context, 'create')] }, async (request, reply) => {
    const { actor } = stateOf(request)
    const body = bodyOf(request)
    return sendJson(
      reply,
      Array.isArray(body) ? await users.createMany(body, actor) : await users.create(body, actor),
    )
  })

  app.get('/', { preHandler: [objectInQuery('filter'), guard(context, 'find')] }, async (request, reply) =>
    sendList(reply, users.find(objectArgument(request, 'filter'))),
  )

  app.put(
    '/',
    { preHandler: [objectInBody, guard(context, 'patchOrCreate', idInBody)] },
    async (request, reply) =>
      sendJson(reply, await users.patchOrCreate(bodyOf(request), stateOf(request).actor)),
  )

  app.get(
    '/findOne',
    { exposeHeadRoute: false, preHandler: [objectInQuery('filter'), guard(context, 'findOne')] },
    async (request, reply) => sendJson(reply, await users.findOne(objectArgument(request, 'filter'))),
  )

  app.get(
    '/count',
    { exposeHeadRoute: false, preHandler: [objectInQuery('where'), guard(context, 'count')] },
    async (request, reply) => sendJson(reply, { count: await users.count(objectArgument(request, 'where')) }),
  )

  app.get<OneUser>(
    '/:id',
    { preHandler: [objectInQuery('filter'), guard(context, 'findById')] },
    async (request, reply) => {
      const { actor } = stateOf(request)
      return sendJson(
        reply,
        await users.findById(request.params.id, objectArgument(request, 'filter'), actor),
      )
    },
  )

  app.get<OneUser>('/:id/exists', { preHandler: guard(context, 'exists') }, async (request, reply) =>
    sendJson(reply, { exists: await users.exists(request.params.id) }),
  )

  app.put<OneUser>(
    '/:id',
    { preHandler: [objectInBody, guard(context, mayReplace ? 'replaceById' : 'patchAttributes')] },
    async (request, reply) => {
      const write = mayReplace ? users.replaceById : users.patchAttributes
      return sendJson(reply, await write(request.params.id, attributesOf(request), stateOf(request).actor))
    },
  )

  app.delete<OneUser>('/:id', { preHandler: guard(context, 'deleteById') }, async (request, reply) =>
    sendJson(reply, { count: await users.deleteById(request.params.id, stateOf(request).actor) }),
  )
}

/** No body is an empty one, as LoopBack takes it. */
function bodyOf({ body }: FastifyRequest): PlainObject {
  return (body ?? {}) as PlainObject
}

/** The seed's `data` argument in the query, when there is no body. */
function attributesOf(request: FastifyRequest): PlainObject {
  return (request.body ?? objectArgument(request, 'data') ?? {}) as PlainObject
}

function idInBody({ body }: FastifyRequest): string | undefined {
  const id = isPlainObject(body) ? body.id : undefined
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}
