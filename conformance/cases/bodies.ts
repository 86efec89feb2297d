import { get, joe, password, post, root, type Scenario, send } from '../harness/case.ts'

const json = JSON.stringify({ email: 'new@example.com', password })
const account = { email: 'new@example.com', password }

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'APPLICATION/JSON',
  'application/json; charset=bogus',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  'application/vnd.api+json',
  'application/problem+json',
  'text/json',
  'text/plain',
  'text/html',
  'application/xml',
  'text/xml',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'multipart/form-data; boundary=x',
  'nonsense',
  '*/*',
  '',
]

const broken = [
  '{',
  '}',
  '{"email":',
  "{'email':1}",
  '{"a":1}{"b":2}',
  'undefined',
  'NaN',
  '',
  ' ',
  '\ufeff{}',
  '{"a":1,}',
  '[1,]',
  '"',
  '\u0000',
  '{"a":"\n"}',
  'nul',
]

const bodyHeaders: readonly Record<string, string>[] = [
  { 'content-encoding': 'bogus' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'identity' },
  { 'content-encoding': 'deflate' },
  { 'content-length': String(Buffer.byteLength(json)) },
  { 'transfer-encoding': 'chunked' },
]

/** Many clients say that they send JSON when they send nothing. */
const bodiless = [
  'POST /Users',
  'POST /Users/login',
  'POST /Users/reset',
  'POST /Users/2/accessTokens',
  'PUT /Users/2',
  'PATCH /Users/2',
  'POST /Users/2/replace',
  'PUT /Users',
  'PATCH /Users',
  'POST /Users/update?where={"id":99}',
  'POST /Users/upsertWithWhere?where={"id":99}',
  'GET /Users/2',
  'DELETE /Users/99',
  'POST /Users/logout',
]

/** Bodies of every type and size, and none: a part of the area http. */
export const bodies: readonly Scenario[] = [
  {
    name: 'content types of a sign-up',
    steps: contentTypes.flatMap((type, index) => [
      send('POST', '/Users', {
        raw: JSON.stringify({ email: `u${index}@example.com`, password }),
        headers: type === '' ? {} : { 'content-type': type },
      }),
      send('POST', '/Users/login', {
        raw: JSON.stringify({ email: `u${index}@example.com`, password }),
        headers: type === '' ? {} : { 'content-type': type },
      }),
    ]),
  },
  {
    name: 'bodies that are no JSON',
    people: [joe],
    steps: broken.flatMap((raw) =>
      ['/Users', '/Users/login', '/nothing', '/Users/1'].map((path) =>
        send('POST', path, { raw, headers: { 'content-type': 'application/json' } }),
      ),
    ),
  },
  {
    name: 'JSON that is not there',
    people: [root, joe],
    steps: bodiless.map((request) => {
      const [method = '', path = ''] = request.split(' ')
      return send(method, path, { by: 'root', raw: '', headers: { 'content-type': 'application/json' } })
    }),
  },
  ...bodyHeaders.map((headers) => ({
    name: `a body with ${JSON.stringify(headers)}`,
    steps: [
      send('POST', '/Users', { raw: json, headers: { 'content-type': 'application/json', ...headers } }),
    ],
  })),
  {
    name: 'bodies that are too large',
    steps: [
      post('/Users', { ...account, filler: 'x'.repeat(90_000) }),
      post('/Users', { ...account, filler: 'x'.repeat(110_000) }),
      post('/nothing', { filler: 'x'.repeat(110_000) }),
      send('POST', '/Users', {
        raw: `email=form%40example.com&password=p&filler=${'x'.repeat(110_000)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
      send('POST', '/Users', { raw: 'x'.repeat(110_000), headers: { 'content-type': 'text/plain' } }),
      get(`/Users?filter=${'x'.repeat(9_000)}`),
    ],
  },
]
