import { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Storage } from '../domain/storage.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import type { Patience } from './postgres-migration.ts'
import { storedValue } from './sql/compile.ts'
import { createCounterStatements, createCounterStore } from './sql/counters.ts'
import type { Dialect, Engine, RootEngine } from './sql/engine.ts'
import { createMailedTokenStatements, createMailedTokenStore } from './sql/mailed-tokens.ts'
import { migrate } from './sql/migrate.ts'
import { refuseUnfinished } from './sql/move-fact.ts'
import { createOutbox, createOutboxStatements } from './sql/outbox.ts'
import { assignTables, type Ownership } from './sql/ownership.ts'
import { createRoleStatements, createRoleStore } from './sql/roles.ts'
import type { Schema } from './sql/schema.ts'
import { tableSet } from './sql/table-set.ts'
import { createTokenStatements, createTokenStore } from './sql/tokens.ts'
import { createUserStatements, createUserStore } from './sql/users.ts'
import { openSqlite } from './sqlite.ts'

/** A user model, as its tables follow from its settings. */
export interface ModelOptions {
  readonly name: string
  readonly idType: 'integer' | 'uuid'
  /** Whether e-mail and username are unique within a realm only. */
  readonly perRealm: boolean
  /** Declared properties that want an index. */
  readonly indexed: readonly PropertyRef[]
}

export interface DatabaseOptions extends Partial<PostgresOptions> {
  /** `sqlite:` and a path, `sqlite::memory:`, or a `postgres://` URL. */
  readonly url: string
  readonly models: readonly ModelOptions[]
}

/** An open database with the tables of every model. */
export interface Database {
  /** By the model's name. */
  readonly storages: ReadonlyMap<string, Storage>
  /** What an operator should know about whose the tables are. */
  readonly notes: readonly string[]
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the database a URL names and brings the tables of each model to this version's schema.
 * @throws {LatchkeyError} DATABASE_UNUSABLE, DATABASE_BUSY
 */
export async function openDatabase(options: DatabaseOptions, patience: Patience = {}): Promise<Database> {
  const { models } = options
  const engine = await openEngine(options, patience)
  const { prefixes, notes } = await engine
    .exclusively(async (db) => {
      const ownership = await migrateAll(db, models, engine.dialect)
      await refuseUnfinished(db)
      return ownership
    })
    .catch(async (error: unknown) => {
      await engine.close()
      throw error
    })
  const storages = models.map(
    ({ name, idType }) => [name, createStorage(engine, idType, prefixes.get(name) as string)] as const,
  )
  return {
    storages: new Map(storages),
    notes,
    ping: () => engine.ping(),
    close: () => engine.close(),
  }
}

/** Opens a database as it is: no table is looked at. */
export function openEngine(
  options: Omit<DatabaseOptions, 'models'>,
  patience: Patience,
): RootEngine | Promise<RootEngine> {
  const { url } = options
  return url.startsWith('sqlite:')
    ? openSqlite(url.slice('sqlite:'.length), patience.deadline)
    : openPostgres(options, patience)
}

/** The same for one model without a name. */
export async function openStorage({
  idType,
  perRealm,
  indexed,
  ...options
}: Omit<DatabaseOptions & ModelOptions, 'models' | 'name'>): Promise<Storage> {
  const { storages } = await openDatabase({
    ...options,
    models: [{ name: 'User', idType, perRealm, indexed }],
  })
  return storages.get('User') as Storage
}

/** All models under one lock: two starts at once do not meet, and an interrupted one leaves nothing. */
export async function migrateAll(
  db: Kysely<unknown>,
  models: readonly ModelOptions[],
  dialect: Dialect,
): Promise<Ownership> {
  const names = models.map(({ name }) => name)
  const ownership = await assignTables(db, names, dialect.schema)
  for (const { name, idType, perRealm, indexed } of models) {
    const prefix = ownership.prefixes.get(name) as string
    const properties = new Map(
      // Declared of another type, it wants another index.
      indexed.map((property) => [`${property.type} ${property.name}`, storedValue(property, dialect)]),
    )
    await migrate(db, { name, prefix, idType, indexes: { perRealm, properties } }, dialect)
  }
  return ownership
}

function createStorage(root: RootEngine, idType: 'integer' | 'uuid', prefix: string): Storage {
  const { dialect } = root
  // A Kysely that only writes SQL, about one model's tables.
  const db = new Kysely<Schema>({ plugins: tableSet(prefix), dialect: dialect.writer })
  const newId = idType === 'uuid' ? () => uuidv7() : undefined
  const users = createUserStatements({ db, dialect, newId })
  const tokens = createTokenStatements(db, dialect)
  const mailedTokens = createMailedTokenStatements(db, dialect)
  const roles = createRoleStatements(db)
  const letters = createOutboxStatements(db, dialect)
  const counters = createCounterStatements(db)
  const storesOn = (engine: Engine, isTransaction: boolean) => ({
    users: createUserStore(engine, users, isTransaction),
    tokens: createTokenStore(engine, tokens, isTransaction),
    mailedTokens: createMailedTokenStore(engine, mailedTokens),
    outbox: createOutbox(engine, letters),
    roles: createRoleStore(engine, roles),
    counters: createCounterStore(engine, counters),
    takeTurn: (name: string) => engine.takeTurn(`${prefix}${name}`),
  })
  const close = () => root.close()
  const ping = () => root.ping()

  return {
    ...storesOn(root, false),
    transaction: (work) =>
      root.transaction((engine) => {
        const inner: Storage = {
          ...storesOn(engine, true),
          transaction: (more) => engine.transaction(() => more(inner)),
          ping,
          close,
        }
        return work(inner)
      }),
    ping,
    close,
  }
}
