import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { Caller } from '../../domain/context.ts'
import type { UserView } from '../../domain/model/user.ts'
import {
  objectArgument,
  objectArguments,
  objectInBody,
  objectInQuery,
  objectsInBody,
  queryObject,
} from '../arguments.ts'
import { guard, ownerInBody, stateOf } from '../guard.ts'
import { limit, limitNames } from '../limit.ts'
import { answer, hangUpOf, sendJson, sendList } from '../replies.ts'
import { fixedName, type RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }

/** Creating, finding, changing and deleting users. */
export function userRoutes(app: FastifyInstance, context: RouteContext): void {
  const { service } = context
  const { users } = service
  const { modelName, replaceOnPUT: mayReplace } = context.settings.user
  const { documentedArguments } = context.settings.behaviour

  app.post(
    '/',
    { ...limit(context, 'signUp'), preHandler: [objectsInBody, guard(context, 'create')] },
    async (request, reply) => {
      const { actor } = stateOf(request)
      const body = bodyOf(request)
      return sendJson(
        reply,
        Array.isArray(body) ? await users.createMany(body, actor) : await users.create(body, actor),
      )
    },
  )

  app.get('/', { preHandler: [objectArguments('filter'), guard(context, 'find')] }, async (request, reply) =>
    sendList(reply, users.find(objectArgument(request, 'filter'), hangUpOf(reply))),
  )

  const upsert = (method: 'patchOrCreate' | 'replaceOrCreate') => ({
    ...limitNames(context),
    preHandler: [objectInBody, guard(context, method, ownerInBody)],
    handler: async (request: FastifyRequest, reply: FastifyReply) =>
      sendJson(reply, await users[method](bodyOf(request), stateOf(request).actor)),
  })
  app.put('/', upsert(mayReplace ? 'replaceOrCreate' : 'patchOrCreate'))
  app.patch('/', upsert('patchOrCreate'))
  app.post('/replaceOrCreate', upsert('replaceOrCreate'))

  app.post(
    '/upsertWithWhere',
    {
      ...limitNames(context),
      preHandler: [objectInQuery('where'), objectInBody, guard(context, 'upsertWithWhere', ownerInBody)],
    },
    async (request, reply) => {
      const where = queryObject(request, 'where')
      return sendJson(reply, await users.upsertWithWhere(where, bodyOf(request), stateOf(request).actor))
    },
  )

  app.post(
    '/update',
    {
      ...limitNames(context),
      preHandler: [objectInQuery('where'), objectInBody, guard(context, 'updateAll', ownerInBody)],
    },
    async (request, reply) => {
      const where = queryObject(request, 'where')
      const count = await users.updateAll(where, bodyOf(request), stateOf(request).actor)
      return sendJson(reply, { count })
    },
  )

  app.get(
    '/findOne',
    { ...fixedName, preHandler: [objectArguments('filter'), guard(context, 'findOne')] },
    async (request, reply) =>
      sendJson(reply, await users.findOne(objectArgument(request, 'filter'), hangUpOf(reply))),
  )

  app.get(
    '/count',
    { ...fixedName, preHandler: [objectArguments('where'), guard(context, 'count')] },
    async (request, reply) =>
      sendJson(reply, { count: await users.count(objectArgument(request, 'where'), hangUpOf(reply)) }),
  )

  // Before GET, which would bring a HEAD of its own.
  app.head<OneUser>('/:id', { preHandler: guard(context, 'exists') }, async (request, reply) => {
    const { id } = request.params
    if (await users.exists(id)) return sendJson(reply, { exists: true })
    throw new LatchkeyError('MODEL_NOT_FOUND', { values: [modelName, id] })
  })

  app.get<OneUser>(
    '/:id',
    { preHandler: [objectArguments('filter'), guard(context, 'findById')], config: { silent: true } },
    (request, reply) => {
      const { actor } = stateOf(request)
      answer(reply, service.findById(request.params.id, objectArgument(request, 'filter'), actor))
    },
  )

  app.get<OneUser>('/:id/exists', { preHandler: guard(context, 'exists') }, async (request, reply) =>
    sendJson(reply, { exists: await users.exists(request.params.id) }),
  )

  const change = (method: 'patchAttributes' | 'replaceById') => ({
    ...limitNames(context),
    preHandler: [objectInBody, guard(context, method)],
    handler: async (request: FastifyRequest<OneUser>, reply: FastifyReply) => {
      const state = stateOf(request)
      const attributes = attributesOf(request, documentedArguments)
      const user = await users[method](request.params.id, attributes, state.actor)
      state.keepsNames = hasNamesOf(user, state.caller)
      return sendJson(reply, user)
    },
  })
  app.put<OneUser>('/:id', change(mayReplace ? 'replaceById' : 'patchAttributes'))
  app.patch<OneUser>('/:id', change('patchAttributes'))
  app.post<OneUser>('/:id/replace', change('replaceById'))

  app.delete<OneUser>('/:id', { preHandler: guard(context, 'deleteById') }, async (request, reply) =>
    sendJson(reply, { count: await users.deleteById(request.params.id, stateOf(request).actor) }),
  )
}

/** Whether a caller who changed themselves is still called what they were. */
function hasNamesOf({ id, email, username }: UserView, caller: Caller | undefined): boolean {
  const before = caller?.user
  return before?.id === id && before.email === email && before.username === (username ?? null)
}

/** No body is an empty one, as LoopBack takes it. */
function bodyOf({ body }: FastifyRequest): PlainObject {
  return (body ?? {}) as PlainObject
}

/** The documentation's `data` argument in the query, when there is no body. */
function attributesOf(request: FastifyRequest, documentedArguments: boolean): PlainObject {
  const inQuery = documentedArguments ? queryObject(request, 'data') : undefined
  return (request.body ?? inQuery ?? {}) as PlainObject
}
