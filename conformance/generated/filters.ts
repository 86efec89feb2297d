import fc, { type Arbitrary } from 'fast-check'
import { readers } from '../cases/filter-people.ts'
import { ask, get, type Person, type Request } from '../harness/case.ts'
import type { Generated } from './generated.ts'
import { anything, bracketed, partial, scalar } from './values.ts'

const names = fc.constantFrom(
  'name',
  'age',
  'member',
  'born',
  'tags',
  'any',
  'free',
  'id',
  'email',
  'username',
  'nothing',
  'deep.a',
)

const condition: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: scalar },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('neq', 'gt', 'gte', 'lt', 'lte', 'like', 'nlike', 'ilike', 'nilike', 'regexp', 'eq'),
        scalar,
      )
      .map(([operator, operand]) => ({ [operator]: operand })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('inq', 'nin', 'between'), fc.array(scalar, { minLength: 1, maxLength: 3 }))
      .map(([operator, operand]) => ({ [operator]: operand })),
  },
  { weight: 1, arbitrary: anything },
)

const { where } = fc.letrec<{ where: unknown; leaf: unknown; branch: unknown }>((tie) => ({
  leaf: fc.dictionary(names, condition, { minKeys: 1, maxKeys: 2 }),
  branch: fc
    .tuple(fc.constantFrom('and', 'or', 'nor'), fc.array(tie('where'), { maxLength: 2 }))
    .map(([operator, parts]) => ({ [operator]: parts })),
  where: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: tie('leaf') },
    { weight: 1, arbitrary: tie('branch') },
  ),
}))

const order = fc.oneof(
  fc
    .tuple(names, fc.constantFrom('', ' ASC', ' DESC', ' desc'))
    .map(([name, direction]) => `${name}${direction}`),
  fc.array(
    fc.tuple(names, fc.constantFrom('', ' DESC')).map(([name, direction]) => `${name}${direction}`),
    { maxLength: 2 },
  ),
)

const amount = fc.constantFrom<unknown>(0, 1, 2, 5, '1', 'x', null, -1)

const filter = partial({
  where,
  order,
  limit: amount,
  skip: amount,
  fields: fc.oneof(fc.array(names, { maxLength: 2 }), fc.dictionary(names, fc.boolean(), { maxKeys: 2 })),
})

const question: Arbitrary<Request> = fc.oneof(
  filter.map((value) => ask('/Users', value)),
  filter.map((value) => ask('/Users/findOne', value)),
  where.map((value) => ask('/Users/count', value, {}, 'where')),
  filter.map((value) => get(`/Users?${bracketed('filter', value).join('&')}`)),
)

const people: Person[] = [
  {
    name: 'ann',
    age: 30,
    member: true,
    born: '2000-01-01',
    tags: ['a', 'x'],
    any: 5,
    free: 'x',
    username: 'ann',
  },
  {
    name: 'Bob',
    age: 18,
    member: false,
    born: '1990-05-01',
    tags: ['b'],
    any: '5',
    free: 30,
    deep: { a: 'x' },
  },
  { name: 'bob', age: 30.5, tags: [], any: [1], free: '30', username: 'bob' },
  { name: '', age: 0, born: null, any: { a: 1 }, free: true },
  { member: null, free: null },
].map((person, index) => ({ email: `u${index + 1}@example.com`, login: false, ...person }))

export const generatedFilters: Generated = {
  name: 'generated filters',
  base: {
    name: 'filters',
    user: {
      acls: readers,
      properties: {
        name: { type: 'string' },
        age: { type: 'number' },
        member: { type: 'boolean' },
        born: { type: 'date' },
        tags: { type: ['string'] },
        any: { type: 'any' },
      },
    },
    people,
    steps: [],
  },
  changesNothing: true,
  steps: question.map((request) => [request]),
}
