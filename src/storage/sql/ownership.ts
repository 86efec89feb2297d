import { hash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { LatchkeyError } from '../../base/errors.ts'
import type { SchemaWords } from './engine.ts'

/** The model of a configuration that names none. */
const nameless = 'user'

interface Owner {
  readonly model: string
  /** What the names of its tables begin with. */
  readonly prefix: string
}

/** Whose tables are whose, and what an operator should know of it. */
export interface Ownership {
  /** What the names of a model's tables begin with, by the model's name. */
  readonly prefixes: ReadonlyMap<string, string>
  readonly notes: readonly string[]
}

/**
 * Finds each model its tables, by its name and never by its place in a list, and writes down who owns what. Accounts
 * made while there was one model without a name stay with it when it gets one, or loses it.
 * @throws {LatchkeyError} DATABASE_UNUSABLE where nobody can tell whose the accounts in the plain tables are
 */
export async function assignTables(
  db: Kysely<unknown>,
  models: readonly string[],
  words: SchemaWords,
): Promise<Ownership> {
  await createFacts(db, words)
  const owners = await readOwners(db, words)
  const adopted = renamed(models, owners)
  const known = adopted ? [adopted] : owners
  const isNew = (model: string) => !known.some((owner) => isSame(owner.model, model))
  if (models.some(isNew)) await refuseOrphans(db, models, known)

  const prefixes = new Map<string, string>()
  const taken = new Set(known.map(({ prefix }) => prefix))
  for (const model of models) {
    const owner = known.find((one) => isSame(one.model, model))
    const prefix = owner?.prefix ?? freePrefix(model, taken)
    taken.add(prefix)
    prefixes.set(model, prefix)
  }
  await writeOwners(db, prefixes, adopted ? owners : [])
  return { prefixes, notes: [...describeAdoption(owners, adopted), ...describeUnserved(models, known)] }
}

/** A table, and no fact in it: what every set of tables shares. */
export async function createFacts(db: Kysely<unknown>, { text, keyedTableEnd }: SchemaWords): Promise<void> {
  await db.schema
    .createTable('latchkey')
    .ifNotExists()
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('value', text, (column) => column.notNull())
    .modifyEnd(keyedTableEnd)
    .execute()
}

async function readOwners(db: Kysely<unknown>, words: SchemaWords): Promise<Owner[]> {
  const { rows } = await sql<{ name: string; value: string }>`
    select name, value from latchkey where name like 'model.%' order by name
  `.execute(db)
  const owners = rows.map(({ name, value }) => ({ model: name.slice('model.'.length), prefix: value }))
  // Made before owners were written down, when there was one model and it had no name.
  const isOlder = owners.every(({ prefix }) => prefix !== '') && (await hasTable(db, 'users', words))
  return isOlder ? [{ model: 'User', prefix: '' }, ...owners] : owners
}

async function hasTable(db: Kysely<unknown>, table: string, words: SchemaWords): Promise<boolean> {
  const { rows } = await words.table(table).execute(db)
  return rows.length > 0
}

/** The one model there is, in the tables of the one there was, where one of the two has no name of its own. */
function renamed(models: readonly string[], owners: readonly Owner[]): Owner | undefined {
  const [model, ...otherModels] = models
  const [owner, ...otherOwners] = owners
  if (model === undefined || owner === undefined || otherModels.length > 0 || otherOwners.length > 0) {
    return undefined
  }
  const isOneNameless = isSame(model, nameless) !== isSame(owner.model, nameless)
  return isOneNameless ? { model, prefix: owner.prefix } : undefined
}

async function refuseOrphans(
  db: Kysely<unknown>,
  models: readonly string[],
  owners: readonly Owner[],
): Promise<void> {
  const orphan = owners.find(({ model }) => isSame(model, nameless))
  if (!orphan || models.some((model) => isSame(model, nameless))) return
  const { rows } = await sql`select 1 from ${sql.id(`${orphan.prefix}users`)} limit 1`.execute(db)
  if (rows.length === 0) return
  const handOver = owners.length === 1 ? 'start once with the one model whose they are, or ' : ''
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [
      `user: the database holds accounts of a model without a name, and nothing says whether they belong to ${models.join(' or ')}; ${handOver}add {} to the list to go on serving them as they are`,
    ],
  })
}

function freePrefix(model: string, taken: ReadonlySet<string>): string {
  const own = shortened(model.toLowerCase())
  if (own === nameless && !taken.has('')) return ''
  let prefix = `${own}_`
  for (let number = 2; taken.has(prefix); number++) prefix = `${own}_${number}_`
  return prefix
}

/** PostgreSQL cuts names off after 63 bytes; the longest of ours begins where a model's ends, and is 31 long. */
const longestPrefix = 28

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestPrefix) return name
  const digest = hash('sha256', name).slice(0, 8)
  return `${name.replace(/[^a-z0-9]/g, '').slice(0, longestPrefix - digest.length - 1)}_${digest}`
}

async function writeOwners(
  db: Kysely<unknown>,
  prefixes: ReadonlyMap<string, string>,
  outdated: readonly Owner[],
): Promise<void> {
  for (const { model } of outdated)
    await sql`delete from latchkey where name = ${`model.${model}`}`.execute(db)
  for (const [model, prefix] of prefixes) {
    const fact = `model.${model}`
    await sql`insert into latchkey (name, value) select ${fact}, ${prefix}
      where not exists (select 1 from latchkey where lower(name) = ${fact.toLowerCase()})`.execute(db)
  }
}

function describeAdoption(owners: readonly Owner[], adopted: Owner | undefined): string[] {
  const [before] = owners
  return adopted && before ? [`the accounts of "${before.model}" are now those of "${adopted.model}"`] : []
}

function describeUnserved(models: readonly string[], owners: readonly Owner[]): string[] {
  return owners
    .filter(({ model }) => !models.some((configured) => isSame(configured, model)))
    .map(
      ({ model, prefix }) =>
        `the database holds a model "${model}" that is no longer configured: its accounts stay in ${prefix}users, and nobody reaches them`,
    )
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
