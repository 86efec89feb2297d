import type { Awaitable } from '../base/awaitable.ts'
import { LatchkeyError } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'
import { compileRules, type Decision } from './access/decide.ts'
import type { MethodName } from './access/methods.ts'
import { type Actor, type Caller, type Context, operator } from './context.ts'
import { type AccessTokenView, tokenView, type Visit } from './model/access-token.ts'
import {
  appearanceOf,
  nestedAppearanceOf,
  readUserId,
  type User,
  type UserId,
  type UserView,
} from './model/user.ts'
import { identify, principalOf, rolesOf, type TokenReading } from './sessions/identify.ts'
import { type Identity, identityOf } from './sessions/identity.ts'
import { type Credentials, login } from './sessions/login.ts'
import { logout } from './sessions/tokens.ts'
import { tokenVerbs } from './sessions/verbs.ts'
import { onChange, type UserChange } from './users/changes.ts'
import { type Confirmation, confirm, requestVerification, verify } from './users/confirm.ts'
import { deleteById } from './users/delete.ts'
import { count, exists, find, findById, findOne } from './users/find.ts'
import { operatorVerbs } from './users/for-operators.ts'
import { changePassword, type Holder, resetPassword, setPassword } from './users/password.ts'
import { create, createMany } from './users/register.ts'
import { undoEmailChange } from './users/undo-email.ts'
import { patchAttributes, replaceById } from './users/update.ts'
import { updateAll } from './users/update-all.ts'
import { patchOrCreate, replaceOrCreate, upsertWithWhere } from './users/upsert.ts'

/** An answer to a login: the token, and the user where asked for. */
export interface LoginView extends AccessTokenView {
  readonly user?: UserView
}

/** A LoopBack filter: `where`, `order`, `limit`, `skip`, `offset`, `fields`, `include`. */
export type FilterInput = PlainObject

export type Service = ReturnType<typeof createService>

/**
 * Every verb, bound to one context. The library's face, HTTP and the command line call these very functions.
 * Without an actor a verb runs for the operator: access rules guard the wire, not the application (as in LoopBack).
 */
export function createService(context: Context) {
  const { settings, storage } = context
  const viewOf = (user: User): UserView => appearanceOf(user, settings.user)
  const rules = compileRules(settings.user, settings.behaviour)
  const someNeedRoles = Object.values(rules).some(({ needsRoles }) => needsRoles)
  const callers = new WeakMap<Identity, Caller>()

  async function holderOf(who: Holder | UserId): Promise<Holder> {
    if (typeof who === 'object') return who
    const id = readUserId(who, settings)
    const user = id === undefined ? undefined : await storage.users.findById(id)
    if (!user) throw new LatchkeyError('INSTANCE_NOT_FOUND', { values: [who] })
    return { user }
  }

  return {
    /** Counts what comes from an address; see `Limits`. */
    spend: context.limits.spend,

    /** Who a token belongs to; see `identify`. */
    identify: (candidates: readonly TokenReading[], visit?: () => Visit): Awaitable<Caller | undefined> =>
      identify(context, candidates, { visit, withRoles: someNeedRoles }),

    /** The same, as the application's own routes know them. */
    async introduce(candidates: readonly TokenReading[], visit?: () => Visit): Promise<Identity | undefined> {
      const caller = await identify(context, candidates, { visit, withRoles: true })
      if (!caller) return undefined
      const identity = await identityOf(context, caller)
      // An identity may be kept; what is done in its name asks for the roles of that moment.
      callers.set(identity, { user: caller.user, token: caller.token })
      return identity
    },

    /** Whom we once introduced. @throws {TypeError} for what only looks like an identity */
    callerOf(identity: Identity): Caller {
      const caller = callers.get(identity)
      if (!caller)
        throw new TypeError('this identity was not made by identify() or a guard of this user model')
      return caller
    },

    /**
     * Whether the rules let a caller use a method, on the user whose id (as text) is `owner`.
     * @returns at once, unless a rule about the method names a role that must be looked up
     */
    decide(
      method: MethodName,
      caller: Caller | undefined,
      owner: string | undefined,
    ): Decision | Promise<Decision> {
      const { needsRoles, decide } = rules[method]
      if (!caller || !needsRoles) return decide(caller && principalOf(caller), owner)
      const roles = rolesOf(context, caller)
      if (!(roles instanceof Promise)) return decide(principalOf(caller, roles), owner)
      return roles.then((names) => decide(principalOf(caller, names), owner))
    },

    /** Tells that rules let somebody in for what they are. What is their own needs no role. */
    tellOfRole(method: MethodName, { user }: Caller, owner: string | undefined): void {
      if (owner !== String(user.id)) context.events.emit('roleUsed', { user: viewOf(user), method, owner })
    },

    /** One user by id; see `findById`. */
    findById: (id: unknown, filter: PlainObject | undefined, actor: Actor): Awaitable<PlainObject> =>
      findById(context, id, filter, actor),

    /** Tells of every change of a user, or of those that fit `options.where`, until the function it returns is called. */
    onChange: (listener: (change: UserChange) => void, options?: PlainObject): (() => void) =>
      onChange(context, listener, options),

    users: {
      /** Creates an account, as `POST /users` does. */
      create: async (input: PlainObject, actor: Actor = operator): Promise<UserView> =>
        viewOf(await create(context, input, actor)),

      /** Creates up to a hundred accounts: all, or none. */
      createMany: async (inputs: readonly unknown[], actor: Actor = operator): Promise<UserView[]> =>
        (await createMany(context, inputs, actor)).map(viewOf),

      /**
       * Users a filter finds, in pages: `for await (const page of users.find({ where: … }))`.
       * @param signal aborted when nobody waits any more; what is under way ends with its reason
       */
      find: (filter?: FilterInput, signal?: AbortSignal): AsyncIterable<readonly PlainObject[]> =>
        find(context, filter, signal),

      /** The first user a filter finds. */
      findOne: (filter?: FilterInput, signal?: AbortSignal): Promise<PlainObject> =>
        findOne(context, filter, signal),

      findById: async (id: unknown, filter?: FilterInput, actor: Actor = operator): Promise<PlainObject> =>
        findById(context, id, filter, actor),

      exists: (id: unknown): Promise<boolean> => exists(context, id),

      /** How many users fit LoopBack's `where`. */
      count: (where?: PlainObject, signal?: AbortSignal): Promise<number> => count(context, where, signal),

      patchOrCreate: async (input: unknown, actor: Actor = operator): Promise<UserView> =>
        viewOf(await patchOrCreate(context, input, actor)),

      replaceOrCreate: async (input: unknown, actor: Actor = operator): Promise<UserView> =>
        viewOf(await replaceOrCreate(context, input, actor)),

      /** Updates the one user who fits LoopBack's `where`, or creates one where none does. */
      upsertWithWhere: async (
        where: PlainObject | undefined,
        input: unknown,
        actor: Actor = operator,
      ): Promise<UserView> => viewOf(await upsertWithWhere(context, where, input, actor)),

      /** Updates all users who fit LoopBack's `where`; tells how many there were. */
      updateAll: (where: PlainObject | undefined, input: unknown, actor: Actor = operator): Promise<number> =>
        updateAll(context, where, input, actor),

      patchAttributes: async (id: unknown, input: unknown, actor: Actor = operator): Promise<UserView> =>
        viewOf(await patchAttributes(context, id, input, actor)),

      replaceById: async (id: unknown, input: unknown, actor: Actor = operator): Promise<UserView> =>
        viewOf(await replaceById(context, id, input, actor)),

      /** Deletes a user; tells how many there were. */
      deleteById: (id: unknown, actor: Actor = operator): Promise<number> => deleteById(context, id, actor),

      /**
       * Opens a session. `include: 'user'` brings the user along.
       * @param visit with the client's `address`, so that limits by address bind
       */
      async login(credentials: Credentials, include?: 'user', visit?: Visit): Promise<LoginView> {
        const { token, secret, user } = await login(context, credentials, visit)
        const view = tokenView(token, settings.user, secret)
        return include === 'user' ? { ...view, user: nestedAppearanceOf(user, settings.user) } : view
      },

      /** Ends a session. @param session the token, or whose it is */
      logout: async (session: string | Caller | undefined): Promise<void> =>
        logout(context, typeof session === 'string' ? await identify(context, [session]) : session),

      confirm: (confirmation: Confirmation): Promise<string | undefined> => confirm(context, confirmation),
      /** Mails the link to confirm an address again. */
      verify: (id: unknown, actor: Actor = operator): Promise<void> => verify(context, id, actor),

      /** The same by e-mail: `{ email }`, for who cannot log in before they have it. */
      requestVerification: (input: unknown, actor: Actor = operator): Promise<void> =>
        requestVerification(context, input, actor),

      /** Goes back to the address before a change, by the token mailed there. */
      undoEmailChange: (proof: { readonly uid?: unknown; readonly token?: unknown }): Promise<void> =>
        undoEmailChange(context, proof),

      resetPassword: (input: unknown, actor: Actor = operator): Promise<void> =>
        resetPassword(context, input, actor),

      /** Changes a password: `{ oldPassword, newPassword }` of the user with an id. Their sessions end. */
      changePassword: async (input: unknown, who: Holder | UserId): Promise<void> =>
        changePassword(context, input, await holderOf(who)),

      /** Sets a password: `{ newPassword }` of the user with an id. Their sessions end. */
      setPassword: async (input: unknown, who: Holder | UserId): Promise<void> =>
        setPassword(context, input, await holderOf(who)),

      ...operatorVerbs(context),
    },

    ...tokenVerbs(context),
  }
}
