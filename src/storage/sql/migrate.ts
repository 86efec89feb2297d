import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { LatchkeyError } from '../../base/errors.ts'
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
export async function migrate(db: Kysely<unknown>, model: Model): Promise<void> {
  const { prefix, idType, indexes } = model
  const idFact = `${prefix}idType`
  const migrations = migrationsFor(idType, idFact)
  const migrationTable = `${prefix}kysely_migration`
  await refuseNewer(db, migrationTable, Object.keys(migrations))
  const migrator = new Migrator({
    db: tableSet(prefix).reduce((own, plugin) => own.withPlugin(plugin), db),
    provider: { getMigrations: async () => migrations },
    migrationTableName: migrationTable,
    migrationLockTableName: `${migrationTable}_lock`,
  })
  const { error } = await migrator.migrateToLatest({ disableTransactions: true })
  if (error) throw error
  await refuseOtherIds(db, model, idFact)
  // A write that changes nothing: a file that cannot be written shall end the start, not every request after it.
  await sql`update latchkey set value = value where name = ${idFact}`.execute(db)
  await reconcileIndexes(db, prefix, indexes)
}

async function refuseNewer(
  db: Kysely<unknown>,
  migrationTable: string,
  known: readonly string[],
): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === migrationTable)) return
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(migrationTable)}`.execute(db)
  const newer = rows.find(({ name }) => !known.includes(name))
  if (!newer) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [
      `The database was written by a newer version of Latchkey (it has step ${newer.name}); start that one`,
    ],
  })
}

async function refuseOtherIds(db: Kysely<unknown>, { name, idType }: Model, idFact: string): Promise<void> {
  const { rows } = await sql<{ value: string }>`select value from latchkey where name = ${idFact}`.execute(db)
  const made = rows[0]?.value
  if (made === idType) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [`user.idType: the tables of "${name}" were made with "${made}" ids, and they cannot change`],
  })
}
