import type { Fields, Filter, Shown, Where } from './filter.ts'
import type { AccessToken, NewToken, User } from './model.ts'
import type { CallOptions, Transport } from './transport.ts'
import { checkedFilter, checkedWhere } from './where.ts'

/** The access tokens of a user: `__get__accessTokens` and its like. `fk` is a token's handle, or the token itself. */
export interface Tokens<Model extends User<number | string>> {
  /** `include: 'user'` brings the user along. */
  list<const Chosen extends Fields<AccessToken<Model>> = undefined>(
    userId: Model['id'],
    filter?: Filter<AccessToken<Model>, Chosen, 'user'>,
    options?: CallOptions,
  ): Promise<(Shown<AccessToken<Model>, Chosen> & { readonly user?: Model })[]>
  /** A token without the user's password; this is the one time that it is shown. */
  create(userId: Model['id'], token?: NewToken, options?: CallOptions): Promise<AccessToken<Model>>
  /** Makes all of them, or none. */
  createMany(
    userId: Model['id'],
    tokens: readonly NewToken[],
    options?: CallOptions,
  ): Promise<AccessToken<Model>[]>
  count(userId: Model['id'], where?: Where<AccessToken<Model>>, options?: CallOptions): Promise<number>
  findById(userId: Model['id'], fk: string, options?: CallOptions): Promise<AccessToken<Model>>
  /** Changes `ttl` and `scopes`. */
  update(
    userId: Model['id'],
    fk: string,
    changes: NewToken,
    options?: CallOptions,
  ): Promise<AccessToken<Model>>
  delete(userId: Model['id'], fk: string, options?: CallOptions): Promise<void>
  deleteAll(userId: Model['id'], options?: CallOptions): Promise<void>
}

export function createTokens<Model extends User<number | string>>({ send }: Transport): Tokens<Model> {
  const below = (userId: Model['id'], ...rest: readonly string[]) => [userId, 'accessTokens', ...rest]

  return {
    list: async (userId, filter, options) =>
      send({ method: 'GET', path: below(userId), query: { filter: checkedFilter(filter) }, options }),
    create: (userId, body = {}, options) => send({ method: 'POST', path: below(userId), body, options }),
    createMany: (userId, body, options) => send({ method: 'POST', path: below(userId), body, options }),
    async count(userId, where, options) {
      const query = { where: checkedWhere(where) }
      const path = below(userId, 'count')
      return (await send<{ count: number }>({ method: 'GET', path, query, options })).count
    },
    findById: (userId, fk, options) => send({ method: 'GET', path: below(userId, fk), options }),
    update: (userId, fk, body, options) => send({ method: 'PUT', path: below(userId, fk), body, options }),
    delete: (userId, fk, options) => send({ method: 'DELETE', path: below(userId, fk), options }),
    deleteAll: (userId, options) => send({ method: 'DELETE', path: below(userId), options }),
  }
}
