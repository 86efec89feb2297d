import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorName, LatchkeyError } from '../../src/base/errors.ts'
import { readSettings } from '../../src/config/settings.ts'
import { applyFields, parseFilter } from '../../src/domain/filter/parse.ts'
import { tokenVocabulary, userVocabulary } from '../../src/domain/filter/vocabulary.ts'
import { everything } from '../../src/domain/model/query.ts'

const vocabulary = userVocabulary(readSettings({ user: { properties: { age: 'number' } } }).user)
const parse = (filter?: Record<string, unknown>) => parseFilter(filter, vocabulary)

describe('a filter, understood', () => {
  it('asks for everybody, whole, when it is absent or empty', () => {
    for (const none of [undefined, {}, { where: null, order: null, limit: null, skip: null, fields: null }]) {
      const { query, fields, include } = parse(none)
      assert.deepEqual(query, { where: everything, order: [], skip: 0, limit: undefined })
      assert.equal(fields, undefined)
      assert.equal(include.size, 0)
    }
  })

  it('ignores keys it does not know', () => {
    assert.deepEqual(parse({ whereabouts: 1, sort: 'age', page: 7 }), parse())
  })
})

describe('limit, skip and offset', () => {
  const windows: [filter: Record<string, unknown>, skip: number, limit: number | undefined][] = [
    [{ limit: 5 }, 0, 5],
    [{ limit: '5' }, 0, 5],
    [{ limit: 0 }, 0, undefined],
    [{ limit: '0' }, 0, undefined],
    [{ skip: 3, limit: 5 }, 3, 5],
    [{ offset: '3', limit: 5 }, 3, 5],
    [{ skip: 3, offset: 7, limit: 5 }, 3, 5],
    [{ skip: null, offset: 7, limit: 5 }, 7, 5],
    [{ skip: 3 }, 3, 100],
    [{ offset: 3 }, 3, 100],
    [{ skip: 0 }, 0, undefined],
    [{ limit: 1_000_000 }, 0, 1_000_000],
  ]
  for (const [filter, skip, limit] of windows) {
    it(`of ${JSON.stringify(filter)} leave out ${skip} and show ${limit ?? 'all'}`, () => {
      const { query } = parse(filter)
      assert.deepEqual({ skip: query.skip, limit: query.limit }, { skip, limit })
    })
  }

  for (const wrong of [-1, 1.5, 'x', ' ', true, [], {}, '1; drop table users', Number.MAX_VALUE]) {
    it(`are refused when they are ${JSON.stringify(wrong)}`, () => {
      refuses({ limit: wrong }, 'INVALID_LIMIT', `The limit parameter ${JSON.stringify(wrong)} is not valid`)
      for (const name of ['skip', 'offset']) {
        const message = `The offset/skip parameter ${JSON.stringify(wrong)} is not valid`
        refuses({ [name]: wrong }, 'INVALID_LIMIT', message)
      }
    })
  }
})

describe('order', () => {
  const orderOf = (order: unknown) =>
    parse({ order }).query.order.map(
      ({ property, descending }) => `${property.name} ${descending ? 'down' : 'up'}`,
    )

  const forms: [order: unknown, meant: string[]][] = [
    ['age', ['age up']],
    ['age ASC', ['age up']],
    ['age desc', ['age down']],
    [
      ['age DESC', 'email'],
      ['age down', 'email up'],
    ],
    [{ 0: 'age DESC', 1: 'email' }, ['age down', 'email up']],
    ['anything', ['anything up']],
    ['address.city desc', ['address.city down']],
    ['quo"te', ['quo"te up']],
    ['', []],
    [[], []],
    [null, []],
  ]
  for (const [order, meant] of forms) {
    it(`of ${JSON.stringify(order)} is ${meant.join(', then ') || 'none'}`, () => {
      assert.deepEqual(orderOf(order), meant)
    })
  }

  for (const order of ['age SIDEWAYS', 'age  ASC', ' age', 'age ASC ', 'age ASC, email', 'age asc desc']) {
    it(`is refused when it reads ${JSON.stringify(order)}`, () => {
      refuses({ order }, 'INVALID_ORDER', `The order ${JSON.stringify(order)} has invalid direction`)
    })
  }

  for (const order of [5, true, { age: 'DESC' }]) {
    it(`is refused when it is ${JSON.stringify(order)}`, () => {
      refuses({ order }, 'INVALID_ORDER', `The order ${JSON.stringify(order)} is not valid`)
    })
  }

  it('is refused when one of several keys is no text', () => {
    refuses({ order: ['age', 5] }, 'INVALID_ORDER', /is not valid/)
  })

  for (const name of [
    'password',
    'passwordHash',
    'verificationToken',
    'password.0',
    '__proto__',
    'constructor',
  ]) {
    it(`is refused by ${name}`, () => {
      for (const order of [name, `${name} DESC`, ['age', name]]) {
        refuses(
          { order },
          'PROPERTY_NOT_FILTERABLE',
          `The property \`${name}\` cannot be filtered or sorted by`,
        )
      }
    })
  }

  it('takes ten keys and no more', () => {
    const keys = Array.from({ length: 11 }, (_, index) => `property${index}`)
    assert.equal(orderOf(keys.slice(1)).length, 10)
    refuses({ order: keys }, 'QUERY_TOO_LARGE', /order keys.*10/)
  })
})

describe('fields', () => {
  const user = { id: 1, email: 'foo@example.com', age: 30 }
  const forms: [fields: unknown, shown: object][] = [
    ['email', { email: 'foo@example.com' }],
    [['email', 'id'], { id: 1, email: 'foo@example.com' }],
    [
      { 0: 'email', 1: 'id' },
      { id: 1, email: 'foo@example.com' },
    ],
    [{ email: true }, { email: 'foo@example.com' }],
    [{ email: false }, { id: 1, age: 30 }],
    [{ email: true, id: false }, { email: 'foo@example.com' }],
    [
      { email: 'true', id: '1' },
      { id: 1, email: 'foo@example.com' },
    ],
    [{ email: 0, id: 0 }, { age: 30 }],
    ['unknown', {}],
    [['password', 'verificationToken'], {}],
    [['constructor'], {}],
    [[], user],
    [{}, user],
    [null, user],
  ]
  for (const [fields, shown] of forms) {
    it(`of ${JSON.stringify(fields)} leave ${JSON.stringify(shown)}`, () => {
      assert.deepEqual(applyFields(user, parse({ fields }).fields), shown)
    })
  }

  for (const fields of [5, true, [5], ['email', null], { email: 'perhaps' }, { email: {} }]) {
    it(`are refused when they are ${JSON.stringify(fields)}`, () => {
      refuses({ fields }, 'INVALID_FIELDS', /The fields .* are not valid/)
    })
  }
})

describe('include', () => {
  const relations = (name: string) => [
    name,
    [name],
    { relation: name },
    [{ relation: name, scope: {} }],
    { [name]: true },
  ]

  it('of a user passes over accessTokens in silence', () => {
    for (const include of relations('accessTokens')) assert.equal(parse({ include }).include.size, 0)
    for (const none of ['', [], null]) assert.equal(parse({ include: none }).include.size, 0)
  })

  it('refuses relations there are not', () => {
    for (const name of ['roles', 'password', 'constructor', '__proto__', 'accesstokens']) {
      for (const include of relations(name).slice(0, 4)) {
        refuses({ include }, 'INVALID_INCLUDE', `There is no relation "${name}" to include`)
      }
    }
    refuses({ include: ['accessTokens', 'roles'] }, 'INVALID_INCLUDE')
    refuses({ include: 5 }, 'INVALID_INCLUDE')
  })

  it('of a token shows its user', () => {
    const tokens = tokenVocabulary('integer')
    for (const include of relations('user')) {
      assert.deepEqual([...parseFilter({ include }, tokens).include.keys()], ['user'])
    }
  })
})

describe('the depth of a filter', () => {
  const nested = (levels: number, innermost: object) => {
    let where = innermost
    for (let level = 0; level < levels; level++) where = { and: [where] }
    return { where }
  }

  it('may be five groups within each other', () => {
    assert.partialDeepStrictEqual(parse(nested(5, { age: 1 })).query.where, { all: [{ all: [{}] }] })
  })

  it('may not be more than twelve, wherever it is', () => {
    const message = 'The query object exceeds maximum depth 12'
    refuses(nested(6, { age: 1 }), 'QUERY_OBJECT_TOO_DEEP', message)
    refuses(nested(5, { age: { gt: 1 } }), 'QUERY_OBJECT_TOO_DEEP', message)
    refuses(nested(11, {}), 'QUERY_OBJECT_TOO_DEEP', message)
    refuses({ unknown: nested(6, { age: 1 }) }, 'QUERY_OBJECT_TOO_DEEP', message)
  })

  it('is measured before anything goes down into it', () => {
    refuses(nested(100_000, { age: 1 }), 'QUERY_OBJECT_TOO_DEEP')
  })
})

function refuses(filter: Record<string, unknown>, id: ErrorName, message?: string | RegExp): void {
  assert.throws(
    () => parse(filter),
    (error) => {
      assert.ok(error instanceof LatchkeyError, String(error))
      assert.equal(error.id, id, error.message)
      assert.equal(error.kind, 'malformed')
      if (typeof message === 'string') assert.equal(error.message, message)
      else if (message) assert.match(error.message, message)
      return true
    },
  )
}
