import fc from 'fast-check'

export type Endpoint = readonly [method: string, path: string]

/** Who sends a request: `gone` has logged out. */
export type Caller = 'nobody' | 'a liar' | 'the owner' | 'the admin' | 'gone'

/** A request with names in it, like `<own id>`, for what is known only when it is sent. */
export interface AnyRequest {
  readonly endpoint: Endpoint
  readonly caller: Caller
  /** Where the token stands. */
  readonly place: 'Authorization' | 'Bearer' | 'Basic' | 'X-Access-Token' | 'cookie' | 'query'
  readonly ids: readonly [id: string, fk: string]
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const names = ['<own id>', '<own email>', '<own password>', '<own token>', '<other id>', '<other email>']
const addresses = [
  'joe@example.com',
  '"a b"@example.com',
  'joe@bücher.example',
  '<own email>',
  '<other email>',
]
const oddTexts = [
  'true',
  '1',
  '01',
  '1e400',
  'null',
  '\u0000',
  '\ud800',
  'ſ',
  '\u202e',
  '%',
  "'",
  '--',
  '2026-02-30',
]
const text = fc.oneof(
  fc.constantFrom(...names, ...addresses, ...oddTexts),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('x', '{', '%', '.*', 'é').chain((unit) => fc.nat(600).map((times) => unit.repeat(times))),
)
const scalar = fc.oneof(
  text,
  fc.constantFrom(null, true, false, 0, -0, -1, 1.5, 1e300, 2 ** 53, 5e-324, 86_400),
  fc.integer(),
)

const properties = [
  ...[
    'id',
    'email',
    'username',
    'password',
    'realm',
    'emailVerified',
    'verificationToken',
    'roles',
    'created',
  ],
  ...['accessTokens', 'userId', 'ttl', 'scopes', 'note', 'a.b', 'note.a', '', '0'],
]
const oddKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'toString',
  'length',
  '$where',
  '$gt',
  'then',
]
const key = fc.constantFrom(
  ...properties,
  ...oddKeys,
  ...['email', 'password', 'newPassword', 'oldPassword', 'access_token', 'token', 'uid', 'include', 'data'],
)

const anything = fc.oneof(scalar, fc.jsonValue({ maxDepth: 4 }))

/** JSON as text, because an object cannot be given a key twice, nor some keys at all. */
function objectOf(keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(keys, values), { maxLength: 6 })
    .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`)
}
const json = anything.map((value) => JSON.stringify(value))
const listOf = (items: fc.Arbitrary<string>) =>
  fc.array(items, { maxLength: 4 }).map((all) => `[${all.join()}]`)

/** What a decent client sends, so that there is more to see than refusals. */
const decentBody = fc.constantFrom(
  { email: '<new email>', password: 'long enough for everybody' },
  { email: '<own email>', password: '<own password>' },
  { email: '<own email>', password: '<own password>', ttl: -1 },
  { oldPassword: '<own password>', newPassword: 'long enough for everybody' },
  { newPassword: 'long enough for everybody' },
  { email: '<own email>' },
  { id: '<own id>', email: 'ann@example.com', note: { a: [1] } },
  { ttl: 60, scopes: ['reset-password'] },
  { all: true },
  [
    { email: 'a@example.com', password: 'one' },
    { email: 'b@example.com', password: 'two' },
  ],
)

const operator = fc.constantFrom(
  ...[
    'eq',
    'neq',
    'gt',
    'gte',
    'lt',
    'lte',
    'between',
    'inq',
    'nin',
    'like',
    'nlike',
    'ilike',
    'nilike',
    'regexp',
  ],
  ...['exists', 'near', 'maxDistance', 'and', 'or', 'nor', 'not', '$ne', 'options', 'text'],
)
const pattern = fc
  .constantFrom(
    '^(a+)+$',
    '/a/i',
    '/a/gz',
    '(?<=a)b',
    '[',
    'a{1,1000}',
    '%a_',
    '%%%%%%%%%%',
    '(?i)e',
    '\\',
    '*',
  )
  .map((found) => JSON.stringify(found))
const condition = fc.oneof(json, objectOf(operator, fc.oneof(json, pattern, listOf(json))))
const { where } = fc.letrec<{ where: string }>((tie) => ({
  where: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    objectOf(key, condition),
    objectOf(fc.constantFrom('and', 'or', 'nor', 'not'), listOf(tie('where'))),
  ),
}))
const order = fc.constantFrom(
  ...[
    '"id"',
    '"email DESC"',
    '["note.a ASC","id"]',
    '"password"',
    '"id desc, email"',
    '"id; drop"',
    '7',
    '{}',
    '[[]]',
  ],
)
const part = fc.oneof(
  where.map((value) => `"where":${value}`),
  order.map((value) => `"order":${value}`),
  fc.tuple(fc.constantFrom('limit', 'skip', 'offset'), json).map(([name, value]) => `"${name}":${value}`),
  fc
    .oneof(objectOf(key, json), listOf(key.map((name) => JSON.stringify(name))))
    .map((value) => `"fields":${value}`),
  fc
    .constantFrom(
      '"user"',
      '"accessTokens"',
      '["user",{"relation":"user","scope":{"fields":"id"}}]',
      '{"user":5}',
    )
    .map((value) => `"include":${value}`),
)
const filter = fc.array(part, { maxLength: 4 }).map((parts) => `{${parts.join()}}`)

const broken = fc
  .tuple(fc.oneof(filter, objectOf(key, json)), fc.nat(20))
  .map(([whole, cut]) => whole.slice(0, -cut))
const parameter = fc.oneof(
  fc.tuple(fc.constant('filter'), fc.oneof({ weight: 4, arbitrary: filter }, json, broken)),
  fc.tuple(fc.constant('where'), fc.oneof({ weight: 4, arbitrary: where }, json, broken)),
  fc.tuple(fc.constant('data'), fc.oneof(objectOf(key, json), json, broken)),
  fc.tuple(
    fc.constantFrom(
      'filter[where][id]',
      'filter[where][email][regexp]',
      'filter[limit]',
      'where[or][0][id]',
      'data[a]',
    ),
    text,
  ),
  fc.tuple(
    fc.constantFrom('uid', 'token', 'redirect', 'include', 'all', 'id', 'access_token', '_format'),
    text,
  ),
)
const query = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  {
    weight: 5,
    arbitrary: fc
      .array(parameter, { maxLength: 3 })
      .map((all) => all.map(([name, value]) => `${name}=${encoded(value)}`).join('&')),
  },
  // Of what may stand in a request line, anything.
  { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{0,40}$/) },
)

const id = fc.oneof(
  { weight: 9, arbitrary: fc.constant('<own id>') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('<other id>', 'me', '99', '01', '1e0', '-1', '%00', '%ff', '..', 'login'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[!-"$-.0->@-~]{1,20}$/) },
)
const fk = fc.constantFrom('<own token>', 'none', '0'.repeat(64), '%00', 'x'.repeat(64))

const body = fc.oneof(
  { weight: 10, arbitrary: decentBody.map((value) => JSON.stringify(value)) },
  { weight: 6, arbitrary: objectOf(key, json) },
  { weight: 1, arbitrary: listOf(objectOf(key, json)) },
  { weight: 1, arbitrary: json },
  { weight: 1, arbitrary: broken },
  { weight: 1, arbitrary: query },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.nat(60).map((depth) => `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`) },
)

const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  { weight: 2, arbitrary: fc.constant('application/x-www-form-urlencoded') },
  fc.constantFrom(
    'application/json; charset=utf-16',
    'text/plain',
    'multipart/form-data; boundary=x',
    'x/y',
    '',
    ';',
  ),
)
const headerText = fc.stringMatching(/^[ -~\u00a0-\u00ff]{0,30}$/)
const further = fc.dictionary(
  fc.constantFrom(
    ...[
      'accept',
      'accept-language',
      'cookie',
      'origin',
      'referer',
      'user-agent',
      'x-forwarded-for',
      'x-request-id',
    ],
    ...[
      'content-encoding',
      'range',
      'if-none-match',
      'x-http-method-override',
      'sec-fetch-site',
      'forwarded',
    ],
    ...['access-control-request-method', 'authorization', 'x-access-token'],
  ),
  fc.oneof(
    headerText,
    fc.constantFrom(
      'text/html',
      'application/xml',
      '*/*;q=2',
      'null',
      'https://evil.example',
      'gzip',
      'DELETE',
    ),
    fc.constantFrom(
      'Bearer',
      'Basic Og==',
      'Bearer a b',
      'access_token=x; access_token=y',
      '::1, 1.2.3.4',
      'xx-YY',
    ),
  ),
  { maxKeys: 3 },
)

/** A request to one of the endpoints, or now and then beside them; decent, or broken in any of its parts. */
export function anyRequest(endpoints: readonly Endpoint[]): fc.Arbitrary<AnyRequest> {
  const methods = [...new Set(endpoints.map(([method]) => method)), 'OPTIONS', 'TRACE', 'PROPFIND']
  const elsewhere = fc.tuple(
    fc.constantFrom(...methods),
    fc.oneof(
      fc.constantFrom(...endpoints.map(([, path]) => path)),
      fc.stringMatching(/^\/[!-"$->@-~]{0,20}$/),
    ),
  )
  return fc.record({
    endpoint: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...endpoints) },
      { weight: 1, arbitrary: elsewhere },
    ),
    caller: fc.constantFrom<Caller[]>(
      'nobody',
      'a liar',
      'the owner',
      'the owner',
      'the admin',
      'the admin',
      'gone',
    ),
    place: fc.constantFrom<AnyRequest['place'][]>(
      ...(['Authorization', 'Bearer', 'Basic', 'X-Access-Token', 'cookie', 'query'] as const),
    ),
    ids: fc.tuple(id, fk),
    query,
    headers: fc.tuple(contentType, further).map(([type, more]) => ({ 'content-type': type, ...more })),
    body,
  })
}

/** What goes over the line. */
export interface Sent {
  readonly method: string
  /** Below the users. */
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

/** Puts in what is known by now. */
export function fill(
  { endpoint: [method, pattern], place, ids: [id, fk], query, headers, body }: AnyRequest,
  token: string,
  known: Readonly<Record<string, string>>,
): Sent {
  const put = (whole: string, written: (value: string) => string) =>
    Object.entries(known).reduce(
      (text, [name, value]) => text.replaceAll(written(name), () => written(value)).replaceAll(name, value),
      whole,
    )
  const plain = (value: string) => value
  const path = put(
    pattern.replace('{id}', () => id).replace(/\{(fk|handle)\}/, () => fk),
    plain,
  )
  const search = [put(query, encoded), place === 'query' && token ? `access_token=${token}` : ''].filter(
    Boolean,
  )
  return {
    method,
    path:
      [path, ...search.slice(0, 1)].join('?') +
      search
        .slice(1)
        .map((more) => `&${more}`)
        .join(''),
    headers: { ...headers, ...(token ? carrying(token, place) : {}) },
    body: method === 'GET' || method === 'HEAD' ? undefined : put(body, plain),
  }
}

function carrying(token: string, place: AnyRequest['place']): Record<string, string> {
  if (place === 'query') return {}
  if (place === 'cookie') return { cookie: `access_token=${token}` }
  if (place === 'X-Access-Token') return { 'x-access-token': token }
  if (place === 'Authorization') return { authorization: token }
  const base64 = Buffer.from(place === 'Basic' ? `${token}:` : token).toString('base64')
  return { authorization: `${place} ${base64}` }
}

/** As in a query; half a character, which has no escape, as its replacement. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}
