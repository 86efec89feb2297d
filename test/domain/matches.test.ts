import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSettings } from '../../src/config/settings.ts'
import { compareRecords, matches } from '../../src/domain/filter/matches.ts'
import { parseFilter } from '../../src/domain/filter/parse.ts'
import { userVocabulary } from '../../src/domain/filter/vocabulary.ts'

const properties = {
  age: 'number',
  nick: 'string',
  active: 'boolean',
  born: 'date',
  tags: 'array',
  doc: 'object',
}
const vocabulary = userVocabulary(readSettings({ user: { properties } }).user)

const everybody = {
  anna: {
    id: 1,
    age: 30,
    nick: 'ann',
    active: true,
    born: '1994-05-01T00:00:00.000Z',
    tags: ['a', 'b'],
    score: 30,
  },
  bert: {
    id: 2,
    age: 20,
    nick: 'a%n',
    active: false,
    born: '2000-02-29T12:00:00.000Z',
    tags: [],
    score: '30',
  },
  carl: { id: 3, age: 25, nick: 'Ann\nÉ', doc: { city: 'Bern', list: [{ zip: 3000 }] }, score: true },
  dora: { id: 4, age: null, nick: null, active: null, tags: null, score: 'true' },
  emil: { id: 5 },
} as const
type Name = keyof typeof everybody
const all = Object.keys(everybody) as Name[]

type Sentence = [meaning: string, where: object, found: readonly Name[]]

function hold(sentences: readonly Sentence[]): void {
  for (const [meaning, where, found] of sentences) {
    it(`${meaning}: ${JSON.stringify(where)}`, () => {
      const { query } = parseFilter({ where }, vocabulary)
      assert.deepEqual(
        all.filter((name) => matches(query.where, everybody[name])),
        found,
      )
    })
  }
}

describe('a value to be equal to', () => {
  hold([
    ['is brought to the declared type', { age: '30' }, ['anna']],
    ['may be a boolean in words', { active: 'false' }, ['bert']],
    ['may be a day', { born: '1994-05-01' }, ['anna']],
    ['may be an instant elsewhere on earth', { born: '1994-05-01T02:00:00+02:00' }, ['anna']],
    ['of an undeclared property is compared loosely', { score: 30 }, ['anna', 'bert']],
    ['of an undeclared property is compared loosely as a text too', { score: '30' }, ['anna', 'bert']],
    ['is loose with numbers written otherwise', { score: ' 3e1 ' }, ['anna']],
    ['true is not the text "true"', { score: true }, ['carl']],
    ['the text "true" is not true', { score: 'true' }, ['dora']],
    ['1 is loosely true', { score: 1 }, ['carl']],
    ['null fits null and absent', { age: null }, ['dora', 'emil']],
    ['null fits null and absent where nothing is declared', { missing: null }, all],
    ['is never a whole object', { doc: 'Bern' }, []],
  ])
})

describe('neq', () => {
  hold([
    ['includes those who lack the property', { age: { neq: 30 } }, ['bert', 'carl', 'dora', 'emil']],
    ['null means present', { age: { neq: null } }, ['anna', 'bert', 'carl']],
    ['is loose where nothing is declared', { score: { neq: 30 } }, ['carl', 'dora', 'emil']],
  ])
})

describe('gt, gte, lt and lte', () => {
  hold([
    ['compare numbers', { age: { gt: 20 } }, ['anna', 'carl']],
    ['may include the bound', { age: { gte: 20 } }, ['anna', 'bert', 'carl']],
    ['never find those who lack the property', { age: { lt: 1000 } }, ['anna', 'bert', 'carl']],
    ['never find anybody by null', { age: { lte: null } }, []],
    ['both count', { age: { gt: 20, lt: 30 } }, ['carl']],
    ['compare dates', { born: { gt: '1994-05-01' } }, ['bert']],
    ['compare dates to the millisecond', { born: { gte: '1994-05-01T00:00:00.000Z' } }, ['anna', 'bert']],
    ['compare texts', { nick: { gte: 'a%n' } }, ['anna', 'bert']],
    ['take a text for a number where nothing is declared', { score: { gte: 30 } }, ['anna', 'bert']],
    ['find no order between a word and a number', { score: { gt: -1000 } }, ['anna', 'bert', 'carl']],
    ['find no order in lists', { tags: { gte: '' } }, []],
  ])

  it('compare texts by code point, as databases do', () => {
    const { query } = parseFilter({ where: { nick: { gt: '\uffee' } } }, vocabulary)
    assert.equal(matches(query.where, { nick: '\u{1f600}' }), true)
  })
})

describe('between', () => {
  hold([
    ['includes both bounds', { age: { between: [20, 25] } }, ['bert', 'carl']],
    ['finds nothing when the bounds are the wrong way round', { age: { between: [30, 20] } }, []],
    ['finds nothing when a bound is null', { age: { between: [null, 100] } }, []],
    ['works on dates', { born: { between: ['1994-01-01', '1994-12-31'] } }, ['anna']],
  ])
})

describe('inq and nin', () => {
  hold([
    ['find those in the list', { age: { inq: [20, '30', 99] } }, ['anna', 'bert']],
    ['find nobody in an empty list', { age: { inq: [] } }, []],
    ['find the absent where null is in the list', { age: { inq: [20, null] } }, ['bert', 'dora', 'emil']],
    ['are loose where nothing is declared', { score: { inq: ['30'] } }, ['anna', 'bert']],
    ['nin finds those outside the list and the absent', { age: { nin: [20, 30] } }, ['carl', 'dora', 'emil']],
    ['nin finds all outside an empty list', { age: { nin: [] } }, all],
    [
      'nin leaves out the absent where null is in the list',
      { age: { nin: [null] } },
      ['anna', 'bert', 'carl'],
    ],
  ])
})

describe('like, nlike, ilike and nilike', () => {
  hold([
    ['fit the whole value', { nick: { like: 'an' } }, []],
    ['take % for any run, also across lines', { nick: { like: 'A%' } }, ['carl']],
    ['take _ for one character', { nick: { like: 'a_n' } }, ['anna', 'bert']],
    ['take what follows a backslash as it is', { nick: { like: 'a\\%n' } }, ['bert']],
    ['regard case', { nick: { like: 'ANN' } }, []],
    ['do not where they begin with i', { nick: { ilike: 'ANN' } }, ['anna']],
    ['know letters beyond ASCII', { nick: { ilike: '%é' } }, ['carl']],
    ['nlike finds the others, and those who have none', { nick: { nlike: 'a%' } }, ['carl', 'dora', 'emil']],
    ['nilike likewise', { nick: { nilike: 'a%' } }, ['dora', 'emil']],
    ['fit texts only', { score: { like: '%' } }, ['bert', 'dora']],
    ['fit no number by its digits', { age: { like: '3%' } }, []],
    ['fit no date in part but as its text', { born: { like: '1994-%' } }, ['anna']],
  ])

  const literal: [pattern: string, fits: string, not: string][] = [
    ['a*', 'a*', 'ab'],
    ['a?', 'a?', 'ab'],
    ['a.', 'a.', 'ab'],
    ['[ab]', '[ab]', 'a'],
    ['[^a]', '[^a]', 'b'],
    ['a|b', 'a|b', 'a'],
    ['^a$', '^a$', 'a'],
    ['(a)', '(a)', 'a'],
    ['a{2}', 'a{2}', 'aa'],
    ['\\_', '_', 'a'],
    ['\\\\', '\\', '\\\\'],
    ['a\\', 'a\\', 'a'],
    ['\\a', 'a', '\\a'],
    ['_', '\u{1f600}', '\u{1f600}\u{1f600}'],
    ['%', '', 'never'],
    ['', '', 'a'],
    ['a', 'a', 'a\n'],
  ]
  for (const [pattern, fits, not] of literal) {
    it(`${JSON.stringify(pattern)} fits ${JSON.stringify(fits)}`, () => {
      for (const operator of ['like', 'ilike']) {
        const { query } = parseFilter({ where: { nick: { [operator]: pattern } } }, vocabulary)
        assert.equal(matches(query.where, { nick: fits }), true)
        if (pattern !== '%') assert.equal(matches(query.where, { nick: not }), false)
      }
    })
  }
})

describe('regexp', () => {
  hold([
    ['finds anywhere in the value', { nick: { regexp: 'nn' } }, ['anna', 'carl']],
    ['knows anchors', { nick: { regexp: '^a.n$' } }, ['anna', 'bert']],
    ['regards case', { nick: { regexp: 'ANN' } }, []],
    ['takes a literal with flags', { nick: { regexp: '/^ANN$/im' } }, ['anna', 'carl']],
    ['takes a literal without flags', { nick: { regexp: '/^a/' } }, ['anna', 'bert']],
    ['has a dot stop at the end of a line', { nick: { regexp: '^A.*É$' } }, []],
    ['unless told otherwise', { nick: { regexp: '/^A.*É$/s' } }, ['carl']],
    ['ignores the flags g, u and y', { nick: { regexp: '/^a/guy' } }, ['anna', 'bert']],
    ['finds in texts only', { score: { regexp: '3' } }, ['bert']],
  ])

  // Each of these takes a backtracking engine longer than the universe has.
  for (const pattern of [
    '^(a+)+$',
    '(a|aa)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*a){12}b',
    '(a?){40}a{40}c',
  ]) {
    it(`judges ${pattern} in time linear to the text`, () => {
      const { query } = parseFilter({ where: { nick: { regexp: pattern } } }, vocabulary)
      const start = performance.now()
      matches(query.where, { nick: `${'a'.repeat(90_000)}!` })
      assert.ok(performance.now() - start < 5_000)
    })
  }
})

describe('exists', () => {
  hold([
    ['true finds those who have it', { age: { exists: true } }, ['anna', 'bert', 'carl']],
    ['false finds those who have null or nothing', { age: { exists: false } }, ['dora', 'emil']],
    ['reads the words', { age: { exists: 'false' } }, ['dora', 'emil']],
    ['looks into nested data', { 'doc.city': { exists: true } }, ['carl']],
  ])
})

describe('and, or and nor', () => {
  hold([
    ['and wants all', { and: [{ age: 30 }, { nick: 'ann' }] }, ['anna']],
    ['or wants one', { or: [{ age: 30 }, { age: 20 }] }, ['anna', 'bert']],
    ['nor wants none', { nor: [{ age: 30 }, { age: 20 }] }, ['carl', 'dora', 'emil']],
    ['and of nothing is all', { and: [] }, all],
    ['or of nothing is none', { or: [] }, []],
    ['nor of nothing is all', { nor: [] }, all],
    ['an empty clause fits everybody', { or: [{ age: 30 }, {}] }, all],
    ['stand beside conditions', { active: true, or: [{ age: 20 }, { age: 30 }] }, ['anna']],
    ['turn "does not fit" round for the absent too', { nor: [{ age: { gt: 0 } }] }, ['dora', 'emil']],
  ])
})

describe('lists and nested data', () => {
  hold([
    ['a list is equal to each of its members', { tags: 'a' }, ['anna']],
    ['inq asks for one member at least', { tags: { inq: ['b', 'c'] } }, ['anna']],
    ['neq asks for no member', { tags: { neq: 'a' } }, ['bert', 'carl', 'dora', 'emil']],
    ['nin likewise', { tags: { nin: ['a', 'x'] } }, ['bert', 'carl', 'dora', 'emil']],
    ['an empty list is present', { tags: { exists: true } }, ['anna', 'bert']],
    ['a number names a place in a list', { 'tags.0': 'a' }, ['anna']],
    ['a place beyond the end is absent', { 'tags.2': null }, all],
    ['the length of a list is no property of it', { 'tags.length': { exists: true } }, []],
    ['nor is that of a text', { 'nick.length': { exists: true } }, []],
    ['dots lead into objects', { 'doc.city': 'Bern' }, ['carl']],
    ['and into objects in lists', { 'doc.list.0.zip': '3000' }, ['carl']],
    ['a path through a text leads nowhere', { 'nick.0': { exists: true } }, []],
  ])
})

describe('a value from before its property was declared with another type', () => {
  it('fits no comparison', () => {
    const old = { age: '30', nick: 5, active: 'true', born: true }
    const fitting = [
      { age: 30 },
      { age: { gt: 20 } },
      { age: { inq: [30] } },
      { age: { between: [20, 40] } },
      { nick: '5' },
      { nick: { like: '5' } },
      { active: true },
      { born: { gt: '1990-01-01' } },
    ]
    for (const where of fitting) {
      const { query } = parseFilter({ where }, vocabulary)
      assert.equal(matches(query.where, old), false, JSON.stringify(where))
    }
  })
})

describe('order', () => {
  const sorted = (order: unknown, values: readonly unknown[]) => {
    const { query } = parseFilter({ order }, vocabulary)
    return values
      .map((value) => (value === undefined ? {} : { value }))
      .sort((one, other) => compareRecords(query.order, one, other))
      .map(({ value }) => value)
  }

  it('puts the absent first, then booleans, numbers and texts', () => {
    const values = ['b', 10, true, 'a', 9, undefined, false, 'B']
    assert.deepEqual(sorted('value', values), [undefined, false, true, 9, 10, 'B', 'a', 'b'])
    assert.deepEqual(sorted('value DESC', values), ['b', 'a', 'B', 10, 9, true, false, undefined])
  })

  it('takes null for absent', () => {
    assert.deepEqual(sorted('value', [1, null, 0]), [null, 0, 1])
    assert.deepEqual(sorted('value DESC', [0, null, 1]), [1, 0, null])
  })

  it('puts texts by code point, as databases do', () => {
    assert.deepEqual(sorted('value', ['\u{1f600}', '\uffee', 'é', 'z']), ['z', 'é', '\uffee', '\u{1f600}'])
  })

  it('leaves lists and objects last, as they came', () => {
    assert.deepEqual(sorted('value', [[2], { a: 1 }, 'a', [1]]), ['a', [2], { a: 1 }, [1]])
  })

  it('breaks ties by the next key', () => {
    const { query } = parseFilter({ order: ['age DESC', 'nick'] }, vocabulary)
    const records = [
      { age: 1, nick: 'b' },
      { age: 2, nick: 'c' },
      { age: 1, nick: 'a' },
    ]
    const nicks = records
      .sort((one, other) => compareRecords(query.order, one, other))
      .map(({ nick }) => nick)
    assert.deepEqual(nicks, ['c', 'a', 'b'])
  })

  it('looks into nested data', () => {
    const { query } = parseFilter({ order: 'doc.n' }, vocabulary)
    const one = { doc: { n: 1 } }
    assert.ok(compareRecords(query.order, one, { doc: { n: 2 } }) < 0)
    assert.ok(compareRecords(query.order, one, {}) > 0)
  })
})
