import { type Area, crowd, get, joe, login, password, type Step, send } from '../harness/case.ts'

/** Bodies for every way to change one user. */
const bodies: readonly unknown[] = [
  {},
  { age: 31 },
  { email: 'joe2@example.com' },
  { email: 'joe@example.com' },
  { email: 'JOE@example.com' },
  { email: 'ann@example.com' },
  { email: 'bad' },
  { email: null },
  { email: '' },
  { email: 5 },
  { username: 'joey' },
  { username: 'ann' },
  { username: null },
  { username: 12 },
  { realm: 'north' },
  { id: 2 },
  { id: '2' },
  { id: 99 },
  { id: null },
  { emailVerified: true },
  { emailVerified: null },
  { verificationToken: 'chosen' },
  { password: 'newsecret' },
  { password },
  { password: null },
  { password: '' },
  { password: 5 },
  { password: 'x'.repeat(73) },
  { email: 'joe2@example.com', password: 'newsecret' },
  { email: 'joe@example.com', password },
  { email: 'joe@example.com', password, age: 5, username: 'joe' },
  { email: 'joe@example.com', password, id: 2 },
  { email: 'joe@example.com', password, id: 99 },
  { email: 'ann@example.com', password, username: 'ann' },
  { address: { city: 'Bern' }, tags: [1] },
  { created: '2020-01-01T00:00:00.000Z' },
  { accessTokens: [] },
  { 'a.b': 1 },
  { $set: { age: 1 } },
  { toString: 'x' },
  [],
  [{ age: 5 }],
  null,
  'text',
  5,
  true,
]

const ways = [
  ['PATCH', '/Users/2'],
  ['PUT', '/Users/2'],
  ['POST', '/Users/2/replace'],
] as const

function after(method: string, path: string, body: unknown, by: string): Step[] {
  return [
    send(method, path, { by, body }),
    get('/Users/2', { by: 'root' }),
    get('/Users/2', { by: 'joe' }),
    login(joe),
    login({ ...joe, password: 'newsecret' }),
  ]
}

export const update: Area = {
  name: 'update',
  scenarios: [
    ...ways.flatMap(([method, path]) =>
      bodies.map((body) => ({
        name: `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`,
        people: crowd,
        steps: after(method, path, body, 'joe'),
      })),
    ),
    ...ways.flatMap(([method, path]) =>
      [
        { age: 5 },
        { email: 'joe2@example.com', password, emailVerified: true },
        { password: 'newsecret' },
      ].map((body) => ({
        name: `${method} ${path} by root ${JSON.stringify(body)}`,
        people: crowd,
        steps: after(method, path, body, 'root'),
      })),
    ),
    ...ways.map(([method, path]) => ({
      name: `${method} ${path} by others, of others, without a body`,
      people: crowd,
      steps: [
        send(method, path, { body: { age: 1 } }),
        send(method, path, { by: 'ann', body: { age: 1 } }),
        send(method, path.replace('2', '99'), { by: 'joe', body: { age: 1 } }),
        send(method, path.replace('2', '99'), { by: 'root', body: { age: 1 } }),
        send(method, path.replace('2', '99'), { by: 'root', body: { email: 'n@example.com', password } }),
        send(method, path.replace('2', 'abc'), { by: 'root', body: { email: 'n@example.com', password } }),
        send(method, path, { by: 'joe' }),
        send(method, `${path}?data={"age":44}`, { by: 'joe' }),
        send(method, path, {
          by: 'joe',
          raw: 'age=5',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
        send(method, path, { by: 'joe', raw: '{"age":6}', headers: { 'content-type': 'text/plain' } }),
        send(method, path, { by: 'joe', body: { data: { age: 7 } } }),
        get('/Users/2', { by: 'root' }),
      ],
    })),
  ],
}
