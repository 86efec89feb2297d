import { type Kysely, sql } from 'kysely'
import { type AccessToken, expiryOf, resetPasswordScope } from '../../domain/model/access-token.ts'
import type { UserId } from '../../domain/model/user.ts'
import type { MailedTokenStore, TokenStore } from '../../domain/storage.ts'
import { type Dialect, type Engine, fixed, type Row, slot } from './engine.ts'
import type { AccessTokensTable, MailedTokensTable, Schema } from './schema.ts'
import { toUser, userColumns } from './user-row.ts'

/** In this order `toToken` reads them. */
const columns = ['id', 'user_id', 'ttl', 'created_at', 'scopes'] as const
type TokenKey = { readonly id: string; readonly user_id: UserId }
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
  }
  const expired = (table: 'access_tokens' | 'mailed_tokens') =>
    db
      .selectFrom(table)
      .select('id')
      .where('expires_at', '<=', slot<number>('before'))
      .limit(slot<number>('most'))
      .modifyEnd(dialect.holdFree())
  const oneOfUser = db
    .selectFrom('access_tokens')
    .select(columns)
    .where('id', '=', id)
    .where('user_id', '=', userId)

  return {
    insert: fixed<AccessTokensTable>(db.insertInto('access_tokens').values(row)),
    insertForLogin: fixed<AccessTokensTable & { password_hash: string | null; email: string }>(
      db
        .insertInto('access_tokens')
        .columns(['id', 'user_id', 'ttl', 'created_at', 'expires_at', 'scopes'])
        .expression((builder) =>
          builder
            .selectFrom('users')
            .select([
              id.as('id'),
              userId.as('user_id'),
              row.ttl.as('ttl'),
              row.created_at.as('created_at'),
              row.expires_at.as('expires_at'),
              row.scopes.as('scopes'),
            ])
            .where('users.id', '=', userId)
            .where('password_hash', '=', slot<string>('password_hash'))
            .where('email', '=', slot<string>('email'))
            // Whoever changes the password holds the account before they end its sessions: one of us waits.
            .modifyEnd(dialect.hold('forShare')),
        ),
    ),
    withUser: fixed<{ id: string }>(
      db
        .selectFrom('access_tokens as token')
        .innerJoin('users as user', 'user.id', 'token.user_id')
        .select([
          ...userColumns.map((column) => `user.${column}` as const),
          ...columns.map((column) => `token.${column} as token_${column}` as const),
        ])
        .where('token.id', '=', id),
    ),
    ofUser: fixed<{ user_id: UserId }>(
      db
        .selectFrom('access_tokens')
        .select(columns)
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('id'),
    ),
    oneOfUser: fixed<TokenKey>(oneOfUser),
    oneOfUserHeld: fixed<TokenKey>(oneOfUser.modifyEnd(dialect.hold('forShare'))),
    update: fixed<AccessTokensTable>(
      db
        .updateTable('access_tokens')
        .set({ ttl: row.ttl, expires_at: row.expires_at, scopes: row.scopes })
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
    purge: fixed<Purge>(db.deleteFrom('access_tokens').where('id', 'in', expired('access_tokens'))),

    insertMailed: fixed<MailedTokensTable>(
      db.insertInto('mailed_tokens').values({
        id,
        user_id: userId,
        purpose: slot<string>('purpose'),
        email: slot<string>('email'),
        expires_at: slot<number>('expires_at'),
      }),
    ),
    consumeMailed: fixed<Pick<MailedTokensTable, 'id' | 'user_id' | 'purpose'> & { now: number }>(
      db
        .deleteFrom('mailed_tokens')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose'))
        .where('expires_at', '>', slot<number>('now'))
        .returning(['email', 'expires_at']),
    ),
    expiryOfMailed: fixed<{ id: string }>(
      db.selectFrom('mailed_tokens').select('expires_at').where('id', '=', id),
    ),
    lastExpiryOfMailed: fixed<{ user_id: UserId; purpose: string }>(
      db
        .selectFrom('mailed_tokens')
        .select((builder) => builder.fn.max('expires_at').as('expires_at'))
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose')),
    ),
    deleteMailedOfUser: fixed<{ user_id: UserId; purpose: string; expires_at: number }>(
      db
        .deleteFrom('mailed_tokens')
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose'))
        .where('expires_at', '>=', slot<number>('expires_at')),
    ),
    purgeMailed: fixed<Purge>(db.deleteFrom('mailed_tokens').where('id', 'in', expired('mailed_tokens'))),
  }
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

    async findWithUser(digest) {
      const row = await engine.first(statements.withUser({ id: digest }))
      return row && { user: toUser(row), token: toToken(row, userColumns.length) }
    },

    findByUser: async (userId) =>
      (await engine.all(statements.ofUser({ user_id: userId }))).map((row) => toToken(row)),

    async findOfUser(userId, digest) {
      const find = isTransaction ? statements.oneOfUserHeld : statements.oneOfUser
      const row = await engine.first(find({ id: digest, user_id: userId }))
      return row && toToken(row)
    },

    update: async (token) => (await engine.run(statements.update(toRow(token)))) > 0,

    delete: async (digest) => (await engine.run(statements.delete({ id: digest }))) > 0,

    deleteByUser: async (userId, exceptDigest = '') =>
      void (await engine.run(statements.deleteOfUser({ user_id: userId, id: exceptDigest }))),

    async deleteResets(userId, madeBefore = endOfTime) {
      await engine.run(statements.deleteResetsOfUser({ user_id: userId, before: madeBefore.getTime() }))
    },

    purgeExpired: (before, most) => engine.run(statements.purge({ before: before.getTime(), most })),
  }
}

export function createMailedTokenStore(engine: Engine, statements: TokenStatements): MailedTokenStore {
  return {
    async insert({ id, userId, purpose, email, expiresAt }) {
      await engine.run(
        statements.insertMailed({ id, user_id: userId, purpose, email, expires_at: expiresAt.getTime() }),
      )
    },

    async consume({ id, userId, purpose }, now) {
      const [row] = await engine.write(
        statements.consumeMailed({ id, user_id: userId, purpose, now: now.getTime() }),
      )
      return row && { email: row[0] as string, expiresAt: new Date(Number(row[1])) }
    },

    expiryOf: async (id) => instantIn(await engine.first(statements.expiryOfMailed({ id }))),

    lastExpiry: async (userId, purpose) =>
      instantIn(await engine.first(statements.lastExpiryOfMailed({ user_id: userId, purpose }))),

    async deleteByUser(userId, purpose, endingFrom = new Date(0)) {
      const which = { user_id: userId, purpose, expires_at: endingFrom.getTime() }
      await engine.run(statements.deleteMailedOfUser(which))
    },

    purgeExpired: (before, most) => engine.run(statements.purgeMailed({ before: before.getTime(), most })),
  }
}

/** The instant that is the row's only column; undefined where there is none. */
function instantIn(row: Row | undefined): Date | undefined {
  const instant = row?.[0] ?? undefined
  return instant === undefined ? undefined : new Date(Number(instant))
}

/** A token from the columns of `columns`, which start at a place in the row. */
function toToken(row: Row, start = 0): AccessToken {
  const scopes = row[start + 4] as string | null
  return {
    id: row[start] as string,
    userId: row[start + 1] as UserId,
    ttl: row[start + 2] as number,
    createdAt: new Date(row[start + 3] as number),
    scopes: scopes === null ? null : JSON.parse(scopes),
  }
}

function toRow(token: AccessToken): AccessTokensTable {
  const { id, userId, ttl, createdAt, scopes } = token
  return {
    id,
    user_id: userId,
    ttl,
    created_at: createdAt.getTime(),
    expires_at: expiryOf(token),
    scopes: scopes && JSON.stringify(scopes),
  }
}
