import { hash } from 'node:crypto'
import { type Expression, type Kysely, sql } from 'kysely'
import { LatchkeyError } from '../../base/errors.ts'
import type { Dialect } from './engine.ts'

/** Indexes that follow from the settings, not from the version: they come and go with the configuration. */
export interface WantedIndexes {
  /** Whether e-mail and username are unique within a realm only. */
  readonly perRealm: boolean
  /** Expressions of declared properties that ask for an index, by type and name. */
  readonly properties: ReadonlyMap<string, Expression<unknown>>
}

/**
 * Makes the indexes a model's settings ask for and drops those they no longer do.
 * @param prefix what the names of its tables begin with
 * @throws {LatchkeyError} DATABASE_UNUSABLE when existing accounts share a name that is to be unique
 */
export async function reconcileIndexes(
  db: Kysely<unknown>,
  prefix: string,
  { perRealm, properties }: WantedIndexes,
  dialect: Dialect,
): Promise<void> {
  const users = `${prefix}users`
  const wanted = new Map<string, () => Promise<unknown>>()
  for (const name of ['email', 'username'] as const) {
    const suffix = perRealm ? '_per_realm' : ''
    wanted.set(`${users}_unique_${name}${suffix}`, () => createUnique(db, users, { name, perRealm, dialect }))
  }
  for (const [name, expression] of properties) {
    // The name of a property may hold anything, so the index is called by a digest of it.
    const index = `${users}_property_${hash('sha256', name).slice(0, 16)}`
    wanted.set(index, () =>
      sql`create index ${sql.id(index)} on ${sql.id(users)} ((${expression}) ${dialect.schema.indexOrder})`.execute(
        db,
      ),
    )
  }

  const existing = await existingIndexes(db, users, dialect)
  for (const index of existing) {
    if (!wanted.has(index)) await sql`drop index ${sql.id(index)}`.execute(db)
  }
  for (const [index, make] of wanted) {
    if (!existing.has(index)) await make()
  }
}

async function createUnique(
  db: Kysely<unknown>,
  users: string,
  { name, perRealm, dialect }: { name: 'email' | 'username'; perRealm: boolean; dialect: Dialect },
): Promise<void> {
  const index = sql.id(`${users}_unique_${name}${perRealm ? '_per_realm' : ''}`)
  const columns = perRealm ? sql`${sql.id(name)}, coalesce(realm, '')` : sql.id(name)
  // Any number may have no user name; everybody has an address.
  const present = name === 'username' ? sql`where username <> ''` : sql``
  try {
    await sql`create unique index ${index} on ${sql.id(users)} (${columns}) ${present}`.execute(db)
  } catch (cause) {
    if (!dialect.duplicateOf(cause)) throw cause
    throw new LatchkeyError('DATABASE_UNUSABLE', {
      values: [
        `Several accounts share ${name === 'email' ? 'an email' : 'a username'}, which the settings want to be unique ${perRealm ? 'within a realm' : 'among all users'}`,
      ],
      cause,
    })
  }
}

async function existingIndexes(
  db: Kysely<unknown>,
  users: string,
  { schema }: Dialect,
): Promise<Set<string>> {
  const { rows } = await schema.indexes(users).execute(db)
  const ours = [`${users}_unique_`, `${users}_property_`]
  return new Set(rows.map(({ name }) => name).filter((name) => ours.some((start) => name.startsWith(start))))
}
