import { type Area, get, password, patch, post, put, root, type Step } from '../harness/case.ts'

const given: readonly unknown[] = [
  'text',
  '',
  '42',
  ' 42 ',
  '-1.5e3',
  'true',
  'false',
  'null',
  '2020-01-01',
  '2020-01-01T10:00:00.000Z',
  'yesterday',
  '[1,2]',
  '["a"]',
  '{"a":1}',
  '[',
  '0',
  0,
  1,
  -1,
  1.5,
  1e21,
  1577836800000,
  1e20,
  true,
  false,
  null,
  [],
  ['a', 1, null, true],
  [[1]],
  {},
  { a: 1 },
  { length: 2 },
]

const types: readonly (readonly [name: string, declared: unknown])[] = [
  ['string', 'string'],
  ['String', 'String'],
  ['number', { type: 'number' }],
  ['boolean', { type: 'Boolean' }],
  ['date', { type: 'date' }],
  ['object', { type: 'object' }],
  ['array', 'array'],
  ['[string]', { type: ['string'] }],
  ['[number]', { type: ['number'] }],
  ['[date]', { type: ['date'] }],
  ['[object]', { type: ['object'] }],
  ['[any]', { type: ['any'] }],
  ['any', { type: 'any' }],
]

const account = (n: number) => ({ email: `n${n}@example.com`, password })

/** What may stand beside a type in a declaration. */
const declarations: readonly (readonly [string, Record<string, unknown>, unknown, unknown[]])[] = [
  ['required string', { type: 'string', required: true }, 'r', [undefined, null, '', 'x', 0, ' ']],
  ['required number', { type: 'number', required: true }, 1, [undefined, null, '', 0, 'x', '5']],
  ['required boolean', { type: 'boolean', required: true }, true, [undefined, null, false, true, '']],
  ['required date', { type: 'date', required: true }, '2000-01-01', [undefined, null, '', '2020-01-01', 'x']],
  ['required array', { type: ['string'], required: true }, ['r'], [undefined, null, [], ['a']]],
  ['required object', { type: 'object', required: true }, { r: 1 }, [undefined, null, {}, { a: 1 }]],
  ['default string', { type: 'string', default: 'x' }, 'r', [undefined, null, '', 'y']],
  ['default number', { type: 'number', default: 5 }, 1, [undefined, null, '', 0]],
  ['default boolean', { type: 'boolean', default: false }, true, [undefined, null, true]],
  ['default object', { type: 'object', default: { a: 1 } }, { r: 1 }, [undefined, null, { b: 2 }]],
  ['default array', { type: ['string'], default: ['a'] }, ['r'], [undefined, null, []]],
  ['default and required', { type: 'string', default: 'x', required: true }, 'r', [undefined, null, '']],
  ['defaultFn now', { type: 'date', defaultFn: 'now' }, '2000-01-01', [undefined, null, '2020-01-01']],
  ['length', { type: 'string', length: 3 }, 'r', ['abc', 'abcd']],
  ['an index', { type: 'string', index: true }, 'r', ['a', 'a']],
  ['id of its own', { type: 'number', description: 'words', comments: 'more' }, 1, [5, 'x']],
]

function round(value: unknown, n: number): Step[] {
  const p = value === undefined ? {} : { p: value }
  return [
    post('/Users', { ...account(n), ...p }, { as: 'made' }),
    patch('/Users/1', p, { by: 'root' }),
    put('/Users/1', { email: 'root@example.com', password, ...p }, { by: 'root' }),
    get('/Users/1', { by: 'root' }),
  ]
}

const hiding: readonly (readonly [string, Record<string, unknown>])[] = [
  ['hidden', { hidden: ['p', 'password', 'verificationToken'] }],
  ['hidden without the password', { hidden: ['p'] }],
  ['protected', { protected: ['p'] }],
  ['protected address', { protected: ['email'] }],
  ['hidden address', { hidden: ['email', 'password'] }],
]

export const properties: Area = {
  name: 'properties',
  scenarios: [
    ...types.map(([name, declared]) => ({
      name: `type ${name}`,
      user: { properties: { p: declared } },
      people: [root],
      steps: [
        ...given.map((p, index) => post('/Users', { ...account(index), p })),
        get('/Users', { by: 'root' }),
        ...given.slice(0, 24).map((p) => patch('/Users/1', { p }, { by: 'root' })),
      ],
    })),
    {
      name: 'names that every object has',
      user: { properties: { p: 'object' } },
      steps: ['toString', 'valueOf', 'constructor', 'hasOwnProperty', 'toJSON'].flatMap((name, index) => [
        post('/Users', { ...account(index), [name]: 'x' }),
        post('/Users', { ...account(index + 10), p: { [name]: 'x' } }),
      ]),
    },
    {
      name: 'a list for another type',
      user: { properties: { age: 'number', member: 'boolean' } },
      people: [root],
      steps: [[], [1], ['5', 2]].flatMap((list) => [
        patch('/Users/1', { age: list, member: list }, { by: 'root' }),
        post('/Users/update?where={"id":1}', { age: list, member: list }, { by: 'root' }),
        get('/Users/1', { by: 'root' }),
      ]),
    },
    {
      name: 'a form',
      user: { properties: { n: 'number', b: 'boolean', d: 'date', t: ['string'], o: 'object' } },
      steps: [
        post('/Users', undefined, {
          raw: 'email=f%40example.com&password=p&n=5&b=false&d=2020-01-01&t=a&o[a]=1&u=5&v=true',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ],
    },
    ...declarations.map(([name, declaration, held, values]) => ({
      name,
      user: { properties: { p: declaration } },
      people: [{ ...root, p: held }],
      steps: values.flatMap(round),
    })),
    ...[undefined, true, false, 'throw', 'validate', 'filter'].map((strict) => ({
      name: `strict ${strict}`,
      user: { properties: { p: 'string' }, ...(strict === undefined ? {} : { strict }) },
      people: [root],
      steps: [
        post('/Users', { ...account(1), p: 'x', other: 1, more: { a: 1 } }),
        post('/Users', { ...account(2), p: 'x' }),
        patch('/Users/1', { other: 1 }, { by: 'root' }),
        put('/Users/1', { email: 'root@example.com', password, other: 2 }, { by: 'root' }),
        patch('/Users', { id: 1, other: 3 }, { by: 'root' }),
        put('/Users', { id: 1, email: 'root@example.com', password, other: 4 }, { by: 'root' }),
        post('/Users/update?where={"id":1}', { other: 5 }, { by: 'root' }),
        post(
          '/Users/upsertWithWhere?where={"id":1}',
          { email: 'root@example.com', password, other: 6 },
          { by: 'root' },
        ),
        get('/Users', { by: 'root' }),
        get('/Users?filter={"where":{"other":5}}', { by: 'root' }),
        get('/Users?filter={"order":"other"}', { by: 'root' }),
        get('/Users?filter={"fields":["other"]}', { by: 'root' }),
      ],
    })),
    ...hiding.map(([name, setting]) => ({
      name,
      user: { properties: { p: 'string' }, ...setting },
      people: [{ ...root, p: 'secret' }],
      steps: [
        post('/Users', { ...account(1), p: 'zebra' }),
        get('/Users', { by: 'root' }),
        get('/Users/1', { by: 'root' }),
        get('/Users?filter={"fields":["p","email"]}', { by: 'root' }),
        get('/Users?filter={"where":{"p":"secret"}}', { by: 'root' }),
        get('/Users?filter={"where":{"p":"other"}}', { by: 'root' }),
        get('/Users?filter={"where":{"email":"root@example.com"}}', { by: 'root' }),
        get('/Users?filter={"where":{"or":[{"p":"other"},{"id":1}]}}', { by: 'root' }),
        get('/Users/count?where={"p":"other"}', { by: 'root' }),
        get('/Users?filter={"order":"p%20DESC"}', { by: 'root' }),
        post('/Users/update?where={"p":"other"}', { q: 1 }, { by: 'root' }),
        post('/Users/login?include=user', { email: 'root@example.com', password }),
        patch('/Users/1', { p: 'changed' }, { by: 'root' }),
        get('/Users/1/accessTokens?filter={"include":"user","fields":["userId"]}', { by: 'root' }),
      ],
    })),
    {
      name: 'properties LoopBack has itself, declared anew',
      user: {
        properties: {
          username: { type: 'string', required: true },
          emailVerified: { type: 'boolean', default: false },
        },
      },
      people: [{ ...root, username: 'root' }],
      steps: [
        post('/Users', account(1)),
        post('/Users', { ...account(1), username: 'n' }),
        post('/Users', { ...account(2), username: '' }),
        get('/Users', { by: 'root' }),
      ],
    },
  ],
}
