import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { LatchkeyError } from '../../src/base/errors.ts'
import { behaviourOf } from '../../src/config/compatibility.ts'
import { readSettings } from '../../src/config/settings.ts'
import { createFilterLanguage } from '../../src/domain/filter/language.ts'
import { compareRecords, matches } from '../../src/domain/filter/matches.ts'
import { userVocabulary } from '../../src/domain/filter/vocabulary.ts'
import { type User, viewOf } from '../../src/domain/model/user.ts'
import type { Storage } from '../../src/domain/storage.ts'
import { openStorage } from '../../src/storage/open.ts'
import { type EmptySchema, openSchema } from '../postgres/schema.ts'

const accounts = [
  {
    email: 'ann@example.com',
    username: 'ann',
    realm: 'north',
    emailVerified: true,
    age: 30,
    nick: 'Ann',
    active: true,
    born: '1994-05-01T00:00:00.500Z',
    tags: ['a', 'b'],
    address: { city: 'Bern', zips: ['3000', '3001'] },
    score: 30,
    friends: [{ name: 'ben' }, { name: 'cat' }],
    place: { lat: 47, lng: 7.4 },
  },
  {
    email: 'ben@example.com',
    age: 20,
    nick: 'ben',
    active: false,
    born: '2000-02-29T12:00:00.000Z',
    tags: [],
    score: '30',
    place: { lat: 47.4, lng: 8.5 },
  },
  { email: 'cat@example.com', username: 'cat', nick: 'a.c', score: true, address: { city: 'Basel' } },
  {
    email: 'dan@example.com',
    username: 'dan',
    age: 25,
    tags: ['b', ['c']],
    score: 'true',
    place: { lat: -33.9, lng: 151.2 },
  },
]

/** Whom a condition finds, or how it is refused, in LoopBack 3; then in LoopBack 2, where that differs. */
type Fact = readonly [where: object, three: string, two?: string]

/** Measured on loopback 3.28 and 2.42 with the memory connector; what they answer with 500 is refused. */
const facts: Readonly<Record<string, readonly Fact[]>> = {
  'brings operands to the declared type': [
    [{ age: '30' }, '1'],
    [{ age: { gt: '20', lt: 30 } }, '1 4'],
    [{ age: { bogus: 1, lt: 30 } }, '2 4'],
    [{ age: { eq: 30 } }, '1', ''],
    [{ age: { neq: 30 } }, '2 3 4'],
    [{ age: { neq: null } }, '1 2 4'],
    [{ age: null }, '3'],
    [{ age: { gte: null } }, '3'],
    [{ age: { inq: ['30', 25, null] } }, '1 3 4'],
    [{ age: { inq: [] } }, ''],
    [{ age: { nin: [30] } }, '2 3 4', ''],
    [{ age: { nin: [] } }, '1 2 3 4', ''],
    [{ age: { nin: [null] } }, '1 2 4', ''],
    [{ age: { between: ['20', '25'] } }, '2 4'],
    [{ age: { between: [25, 20] } }, ''],
    [{ age: { like: '3' } }, '1'],
    [{ age: 'abc' }, ''],
    [{ age: ['30'] }, '1'],
    [{ age: { '0': 30 } }, '1'],
    [{ age: {} }, ''],
    [{ active: 'false' }, '2'],
    [{ active: 'yes' }, '1'],
    [{ active: { foo: 1 } }, '1'],
    [{ active: {} }, '1', ''],
    [{ id: '2' }, '2'],
    [{ id: 'x' }, ''],
    [{ id: { nin: ['1', '2'] } }, '3 4', ''],
  ],
  'takes dates as JavaScript reads them': [
    [{ born: '1994-05-01T00:00:00.500Z' }, '1'],
    [{ born: '1994-05-01T00:00:00.000Z' }, '', '1'],
    [{ born: { gt: '1999' } }, '2'],
    [{ born: { inq: ['1994-05-01T00:00:00.500Z'] } }, ''],
    [{ born: 'x' }, 'Invalid date: x'],
  ],
  'looks for patterns anywhere, and for the text "undefined" where nothing is': [
    [{ nick: { like: 'n' } }, '1 2 4'],
    [{ nick: { like: 'N' } }, ''],
    [{ nick: { ilike: 'N' } }, '1 2 4'],
    [{ nick: { nlike: 'n' } }, '3'],
    [{ nick: { like: 'undef%ed' } }, '4'],
    [{ nick: { like: 'a.c' } }, '3'],
    [{ nick: { like: '^_nn$' } }, '1'],
    [{ nick: { like: 'be|nn' } }, '1 2'],
    [{ nick: { regexp: '^a' } }, '3'],
    [{ nick: { regexp: '/^a/i' } }, '1 3'],
    [{ nick: { regexp: '/^a/' } }, '3'],
    [{ nick: { regexp: 5 } }, 'Invalid argument, must be a string, regex literal, or RegExp object'],
    [{ nick: { regexp: 'a/b' } }, 'Invalid regex flags: b'],
    [{ nick: { like: 5 } }, 'The nick property has invalid clause {"like":5}: Expected a string or RegExp'],
    [
      { nick: { inq: 5 } },
      'The nick property has invalid clause {"inq":5}: Error: Value is not an array or object with sequential numeric indices',
    ],
    [
      { nick: { between: [1] } },
      'The nick property has invalid clause {"between":[1]}: Expected precisely 2 values, received 1',
    ],
    [{ nick: { $ne: 'x' } }, 'Operators "$ne" are not allowed in query', ''],
    [{ nick: { a: { $x: 1 } } }, ''],
    [{ username: { gt: 'ann' } }, '3 4'],
  ],
  'compares undeclared properties as they are': [
    [{ score: 30 }, '1 2'],
    [{ score: '30' }, '1 2'],
    [{ score: 1 }, '3', ''],
    [{ score: true }, '3', '3 4'],
    [{ score: 'true' }, '4', '3 4'],
    [{ score: { inq: ['30'] } }, '1 2'],
    [{ score: { gt: 20 } }, '1 2'],
    [{ score: { gt: '20' } }, '1 2 4'],
    [{ score: { regexp: '^t' } }, '4'],
    [{ score: { $gt: 1 } }, ''],
    [{ score: { eq: 30 } }, ''],
    [{ score: { gt: 1, inq: ['true'] } }, '4'],
    [{ $where: '1' }, ''],
    [{ bogus: null }, '1 2 3 4'],
    [{ bogus: { neq: 1 } }, '1 2 3 4'],
    [{ bogus: { like: 'undefined' } }, '1 2 3 4'],
  ],
  'looks into lists and objects': [
    [{ tags: 'b' }, '1 4'],
    [{ tags: 'c' }, '4'],
    [{ tags: { inq: ['a', 'c'] } }, '1 4'],
    [{ tags: { neq: 'b' } }, '1 2 3 4'],
    [{ 'tags.0': 'a' }, '1'],
    [{ 'tags.length': 2 }, '1 4'],
    [{ 'address.city': 'Bern' }, '1'],
    [{ address: { city: 'Bern' } }, '', '1 3'],
    [{ 'address.zips': '3001' }, '1'],
    [{ 'friends.name': 'cat' }, '1'],
    [{ 'friends.1.name': 'cat' }, '1'],
    [{ 'nick.0': 'A' }, '1'],
    [{ 'email.length': { gt: 1 } }, '1 2 3 4'],
    [{ 'place.lat': 47 }, '1'],
  ],
  'overlooks what nobody may see': [
    [{ password: 'x' }, '1 2 3 4'],
    [{ or: [{ verificationToken: 'x' }] }, '1 2 3 4'],
    [{ 'a.password': { neq: 1 } }, '1 2 3 4'],
  ],
  'joins conditions by and and or; nor finds nothing': [
    [{ and: [] }, '1 2 3 4'],
    [{ or: [] }, ''],
    [{ or: {} }, 'The or operator has invalid clauses {}: Value is an empty object', ''],
    [{ or: { '0': { id: 1 }, '1': { id: 2 } } }, '1 2'],
    [
      { or: 'x' },
      'The or operator has invalid clauses "x": Value is not an array or object with sequential numeric indices',
    ],
    [
      { and: null },
      'The and operator has invalid clauses "null": Value is not an array or object with sequential numeric indices',
    ],
    [{ and: [5] }, 'The where clause 5 is not an object'],
    [{ and: [0] }, 'The where clause 0 is not an object', '1 2 3 4'],
    [{ nor: [{ id: 1 }] }, ''],
  ],
  'finds the nearest first, whatever stands beside near': [
    [{ place: { near: '47,7' } }, '1 2 4'],
    [{ place: { near: { lat: 47, lng: 7 }, maxDistance: 100 } }, '1 2'],
    [{ place: { near: [47, 7], maxDistance: 30 } }, '1'],
    [{ place: { near: '47,7', maxDistance: 100, unit: 'kilometers' } }, '1'],
    [{ place: { near: '47,7', maxDistance: 1000000, unit: 'meters' } }, '1 2'],
    [{ place: { near: '47,7', maxDistance: 1, unit: 'degrees' } }, '1'],
    [{ place: { near: '47,7', minDistance: 30 } }, '2 4', '1 2 4'],
    [{ or: [{ place: { near: '47,7', maxDistance: 100 } }, { id: 4 }] }, '1 2', '1 2 3 4'],
    [{ place: { near: '47,7' }, age: { gt: 20 } }, '1 4'],
  ],
}

const storages: Storage[] = []
let schema: EmptySchema
const users: User[] = []

before(async () => {
  schema = await openSchema()
  for (const url of ['sqlite::memory:', schema.url])
    storages.push(await openStorage({ url, idType: 'integer', perRealm: false, indexed: [] }))
  for (const { email, username = null, realm = null, emailVerified = null, ...properties } of accounts) {
    const user = { email, username, realm, emailVerified, passwordHash: null, properties }
    const [inserted] = await Promise.all(storages.map((storage) => storage.users.insert(user)))
    users.push(inserted as User)
  }
})

after(async () => {
  await Promise.all(storages.map((storage) => storage.close()))
  await schema[Symbol.asyncDispose]()
})

const languageOf = (compatibility: 'loopback2' | 'loopback3') => {
  const properties = {
    age: 'number',
    nick: 'string',
    active: 'boolean',
    born: 'date',
    tags: 'array',
    address: 'object',
    place: 'geopoint',
  }
  const { behaviour, user } = readSettings({ compatibility, user: { properties } })
  return createFilterLanguage(behaviour.filters, userVocabulary(user))
}

for (const [compatibility, column] of [
  ['loopback3', 1],
  ['loopback2', 2],
] as const) {
  describe(`a filter as ${compatibility} has it`, () => {
    const language = languageOf(compatibility)

    async function find(filter: Record<string, unknown>): Promise<string> {
      const { query } = language.parseFilter(filter)
      const judged = users
        .filter((user) => matches(query.where, viewOf(user)))
        .sort((one, other) => compareRecords(query.order, viewOf(one), viewOf(other)))
        .slice(query.skip, query.limit === undefined ? undefined : query.skip + query.limit)
        .map(({ id }) => id)
      for (const storage of storages) {
        const found: unknown[] = []
        for await (const page of storage.users.find(query)) found.push(...page.map(({ id }) => id))
        assert.deepEqual(found, judged)
      }
      return judged.join(' ')
    }

    async function outcomeOf(where: object): Promise<string> {
      return find({ where }).catch((error: LatchkeyError) => {
        assert.equal(error.kind, 'malformed')
        return error.message
      })
    }

    for (const [title, rows] of Object.entries(facts)) {
      it(title, async () => {
        for (const fact of rows) {
          assert.equal(await outcomeOf(fact[0]), fact[column] ?? fact[1], JSON.stringify(fact[0]))
        }
      })
    }

    it('refuses conditions on what nobody may see where something is to be changed', () => {
      for (const where of [{ password: 'x' }, { or: [{ 'a.verificationToken': 'x' }] }]) {
        assert.throws(() => language.parseWhereOfWrite(where), { id: 'PROPERTY_NOT_FILTERABLE' })
      }
    })

    it('counts without regard to near', async () => {
      const where = { place: { near: '47,7', maxDistance: 30 }, age: { lt: 30 } }
      for (const storage of storages) assert.equal(await storage.users.count(language.parseWhere(where)), 2)
    })

    it('has its own bounds all the same', () => {
      const lists: readonly [object, string][] = [
        [{ age: { inq: Array(1_001).fill(1) } }, 'QUERY_TOO_LARGE'],
        [{ score: Array(1_001).fill(1) }, 'QUERY_TOO_LARGE'],
        [{ score: { inq: 'a'.repeat(1_001) } }, 'QUERY_TOO_LARGE'],
        [{ or: Array(101).fill({}) }, 'QUERY_TOO_LARGE'],
        [{ nick: { like: 'a'.repeat(257) } }, 'INVALID_WHERE'],
        [{ nick: { regexp: '(a{30}){30}' } }, 'INVALID_WHERE'],
        [{ nick: { regexp: '(?=a)' } }, 'INVALID_WHERE'],
        [
          { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: {} } } } } } } } } } } } },
          'QUERY_OBJECT_TOO_DEEP',
        ],
      ]
      for (const [where, id] of lists) assert.throws(() => language.parseFilter({ where }), { id })
    })

    it('never calls what a client named like a method', async () => {
      for (const operand of [
        { toString: 1 },
        { valueOf: 'x' },
        { hasOwnProperty: 1, near: 0 },
        [{ toString: 1 }],
      ]) {
        for (const name of ['age', 'nick', 'tags', 'address', 'score', 'toString', 'a.toString']) {
          for (const condition of [operand, { like: operand }, { inq: [operand] }, { gt: operand }]) {
            await outcomeOf({ [name]: condition })
          }
        }
      }
    })

    it('sorts by keys with commas or in a list, and by hidden properties never', async () => {
      assert.equal(await find({ order: 'active DESC,age asc' }), '1 2 3 4')
      assert.equal(await find({ order: ['age  desc', 'id'] }), '1 4 2 3')
      assert.equal(await find({ order: ['', 'password DESC', 'constructor', 'id DESC'] }), '4 3 2 1')
      for (const order of ['', null, 0, [], 'nope']) assert.equal(await find({ order }), '1 2 3 4')
      const refused: readonly [unknown, string][] = [
        [' age', 'The order " age" has invalid direction'],
        ['age UP', 'The order "age UP" has invalid direction'],
        [{}, 'The order {} is not valid'],
        [[5], 'The order 5 is not valid'],
      ]
      for (const [order, message] of refused)
        assert.throws(() => language.parseFilter({ order }), { message })
    })

    it('skips and limits by whatever is a number', async () => {
      const windows: readonly [object, string][] = [
        [{ limit: 0 }, '1 2 3 4'],
        [{ limit: '2' }, '1 2'],
        [{ limit: [2], offset: ' 1 ' }, '2 3'],
        [{ limit: true }, '1'],
        [{ limit: 1e300 }, '1 2 3 4'],
        [{ limit: 0, skip: 3, offset: 1 }, '4'],
        [{ skip: 1e300 }, ''],
      ]
      for (const [window, found] of windows) assert.equal(await find({ ...window }), found)
      const { query } = language.parseFilter({ skip: 1 })
      assert.equal(query.limit, 100)
      const refused: readonly [object, string][] = [
        [{ limit: '0' }, 'The limit parameter "0" is not valid'],
        [{ limit: -1 }, 'The limit parameter -1 is not valid'],
        [{ offset: 1.5 }, 'The offset/skip parameter 1.5 is not valid'],
        [{ skip: {} }, 'The offset/skip parameter {} is not valid'],
      ]
      for (const [window, message] of refused) {
        assert.throws(() => language.parseFilter({ ...window }), { message })
      }
    })

    it('shows declared properties only, where fields leave something out', () => {
      // LoopBack 2 declares some of its own.
      const builtIn = Object.keys(behaviourOf(compatibility).builtInProperties)
      const declared = [...Object.keys(accounts[0] as object), ...builtIn, 'id'].filter(
        (name) => !/score|friends/.test(name),
      )
      const only = (fields: unknown) => [
        ...(language.parseFilter({ fields }).fields as { only: Set<string> }).only,
      ]
      assert.deepEqual(only('email'), ['email'])
      assert.deepEqual(only({ email: 'false', id: false }), ['email'])
      assert.deepEqual(only(['score', 5]), ['score', '5'])
      assert.deepEqual(new Set(only(true)), new Set(declared))
      assert.deepEqual(new Set(only({ email: false })), new Set(declared.filter((name) => name !== 'email')))
      for (const fields of [undefined, null, '', [], {}]) {
        assert.equal(language.parseFilter({ fields }).fields, undefined)
      }
    })

    it('knows no relation but the one it leaves out', () => {
      for (const include of [
        'accessTokens',
        ['accessTokens'],
        { accessTokens: 'user' },
        { rel: 'accessTokens' },
        5,
      ]) {
        assert.equal(language.parseFilter({ include }).include.size, 0)
      }
      for (const include of ['nope', [['nope']], { relation: 5 }]) {
        assert.throws(() => language.parseFilter({ include }), { id: 'INVALID_INCLUDE' })
      }
    })
  })
}

describe('fields in LoopBack 2', () => {
  it('lose the last property they might show, for one they do not know', () => {
    const { fields } = languageOf('loopback2').parseFilter({ fields: { nope: false } })
    assert.ok(fields && 'only' in fields && fields.only.has('email') && !fields.only.has('id'))
  })
})

describe('no conditions at all', () => {
  it('are conditions that hold, in LoopBack 2 only', () => {
    for (const where of [null, '', 0, false]) {
      assert.deepEqual(languageOf('loopback2').parseFilter({ where }).query.where, { all: [] })
      assert.throws(() => languageOf('loopback3').parseFilter({ where }), { id: 'INVALID_WHERE' })
    }
  })
})
