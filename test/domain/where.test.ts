import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorName, LatchkeyError } from '../../src/base/errors.ts'
import { readSettings } from '../../src/config/settings.ts'
import { userVocabulary } from '../../src/domain/filter/vocabulary.ts'
import { parseWhere } from '../../src/domain/filter/where.ts'
import { everything, type Where } from '../../src/domain/model/query.ts'

const { user: settings } = readSettings({
  user: {
    properties: {
      age: 'number',
      nick: 'string',
      active: 'boolean',
      born: 'date',
      tags: 'array',
      doc: 'object',
    },
  },
})
const vocabulary = userVocabulary(settings)
const parse = (where: unknown) => parseWhere(where, vocabulary)

describe('where, understood', () => {
  it('is everything when there is none', () => {
    for (const none of [undefined, null, {}]) assert.deepEqual(parse(none), everything)
  })

  it('names property and comparison, with the value in the type of the property', () => {
    assert.deepEqual(parse({ age: { gt: '18' } }), {
      property: { name: 'age', column: false, type: 'number', path: ['age'] },
      is: 'gt',
      value: 18,
    })
  })

  it('takes every operator of an object', () => {
    const both = parse({ age: { gt: 20, lt: 30 } })
    assert.deepEqual(summaryOf(both), { all: ['age gt 20', 'age lt 30'] })
  })

  it('takes every property of a clause', () => {
    assert.deepEqual(summaryOf(parse({ age: 30, nick: 'a' })), { all: ['age eq 30', 'nick eq "a"'] })
  })

  it('groups clauses by and, or and nor', () => {
    const where = { or: [{ age: 1 }, { and: [{ age: 2 }, { nor: [{ age: 3 }] }] }] }
    assert.deepEqual(summaryOf(parse(where)), {
      any: ['age eq 1', { all: ['age eq 2', { none: ['age eq 3'] }] }],
    })
  })

  it('reads a list that a query string numbered', () => {
    const where = { or: { 0: { age: 1 }, 1: { age: { inq: { 0: '2', 1: '3' } } } } }
    assert.deepEqual(summaryOf(parse(where)), { any: ['age eq 1', 'age inq [2,3]'] })
  })

  it('reads a dotted name as a path into a property', () => {
    assert.partialDeepStrictEqual(parse({ 'doc.city.name': 'Bern' }), {
      property: { path: ['doc', 'city', 'name'], type: 'undeclared' },
    })
  })

  const coercions: [property: string, given: unknown, meant: unknown][] = [
    ['age', '30', 30],
    ['age', ' 3e1 ', 30],
    ['nick', 12, '12'],
    ['nick', true, 'true'],
    ['active', 'false', false],
    ['active', 1, true],
    ['emailVerified', 'true', true],
    ['born', '1994-05-01', '1994-05-01T00:00:00.000Z'],
    ['born', '1994-05-01T02:00:00+02:00', '1994-05-01T00:00:00.000Z'],
    ['born', 0, '1970-01-01T00:00:00.000Z'],
    ['id', '7', 7],
    ['email', 'Foo@Example.COM', 'foo@example.com'],
    ['undeclared', '30', '30'],
    ['undeclared', 'true', 'true'],
    ['age', null, null],
  ]
  for (const [property, given, meant] of coercions) {
    it(`takes ${JSON.stringify(given)} for ${JSON.stringify(meant)} where ${property} is compared with it`, () => {
      assert.partialDeepStrictEqual(parse({ [property]: given }), { is: 'eq', value: meant })
      assert.partialDeepStrictEqual(parse({ [property]: { inq: [given] } }), { value: [meant] })
      assert.partialDeepStrictEqual(parse({ [property]: { neq: given } }), { value: meant })
    })
  }
})

describe('where, refused', () => {
  const notAList = 'Value is not an array or object with sequential numeric indices'
  const sentences: [where: unknown, message: string][] = [
    ['x', 'The where clause "x" is not an object'],
    [5, 'The where clause 5 is not an object'],
    [[], 'The where clause [] is not an object'],
    [{ and: [7] }, 'The where clause 7 is not an object'],
    [{ and: 'x' }, `The and operator has invalid clauses "x": ${notAList}`],
    [{ or: {} }, 'The or operator has invalid clauses {}: Value is an empty object'],
    [{ nor: { age: 1 } }, `The nor operator has invalid clauses {"age":1}: ${notAList}`],
    [{ age: { between: 5 } }, `The age property has invalid clause {"between":5}: Error: ${notAList}`],
    [
      { age: { between: [1] } },
      'The age property has invalid clause {"between":[1]}: Expected precisely 2 values, received 1',
    ],
    [{ age: { inq: 5 } }, `The age property has invalid clause {"inq":5}: Error: ${notAList}`],
    [
      { username: { like: 5 } },
      'The username property has invalid clause {"like":5}: Expected a string or RegExp',
    ],
  ]
  for (const [where, message] of sentences) {
    it(`is ${JSON.stringify(where)}, in LoopBack's words`, () => refuses(where, 'INVALID_WHERE', message))
  }

  const spots: [why: string, where: object, named: RegExp][] = [
    ['an unknown operator', { age: { bogus: 1 } }, /The age property.*"bogus"/],
    ['an operator in another case', { age: { GT: 1 } }, /The age property.*"GT"/],
    ['one unknown operator among known ones', { age: { gt: 1, near: [0, 0] } }, /The age property.*"near"/],
    ['a whole object to compare with', { doc: { city: 'Bern' } }, /The doc property.*"city"/],
    ['a list to compare with', { tags: ['a'] }, /The tags property.*\["a"\]/],
    ['an object without an operator', { age: {} }, /The age property.*\{\}/],
    ['an object as an operand', { nick: { gt: {} } }, /The nick property.*\{"gt":\{\}\}/],
    ['a list within a list', { nick: { inq: ['a', ['b']] } }, /The nick property.*\["b"\]/],
    ['a text for a number', { age: 'old' }, /The age property.*"old".*number/],
    ['an empty text for a number', { age: '' }, /The age property.*"".*number/],
    ['a text for an id', { id: 'abc' }, /The id property.*"abc".*number/],
    ['a text among numbers', { age: { inq: [1, 'two'] } }, /The age property.*"two".*number/],
    ['a text for a boolean', { active: 'perhaps' }, /The active property.*"perhaps".*boolean/],
    ['a text that is no date', { born: { gt: 'soon' } }, /The born property.*"soon".*date/],
    ['a pattern that is no text', { nick: { ilike: null } }, /The nick property/],
    ['a regular expression that is no text', { nick: { regexp: 5 } }, /The nick property.*must be a string/],
    ['a broken regular expression', { nick: { regexp: '(' } }, /The nick property.*regular expression/],
    [
      'a flag of a regular expression that does not exist',
      { nick: { regexp: '/a/x' } },
      /The nick property.*"x"/,
    ],
    ['what looks around in a regular expression', { nick: { regexp: '(?=a)' } }, /The nick property/],
    ['a text whether something exists', { nick: { exists: 'perhaps' } }, /The nick property.*true or false/],
  ]
  for (const [why, where, named] of spots) {
    it(`is ${why}, and the message names the spot`, () => {
      refuses(where, 'INVALID_WHERE', named)
      refuses({ or: [{ username: 'a' }, { and: [where] }] }, 'INVALID_WHERE', named)
    })
  }

  it('is an operator that starts with a dollar sign, by its name', () => {
    const where = { age: { $ne: 1 } }
    assert.throws(
      () => parse(where),
      (error) => {
        assert.ok(error instanceof LatchkeyError)
        assert.equal(error.code, 'OPERATOR_NOT_ALLOWED_IN_QUERY')
        assert.equal(error.message, 'Operators "$ne" are not allowed in query')
        assert.deepEqual(error.details, { operators: ['$ne'], where })
        return true
      },
    )
    refuses({ or: [{ and: [where] }] }, 'OPERATOR_NOT_ALLOWED_IN_QUERY')
    refuses({ nick: { like: 'a', $where: 'x' } }, 'OPERATOR_NOT_ALLOWED_IN_QUERY')
  })

  for (const name of ['password', 'passwordHash', 'verificationToken', 'password.length']) {
    it(`is the hidden property ${name}, at any nesting`, () => {
      const message = `The property \`${name}\` cannot be filtered or sorted by`
      for (const condition of ['x', null, { neq: null }, { like: '$2%' }, { exists: true }]) {
        refuses({ [name]: condition }, 'PROPERTY_NOT_FILTERABLE', message)
      }
      refuses({ or: [{ age: 1 }, { nor: [{ and: [{ [name]: 'x' }] }] }] }, 'PROPERTY_NOT_FILTERABLE', message)
    })
  }

  it('is what every object inherits', () => {
    for (const name of ['constructor', 'toString', 'doc.__proto__', 'doc.constructor.name']) {
      refuses({ [name]: 'x' }, 'PROPERTY_NOT_FILTERABLE')
    }
  })

  it('quotes a long clause in part', () => {
    const where = { age: { between: Array.from({ length: 1_000 }, () => 'x'.repeat(100)) } }
    assert.throws(
      () => parse(where),
      (error) => error instanceof LatchkeyError && error.message.length < 1_000,
    )
  })
})

describe('the bounds of where', () => {
  const repeated = <T>(howMany: number, value: T) => Array.from({ length: howMany }, () => value)

  it('are a hundred conditions, wherever they stand', () => {
    const clause = { age: { gt: 1, lt: 5 } }
    parse({ or: repeated(100, { age: 1 }) })
    parse({ or: repeated(50, clause) })
    parse(Object.fromEntries(repeated(100, 1).map((value, index) => [`property${index}`, value])))
    refuses({ or: repeated(101, { age: 1 }) }, 'QUERY_TOO_LARGE', /conditions.*100/)
    refuses({ or: repeated(51, clause) }, 'QUERY_TOO_LARGE', /conditions.*100/)
    refuses(
      { and: [{ or: repeated(50, { age: 1 }) }, { nor: repeated(51, { age: 1 }) }] },
      'QUERY_TOO_LARGE',
      /conditions.*100/,
    )
  })

  it('count clauses that are empty', () => refuses({ or: repeated(101, {}) }, 'QUERY_TOO_LARGE'))

  for (const operator of ['inq', 'nin']) {
    it(`are a thousand members in ${operator}`, () => {
      parse({ age: { [operator]: repeated(1_000, 1) } })
      refuses({ age: { [operator]: repeated(1_001, 1) } }, 'QUERY_TOO_LARGE', new RegExp(`${operator}.*1000`))
    })
  }

  for (const operator of ['like', 'nlike', 'ilike', 'nilike', 'regexp']) {
    it(`are 256 characters in ${operator}`, () => {
      parse({ nick: { [operator]: 'a'.repeat(256) } })
      refuses({ nick: { [operator]: 'a'.repeat(257) } }, 'INVALID_WHERE', /The nick property.*256/)
    })
  }

  it('are eight wildcards in the like family', () => {
    parse({ nick: { like: '%a'.repeat(8) } })
    parse({ nick: { like: `${'\\%'.repeat(20)}%` } })
    refuses({ nick: { like: '%a'.repeat(9) } }, 'INVALID_WHERE', /The nick property.*8 wildcards/)
  })

  it('are a thousand repetitions in a regular expression, also nested', () => {
    for (const regexp of ['a{1001}', '(((a{20}){20}){20}){20}', '(a{1000}){1000}']) {
      refuses({ nick: { regexp } }, 'INVALID_WHERE', /The nick property/)
    }
  })
})

function refuses(where: unknown, id: ErrorName, message?: string | RegExp): void {
  assert.throws(
    () => parse(where),
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

type Summary = string | { readonly [group: string]: readonly Summary[] }

/** A tree for the eye: `age gt 20`. */
function summaryOf(where: Where): Summary {
  if ('all' in where) return { all: where.all.map(summaryOf) }
  if ('any' in where) return { any: where.any.map(summaryOf) }
  if ('none' in where) return { none: where.none.map(summaryOf) }
  if ('fits' in where) return { judged: [summaryOf(where.atLeast)] }
  return `${where.property.name} ${where.is} ${JSON.stringify(where.value)}`
}
