import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { UserSettings } from '../config/settings.ts'
import type { MethodName } from './access/methods.ts'
import { refusalOf } from './access/refusal.ts'
import type { Actor, Caller } from './context.ts'
import type { FilterInput, Service } from './service.ts'
import type { Credentials } from './sessions/login.ts'
import type { Confirmation } from './users/confirm.ts'

/** The operations on behalf of somebody: each does what its namesake does, if the access rules let them. */
export type OnBehalf = ReturnType<typeof actOnBehalf>

/**
 * Binds the verbs to a caller, whom the access rules are asked about as they are for HTTP.
 * @param caller undefined for somebody who is not logged in
 */
export function actOnBehalf(service: Service, settings: UserSettings, caller: Caller | undefined) {
  const { users, tokens, sessions } = service

  /** @throws {LatchkeyError} AUTHORIZATION_REQUIRED, ACCESS_DENIED or MODEL_NOT_FOUND, as `aclErrorStatus` says */
  async function enter(method: MethodName, id?: unknown): Promise<Actor> {
    const owner = typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
    const { allowed, trusted } = await service.decide(method, caller, owner)
    if (!allowed) throw refusalOf(settings, caller !== undefined, owner)
    if (trusted && caller) service.tellOfRole(method, caller, owner)
    return { caller, trusted }
  }

  /** For what is about the caller alone. */
  async function enterAsSomebody(method: MethodName, id?: unknown): Promise<Caller> {
    await enter(method, id)
    if (!caller) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
    return caller
  }

  /** For what is theirs, so that rules about the owner speak of them. */
  const enterAsOwner = (method: MethodName): Promise<Caller> => enterAsSomebody(method, caller?.user.id)

  return {
    users: {
      create: async (input: PlainObject) => users.create(input, await enter('create')),
      createMany: async (inputs: readonly unknown[]) => users.createMany(inputs, await enter('create')),
      async *find(filter?: FilterInput) {
        await enter('find')
        yield* users.find(filter)
      },
      findOne: async (filter?: FilterInput) => {
        await enter('findOne')
        return users.findOne(filter)
      },
      findById: async (id: unknown, filter?: FilterInput) =>
        users.findById(id, filter, await enter('findById', id)),
      /** Themselves. */
      findMe: async (filter?: FilterInput) => {
        const { user } = await enterAsOwner('findMe')
        return users.findById(user.id, filter)
      },
      exists: async (id: unknown) => {
        await enter('exists', id)
        return users.exists(id)
      },
      count: async (where?: PlainObject) => {
        await enter('count')
        return users.count(where)
      },
      patchOrCreate: async (input: unknown) =>
        users.patchOrCreate(input, await enter('patchOrCreate', idIn(input))),
      replaceOrCreate: async (input: unknown) =>
        users.replaceOrCreate(input, await enter('replaceOrCreate', idIn(input))),
      upsertWithWhere: async (where: PlainObject | undefined, input: unknown) =>
        users.upsertWithWhere(where, input, await enter('upsertWithWhere', idIn(input))),
      updateAll: async (where: PlainObject | undefined, input: unknown) =>
        users.updateAll(where, input, await enter('updateAll', idIn(input))),
      patchAttributes: async (id: unknown, input: unknown) =>
        users.patchAttributes(id, input, await enter('patchAttributes', id)),
      replaceById: async (id: unknown, input: unknown) =>
        users.replaceById(id, input, await enter('replaceById', id)),
      deleteById: async (id: unknown) => users.deleteById(id, await enter('deleteById', id)),
      login: async (credentials: Credentials, include?: 'user') => {
        await enter('login')
        return users.login(credentials, include)
      },
      /** Ends the session they came with. */
      logout: async () => {
        await enter('logout')
        return users.logout(caller)
      },
      confirm: async (confirmation: Confirmation) => {
        await enter('confirm')
        return users.confirm(confirmation)
      },
      verify: async (id: unknown) => {
        await enter('verify', id)
        return users.verify(id)
      },
      requestVerification: async (input: unknown) => {
        await enter('requestVerification')
        return users.requestVerification(input)
      },
      undoEmailChange: async (proof: { readonly uid?: unknown; readonly token?: unknown }) => {
        await enter('undoEmailChange')
        return users.undoEmailChange(proof)
      },
      resetPassword: async (input: unknown) => {
        await enter('resetPassword')
        return users.resetPassword(input)
      },
      /** Their own: `{ oldPassword, newPassword }`. */
      changePassword: async (input: unknown) =>
        users.changePassword(input, await enterAsSomebody('changePassword')),
      /** Their own: `{ newPassword }`, with a token for that. */
      setPassword: async (input: unknown) => users.setPassword(input, await enterAsSomebody('setPassword')),
    },

    tokens: {
      list: async (userId: unknown, filter?: FilterInput) => {
        await enter('__get__accessTokens', userId)
        return tokens.list(userId, filter)
      },
      create: async (userId: unknown, input: unknown = {}) =>
        tokens.create(userId, input, await enter('__create__accessTokens', userId)),
      createMany: async (userId: unknown, inputs: readonly unknown[]) =>
        tokens.createMany(userId, inputs, await enter('__create__accessTokens', userId)),
      count: async (userId: unknown, where?: PlainObject) => {
        await enter('__count__accessTokens', userId)
        return tokens.count(userId, where)
      },
      findById: async (userId: unknown, fk: string) => {
        await enter('__findById__accessTokens', userId)
        return tokens.findById(userId, fk)
      },
      update: async (userId: unknown, fk: string, input: unknown) =>
        tokens.update(userId, fk, input, await enter('__updateById__accessTokens', userId)),
      deleteAll: async (userId: unknown) => {
        await enter('__delete__accessTokens', userId)
        return tokens.deleteAll(userId)
      },
      delete: async (userId: unknown, fk: string) => {
        await enter('__destroyById__accessTokens', userId)
        return tokens.delete(userId, fk)
      },
    },

    /** Their own sessions, by their handles. */
    sessions: {
      list: async () => sessions.list(await enterAsOwner('findSessions')),
      delete: async (handle: string) => sessions.delete(await enterAsOwner('deleteSession'), handle),
      deleteAll: async (options?: { readonly others?: boolean }) =>
        sessions.deleteAll(await enterAsOwner('deleteSessions'), options),
    },
  }
}

/** Whom an upsert is about, as HTTP's guard sees it. */
function idIn(input: unknown): unknown {
  return isPlainObject(input) ? input.id : undefined
}
