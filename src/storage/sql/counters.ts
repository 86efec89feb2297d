import { type Kysely, sql } from 'kysely'
import type { Counter, CounterStore } from '../../domain/storage.ts'
import { type Engine, fixed, type Row, type Statement, slot } from './engine.ts'
import type { Schema } from './schema.ts'

/** In this order `toCounter` reads them. */
const columns = ['id', 'points', 'expires_at'] as const

/** The statements about counters: of each, one per number of keys, built when it is first needed. */
export function createCounterStatements(db: Kysely<Schema>) {
  const now = slot<number>('now')
  const expiry = sql.ref('counters.expires_at')
  return {
    read: perNumber((keys) =>
      db.selectFrom('counters').select(columns).where('id', 'in', keys).where('expires_at', '>', now),
    ),
    add: perNumber((keys) =>
      db
        .insertInto('counters')
        .values(
          keys.map((id, index) => ({
            id,
            points: slot<number>(`points${index}`),
            expires_at: slot<number>(`expires_at${index}`),
          })),
        )
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({
            points: sql`case when ${expiry} <= ${now} then ${sql.ref('excluded.points')}
              else ${sql.ref('counters.points')} + ${sql.ref('excluded.points')} end`,
            expires_at: sql`case when ${expiry} <= ${now} then ${sql.ref('excluded.expires_at')} else ${expiry} end`,
          }),
        )
        .returning(columns),
    ),
    giveBack: perNumber((keys) =>
      db
        .updateTable('counters')
        .set({
          points: sql`case when points > ${slot('given')} then points - ${slot('given')} else 0 end`,
        })
        .where('id', 'in', keys)
        .where('expires_at', '>', now),
    ),
    forget: perNumber((keys) => db.deleteFrom('counters').where('id', 'in', keys)),
    forgetAll: fixed<{ pattern: string }>(
      db.deleteFrom('counters').where('id', 'like', slot<string>('pattern')),
    ),
    purgeExpired: fixed<{ before: number; most: number }>(
      db
        .deleteFrom('counters')
        .where(
          'id',
          'in',
          db
            .selectFrom('counters')
            .select('id')
            .where('expires_at', '<=', slot<number>('before'))
            .limit(slot<number>('most')),
        ),
    ),
  }
}

export type CounterStatements = ReturnType<typeof createCounterStatements>

type Query = Parameters<typeof fixed>[0]
type Filled = (keys: readonly string[], values?: object) => Statement

function perNumber(build: (keys: ReturnType<typeof slot<string>>[]) => Query): Filled {
  const known = new Map<number, (values: object) => Statement>()
  return (keys, values) => {
    const make = known.get(keys.length) ?? fixed<object>(build(keys.map((_, index) => slot(`key${index}`))))
    known.set(keys.length, make)
    return make({ ...values, ...numbered('key', keys) })
  }
}

function numbered(name: string, values: readonly unknown[]): object {
  return Object.fromEntries(values.map((value, index) => [name + index, value]))
}

export function createCounterStore(engine: Engine, statements: CounterStatements): CounterStore {
  return {
    async read(keys, now) {
      const rows = await engine.all(statements.read(keys, { now: now.getTime() }))
      const byKey = counted(rows)
      return keys.map((key) => byKey.get(key))
    },

    async add(added, now) {
      // In one order, so that two who add to the same counters never wait for each other.
      const sorted = added.toSorted((one, other) => (one.key < other.key ? -1 : 1))
      const values = {
        now: now.getTime(),
        ...numbered(
          'points',
          sorted.map(({ points }) => points),
        ),
        ...numbered(
          'expires_at',
          sorted.map(({ expiresAt }) => expiresAt.getTime()),
        ),
      }
      const keys = sorted.map(({ key }) => key)
      const byKey = counted(await engine.relaxed(statements.add(keys, values)))
      return added.map(({ key }) => byKey.get(key) as Counter)
    },

    async giveBack(keys, points, now) {
      const values = { given: points, now: now.getTime() }
      await engine.relaxed(statements.giveBack(keys, values))
    },

    forget: async (keys) => void (await engine.relaxed(statements.forget(keys))),

    forgetAll: async (beginning) =>
      void (await engine.run(statements.forgetAll({ pattern: `${beginning}%` }))),

    purgeExpired: (before, most) => engine.run(statements.purgeExpired({ before: before.getTime(), most })),
  }
}

function counted(rows: readonly Row[]): Map<string, Counter> {
  return new Map(rows.map((row) => [row[0] as string, toCounter(row)]))
}

function toCounter([key, points, expiresAt]: Row): Counter {
  return { key: key as string, points: Number(points), expiresAt: new Date(Number(expiresAt)) }
}
