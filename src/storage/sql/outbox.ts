import { type Kysely, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { LetterName, WaitingLetter } from '../../domain/letters.ts'
import type { UserId } from '../../domain/model/user.ts'
import type { Outbox } from '../../domain/storage.ts'
import { type Dialect, type Engine, fixed, type Row, slot } from './engine.ts'
import type { OutboxTable, Schema } from './schema.ts'

/** In this order `toLetter` reads them. */
const columns = ['id', 'name', 'email', 'user_id', 'realm', 'language', 'created_at', 'attempts'] as const

/** The statements about letters, built once. */
export function createOutboxStatements(db: Kysely<Schema>, dialect: Dialect) {
  const id = slot<string>('id')
  const due = slot<number>('due_at')
  const most = slot<number>('most')
  const ofUser = slot<UserId>('user_id')
  return {
    add: fixed<Omit<OutboxTable, 'ready_at' | 'sent_at' | 'attempts'>>(
      db.insertInto('outbox').values({
        id,
        name: slot<string>('name'),
        email: slot<string>('email'),
        user_id: ofUser,
        realm: slot<string | null>('realm'),
        language: slot<string | null>('language'),
        created_at: slot<number>('created_at'),
        attempts: sql.lit(0),
        due_at: due,
      }),
    ),
    // Claimed is put off: whoever dies with a letter in hand leaves it to be due again.
    claim: fixed<{ now: number; due_at: number; most: number }>(
      db
        // By itself, so that it is looked for once: looked for again, it would be others.
        .with(
          (name) => name('free').materialized(),
          (query) =>
            query
              .selectFrom('outbox')
              .select('id')
              .where('due_at', '<=', slot<number>('now'))
              .orderBy('due_at')
              .limit(most)
              .modifyEnd(dialect.holdFree()),
        )
        .updateTable('outbox')
        .set((builder) => ({ due_at: due, attempts: builder('attempts', '+', sql.lit(1)) }))
        .where('id', 'in', (query) => query.selectFrom('free').select('id'))
        .returning(columns),
    ),
    nextDue: fixed<object>(
      db.selectFrom('outbox').select((builder) => builder.fn.min('due_at').as('due_at')),
    ),
    postpone: fixed<{ id: string; due_at: number }>(
      db.updateTable('outbox').set({ due_at: due }).where('id', '=', id),
    ),
    markReady: fixed<{ id: string; user_id: UserId; ready_at: number }>(
      db
        .updateTable('outbox')
        .set({ user_id: ofUser, ready_at: slot<number>('ready_at') })
        .where('id', '=', id),
    ),
    markSent: fixed<{ id: string; sent_at: number }>(
      db
        .updateTable('outbox')
        .set({ due_at: sql.lit(null), sent_at: slot<number>('sent_at') })
        .where('id', '=', id),
    ),
    remove: fixed<{ id: string }>(db.deleteFrom('outbox').where('id', '=', id)),
    purgeSent: fixed<{ before: number; most: number }>(
      db
        .deleteFrom('outbox')
        .where(
          'id',
          'in',
          db
            .selectFrom('outbox')
            .select('id')
            .where('sent_at', '<=', slot<number>('before'))
            .limit(most)
            .modifyEnd(dialect.holdFree()),
        ),
    ),
  }
}

export type OutboxStatements = ReturnType<typeof createOutboxStatements>

export function createOutbox(engine: Engine, statements: OutboxStatements): Outbox {
  return {
    async add({ name, email, userId = null, realm = null, language = null }, due) {
      const at = due.getTime()
      const id = uuidv7()
      const row = { id, name, email, user_id: userId, realm, language, created_at: at, due_at: at }
      await engine.run(statements.add(row))
      return id
    },

    async claim(now, until, most) {
      const rows = await engine.write(statements.claim({ now: now.getTime(), due_at: until.getTime(), most }))
      return rows.map(toLetter)
    },

    async nextDue() {
      const due = (await engine.first(statements.nextDue({})))?.[0]
      return due === null || due === undefined ? undefined : new Date(Number(due))
    },

    postpone: async (id, due) => void (await engine.run(statements.postpone({ id, due_at: due.getTime() }))),

    markReady: async (id, userId, now) =>
      void (await engine.run(statements.markReady({ id, user_id: userId, ready_at: now.getTime() }))),

    markSent: async (id, sentAt) =>
      void (await engine.run(statements.markSent({ id, sent_at: sentAt.getTime() }))),

    remove: async (id) => void (await engine.run(statements.remove({ id }))),

    purgeSent: (before, most) => engine.run(statements.purgeSent({ before: before.getTime(), most })),
  }
}

function toLetter(row: Row): WaitingLetter {
  const [id, name, email, userId, realm, language, createdAt, attempts] = row
  return {
    id: id as string,
    name: name as LetterName,
    email: email as string,
    userId: (userId as UserId | null) ?? undefined,
    realm: (realm as string | null) ?? undefined,
    language: (language as string | null) ?? undefined,
    createdAt: new Date(Number(createdAt)),
    attempts: Number(attempts),
  }
}
