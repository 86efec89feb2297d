import { type Kysely, sql } from 'kysely'
import { type DatabaseOptions, migrateAll, openEngine } from './open.ts'
import { assertThere, assertUnused, moveFailure, placeOf } from './place.ts'
import type { Patience } from './postgres-migration.ts'
import {
  batches,
  type CopiedTable,
  contentOf,
  countRows,
  describeTable,
  insertRows,
  lastKey,
} from './sql/copy.ts'
import type { RootEngine } from './sql/engine.ts'
import { endMove, noteMove, readMove } from './sql/move-fact.ts'
import { ownTables } from './sql/table-set.ts'

export interface MoveOptions extends Omit<DatabaseOptions, 'url'> {
  readonly from: string
  readonly to: string
  /** Told after each batch what is being done, and how many rows of how many that is done to. */
  readonly onProgress: (doing: 'copied' | 'compared', rows: number, ofRows: number) => void
  readonly onWait?: Patience['onWait']
}

/** A model, and what the names of its tables begin with in the source and in the target. */
interface Moved {
  readonly idType: 'integer' | 'uuid'
  readonly from: string
  readonly to: string
}

/** A table in the source and in the target. */
interface Pair {
  readonly from: CopiedTable
  readonly to: CopiedTable
}

/**
 * Copies all tables of all models to another database, which until then must be empty of them; see `move` in the library.
 * What is there already, of an earlier run that was cut short, is not copied again: rows come in the order of their keys,
 * each batch as one transaction, so what is there is where to go on. Nobody writes to the source meanwhile.
 * @returns how many rows there are now, by table of the target
 */
export async function moveDatabase(options: MoveOptions): Promise<Record<string, number>> {
  const { from, to } = options
  const origin = placeOf(from)
  if (origin === placeOf(to)) throw moveFailure('source and target are the same database')
  assertThere(from)
  await assertUnused(from)
  await assertUnused(to)
  await using source = await opened(options, from)
  await using target = await opened(options, to)

  const { engine } = source
  const prefixes = await engine.exclusively(async (db) => {
    const ownership = await migrateAll(db, options.models, engine.dialect)
    if ((await readMove(db)) !== undefined) throw moveFailure(`${origin} is itself not whole yet`)
    await refuseUnserved(db, ownership.prefixes)
    return ownership.prefixes
  })
  const newPrefixes = await prepareTarget(target.engine, options, origin)
  const models = options.models.map(({ name, idType }) => ({
    idType,
    from: prefixes.get(name) as string,
    to: newPrefixes.get(name) as string,
  }))
  // Awaited here: both are closed once this is left.
  return await engine.exclusively(async (db) => {
    const here = { engine, db }
    const pairs = await describePairs(here, models)
    await engine.dialect.schema.holdTables(pairs.map(({ from }) => from.name))?.execute(db)
    await copyAll(db, target.engine, pairs, options)
    await carryIds(here, target.engine, models)
    await carryFacts(db, target.engine)
    const counts = await compareAll(db, target.engine, pairs, options)
    await target.engine.exclusively(endMove)
    return counts
  })
}

async function opened(
  { from: _from, to: _to, onProgress: _onProgress, models: _models, onWait, ...options }: MoveOptions,
  url: string,
): Promise<AsyncDisposable & { readonly engine: RootEngine }> {
  const engine = await openEngine({ ...options, url }, { onWait })
  return { engine, [Symbol.asyncDispose]: () => engine.close() }
}

/** Accounts must not stay behind unnoticed. */
async function refuseUnserved(db: Kysely<unknown>, prefixes: ReadonlyMap<string, string>): Promise<void> {
  const { rows } = await sql<{ name: string; value: string }>`
    select name, value from latchkey where name like 'model.%'
  `.execute(db)
  const served = new Set(prefixes.values())
  const unserved = rows.find(({ value }) => !served.has(value))
  if (!unserved) return
  const model = unserved.name.slice('model.'.length)
  throw moveFailure(
    `the model "${model}" has accounts here and is not configured: add it, or they would stay behind`,
  )
}

/** Makes the tables, and notes what they are being filled from: a server that starts meanwhile refuses them. */
function prepareTarget(
  { exclusively, dialect }: RootEngine,
  { models, to }: MoveOptions,
  origin: string,
): Promise<ReadonlyMap<string, string>> {
  return exclusively(async (db) => {
    const { prefixes } = await migrateAll(db, models, dialect)
    const begun = await readMove(db)
    if (begun === origin) return prefixes
    if (begun !== undefined) throw moveFailure(`${placeOf(to)} is being filled from ${begun}`)
    for (const prefix of prefixes.values())
      for (const table of ownTables) {
        if ((await countRows(db, `${prefix}${table}`)) > 0)
          throw moveFailure(`${placeOf(to)} holds accounts already; the target must be empty`)
      }
    await noteMove(db, origin)
    return prefixes
  })
}

interface Side {
  readonly engine: RootEngine
  readonly db: Kysely<unknown>
}

/** Both are of this version's schema, so they have the same columns; in which order is of no account. */
async function describePairs({ engine, db }: Side, models: readonly Moved[]): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (const prefix of models)
    for (const table of ownTables) {
      const from = await describeTable(db, `${prefix.from}${table}`, engine.dialect.schema)
      pairs.push({ from, to: { ...from, name: `${prefix.to}${table}` } })
    }
  return pairs
}

async function copyAll(
  db: Kysely<unknown>,
  target: RootEngine,
  pairs: readonly Pair[],
  { onProgress }: MoveOptions,
): Promise<void> {
  const total = await totalOf(db, pairs)
  let done = 0
  for (const { from, to } of pairs) {
    const there = await target.exclusively(async (other) => ({
      rows: await countRows(other, to.name),
      last: await lastKey(other, to),
    }))
    done += there.rows
    for await (const rows of batches(db, from, there.last)) {
      await target.exclusively((other) => insertRows(other, to, rows))
      done += rows.length
      onProgress('copied', done, total)
    }
  }
}

/** An id that was given never comes back, also where its account has been deleted. */
async function carryIds(source: Side, target: RootEngine, models: readonly Moved[]): Promise<void> {
  for (const { from, to } of models.filter(({ idType }) => idType === 'integer')) {
    const { rows } = await source.engine.dialect.schema.highestId(`${from}users`).execute(source.db)
    const highest = rows[0]?.id
    if (typeof highest !== 'number') continue
    await target.exclusively(async (db) => {
      for (const statement of target.dialect.schema.raiseIds(`${to}users`, highest))
        await statement.execute(db)
    })
  }
}

/** All facts but those about tables, which the target has of its own. */
async function carryFacts(db: Kysely<unknown>, target: RootEngine): Promise<void> {
  const { rows } = await sql<{ name: string; value: string }>`
    select name, value from latchkey where name not like 'model.%' and name not like '%idType'
  `.execute(db)
  await target.exclusively(async (other) => {
    for (const { name, value } of rows)
      await sql`insert into latchkey (name, value) values (${name}, ${value})
        on conflict (name) do update set value = excluded.value`.execute(other)
  })
}

async function compareAll(
  db: Kysely<unknown>,
  target: RootEngine,
  pairs: readonly Pair[],
  { onProgress }: MoveOptions,
): Promise<Record<string, number>> {
  const total = await totalOf(db, pairs)
  const counts: Record<string, number> = {}
  let done = 0
  for (const { from, to } of pairs) {
    const here = await contentOf(db, from, (rows) => {
      done += rows
      onProgress('compared', done, total)
    })
    const there = await target.exclusively((other) => contentOf(other, to))
    if (here.rows !== there.rows || here.digest !== there.digest) {
      throw moveFailure(
        `${to.name} is not what ${from.name} is (${there.rows} rows, ${here.rows} in the source): one of them has changed since the copying began. Empty the target and begin anew`,
      )
    }
    counts[to.name] = here.rows
  }
  return counts
}

async function totalOf(db: Kysely<unknown>, pairs: readonly Pair[]): Promise<number> {
  let total = 0
  for (const { from } of pairs) total += await countRows(db, from.name)
  return total
}
