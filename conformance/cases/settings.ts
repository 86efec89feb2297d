import {
  type Area,
  get,
  joe,
  login,
  type Person,
  password,
  patch,
  post,
  put,
  root,
  type Scenario,
  type Step,
} from '../harness/case.ts'

const eve: Person = { email: 'Eve@Example.com', username: 'eve', login: false }

/** Logins that a realm can be part of. */
const realmLogins: Step[] = [
  { email: 'eve@north.example', password },
  { email: 'eve@north.example', password, realm: 'north' },
  { email: 'eve@north.example', password, realm: 'south' },
  { email: 'north:eve@north.example', password },
  { email: 'south:eve@north.example', password },
  { email: ':eve@north.example', password },
  { email: 'north:eve@north.example', password, realm: 'south' },
  { username: 'north:eve', password },
  { username: 'eve', password, realm: 'north' },
  { username: 'north:', password },
  { username: 'a:b:eve', password },
  { username: 'eve', password, realm: '' },
  { username: 'eve', password, realm: null },
  { username: 'eve', password, realm: 5 },
  { username: 'eve', password, realm: { gt: '' } },
  { email: 5, password, realm: 'north' },
  { password, realm: 'north' },
].map((body) => post('/Users/login', body))

const realmSignUps: Step[] = [
  post('/Users', { email: 'eve@north.example', username: 'eve', password, realm: 'north' }),
  post('/Users', { email: 'eve@north.example', username: 'eve2', password, realm: 'south' }),
  post('/Users', { email: 'eve3@north.example', username: 'eve', password, realm: 'south' }),
  post('/Users', { email: 'eve@north.example', username: 'eve', password, realm: 'north' }),
  post('/Users', { email: 'eve@north.example', username: 'eve4', password }),
  post('/Users', { email: 'eve5@north.example', username: 'eve5', password }),
  post('/Users', { email: 'eve6@north.example', username: 'eve5', password }),
]

const realmRest: Step[] = [
  post('/Users/reset', { email: 'eve@north.example' }),
  post('/Users/reset', { email: 'eve@north.example', realm: 'north' }),
  post('/Users/reset', { email: 'eve@north.example', realm: 'west' }),
  post('/Users/reset', { email: 'north:eve@north.example' }),
  post('/Users/login', { email: 'eve@north.example', password, realm: 'north' }, { as: 'eve' }),
  patch('/Users/1', { realm: 'south' }, { by: 'eve' }),
  patch('/Users/1', { email: 'eve3@north.example' }, { by: 'eve' }),
  get('/Users/1', { by: 'eve' }),
]

const caseSteps: Step[] = [
  login(eve),
  login({ ...eve, email: 'eve@example.com' }),
  post('/Users/login', { username: 'EVE', password }),
  post('/Users', { email: 'EVE@example.com', password }),
  post('/Users', { email: 'New@Example.com', username: 'New', password }),
  post('/Users', { email: 'new@example.com', username: 'new', password }),
  get('/Users', { by: 'root' }),
  get('/Users?filter={"where":{"email":"EVE@EXAMPLE.COM"}}', { by: 'root' }),
  get('/Users?filter={"where":{"email":{"inq":["EVE@EXAMPLE.COM"]}}}', { by: 'root' }),
  get('/Users?filter={"where":{"and":[{"email":"EVE@EXAMPLE.COM"}]}}', { by: 'root' }),
  get('/Users/count?where={"email":"EVE@EXAMPLE.COM"}', { by: 'root' }),
  post('/Users/reset', { email: 'EVE@EXAMPLE.COM' }),
  patch('/Users/1', { email: 'Root@Example.com' }, { by: 'root' }),
  get('/Users/1', { by: 'root' }),
]

const ttlSteps: Step[] = [undefined, 0, 5, 50, 99, 100, 101, 5000, -1, '70'].map((ttl) =>
  post('/Users/login', { email: 'joe@example.com', password, ...(ttl === undefined ? {} : { ttl }) }),
)

const eternal: Step[] = [-1, '-1', -2, 60].flatMap((ttl) => [
  post('/Users/login', { email: 'joe@example.com', password, ttl }, { as: 'session' }),
  get('/Users/1', { by: 'session' }),
  get('/Users/1', { by: 'session' }),
  post('/Users/logout', undefined, { by: 'session' }),
])

/** What a change of password or address does, and whether it is let through. */
const changing: Step[] = [
  { age: 5 },
  { password: 'newsecret' },
  { password },
  { password: null },
  { email: 'moved@example.com' },
  { email: 'joe@example.com', password },
].flatMap((body) => [
  login(joe, { as: 'other' }),
  patch('/Users/2', body, { by: 'root' }),
  get('/Users/2', { by: 'other' }),
  put('/Users/2', body, { by: 'root' }),
  post('/Users/2/replace', body, { by: 'root' }),
  get('/Users/2', { by: 'other' }),
  patch('/Users', { id: 2, ...body }, { by: 'root' }),
  put('/Users', { id: 2, ...body }, { by: 'root' }),
  post('/Users/replaceOrCreate', { id: 2, ...body }, { by: 'root' }),
  post('/Users/upsertWithWhere?where={"id":2}', body, { by: 'root' }),
  post('/Users/update?where={"id":2}', body, { by: 'root' }),
  get('/Users/2', { by: 'root' }),
  get('/Users/2', { by: 'other' }),
])

const sessions: Step[] = [
  login(joe, { as: 'other' }),
  patch('/Users/1', { age: 5 }, { by: 'joe' }),
  get('/Users/1', { by: 'other' }),
  patch('/Users/1', { email: 'joe@example.com' }, { by: 'joe' }),
  get('/Users/1', { by: 'other' }),
  patch('/Users/1', { email: 'moved@example.com' }, { by: 'joe' }),
  get('/Users/1', { by: 'other' }),
  get('/Users/1', { by: 'joe' }),
  login({ ...joe, email: 'moved@example.com' }, { as: 'joe' }),
  login({ ...joe, email: 'moved@example.com' }, { as: 'other' }),
  patch('/Users/1', { password: 'newsecret' }, { by: 'joe' }),
  get('/Users/1', { by: 'other' }),
  get('/Users/1', { by: 'joe' }),
  login({ ...joe, email: 'moved@example.com', password: 'newsecret' }),
]

function settingOf(
  user: Record<string, unknown>,
  people: readonly Person[],
  steps: readonly Step[],
): Scenario {
  return { name: JSON.stringify(user), user, people, steps }
}

const both = { realmRequired: true, realmDelimiter: ':' }
const realms = [{}, { realmRequired: true }, { realmDelimiter: ':' }, both, { realmDelimiter: '::' }]

export const settings: Area = {
  name: 'settings',
  scenarios: [
    ...realms.map((user) => settingOf(user, [], [...realmSignUps, ...realmLogins, ...realmRest])),
    ...[true, false].map((caseSensitiveEmail) => settingOf({ caseSensitiveEmail }, [root, eve], caseSteps)),
    ...[{ ttl: 50, maxTTL: 100 }, { ttl: 5000, maxTTL: 1000 }, { ttl: 1 }].map((user) =>
      settingOf(user, [joe], ttlSteps),
    ),
    ...[true, false].map((allowEternalTokens) => settingOf({ allowEternalTokens }, [joe], eternal)),
    settingOf({ allowEternalTokens: true, maxTTL: 100 }, [joe], [...eternal, ...ttlSteps]),
    ...[32, 33, 64, 128].map((accessTokenIdLength) =>
      settingOf(
        { accessTokenIdLength },
        [root, joe],
        [
          login(joe),
          post('/Users/2/accessTokens', {}, { by: 'root' }),
          get('/Users/2', { by: 'joe' }),
          post('/Users/reset', { email: 'joe@example.com' }),
          get('/Users/2/accessTokens', { by: 'root', anyOrder: true }),
        ],
      ),
    ),
    ...[true, false].flatMap((replaceOnPUT) =>
      [undefined, true].map((reject) =>
        settingOf(
          { replaceOnPUT, ...(reject && { rejectPasswordChangesViaPatchOrReplace: reject }) },
          [root, joe],
          changing,
        ),
      ),
    ),
    ...[true, false].flatMap((emailVerificationRequired) =>
      [undefined, true, false].map((logoutSessionsOnSensitiveChanges) =>
        settingOf(
          {
            emailVerificationRequired,
            ...(logoutSessionsOnSensitiveChanges === undefined ? {} : { logoutSessionsOnSensitiveChanges }),
          },
          [{ ...joe, emailVerified: true }],
          sessions,
        ),
      ),
    ),
    ...[4, 5, 10].map((saltWorkFactor) =>
      settingOf({ saltWorkFactor }, [joe], [login(joe), login({ ...joe, password: 'x' })]),
    ),
    settingOf(
      { forceId: false },
      [root],
      [
        post('/Users', { email: 'a@example.com', password, id: 7 }),
        post('/Users', { email: 'b@example.com', password }),
        get('/Users', { by: 'root' }),
      ],
    ),
  ],
}
