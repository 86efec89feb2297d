import { type Area, ann, crowd, get, joe, login, password, type Step, send } from '../harness/case.ts'

const fresh = { email: 'new@example.com', password }

const bodies: readonly unknown[] = [
  fresh,
  { ...fresh, age: 5 },
  {},
  null,
  [],
  [fresh],
  'text',
  5,
  { email: 'bad', password },
  { email: 'joe@example.com', password },
  { id: 2 },
  { id: '2', age: 5 },
  { id: 2, age: 5 },
  { id: 2, email: 'bad' },
  { id: 2, email: 'ann@example.com' },
  { id: 2, email: 'joe2@example.com', password: 'newsecret' },
  { id: 2, email: 'joe@example.com', password, username: 'ann' },
  { id: 2, password: 'newsecret' },
  { id: 2, password: '' },
  { id: 2, emailVerified: true },
  { id: 99 },
  { id: 99, ...fresh },
  { id: 0, ...fresh },
  { id: null, ...fresh },
  { id: '', ...fresh },
  { id: 'abc', ...fresh },
  { id: true, ...fresh },
]

const ways = [
  ['PATCH', '/Users'],
  ['PUT', '/Users'],
  ['POST', '/Users/replaceOrCreate'],
] as const

const around: Step[] = [
  get('/Users', { by: 'root' }),
  get('/Users/2', { by: 'joe' }),
  login(joe),
  login({ ...joe, password: 'newsecret' }),
]

const wheres = [
  '{"username":"joe"}',
  '{"id":2}',
  '{"id":99}',
  '{}',
  '{"id":{"gt":1}}',
  'null',
  '5',
  '[]',
  'broken',
  '',
]

const whereBodies: readonly unknown[] = [
  { age: 5 },
  { email: 'joe2@example.com' },
  { ...fresh },
  { email: 'ann@example.com', password },
  { email: 'bad', password },
  { id: 7, ...fresh },
  { password: 'newsecret' },
  {},
  null,
  [],
  'x',
]

export const upsert: Area = {
  name: 'upsert',
  scenarios: [
    ...ways.flatMap(([method, path]) => [
      ...bodies.map((body) => ({
        name: `${method} ${path} ${JSON.stringify(body)}`,
        people: crowd,
        steps: [send(method, path, { by: 'root', body }), ...around],
      })),
      {
        name: `${method} ${path} by others`,
        people: crowd,
        steps: [
          send(method, path, { body: fresh }),
          send(method, path, { by: 'joe', body: fresh }),
          send(method, path, { by: 'joe', body: { id: 2, age: 5 } }),
          send(method, path, { by: 'root' }),
          ...around,
        ],
      },
    ]),
    ...wheres.map((where) => ({
      name: `upsertWithWhere and update where ${where}`,
      people: crowd,
      steps: ['upsertWithWhere', 'update'].flatMap((method) => {
        const path = `/Users/${method}?where=${encodeURIComponent(where)}`
        return [send('POST', path, { by: 'root', body: { age: 5 } }), ...around]
      }),
    })),
    ...['{"username":"joe"}', '{"id":99}'].flatMap((where) =>
      ['upsertWithWhere', 'update'].flatMap((method) =>
        whereBodies.map((body) => ({
          name: `${method} where ${where} ${JSON.stringify(body)}`,
          people: crowd,
          steps: [
            send('POST', `/Users/${method}?where=${encodeURIComponent(where)}`, { by: 'root', body }),
            ...around,
          ],
        })),
      ),
    ),
    {
      name: 'update and upsertWithWhere by others, and the where elsewhere',
      people: crowd,
      steps: ['upsertWithWhere', 'update'].flatMap((method) => [
        send('POST', `/Users/${method}?where={"id":2}`, { body: { age: 1 } }),
        send('POST', `/Users/${method}?where={"id":2}`, { by: 'joe', body: { age: 1 } }),
        send('POST', `/Users/${method}?where[id]=2`, { by: 'root', body: { age: 1 } }),
        send('POST', `/Users/${method}?where[username]=joe`, { by: 'root', body: { age: 1 } }),
        send('POST', `/Users/${method}?where={"password":"x"}`, { by: 'root', body: { age: 2 } }),
        send('POST', `/Users/${method}?where={"bogus":"x"}`, { by: 'root', body: { age: 3 } }),
        send('POST', `/Users/${method}?where={"$where":"x"}`, { by: 'root', body: { age: 3 } }),
        send('POST', `/Users/${method}?where={"id":{"$gt":1}}`, { by: 'root', body: { age: 3 } }),
        send('POST', `/Users/${method}?where={"id":2}`, { by: 'root' }),
        get('/Users', { by: 'root' }),
      ]),
    },
    ...['upsertWithWhere', 'update'].map((method) => ({
      name: `${method} without a where`,
      people: [...crowd],
      steps: [
        send('POST', `/Users/${method}`, { by: 'root', body: { age: 1 } }),
        get('/Users', { by: 'root' }),
      ],
    })),
    {
      name: 'update changes passwords and addresses of several',
      people: crowd,
      steps: [
        send('POST', '/Users/update?where={"id":{"gt":1}}', { by: 'root', body: { realm: 'all', age: 1 } }),
        get('/Users', { by: 'root' }),
        get('/Users/2', { by: 'joe' }),
        send('POST', '/Users/update?where={"id":2}', { by: 'root', body: { email: 'moved@example.com' } }),
        get('/Users/2', { by: 'joe' }),
        get('/Users/3', { by: 'ann' }),
        send('POST', '/Users/update?where={"id":3}', { by: 'root', body: { password: 'newsecret' } }),
        get('/Users/3', { by: 'ann' }),
        login(ann),
        login({ ...ann, password: 'newsecret' }),
        send('POST', '/Users/update?where={}', { by: 'root', body: { username: 'same' } }),
        get('/Users', { by: 'root' }),
      ],
    },
  ],
}
