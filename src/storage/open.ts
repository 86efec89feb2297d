import type { DatabaseSync } from 'node:sqlite'
import {
  type Kysely as Builder,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Storage } from '../domain/storage.ts'
import { storedValue } from './sql/compile.ts'
import type { Engine } from './sql/engine.ts'
import { migrate } from './sql/migrate.ts'
import { createOutbox, createOutboxStatements } from './sql/outbox.ts'
import { assignTables, type Ownership } from './sql/ownership.ts'
import type { Schema } from './sql/schema.ts'
import { tableSet } from './sql/table-set.ts'
import {
  createMailedTokenStore,
  createRoleStore,
  createTokenStatements,
  createTokenStore,
} from './sql/tokens.ts'
import { createUserStatements, createUserStore } from './sql/users.ts'
import { openSqlite, type SqliteEngine } from './sqlite.ts'

/** A user model, as its tables follow from its settings. */
export interface ModelOptions {
  readonly name: string
  readonly idType: 'integer' | 'uuid'
  /** Whether e-mail and username are unique within a realm only. */
  readonly perRealm: boolean
  /** Declared properties that want an index. */
  readonly indexed: readonly PropertyRef[]
}

export interface DatabaseOptions {
  /** `sqlite:` and a path, or `sqlite::memory:`. */
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
export async function openDatabase({ url, models }: DatabaseOptions): Promise<Database> {
  const engine = await openSqlite(url.slice('sqlite:'.length))
  const { prefixes, notes } = await migrateSqlite(engine, models).catch(async (error: unknown) => {
    await engine.close()
    throw error
  })
  const storages = models.map(
    ({ name, idType }) => [name, createStorage(engine, idType, prefixes.get(name) as string)] as const,
  )
  return {
    storages: new Map(storages),
    notes,
    ping: async () => void (await engine.first(anyFact)),
    close: () => engine.close(),
  }
}

/** The same for one model without a name. */
export async function openStorage({
  url,
  ...model
}: Omit<DatabaseOptions & ModelOptions, 'models' | 'name'>): Promise<Storage> {
  const { storages } = await openDatabase({ url, models: [{ name: 'User', ...model }] })
  return storages.get('User') as Storage
}

const anyFact = { sql: 'select name from latchkey limit 1', parameters: [] }

/** All models under one lock: two starts at once do not meet, and an interrupted one leaves nothing. */
function migrateSqlite(engine: SqliteEngine, models: readonly ModelOptions[]): Promise<Ownership> {
  return engine.exclusively(async (database) => {
    const db = runnerOver(database)
    const ownership = await assignTables(
      db,
      models.map(({ name }) => name),
    )
    for (const { name, idType, perRealm, indexed } of models) {
      const prefix = ownership.prefixes.get(name) as string
      const properties = new Map(
        indexed.map((property) => [property.name, storedValue(property, engine.dialect)] as const),
      )
      await migrate(db, { name, prefix, idType, indexes: { perRealm, properties } })
    }
    return ownership
  })
}

/** A Kysely that runs its queries on an open connection: for migrations only. */
function runnerOver(database: DatabaseSync): Kysely<unknown> {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...(parameters as never[])),
      run: (parameters: readonly unknown[]) => statement.run(...(parameters as never[])),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as never[])),
    }
  }
  return new Kysely({ dialect: new SqliteDialect({ database: { prepare, close: () => {} } }) })
}

/** A Kysely that only writes SQL, about one model's tables. */
function sqlWriter(prefix: string): Builder<Schema> {
  return new Kysely<Schema>({
    plugins: tableSet(prefix),
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

function createStorage(root: Engine, idType: 'integer' | 'uuid', prefix: string): Storage {
  const db = sqlWriter(prefix)
  const users = createUserStatements({ db, newId: idType === 'uuid' ? () => uuidv7() : undefined })
  const tokens = createTokenStatements(db)
  const letters = createOutboxStatements(db)
  const storesOn = (engine: Engine) => ({
    users: createUserStore(engine, users),
    tokens: createTokenStore(engine, tokens),
    mailedTokens: createMailedTokenStore(engine, tokens),
    outbox: createOutbox(engine, letters),
    roles: createRoleStore(engine, tokens),
  })
  const close = () => root.close()
  const ping = async () => void (await root.first(anyFact))

  return {
    ...storesOn(root),
    transaction: (work) =>
      root.transaction((engine) => {
        const inner: Storage = {
          ...storesOn(engine),
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
