import { type Kysely, sql } from 'kysely'
import { LatchkeyError } from '../../base/errors.ts'
import type { Dialect } from './engine.ts'
import { reconcileIndexes, type WantedIndexes } from './indexes.ts'
import { migrationsFor } from './migrations.ts'
import { tableSet } from './table-set.ts'

/** A model, as its tables are made for it. */
export interface Model {
  readonly name: string
  /** What the names of its tables begin with. */
  readonly prefix: string
  readonly idType: 'integer' | 'uuid'
  readonly indexes: WantedIndexes
}

/**
 * Brings a model's tables to this version's schema and the settings' indexes. The caller holds the lock and a
 * transaction, so that an interrupted start leaves nothing half done and two starts at once do not meet.
 * @throws {LatchkeyError} DATABASE_UNUSABLE for tables of a newer version, or made with another `idType`
 */
export async function migrate(db: Kysely<unknown>, model: Model, dialect: Dialect): Promise<void> {
  const { prefix, idType, indexes } = model
  const idFact = `${prefix}idType`
  await takeSteps(db, model, idFact, dialect)
  await refuseOtherIds(db, model, idFact)
  // A write that changes nothing: a file that cannot be written shall end the start, not every request after it.
  await sql`update latchkey set value = value where name = ${idFact}`.execute(db)
  await reconcileIndexes(db, prefix, indexes, dialect)
  if (idType === 'integer') await dialect.schema.catchUpIds(`${prefix}users`)?.execute(db)
}

/** Takes the steps not taken yet, in the table where Kysely's own migrator looks for them. */
async function takeSteps(
  db: Kysely<unknown>,
  { prefix, idType }: Model,
  idFact: string,
  { schema }: Dialect,
): Promise<void> {
  const table = `${prefix}kysely_migration`
  await db.schema
    .createTable(table)
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute()
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(table)}`.execute(db)
  const taken = new Set(rows.map(({ name }) => name))
  const steps = migrationsFor(idType, idFact, schema)
  const newer = [...taken].find((name) => !Object.hasOwn(steps, name))
  if (newer) {
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [
        `The database was written by a newer version of Latchkey (it has step ${newer}); start that one`,
      ],
    })
  }
  const own = tableSet(prefix).reduce((scoped, plugin) => scoped.withPlugin(plugin), db)
  for (const [name, { up }] of Object.entries(steps)) {
    if (taken.has(name)) continue
    await up(own)
    const at = new Date().toISOString()
    await sql`insert into ${sql.id(table)} (name, timestamp) values (${name}, ${at})`.execute(db)
  }
}

async function refuseOtherIds(db: Kysely<unknown>, { name, idType }: Model, idFact: string): Promise<void> {
  const { rows } = await sql<{ value: string }>`select value from latchkey where name = ${idFact}`.execute(db)
  const made = rows[0]?.value
  if (made === idType) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [`user.idType: the tables of "${name}" were made with "${made}" ids, and they cannot change`],
  })
}
