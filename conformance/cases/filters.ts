import { type Area, ask, get, type Person } from '../harness/case.ts'
import { holders, type Kind, kinds, readers, settingsFor, whoHas, whoHasBracketed } from './filter-people.ts'

const comparisons = [
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'nlike',
  'ilike',
  'nilike',
  'regexp',
  'eq',
  'bogus',
]
const lists = ['inq', 'nin', 'between']

/** Every operator with every operand, in JSON. */
function questions({ operands }: Kind): unknown[] {
  const all = [...operands, null]
  return [
    ...all.map((operand) => ({ p: operand })),
    ...comparisons.flatMap((operator) => all.map((operand) => ({ p: { [operator]: operand } }))),
    ...lists.flatMap((operator) => [
      ...all.map((operand) => ({ p: { [operator]: [operand] } })),
      ...all.map((operand, index) => ({ p: { [operator]: [operand, all[index + 1] ?? null] } })),
      { p: { [operator]: [] } },
      { p: { [operator]: all } },
      { p: { [operator]: all[0] } },
      { p: { [operator]: { 0: all[0], 1: all[1] } } },
      { p: { [operator]: null } },
    ]),
  ]
}

/** The same where every value is text. */
function bracketed({ operands }: Kind): string[] {
  const texts = [
    ...operands.filter((operand) => typeof operand !== 'object').map(String),
    'null',
    'a b',
    '1,2',
  ]
  return [
    ...texts.map((text) => `filter[where][p]=${encodeURIComponent(text)}`),
    ...[...comparisons, ...lists].flatMap((operator) =>
      texts.map((text) => `filter[where][p][${operator}]=${encodeURIComponent(text)}`),
    ),
    ...lists.flatMap((operator) => [
      texts.map((text) => `filter[where][p][${operator}][]=${encodeURIComponent(text)}`).join('&'),
      texts
        .map((text, index) => `filter[where][p][${operator}][${index}]=${encodeURIComponent(text)}`)
        .join('&'),
      `filter[where][p][${operator}][0]=${encodeURIComponent(texts[0] as string)}&filter[where][p][${operator}][1]=${encodeURIComponent(texts[1] as string)}`,
    ]),
  ]
}

const people: Person[] = [
  {
    email: 'u1@example.com',
    username: 'ann',
    age: 30,
    city: 'Bern',
    deep: { a: { b: 1 } },
    tags: ['x', { y: 1 }],
    login: false,
  },
  { email: 'u2@example.com', username: 'bob', age: 18, city: 'Basel', deep: { a: { b: 2 } }, login: false },
  { email: 'u3@example.com', username: 'cat', age: 30, realm: 'north', login: false },
  { email: 'u4@example.com', city: 'Bern', login: false },
]

const combinations: readonly unknown[] = [
  { age: { gt: 20, lt: 30 } },
  { age: { lt: 30, gt: 20 } },
  { age: { gt: 10, bogus: 1 } },
  { age: { bogus: 1, gt: 20 } },
  { age: { inq: [30], neq: 30 } },
  { username: { like: 'a', neq: 'ann' } },
  { age: 30, city: 'Bern' },
  { and: [{ age: 30 }, { city: 'Bern' }] },
  { or: [{ age: 18 }, { city: 'Bern' }] },
  { nor: [{ age: 18 }, { city: 'Bern' }] },
  { not: { age: 18 } },
  { and: [] },
  { or: [] },
  { nor: [] },
  { and: [{}] },
  { or: [{}] },
  { and: [{}, { age: 18 }] },
  { and: {} },
  { or: {} },
  { and: 'x' },
  { or: 5 },
  { and: null },
  { or: [null] },
  { and: [5] },
  { or: ['x'] },
  { and: { 0: { age: 30 } } },
  { and: [{ age: 30 }], city: 'Bern' },
  { or: [{ age: 30 }], city: 'Bern' },
  { and: [{ or: [{ age: 30 }, { age: 18 }] }, { city: { neq: 'Bern' } }] },
  { or: [{ and: [{ age: 30 }, { realm: 'north' }] }, { username: 'bob' }] },
  { 'deep.a.b': 1 },
  { 'deep.a': { b: 1 } },
  { deep: { a: { b: 1 } } },
  { 'deep.a.b': { gt: 1 } },
  { 'tags.0': 'x' },
  { 'tags.y': 1 },
  { 'tags.1.y': 1 },
  { nothing: null },
  { nothing: { neq: null } },
  { nothing: 'x' },
  { id: 1 },
  { id: '1' },
  { id: { inq: [1, '2', 99] } },
  { id: { gt: 2 } },
  { id: { between: [2, 3] } },
  { id: 'abc' },
  { id: null },
  { email: 'u1@example.com' },
  { email: 'U1@example.com' },
  { email: { like: '%@example.com' } },
  { realm: null },
  { realm: { neq: 'north' } },
  { emailVerified: null },
  { emailVerified: false },
  { password: 'x' },
  { password: { neq: null } },
  { verificationToken: null },
  { or: [{ password: 'x' }, { age: 18 }] },
  { and: [{ password: 'x' }, { age: 18 }] },
  { or: [{ password: 'x' }] },
  { $where: 'true' },
  { age: { $gt: 1 } },
  { $or: [{ age: 1 }] },
  { age: { gt: { $x: 1 } } },
  { 'a"b': 1, "a'b": 2, 'a`b': 3, 'a;--': 4 },
  { toString: 'x' },
  { constructor: { name: 'Object' } },
  { hasOwnProperty: null },
  { '': 1 },
  { age: {} },
  { age: [] },
  { age: [30] },
  { username: {} },
  { username: ['ann'] },
  [],
  [{ age: 30 }],
  'x',
  5,
  true,
  '',
]

const patterns: readonly unknown[] = [
  '^a',
  'A',
  '/^A/i',
  '/^a/',
  '/^a/g',
  '/a|b/x',
  '[',
  '(?=a)',
  '(a)\\1',
  '',
  '.*',
  '^u1@example\\.com$',
  5,
  null,
  {},
  [],
  true,
]

/** Dates that are none, and a where that is null, make LoopBack itself answer 500. */
const rough: readonly unknown[] = [null, { p: 'yesterday' }, { p: { gt: 'yesterday' } }, { p: '' }, { p: {} }]

export const filters: Area = {
  name: 'filters',
  scenarios: [
    ...Object.entries(kinds).flatMap(([name, kind]) => [
      {
        name: `${name}, JSON`,
        user: settingsFor(kind),
        people: holders(kind),
        steps: [get('/Users'), ...questions(kind).map(whoHas)],
      },
      {
        name: `${name}, brackets`,
        user: settingsFor(kind),
        people: holders(kind),
        steps: bracketed(kind).map(whoHasBracketed),
      },
    ]),
    { name: 'combinations', user: { acls: readers }, people, steps: combinations.map(whoHas) },
    {
      name: 'counting by combinations',
      user: { acls: readers },
      people,
      steps: combinations.slice(0, 40).map((where) => ask('/Users/count', where, {}, 'where')),
    },
    {
      name: 'patterns',
      user: { acls: readers },
      people,
      steps: patterns.flatMap((regexp) => [whoHas({ username: { regexp } }), whoHas({ email: { regexp } })]),
    },
    {
      name: 'what makes LoopBack stumble',
      user: { acls: readers, properties: { p: 'date' } },
      people,
      steps: rough.map(whoHas),
    },
  ],
}
