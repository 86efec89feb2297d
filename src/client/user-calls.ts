import { changesIn } from './change-stream.ts'
import { ApiError } from './errors.ts'
import type { AccessToken, Credentials, User } from './model.ts'
import type { CallOptions, Transport } from './transport.ts'
import type { Users } from './users.ts'
import { checkedFilter, checkedWhere } from './where.ts'

interface Count {
  readonly count: number
}

export function createUsers<Model extends User<number | string>>(transport: Transport): Users<Model> {
  const { send } = transport

  return {
    create: (body, options) => send({ method: 'POST', body, options }),
    createMany: (body, options) => send({ method: 'POST', body, options }),

    find: async (filter, options) =>
      send({ method: 'GET', query: { filter: checkedFilter(filter) }, options }),
    findOne: async (filter, options) =>
      send({ method: 'GET', path: ['findOne'], query: { filter: checkedFilter(filter) }, options }),
    findById: (id, filter, options) => send({ method: 'GET', path: [id], query: { filter }, options }),
    findMe: (filter, options) => send({ method: 'GET', path: ['me'], query: { filter }, options }),
    async exists(id, options) {
      const answer = await send<{ exists: boolean }>({ method: 'GET', path: [id, 'exists'], options })
      return answer.exists
    },
    async count(where, options) {
      const query = { where: checkedWhere(where) }
      return (await send<Count>({ method: 'GET', path: ['count'], query, options })).count
    },

    patchOrCreate: (body, options) => send({ method: 'PATCH', body, options }),
    replaceOrCreate: (body, options) => send({ method: 'POST', path: ['replaceOrCreate'], body, options }),
    async upsertWithWhere(where, body, options) {
      const query = { where: checkedWhere(where) }
      return send({ method: 'POST', path: ['upsertWithWhere'], query, body, options })
    },
    async updateAll(where, body, options) {
      const query = { where: checkedWhere(where) }
      return (await send<Count>({ method: 'POST', path: ['update'], query, body, options })).count
    },
    patchAttributes: (id, body, options) => send({ method: 'PATCH', path: [id], body, options }),
    replaceById: (id, body, options) => send({ method: 'POST', path: [id, 'replace'], body, options }),
    deleteById: async (id, options) => (await send<Count>({ method: 'DELETE', path: [id], options })).count,

    login: (credentials: Credentials, options?: LoginOptions) =>
      login<Model>(transport, credentials, options),
    logout: (options) => logout(transport, options),
    confirm: ({ uid, token }, options) =>
      send({
        method: 'GET',
        path: ['confirm'],
        query: { uid: String(uid), token },
        options: withoutSession(options),
      }),
    verify: (id, options) => send({ method: 'POST', path: [id, 'verify'], options }),
    requestVerification: (body, options) =>
      send({ method: 'POST', path: ['verify'], body, options: withoutSession(options) }),
    undoEmailChange: ({ uid, token }, options) =>
      send({
        method: 'POST',
        path: ['undo-email-change'],
        query: { uid: String(uid), token },
        options: withoutSession(options),
      }),
    // An empty object in LoopBack's words; to the caller it says nothing.
    resetPassword: async (body, options) =>
      void (await send({ method: 'POST', path: ['reset'], body, options: withoutSession(options) })),
    setPassword: (body, options) => send({ method: 'POST', path: ['reset-password'], body, options }),
    changePassword: (body, options) => send({ method: 'POST', path: ['change-password'], body, options }),

    async changes(options) {
      const accept = 'text/event-stream'
      const response = await transport.open({ method: 'GET', path: ['change-stream'], accept, options })
      return changesIn(response, options?.signal)
    },
  }
}

interface LoginOptions extends CallOptions {
  readonly include?: 'user'
}

async function login<Model extends User<number | string>>(
  { send, storage }: Transport,
  body: Credentials,
  options: LoginOptions = {},
): Promise<AccessToken<Model> & { readonly user: Model }> {
  const session = await send<AccessToken<Model> & { readonly user: Model }>({
    method: 'POST',
    path: ['login'],
    query: { include: options.include },
    body,
    options: withoutSession(options),
  })
  await storage.set(session.id)
  return session
}

async function logout({ send, storage, forget }: Transport, options: CallOptions = {}): Promise<void> {
  const token = options.token === undefined ? await storage.get() : options.token
  try {
    await send({ method: 'POST', path: ['logout'], options: { ...options, token } })
  } catch (error) {
    // A session that the server does not know any more is over too.
    if (error instanceof ApiError && error.statusCode === 401) await forget(token)
    throw error
  }
  await forget(token)
}

/** For what nobody must be logged in to: an expired token would only be refused. */
function withoutSession(options: CallOptions = {}): CallOptions {
  return { ...options, token: options.token ?? null }
}
