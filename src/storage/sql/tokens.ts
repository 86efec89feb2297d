import { type Kysely, type RawBuilder, sql } from 'kysely'
import { chain } from '../../base/awaitable.ts'
import { resetPasswordScope } from '../../domain/model/access-token.ts'
import type { UserId } from '../../domain/model/user.ts'
import type { FoundToken, TokenStore } from '../../domain/storage.ts'
import { type Dialect, type Engine, fixed, type Row, slot } from './engine.ts'
import type { AccessTokensTable, Schema } from './schema.ts'
import {
  lifeColumns,
  seenTokenColumns,
  tokenColumns,
  tokenOf,
  toRow,
  toSeenToken,
  toToken,
} from './token-row.ts'
import { toUser, userColumns } from './user-row.ts'

type TokenKey = { readonly id: string; readonly user_id: UserId }
type Used = Pick<AccessTokensTable, 'id' | 'last_used_at' | 'expires_at' | 'address' | 'agent'>
/** Later than any date. */
const endOfTime = new Date(8_640_000_000_000_000)
type Purge = { readonly before: number; readonly most: number }

/** The statements about tokens, built once. */
export function createTokenStatements(db: Kysely<Schema>, dialect: Dialect) {
  const id = slot<string>('id')
  const userId = slot<UserId>('user_id')
  const row = {
    id,
    user_id: userId,
    ttl: slot<number>('ttl'),
    created_at: slot<number>('created_at'),
    expires_at: slot<number | null>('expires_at'),
    scopes: slot<string | null>('scopes'),
    last_used_at: slot<number | null>('last_used_at'),
    address: slot<string | null>('address'),
    agent: slot<string | null>('agent'),
  }
  const expired = db
    .selectFrom('access_tokens')
    .select('id')
    .where('expires_at', '<=', slot<number>('before'))
    .limit(slot<number>('most'))
    .modifyEnd(dialect.holdFree())
  const oneOfUser = db
    .selectFrom('access_tokens')
    .select(tokenColumns)
    .where('id', '=', id)
    .where('user_id', '=', userId)
  const withUser = db
    .selectFrom('access_tokens as token')
    .innerJoin('users as user', 'user.id', 'token.user_id')
    .select([
      ...userColumns.map((column) => `user.${column}` as const),
      // The digest is known, and the user comes along.
      ...lifeColumns.map((column) => `token.${column}` as const),
    ])
    .where('token.id', '=', id)
    .where('user.blocked_at', 'is', null)

  return {
    insert: fixed<AccessTokensTable>(db.insertInto('access_tokens').values(row)),
    insertForLogin: fixed<AccessTokensTable & { password_hash: string | null; email: string }>(
      db
        .insertInto('access_tokens')
        .columns(['expires_at', ...seenTokenColumns])
        .expression((builder) =>
          builder
            .selectFrom('users')
            .select([
              row.expires_at.as('expires_at'),
              ...seenTokenColumns.map((column) => (row[column] as RawBuilder<unknown>).as(column)),
            ])
            .where('users.id', '=', userId)
            .where('password_hash', '=', slot<string>('password_hash'))
            .where('email', '=', slot<string>('email'))
            .where('blocked_at', 'is', null)
            // Whoever changes the password holds the account before they end its sessions: one of us waits.
            .modifyEnd(dialect.hold('forShare')),
        ),
    ),
    withUser: fixed<{ id: string }>(withUser),
    withUserAndRoles: fixed<{ id: string }>(
      withUser.select((builder) =>
        builder
          .selectFrom('user_roles')
          .select(dialect.jsonList(sql.ref('role')).as('roles'))
          .whereRef('user_roles.user_id', '=', 'user.id')
          .as('roles'),
      ),
    ),
    ofUser: fixed<{ user_id: UserId }>(
      db
        .selectFrom('access_tokens')
        .select(seenTokenColumns)
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('id'),
    ),
    latestOfUser: fixed<{ user_id: UserId; most: number }>(
      db
        .selectFrom('access_tokens')
        .select(seenTokenColumns)
        .where('user_id', '=', userId)
        .orderBy((builder) => builder.fn.coalesce('last_used_at', 'created_at'), 'desc')
        .limit(slot<number>('most')),
    ),
    oneOfUser: fixed<TokenKey>(oneOfUser),
    oneOfUserHeld: fixed<TokenKey>(oneOfUser.modifyEnd(dialect.hold('forShare'))),
    update: fixed<AccessTokensTable>(
      db
        .updateTable('access_tokens')
        .set({ ttl: row.ttl, expires_at: row.expires_at, scopes: row.scopes })
        .where('id', '=', id),
    ),
    markUsed: fixed<Used>(
      db
        .updateTable('access_tokens')
        .set(({ fn }) => ({
          last_used_at: row.last_used_at,
          expires_at: row.expires_at,
          address: fn.coalesce(row.address, 'address'),
          agent: fn.coalesce(row.agent, 'agent'),
        }))
        .where('id', '=', id),
    ),
    delete: fixed<{ id: string }>(db.deleteFrom('access_tokens').where('id', '=', id)),
    deleteOfUser: fixed<TokenKey>(
      db.deleteFrom('access_tokens').where('user_id', '=', userId).where('id', '!=', id),
    ),
    deleteResetsOfUser: fixed<{ user_id: UserId; before: number }>(
      db
        .deleteFrom('access_tokens')
        .where('user_id', '=', userId)
        .where('created_at', '<', slot<number>('before'))
        .where('scopes', 'like', sql.lit(`%"${resetPasswordScope}"%`)),
    ),
    purge: fixed<Purge>(db.deleteFrom('access_tokens').where('id', 'in', expired)),
  }
}

function withUserOf(digest: string, row: Row): FoundToken {
  const user = toUser(row)
  return { user, token: tokenOf(digest, user.id, row, userColumns.length) }
}

function withRolesOf(digest: string, row: Row): FoundToken {
  return { ...withUserOf(digest, row), granted: JSON.parse(row.at(-1) as string) }
}

export type TokenStatements = ReturnType<typeof createTokenStatements>

export function createTokenStore(
  engine: Engine,
  statements: TokenStatements,
  isTransaction: boolean,
): TokenStore {
  return {
    insert: async (token) => void (await engine.run(statements.insert(toRow(token)))),

    async insertForLogin(token, { passwordHash, email }) {
      const values = { ...toRow(token), password_hash: passwordHash, email }
      return (await engine.run(statements.insertForLogin(values))) > 0
    },

    findWithUser: (digest, withRoles = false) =>
      withRoles
        ? chain(
            engine.first(statements.withUserAndRoles({ id: digest })),
            (row) => row && withRolesOf(digest, row),
          )
        : chain(engine.first(statements.withUser({ id: digest })), (row) => row && withUserOf(digest, row)),

    findByUser: async (userId) => (await engine.all(statements.ofUser({ user_id: userId }))).map(toSeenToken),

    findLatestOfUser: async (userId, most) =>
      (await engine.all(statements.latestOfUser({ user_id: userId, most }))).map(toSeenToken),

    async findOfUser(userId, digest) {
      const find = isTransaction ? statements.oneOfUserHeld : statements.oneOfUser
      const row = await engine.first(find({ id: digest, user_id: userId }))
      return row && toToken(row)
    },

    async update(token, expiresAt) {
      const row = { ...toRow(token), expires_at: expiresAt?.getTime() ?? null }
      return (await engine.run(statements.update(row))) > 0
    },

    markUsed: (uses) =>
      engine.transaction(async (inner) => {
        for (const { id, usedAt, expiresAt, address = null, agent = null } of uses) {
          const times = { last_used_at: usedAt.getTime(), expires_at: expiresAt?.getTime() ?? null }
          await inner.run(statements.markUsed({ id, ...times, address, agent }))
        }
      }),

    delete: async (digest) => (await engine.run(statements.delete({ id: digest }))) > 0,

    deleteByUser: async (userId, exceptDigest = '') =>
      void (await engine.run(statements.deleteOfUser({ user_id: userId, id: exceptDigest }))),

    async deleteResets(userId, madeBefore = endOfTime) {
      await engine.run(statements.deleteResetsOfUser({ user_id: userId, before: madeBefore.getTime() }))
    },

    purgeExpired: (before, most) => engine.run(statements.purge({ before: before.getTime(), most })),
  }
}
