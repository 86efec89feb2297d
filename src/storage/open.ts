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
import type { Schema } from './sql/schema.ts'
import {
  createMailedTokenStore,
  createRoleStore,
  createTokenStatements,
  createTokenStore,
} from './sql/tokens.ts'
import { createUserStatements, createUserStore } from './sql/users.ts'
import { openSqlite, type SqliteEngine } from './sqlite.ts'

export interface StorageOptions {
  /** `sqlite:` and a path, or `sqlite::memory:`. */
  readonly url: string
  readonly idType: 'integer' | 'uuid'
  /** Whether e-mail and username are unique within a realm only. */
  readonly perRealm: boolean
  /** Declared properties that want an index. */
  readonly indexed: readonly PropertyRef[]
}

/**
 * Opens the database a URL names and brings it to this version's schema.
 * @throws {LatchkeyError} DATABASE_UNUSABLE, DATABASE_BUSY
 */
export async function openStorage({ url, idType, perRealm, indexed }: StorageOptions): Promise<Storage> {
  const engine = await openSqlite(url.slice('sqlite:'.length))
  try {
    const properties = new Map(
      indexed.map((property) => [property.name, storedValue(property, engine.dialect)] as const),
    )
    await migrateSqlite(engine, { idType, indexes: { perRealm, properties } })
  } catch (error) {
    await engine.close()
    throw error
  }
  return createStorage(engine, idType)
}

function migrateSqlite(engine: SqliteEngine, model: Parameters<typeof migrate>[1]): Promise<void> {
  return engine.exclusively((database) => migrate(runnerOver(database), model))
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

/** A Kysely that only writes SQL. */
function sqlWriter(): Builder<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

function createStorage(root: Engine, idType: 'integer' | 'uuid'): Storage {
  const db = sqlWriter()
  const users = createUserStatements({ db, newId: idType === 'uuid' ? () => uuidv7() : undefined })
  const tokens = createTokenStatements(db)
  const storesOn = (engine: Engine) => ({
    users: createUserStore(engine, users),
    tokens: createTokenStore(engine, tokens),
    mailedTokens: createMailedTokenStore(engine, tokens),
    roles: createRoleStore(engine, tokens),
  })
  const close = () => root.close()
  const ping = async () =>
    void (await root.first({ sql: 'select name from latchkey limit 1', parameters: [] }))

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
