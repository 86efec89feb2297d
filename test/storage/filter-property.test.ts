import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc, { type Arbitrary } from 'fast-check'
import { isRefusal } from '../../src/base/errors.ts'
import { readSettings } from '../../src/config/settings.ts'
import { createFilterLanguage, type FilterLanguage } from '../../src/domain/filter/language.ts'
import { compareRecords, matches } from '../../src/domain/filter/matches.ts'
import { pack, unpack } from '../../src/domain/filter/travel.ts'
import { userVocabulary } from '../../src/domain/filter/vocabulary.ts'
import type { Query } from '../../src/domain/model/query.ts'
import { type NewUser, type User, type UserId, viewOf } from '../../src/domain/model/user.ts'
import type { Storage } from '../../src/domain/storage.ts'
import { openStorage } from '../../src/storage/open.ts'
import { openSchema } from '../postgres/schema.ts'

/** The seed makes a failure come back; another one finds other things. */
const runs = { seed: 20_261_122, numRuns: 300 }

const { user: settings } = readSettings({
  user: {
    properties: {
      age: { type: 'number', index: true },
      nick: { type: 'string', index: true },
      active: 'boolean',
      born: 'date',
      tags: 'array',
      address: 'object',
      extra: 'any',
      place: 'geopoint',
    },
  },
})
const vocabulary = userVocabulary(settings)
const languages = (['checked', 'loopback3', 'loopback2'] as const).map((filters) =>
  createFilterLanguage(filters, vocabulary),
)
const indexed = [...settings.properties.values()]
  .filter(({ index }) => index)
  .map(({ name, type }) => ({ name, type, column: false, path: [name] }))

/** Values that are easily taken for one another: by their looks, loosely compared, in another case, as a pattern. */
const families: readonly (readonly unknown[])[] = [
  ['30', 30, ' 30 ', '3e1', '0x1e', 29.5],
  [true, 1, '1', 'true', false, 0, '0', 'false', '', ' '],
  ['a', 'A', 'ab', 'aB', 'b', '^a', 'é', 'É'],
  ['k', 'K', '\u212a', 's', 'S', '\u017f'],
  ['a%b', 'axb', 'a_b', 'a\nb', '%', '_', 'a?b', '*', 'a*b', '[a]', 'a'],
  ['\\', 'a\\', 'a\\\\', 'a', '\\%', '%'],
  ['\u{1f600}', '\uffee', '?'],
  ["'", '"', "' or 1=1 --"],
  [2 ** 53, 55_537_217_282_522_850, 55_537_217_282_522_848, '55537217282522850', 1e21, Number.MAX_VALUE],
  [0.1 + 0.2, 0.3, 5e-324, 0, -1],
  ['1994-05-01T00:00:00.000Z', '1994-05-01T00:00:00.001Z', '0001-01-01T00:00:00.000Z', '1994'],
]

const columns = ['id', 'email', 'username', 'realm', 'emailVerified']
const declared = [...settings.properties.keys()]
const free = ['size', 'quo"te', "it's", 'back\\slash', '\u{1f511}', '7', '', 'properties', 'password_hash']
const paths = [
  'address.city',
  'address.7',
  'tags.0',
  'tags.length',
  'tags.01',
  'extra.-1',
  'tags.0.city',
  'extra.city',
  'nick.0',
  'email.x',
]

/** What one run is about: few properties and few values, so that they meet. */
interface Scope {
  readonly names: readonly string[]
  readonly pool: readonly unknown[]
}
const anyName = fc.oneof(...[columns, declared, free, paths].map((names) => fc.constantFrom(...names)))
const scopes: Arbitrary<Scope> = fc.record({
  names: fc.uniqueArray(anyName, { minLength: 1, maxLength: 2 }),
  pool: fc
    .constantFrom(...families)
    .chain((family) => fc.uniqueArray(fc.constantFrom(...family), { minLength: 1, maxLength: 4 })),
})
const scenarios = scopes.chain((scope) =>
  fc.record({
    accounts: accountsOf(scope),
    language: fc.constantFrom(...languages),
    filters: fc.array(filtersOf(scope), { minLength: 1, maxLength: 24, size: 'max' }),
  }),
)

/** Far enough from one another that no distances differ in their last digits only. */
const points = fc.record({
  lat: fc.constantFrom(-41.3, 0, 10, 46.9, 89),
  lng: fc.constantFrom(-179, -0.1, 0, 7.4, 174.8),
})

function accountsOf({ names, pool }: Scope): Arbitrary<NewUser[]> {
  const leaf = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pool) }, fc.constant(null))
  const list = fc.array(fc.oneof(leaf, fc.record({ city: leaf }), fc.array(leaf, { maxLength: 2 })), {
    maxLength: 3,
  })
  const object = fc.dictionary(fc.constantFrom('city', '7'), fc.oneof(leaf, list), { maxKeys: 2 })
  // Declared properties too hold anything now and then: values from before they were declared.
  const anything = fc.oneof({ weight: 6, arbitrary: leaf }, list, object)
  const stored = names.map((name) => name.split('.')[0] as string).filter((name) => !columns.includes(name))
  const properties = stored.map((name) => {
    const usual = { tags: list, address: object, place: points }[name] ?? operandOf(name, pool)
    return [name, fc.oneof({ weight: 3, arbitrary: usual }, anything)] as const
  })
  const text = fc.option(fc.constantFrom(...pool.map(String)))
  const account = fc.record({
    realm: text,
    username: text,
    emailVerified: fc.option(fc.boolean()),
    passwordHash: text,
    properties: fc.record(Object.fromEntries(properties), { requiredKeys: [] }),
  })
  return fc
    .uniqueArray(account, { maxLength: 8, selector: ({ username }) => username || {} })
    .map((accounts) =>
      accounts.map((account, index) => ({ ...account, email: `${(index * 5) % 8}@example.com` })),
    )
}

/** Something of the property's type to compare it with. */
function operandOf(name: string, pool: readonly unknown[]): Arbitrary<unknown> {
  const type = vocabulary.resolve(name)?.type
  const fitting = pool.filter((value) => typeof value === type)
  const usual: Partial<Record<string, Arbitrary<unknown>>> = {
    string: name === 'email' ? fc.nat({ max: 9 }).map((number) => `${number}@example.com`) : fc.constant('a'),
    number: fc.nat({ max: 30 }),
    boolean: fc.boolean(),
    date: fc.constantFrom('1994-05-01T00:00:00.000Z', '1994-05-01T00:00:00.001Z'),
  }
  return usual[type as string]
    ? fc.oneof(...fitting.map((value) => fc.constant(value)), usual[type as string] as Arbitrary<unknown>)
    : fc.constantFrom(...pool)
}

function filtersOf({ names, pool }: Scope): Arbitrary<Record<string, unknown>> {
  const condition = fc.oneof(...names.map((name) => conditionOf(name, pool)))
  const { where } = fc.letrec<{ where: object }>((tie) => ({
    where: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: condition },
      ...['and', 'or', 'nor'].map((name) =>
        fc.array(tie('where'), { maxLength: 3 }).map((clauses) => ({ [name]: clauses })),
      ),
    ),
  }))
  const sortable = fc.constantFrom(...names.filter((name) => name !== ''), 'id')
  const key = fc.tuple(sortable, fc.constantFrom('', ' ASC', ' DESC')).map((words) => words.join(''))
  return fc.record(
    { where, order: fc.array(key, { maxLength: 2 }), limit: fc.nat({ max: 5 }), skip: fc.nat({ max: 4 }) },
    { requiredKeys: ['where'] },
  )
}

function conditionOf(name: string, pool: readonly unknown[]): Arbitrary<object> {
  if (name === 'place') return nearness.map((value) => ({ place: value }))
  const operand = operandOf(name, pool)
  const orNull = fc.oneof({ weight: 6, arbitrary: operand }, fc.constant(null))
  const list = fc.array(orNull, { maxLength: 3 })
  const text = fc.constantFrom(...pool.map(String))
  const pattern = fc.array(fc.oneof(text, fc.constantFrom('%', '_', '\\')), { minLength: 1, maxLength: 3 })
  const like = fc.oneof(
    text,
    pattern.map((parts) => parts.join('')),
  )
  const regexp = fc.constantFrom('^a', '/^A/i', 'b$', '.', '^.$', '\\d', '/a.b/s', '[[:alpha:]]')
  const comparison = fc.oneof(
    { weight: 3, arbitrary: orNull },
    ...['neq', 'gt', 'gte', 'lt', 'lte'].map((is) => orNull.map((value) => ({ [is]: value }))),
    ...['inq', 'nin'].map((is) => list.map((members) => ({ [is]: members }))),
    fc.tuple(orNull, orNull).map((between) => ({ between })),
    fc.tuple(operand, operand).map(([gte, lt]) => ({ gte, lt })),
    ...['like', 'nlike', 'ilike', 'nilike'].map((is) => like.map((text) => ({ [is]: text }))),
    regexp.map((expression) => ({ regexp: expression })),
    fc.boolean().map((exists) => ({ exists })),
  )
  return comparison.map((value) => ({ [name]: value }))
}

const nearness = fc.record(
  {
    near: fc.oneof(
      points,
      points.map(({ lat, lng }) => `${lat},${lng}`),
    ),
    maxDistance: fc.constantFrom(1, 500, 6_000),
    minDistance: fc.constantFrom(1, 500, 6_000),
    unit: fc.constantFrom('miles', 'kilometers', 'meters', 'degrees', 'radians'),
  },
  { requiredKeys: ['near'] },
)

describe('a filter', () => {
  for (const kind of ['memory', 'a file', 'PostgreSQL'] as const) {
    it(`finds in a database in ${kind} what judging each user by itself finds`, async () => {
      await using database = await openEmpty(kind)
      await fc.assert(
        fc.asyncProperty(scenarios, async ({ accounts, language, filters }) => {
          const users = await database.refill(accounts)
          for (const filter of filters) {
            const query = understood(language, filter)
            if (!query) continue
            assert.deepEqual(await database.find(query), judge(users, query), JSON.stringify(filter))
            const everyone = { ...query, skip: 0, limit: undefined }
            assert.equal(await database.count(query.where), judge(users, everyone).length)
          }
        }),
        runs,
      )
    })
  }
})

describe('a filter that has travelled to another thread', () => {
  it('means what it meant', () => {
    fc.assert(
      fc.property(scenarios, ({ accounts, language, filters }) => {
        const users = accounts.map((account, index) => ({ ...account, id: index + 1, blockedAt: null }))
        for (const filter of filters) {
          const query = understood(language, filter)
          if (!query) continue
          const where = unpack(structuredClone(pack(query.where)))
          assert.deepEqual(judge(users, { ...query, where }), judge(users, query), JSON.stringify(filter))
        }
      }),
      runs,
    )
  })
})

/** LoopBack refuses some of what we take, and nothing of it must be anything else than refused. */
function understood(language: FilterLanguage, filter: Record<string, unknown>): Query | undefined {
  try {
    return language.parseFilter(filter).query
  } catch (error) {
    if (language !== languages[0] && isRefusal(error, 'INVALID_WHERE')) return undefined
    throw error
  }
}

/** What the filter means, without a database. */
function judge(users: readonly User[], { where, order, skip, limit }: Query): UserId[] {
  return users
    .map(viewOf)
    .filter((record) => matches(where, record))
    .sort((one, other) => compareRecords(order, one, other) || Number(one.id) - Number(other.id))
    .slice(skip, limit === undefined ? undefined : skip + limit)
    .map(({ id }) => id)
}

interface Database extends AsyncDisposable {
  /** Makes these the only users. */
  refill(users: readonly NewUser[]): Promise<User[]>
  /** Ids, in order. */
  find(query: Query): Promise<UserId[]>
  count: Storage['users']['count']
}

async function openEmpty(kind: 'memory' | 'a file' | 'PostgreSQL'): Promise<Database> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const schema = kind === 'PostgreSQL' ? await openSchema() : undefined
  const url = schema?.url ?? (kind === 'memory' ? 'sqlite::memory:' : `sqlite:${join(directory, 'users.db')}`)
  const storage = await openStorage({ url, idType: 'integer', perRealm: false, indexed })
  let present: User[] = []
  return {
    async refill(users) {
      present = await storage.transaction(async (transaction) => {
        for (const { id } of present) await transaction.users.delete(id)
        const inserted: User[] = []
        for (const user of users) inserted.push(await transaction.users.insert(user))
        return inserted
      })
      return present
    },
    async find(query) {
      const ids: UserId[] = []
      for await (const page of storage.users.find(query)) ids.push(...page.map(({ id }) => id))
      return ids
    },
    count: storage.users.count,
    async [Symbol.asyncDispose]() {
      await storage.close()
      await schema?.[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
