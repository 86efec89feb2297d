import type { PlainObject } from '../../base/values.ts'
import { type Actor, type Caller, type Context, operator } from '../context.ts'
import { type AccessTokenView, type IssuedToken, tokenView } from '../model/access-token.ts'
import type { UserId } from '../model/user.ts'
import { deleteToken, findToken, updateToken } from './one-token.ts'
import {
  endOwnSession,
  endOwnSessions,
  listOwnSessions,
  listSessions,
  type SessionView,
} from './own-sessions.ts'
import { createTokens, deleteTokens, listTokens } from './tokens.ts'

/** What may be done with tokens, and with sessions of one's own, bound to one context. */
export function tokenVerbs(context: Context) {
  const { settings } = context

  return {
    tokens: {
      list: (userId: unknown, filter?: PlainObject): Promise<PlainObject[]> =>
        listTokens(context, userId, filter),

      /** Makes a token for a user without their password; its `id` is the token, shown this once. */
      async create(userId: unknown, input: unknown = {}, actor: Actor = operator): Promise<AccessTokenView> {
        const [{ token, secret }] = (await createTokens(context, userId, [input], actor)) as [IssuedToken]
        return tokenView(token, settings.user, secret)
      },

      /** Makes up to a hundred tokens: all, or none. */
      createMany: async (
        userId: unknown,
        inputs: readonly unknown[],
        actor: Actor = operator,
      ): Promise<AccessTokenView[]> =>
        (await createTokens(context, userId, inputs, actor)).map(({ token, secret }) =>
          tokenView(token, settings.user, secret),
        ),

      count: async (userId: unknown, where?: PlainObject): Promise<number> =>
        (await listTokens(context, userId, { where })).length,

      findById: (userId: unknown, fk: string): Promise<AccessTokenView> => findToken(context, userId, fk),

      /** Changes `ttl` and `scopes` of a token. */
      update: (
        userId: unknown,
        fk: string,
        input: unknown,
        actor: Actor = operator,
      ): Promise<AccessTokenView> => updateToken(context, userId, fk, input, actor),

      /** The tokens that are sessions and still good, with their last use. */
      listSessions: (userId: UserId): Promise<Omit<SessionView, 'current'>[]> =>
        listSessions(context, userId),

      deleteAll: (userId: unknown): Promise<void> => deleteTokens(context, userId),
      delete: (userId: unknown, fk: string): Promise<void> => deleteToken(context, userId, fk),
    },

    /** A caller's own sessions, by their handles. */
    sessions: {
      list: (caller: Caller): Promise<SessionView[]> => listOwnSessions(context, caller),
      delete: (caller: Caller, handle: string): Promise<void> => endOwnSession(context, caller, handle),
      deleteAll: (caller: Caller, { others = false }: { readonly others?: boolean } = {}): Promise<void> =>
        endOwnSessions(context, caller, others),
    },
  }
}
