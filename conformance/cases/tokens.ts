import { type Area, crowd, get, joe, post, type Request, root, send } from '../harness/case.ts'

/** Everything beside the raw token that may carry one, or looks as if it did. */
const forms: readonly Record<string, string>[] = [
  { authorization: '<joe.id>' },
  { Authorization: '<joe.id>' },
  { 'x-access-token': '<joe.id>' },
  { authorization: 'Bearer <joe.id>' },
  { authorization: 'Bearer <base64 joe.id>' },
  { authorization: 'bearer <joe.id>' },
  { authorization: 'bearer <base64 joe.id>' },
  { authorization: 'BEARER <base64 joe.id>' },
  { authorization: 'Bearer  <base64 joe.id>' },
  { authorization: 'Bearer <base64 joe.id> ' },
  { authorization: 'Bearer ' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer nonsense' },
  { 'x-access-token': 'Bearer <base64 joe.id>' },
  { authorization: 'Token <joe.id>' },
  { authorization: ' <joe.id> ' },
  { authorization: '<half joe.id>' },
  { authorization: '<upper joe.id>' },
  { authorization: '<lower joe.id>' },
  { authorization: '"<joe.id>"' },
  { authorization: '' },
  { authorization: '', 'x-access-token': '<joe.id>' },
  { authorization: '<joe.id>', 'x-access-token': '<ann.id>' },
  { authorization: '<ann.id>', 'x-access-token': '<joe.id>' },
  { authorization: '<joe.id>', 'x-access-token': '' },
  { authorization: '<joe.id>', 'x-access-token': 'nonsense' },
  { cookie: 'access_token=<joe.id>' },
  { cookie: 'authorization=<joe.id>' },
  { cookie: 'access_token=s%3A<joe.id>.abc' },
  { access_token: '<joe.id>' },
  { 'proxy-authorization': '<joe.id>' },
]

/** What may stand before base64 in `Basic`. */
const basics = ['<joe.id>', '<joe.id>:', ':<joe.id>', 'joe:<joe.id>', '<joe.id>:x', 'nonsense', '']

const queries = [
  'access_token=<joe.id>',
  'access_token=',
  'access_token',
  'access_token=nonsense',
  'access_token=<ann.id>',
  'access_token=<joe.id>&access_token=<ann.id>',
  'access_token[]=<joe.id>',
  'access_token[a]=<joe.id>',
  'accessToken=<joe.id>',
  'ACCESS_TOKEN=<joe.id>',
  'authorization=<joe.id>',
  'x-access-token=<joe.id>',
  'access_token=Bearer%20<base64 joe.id>',
  'access_token=%20<joe.id>',
  'access%5Ftoken=<joe.id>',
]

/** What a token lets its bearer do, and how one is told that it does not. */
function uses(extras: Pick<Request, 'headers'>, query = ''): Request[] {
  return [get(`/Users/2${query}`, extras), post(`/Users/logout${query}`, undefined, extras)]
}

export const tokens: Area = {
  name: 'tokens',
  scenarios: [
    ...forms.map((headers) => ({
      name: `headers ${JSON.stringify(headers)}`,
      people: crowd,
      steps: uses({ headers }),
    })),
    ...basics.flatMap((text) =>
      ['Basic', 'basic'].map((scheme) => ({
        name: `${scheme} ${text}`,
        people: crowd,
        steps: [
          post('/Users/login', { email: 'joe@example.com', password: 'opensesame' }, { as: 'session' }),
          ...uses({ headers: { authorization: `${scheme} <base64 joe.id>` } }),
        ],
      })),
    ),
    ...queries.flatMap((query) => [
      { name: `query ${query}`, people: crowd, steps: uses({}, `?${query}`) },
      {
        name: `query ${query} beside a header`,
        people: crowd,
        steps: uses({ headers: { authorization: '<joe.id>' } }, `?${query}`),
      },
    ]),
    {
      name: 'in the body',
      people: crowd,
      steps: [
        post('/Users/logout', { access_token: '<joe.id>' }),
        post('/Users/logout', { accessToken: '<joe.id>' }),
        post('/Users/logout', { id: '<joe.id>' }),
        post('/Users/logout', undefined, {
          raw: 'access_token=<joe.id>',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
        post('/Users/change-password', { access_token: '<joe.id>', oldPassword: 'a', newPassword: 'b' }),
        get('/Users/2', { by: 'joe' }),
      ],
    },
    {
      name: 'logout by every verb, with every body, once and twice',
      people: crowd,
      steps: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'].flatMap((method) => [
        post('/Users/login', { email: 'joe@example.com', password: 'opensesame' }, { as: 'session' }),
        send(method, '/Users/logout'),
        send(method, '/Users/logout', { by: 'session' }),
        send(method, '/Users/logout', { by: 'session' }),
        get('/Users/2', { by: 'session' }),
      ]),
    },
    {
      name: 'logout with bodies',
      people: crowd,
      steps: [{}, [], null, 5, 'x', { access_token: 'nonsense' }].flatMap((body) => [
        post('/Users/login', { email: 'joe@example.com', password: 'opensesame' }, { as: 'session' }),
        post('/Users/logout', body, { by: 'session' }),
        get('/Users/2', { by: 'session' }),
        get('/Users/2', { by: 'joe' }),
      ]),
    },
    ...[
      get('/Users/1'),
      get('/Users'),
      get('/nothing'),
      get('!/elsewhere'),
      post('/Users', { email: 'new@example.com', password: 'p' }),
      post('/Users/login', { email: 'joe@example.com', password: 'opensesame' }),
      post('/Users/logout'),
      post('/Users/reset', { email: 'joe@example.com' }),
      post('/Users', undefined, { raw: '{', headers: { 'content-type': 'application/json' } }),
      get('/Users?filter=broken'),
    ].map((request) => ({
      name: `an expired token on ${request.method} ${request.path} ${JSON.stringify(request.body ?? '')}`,
      people: [joe],
      steps: [
        post('/Users/login', { email: 'joe@example.com', password: 'opensesame', ttl: 1 }, { as: 'short' }),
        get('/Users/1', { by: 'short' }),
        { waitMs: 1_100 },
        { ...request, by: 'short' },
        { ...request, by: 'short' },
        get('/Users/1', { by: 'joe' }),
      ],
    })),
    {
      name: 'the token of a deleted user',
      people: [root, joe],
      steps: [
        send('DELETE', '/Users/2', { by: 'joe' }),
        get('/Users/2', { by: 'joe' }),
        post('/Users/logout', undefined, { by: 'joe' }),
      ],
    },
  ],
}
