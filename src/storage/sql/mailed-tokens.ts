import type { Kysely } from 'kysely'
import type { UserId } from '../../domain/model/user.ts'
import type { MailedTokenStore } from '../../domain/storage.ts'
import { type Dialect, type Engine, fixed, type Row, slot } from './engine.ts'
import type { MailedTokensTable, Schema } from './schema.ts'

/** The statements about mailed tokens, built once. */
export function createMailedTokenStatements(db: Kysely<Schema>, dialect: Dialect) {
  const id = slot<string>('id')
  const userId = slot<UserId>('user_id')
  const expired = db
    .selectFrom('mailed_tokens')
    .select('id')
    .where('expires_at', '<=', slot<number>('before'))
    .limit(slot<number>('most'))
    .modifyEnd(dialect.holdFree())

  return {
    insert: fixed<MailedTokensTable>(
      db.insertInto('mailed_tokens').values({
        id,
        user_id: userId,
        purpose: slot<string>('purpose'),
        email: slot<string>('email'),
        expires_at: slot<number>('expires_at'),
      }),
    ),
    consume: fixed<Pick<MailedTokensTable, 'id' | 'user_id' | 'purpose'> & { now: number }>(
      db
        .deleteFrom('mailed_tokens')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose'))
        .where('expires_at', '>', slot<number>('now'))
        .returning(['email', 'expires_at']),
    ),
    expiryOf: fixed<{ id: string }>(db.selectFrom('mailed_tokens').select('expires_at').where('id', '=', id)),
    lastExpiry: fixed<{ user_id: UserId; purpose: string }>(
      db
        .selectFrom('mailed_tokens')
        .select((builder) => builder.fn.max('expires_at').as('expires_at'))
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose')),
    ),
    deleteOfUser: fixed<{ user_id: UserId; purpose: string; expires_at: number }>(
      db
        .deleteFrom('mailed_tokens')
        .where('user_id', '=', userId)
        .where('purpose', '=', slot<string>('purpose'))
        .where('expires_at', '>=', slot<number>('expires_at')),
    ),
    purge: fixed<{ before: number; most: number }>(db.deleteFrom('mailed_tokens').where('id', 'in', expired)),
  }
}

type MailedTokenStatements = ReturnType<typeof createMailedTokenStatements>

export function createMailedTokenStore(engine: Engine, statements: MailedTokenStatements): MailedTokenStore {
  return {
    async insert({ id, userId, purpose, email, expiresAt }) {
      await engine.run(
        statements.insert({ id, user_id: userId, purpose, email, expires_at: expiresAt.getTime() }),
      )
    },

    async consume({ id, userId, purpose }, now) {
      const [row] = await engine.write(
        statements.consume({ id, user_id: userId, purpose, now: now.getTime() }),
      )
      return row && { email: row[0] as string, expiresAt: new Date(Number(row[1])) }
    },

    expiryOf: async (id) => instantIn(await engine.first(statements.expiryOf({ id }))),

    lastExpiry: async (userId, purpose) =>
      instantIn(await engine.first(statements.lastExpiry({ user_id: userId, purpose }))),

    async deleteByUser(userId, purpose, endingFrom = new Date(0)) {
      const which = { user_id: userId, purpose, expires_at: endingFrom.getTime() }
      await engine.run(statements.deleteOfUser(which))
    },

    purgeExpired: (before, most) => engine.run(statements.purge({ before: before.getTime(), most })),
  }
}

/** The instant that is the row's only column; undefined where there is none. */
function instantIn(row: Row | undefined): Date | undefined {
  const instant = row?.[0] ?? undefined
  return instant === undefined ? undefined : new Date(Number(instant))
}
