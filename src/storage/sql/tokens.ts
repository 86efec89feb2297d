import type { Kysely, RawBuilder } from 'kysely'
import type { UserId } from '../../domain/model/user.ts'
import type { MailedTokenStore, TokenStore } from '../../domain/storage.ts'
import { type Dialect, type Engine, fixed, type Row, slot } from './engine.ts'
import type { AccessTokensTable, MailedTokensTable, Schema } from './schema.ts'
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
  const expired = (table: 'access_tokens' | 'mailed_tokens') =>
    db
      .selectFrom(table)
      .select('id')
      .where('expires_at', '<=', slot<number>('before'))
      .limit(slot<number>('most'))
      .modifyEnd(dialect.holdFree())
  const oneOfUser = db
    .selectFrom('access_tokens')
    .select(tokenColumns)
    .where('id', '=', id)
    .where('user_id', '=', userId)

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
          // The digest is known, and the user comes along.
          ...lifeColumns.map((column) => `token.${column}` as const),
        ])
        .where('token.id', '=', id),
    ),
    ofUser: fixed<{ user_id: UserId }>(
      db
        .selectFrom('access_tokens')
        .select(seenTokenColumns)
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
      if (!row) return undefined
      const user = toUser(row)
      return { user, token: tokenOf(digest, user.id, row, userColumns.length) }
    },

    findByUser: async (userId) => (await engine.all(statements.ofUser({ user_id: userId }))).map(toSeenToken),

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
