import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { SchemaWords } from './engine.ts'
import { createFacts } from './ownership.ts'

/**
 * The schema of one model, step by step. Append only: a shipped step is history and is mended by the next one.
 * @param idType what ids of users are; fixed when the tables are made
 * @param idFact the name under which that is kept
 */
export function migrationsFor(
  idType: 'integer' | 'uuid',
  idFact: string,
  words: SchemaWords,
): Record<string, Migration> {
  const { integer, text, flag, json, tableEnd, keyedTableEnd } = words
  const id = idType === 'integer' ? integer : text
  return {
    '001-users': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('users')
          .addColumn('id', id, (column) =>
            idType === 'integer' ? words.autoId(column.primaryKey()) : column.primaryKey().notNull(),
          )
          .addColumn('realm', text)
          .addColumn('username', text)
          .addColumn('email', text, (column) => column.notNull())
          .addColumn('email_verified', flag)
          .addColumn('password_hash', text)
          .addColumn('properties', json, (column) => column.notNull().defaultTo('{}'))
          .modifyEnd(tableEnd)
          .execute()
      },
    },
    '002-access-tokens': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('access_tokens')
          .addColumn('id', text, (column) => column.primaryKey().notNull())
          .addColumn('user_id', id, (column) => column.notNull().references('users.id').onDelete('cascade'))
          .addColumn('ttl', integer, (column) => column.notNull())
          .addColumn('created_at', integer, (column) => column.notNull())
          .addColumn('expires_at', integer)
          .addColumn('scopes', text)
          // Found by digest on every request: without a row id, that is one search instead of two.
          .modifyEnd(keyedTableEnd)
          .execute()
        await db.schema.createIndex('access_tokens_user_id').on('access_tokens').column('user_id').execute()
        await db.schema
          .createIndex('access_tokens_expires_at')
          .on('access_tokens')
          .column('expires_at')
          .execute()
      },
    },
    '003-mailed-tokens': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('mailed_tokens')
          .addColumn('id', text, (column) => column.primaryKey().notNull())
          .addColumn('user_id', id, (column) => column.notNull().references('users.id').onDelete('cascade'))
          .addColumn('purpose', text, (column) => column.notNull())
          .addColumn('email', text, (column) => column.notNull())
          .addColumn('expires_at', integer, (column) => column.notNull())
          .modifyEnd(keyedTableEnd)
          .execute()
        await db.schema.createIndex('mailed_tokens_user_id').on('mailed_tokens').column('user_id').execute()
        await db.schema
          .createIndex('mailed_tokens_expires_at')
          .on('mailed_tokens')
          .column('expires_at')
          .execute()
      },
    },
    '004-user-roles': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('user_roles')
          .addColumn('user_id', id, (column) => column.notNull().references('users.id').onDelete('cascade'))
          .addColumn('role', text, (column) => column.notNull())
          .addPrimaryKeyConstraint('user_roles_primary_key', ['user_id', 'role'])
          .modifyEnd(keyedTableEnd)
          .execute()
      },
    },
    '005-facts': {
      up: async (db: Kysely<unknown>) => {
        // Whoever assigned the tables has made it already.
        await createFacts(db, words)
        await sql`insert into latchkey (name, value) values (${idFact}, ${idType})`.execute(db)
      },
    },
    '006-outbox': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('outbox')
          .addColumn('id', text, (column) => column.primaryKey().notNull())
          .addColumn('name', text, (column) => column.notNull())
          .addColumn('email', text, (column) => column.notNull())
          .addColumn('user_id', id, (column) => column.references('users.id').onDelete('cascade'))
          .addColumn('realm', text)
          .addColumn('language', text)
          .addColumn('created_at', integer, (column) => column.notNull())
          .addColumn('attempts', integer, (column) => column.notNull())
          .addColumn('due_at', integer)
          .addColumn('ready_at', integer)
          .addColumn('sent_at', integer)
          .modifyEnd(keyedTableEnd)
          .execute()
        await db.schema.createIndex('outbox_due_at').on('outbox').column('due_at').execute()
        await db.schema.createIndex('outbox_user_id').on('outbox').column('user_id').execute()
        await db.schema.createIndex('outbox_sent_at').on('outbox').column('sent_at').execute()
      },
    },
    '007-counters': {
      up: async (db: Kysely<unknown>) => {
        await db.schema
          .createTable('counters')
          .addColumn('id', text, (column) => column.primaryKey().notNull())
          .addColumn('points', integer, (column) => column.notNull())
          .addColumn('expires_at', integer, (column) => column.notNull())
          .modifyEnd(keyedTableEnd)
          .execute()
        await db.schema.createIndex('counters_expires_at').on('counters').column('expires_at').execute()
      },
    },
    '008-token-uses': {
      up: async (db: Kysely<unknown>) => {
        // One at a time: SQLite takes no more.
        await db.schema.alterTable('access_tokens').addColumn('last_used_at', integer).execute()
        await db.schema.alterTable('access_tokens').addColumn('address', text).execute()
        await db.schema.alterTable('access_tokens').addColumn('agent', text).execute()
      },
    },
    '009-blocked-users': {
      up: async (db: Kysely<unknown>) => {
        await db.schema.alterTable('users').addColumn('blocked_at', integer).execute()
      },
    },
  }
}
