import { type Area, crowd, get, joe, login, password, post, put, type Step } from '../harness/case.ts'

const after: Step[] = [get('/Users/2', { by: 'joe' }), login(joe), login({ ...joe, password: 'newsecret' })]

const changes: readonly unknown[] = [
  { oldPassword: password, newPassword: 'newsecret' },
  { oldPassword: password, newPassword: password },
  { oldPassword: 'wrong', newPassword: 'newsecret' },
  { oldPassword: password },
  { newPassword: 'newsecret' },
  {},
  { oldPassword: '', newPassword: 'newsecret' },
  { oldPassword: password, newPassword: '' },
  { oldPassword: password, newPassword: ' ' },
  { oldPassword: password, newPassword: null },
  { oldPassword: null, newPassword: 'newsecret' },
  { oldPassword: 5, newPassword: 'newsecret' },
  { oldPassword: password, newPassword: 5 },
  { oldPassword: password, newPassword: {} },
  { oldPassword: password, newPassword: ['newsecret'] },
  { oldPassword: password, newPassword: true },
  { oldPassword: password, newPassword: 'x'.repeat(72) },
  { oldPassword: password, newPassword: 'x'.repeat(73) },
  { oldPassword: password, newPassword: 'newsecret', email: 'other@example.com' },
  [],
  null,
  'text',
]

const settings: readonly unknown[] = [
  { newPassword: 'newsecret' },
  { newPassword: password },
  { newPassword: '' },
  { newPassword: null },
  { newPassword: 5 },
  { newPassword: 'x'.repeat(73) },
  { password: 'newsecret' },
  {},
  [],
]

const resets: readonly unknown[] = [
  { email: 'joe@example.com' },
  { email: 'JOE@example.com' },
  { email: 'nobody@example.com' },
  { email: '' },
  { email: null },
  { email: 5 },
  { email: true },
  { email: {} },
  { email: { neq: 'x' } },
  { email: ['joe@example.com'] },
  {},
  null,
  [],
  'text',
  { email: 'joe@example.com', password: 'newsecret' },
  { email: 'joe@example.com', password: '' },
  { email: 'joe@example.com', password: 'x'.repeat(73) },
  { email: 'joe@example.com', realm: 'north' },
  { email: 'joe@example.com', realm: 5 },
  { username: 'joe' },
]

const form = { 'content-type': 'application/x-www-form-urlencoded' }

export const passwords: Area = {
  name: 'passwords',
  scenarios: [
    ...changes.map((body) => ({
      name: `change ${JSON.stringify(body)}`,
      people: crowd,
      steps: [
        login(joe, { as: 'other' }),
        post('/Users/change-password', body, { by: 'joe' }),
        get('/Users/2', { by: 'other' }),
        ...after,
      ],
    })),
    {
      name: 'change by others and in other ways',
      people: crowd,
      steps: [
        post('/Users/change-password', { oldPassword: password, newPassword: 'newsecret' }),
        post('/Users/change-password', { oldPassword: 5 }),
        post('/Users/change-password?oldPassword=opensesame&newPassword=newsecret', undefined, { by: 'joe' }),
        post('/Users/change-password', undefined, {
          by: 'joe',
          headers: { oldPassword: password, newPassword: 'newsecret' },
        }),
        post('/Users/change-password', undefined, {
          by: 'joe',
          raw: 'oldPassword=opensesame&newPassword=newsecret',
          headers: form,
        }),
        ...after,
      ],
    },
    ...settings.map((body) => ({
      name: `set with an ordinary session ${JSON.stringify(body)}`,
      people: crowd,
      steps: [
        login(joe, { as: 'other' }),
        post('/Users/reset-password', body, { by: 'joe' }),
        get('/Users/2', { by: 'other' }),
        ...after,
      ],
    })),
    ...[undefined, { restrictResetPasswordTokenScope: true }].map((user) => ({
      name: `a mailed token ${JSON.stringify(user ?? {})}`,
      people: crowd,
      ...(user && { user }),
      steps: [
        post('/Users/reset', { email: 'joe@example.com' }),
        { letter: 'reset' as const, as: 'mailed' },
        // For somebody else: a newer link would end this one.
        post('/Users/reset', { email: 'ann@example.com' }, { headers: { authorization: '<mailed.token>' } }),
        get('/Users/2', { headers: { authorization: '<mailed.token>' } }),
        get('/Users/3', { headers: { authorization: '<mailed.token>' } }),
        post(
          '/Users',
          { email: 'new@example.com', password },
          { headers: { authorization: '<mailed.token>' } },
        ),
        get('/Users/2/accessTokens?filter={"order":"ttl"}', { by: 'root' }),
        post(
          '/Users/change-password',
          { oldPassword: password, newPassword: 'x' },
          { headers: { authorization: '<mailed.token>' } },
        ),
        post('/Users/reset-password', {}, { headers: { authorization: '<mailed.token>' } }),
        post('/Users/reset-password', { newPassword: 'newsecret' }, { by: 'ann' }),
        post('/Users/reset-password', { newPassword: 'newsecret' }, { by: 'root' }),
        post('/Users/reset-password', { newPassword: 'newsecret' }),
        post('/Users/reset-password?access_token=<mailed.token>', { newPassword: 'newsecret' }),
        ...after,
        post('/Users/reset-password?access_token=<mailed.token>', { newPassword: 'third' }),
        post('/Users/logout?access_token=<mailed.token>'),
        get('/Users/reset-password?access_token=<mailed.token>'),
        login({ ...joe, password: 'third' }),
      ],
    })),
    {
      name: 'reset for addresses of every shape',
      people: crowd,
      steps: resets.map((body) => post('/Users/reset', body)),
    },
    {
      name: 'reset in other ways',
      people: crowd,
      steps: [
        post('/Users/reset'),
        post('/Users/reset?email=joe@example.com'),
        post('/Users/reset', undefined, { raw: 'email=joe%40example.com', headers: form }),
        post('/Users/reset', { email: 'root@example.com' }, { by: 'ann' }),
        put('/Users/reset', { email: 'joe@example.com' }),
        get('/Users/2/accessTokens/count', { by: 'root' }),
      ],
    },
    {
      name: 'one link after another',
      people: crowd,
      steps: [
        post('/Users/reset', { email: 'joe@example.com' }),
        { letter: 'reset', as: 'older' },
        post('/Users/reset', { email: 'joe@example.com' }),
        { letter: 'reset', as: 'newer' },
        get('/Users/2', { headers: { authorization: '<newer.token>' } }),
        get('/Users/2', { headers: { authorization: '<older.token>' } }),
        post('/Users/reset-password?access_token=<older.token>', { newPassword: 'newsecret' }),
      ],
    },
    {
      name: 'a reset token expires',
      people: [joe],
      user: { resetPasswordTokenTTL: 1 },
      steps: [
        post('/Users/reset', { email: 'joe@example.com' }),
        { letter: 'reset', as: 'mailed' },
        { waitMs: 1_100 },
        post('/Users/reset-password?access_token=<mailed.token>', { newPassword: 'newsecret' }),
        post('/Users/reset-password?access_token=<mailed.token>', { newPassword: 'newsecret' }),
      ],
    },
    {
      name: 'the user of the token is gone',
      people: crowd,
      steps: [
        post('/Users/2/accessTokens', {}, { by: 'root', as: 'made' }),
        post('/Users/change-password', { oldPassword: 'x', newPassword: 'y' }, { by: 'made' }),
        post('/Users/reset-password', { newPassword: 'y' }, { by: 'made' }),
      ],
    },
    ...['change-password', 'reset-password', 'reset'].map((method) => ({
      name: `verbs of ${method}`,
      people: crowd,
      steps: ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((verb) => ({
        method: verb,
        path: `/Users/${method}`,
        by: 'root',
        body: { newPassword: 'x' },
      })),
    })),
  ],
}
