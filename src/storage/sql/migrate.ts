import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { LatchkeyError } from '../../base/errors.ts'
import { reconcileIndexes, type WantedIndexes } from './indexes.ts'
import { migrationsFor } from './migrations.ts'

export interface Model {
  readonly idType: 'integer' | 'uuid'
  readonly indexes: WantedIndexes
}

/**
 * Brings the database to this version's schema and the settings' indexes. The caller holds the lock and a
 * transaction, so that an interrupted start leaves nothing half done and two starts at once do not meet.
 * @throws {LatchkeyError} DATABASE_UNUSABLE for a database of a newer version, or made with another `idType`
 */
export async function migrate(db: Kysely<unknown>, { idType, indexes }: Model): Promise<void> {
  const migrations = migrationsFor(idType)
  await refuseNewer(db, Object.keys(migrations))
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
  })
  const { error } = await migrator.migrateToLatest({ disableTransactions: true })
  if (error) throw error
  await refuseOtherIds(db, idType)
  // A write that changes nothing: a file that cannot be written shall end the start, not every request after it.
  await sql`update latchkey set value = value where name = 'idType'`.execute(db)
  await reconcileIndexes(db, indexes)
}

async function refuseNewer(db: Kysely<unknown>, known: readonly string[]): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const newer = rows.find(({ name }) => !known.includes(name))
  if (!newer) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [
      `The database was written by a newer version of Latchkey (it has step ${newer.name}); start that one`,
    ],
  })
}

async function refuseOtherIds(db: Kysely<unknown>, idType: string): Promise<void> {
  const { rows } = await sql<{ value: string }>`select value from latchkey where name = 'idType'`.execute(db)
  const made = rows[0]?.value
  if (made === idType) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [`user.idType: the database was made with "${made}" ids, and they cannot change`],
  })
}
