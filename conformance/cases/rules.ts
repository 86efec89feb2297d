import {
  type Area,
  crowd,
  get,
  head,
  password,
  patch,
  post,
  put,
  type Request,
  type Rule,
  remove,
  type Scenario,
  send,
} from '../harness/case.ts'

/** One request for every method there is, so that whoever may call it can be seen. */
function tour(by: string | undefined): Request[] {
  const who = by === undefined ? {} : { by }
  return [
    get('/Users', who),
    get('/Users/findOne', who),
    get('/Users/count', who),
    get('/Users/2', who),
    get('/Users/3', who),
    get('/Users/99', who),
    get('/Users/2/exists', who),
    head('/Users/2', who),
    get('/Users/2/accessTokens/count', who),
    post('/Users/2/accessTokens', {}, who),
    get('/Users/2/accessTokens/none', who),
    put('/Users/2/accessTokens/none', {}, who),
    remove('/Users/2/accessTokens/none', who),
    patch('/Users/2', { age: 1 }, who),
    put('/Users/2', { age: 2 }, who),
    post('/Users/2/replace', { email: 'joe@example.com' }, who),
    patch('/Users', { id: 2, age: 3 }, who),
    put('/Users', { id: 99, email: 'x' }, who),
    post('/Users/replaceOrCreate', { email: 'x' }, who),
    post('/Users/upsertWithWhere?where={"id":2}', { age: 4 }, who),
    post('/Users/update?where={"id":99}', { age: 5 }, who),
    post('/Users', { email: 'x' }, who),
    post('/Users/login', { email: 'joe@example.com', password: 'wrong' }, who),
    post('/Users/reset', {}, who),
    post('/Users/2/verify', {}, who),
    post('/Users/change-password', { oldPassword: 'wrong', newPassword: 'x' }, who),
    post('/Users/reset-password', {}, who),
    get('/Users/confirm', who),
    remove('/Users/99', who),
    remove('/Users/99/accessTokens', who),
    send('GET', '/Users/nothing/at/all', who),
    send('POST', '/Users/logout', by === undefined ? {} : { by: 'spare' }),
  ]
}

const spare = post('/Users/login', { email: 'joe@example.com', password }, { as: 'spare' })
const everyone = { principalType: 'ROLE', principalId: '$everyone' } as const
const role = (principalId: string) => ({ principalType: 'ROLE', principalId }) as const
const allow = { permission: 'ALLOW' } as const
const deny = { permission: 'DENY' } as const

/** Lists of rules, each played by anonymous, joe (the owner of 2) and root (who has the role admin). */
const lists: Readonly<Record<string, readonly Rule[]>> = {
  none: [],
  'admin may all': [{ ...role('admin'), ...allow }],
  'admin may all, in full': [{ ...role('admin'), ...allow, accessType: '*', property: '*' }],
  'everyone may all': [{ ...everyone, ...allow, accessType: '*' }],
  'everyone may find': [{ ...everyone, ...allow, property: 'find' }],
  'everyone may find, READ': [{ ...everyone, ...allow, property: 'find', accessType: 'READ' }],
  'everyone may find, WRITE': [{ ...everyone, ...allow, property: 'find', accessType: 'WRITE' }],
  'everyone may find, EXECUTE': [{ ...everyone, ...allow, property: 'find', accessType: 'EXECUTE' }],
  'everyone may several': [{ ...everyone, ...allow, property: ['find', 'count', 'findOne'] }],
  'everyone may read': [{ ...everyone, ...allow, accessType: 'READ' }],
  'everyone may write': [{ ...everyone, ...allow, accessType: 'WRITE' }],
  'everyone may execute': [{ ...everyone, ...allow, accessType: 'EXECUTE' }],
  'users may all': [{ ...role('$authenticated'), ...allow, accessType: '*' }],
  'users may read': [{ ...role('$authenticated'), ...allow, accessType: 'READ' }],
  'users may all, nobody may find': [
    { ...role('$authenticated'), ...allow, accessType: '*' },
    { ...everyone, ...deny, property: 'find' },
  ],
  'strangers may all': [{ ...role('$unauthenticated'), ...allow, accessType: '*' }],
  'strangers may count': [{ ...role('$unauthenticated'), ...allow, property: 'count' }],
  'owners may all': [{ ...role('$owner'), ...allow, accessType: '*' }],
  'owners may see tokens': [{ ...role('$owner'), ...allow, property: '__get__accessTokens' }],
  'owners may all with tokens': [
    {
      ...role('$owner'),
      ...allow,
      property: [
        '__get__accessTokens',
        '__create__accessTokens',
        '__count__accessTokens',
        '__destroyById__accessTokens',
      ],
    },
  ],
  'owners may not delete': [{ ...role('$owner'), ...deny, property: 'deleteById' }],
  'owners may not destroy (an alias)': [{ ...role('$owner'), ...deny, property: 'destroyById' }],
  'owners may exist': [{ ...role('$owner'), ...allow, property: 'exists' }],
  'related may all': [{ ...role('$related'), ...allow, accessType: '*' }],
  'nobody may create': [{ ...everyone, ...deny, property: 'create' }],
  'nobody may log in': [{ ...everyone, ...deny, property: ['login', 'logout'] }],
  'nobody may anything': [{ ...everyone, ...deny }],
  'user 2 may all': [{ principalType: 'USER', principalId: 2, ...allow, accessType: '*' }],
  'user "2" may find': [{ principalType: 'USER', principalId: '2', ...allow, property: 'find' }],
  'user 2 may not read herself': [{ principalType: 'USER', principalId: 2, ...deny, property: 'findById' }],
  'an app may all': [{ principalType: 'APP', principalId: 'app', ...allow, accessType: '*' }],
  'another role may all': [{ ...role('editor'), ...allow, accessType: '*' }],
  'admin may, everyone may not': [
    { ...everyone, ...deny, property: 'find' },
    { ...role('admin'), ...allow, property: 'find' },
  ],
  'admin may all but find': [
    { ...role('admin'), ...allow, accessType: '*' },
    { ...role('admin'), ...deny, property: 'find' },
  ],
  'alarm and audit': [
    { ...everyone, permission: 'ALARM', property: 'find' },
    { ...everyone, permission: 'AUDIT', property: 'count' },
  ],
  'version 3 names': [
    {
      ...everyone,
      ...allow,
      property: ['patchAttributes', 'patchOrCreate', 'replaceById', 'replaceOrCreate'],
    },
  ],
  'version 2 names': [
    { ...everyone, ...allow, property: ['updateAttributes', 'upsert', 'updateOrCreate', 'updateAll'] },
  ],
  aliases: [
    { ...everyone, ...allow, property: ['update', 'destroyById', 'removeById', 'patchOrCreateWithWhere'] },
  ],
  'prototype names': [
    {
      ...everyone,
      ...allow,
      property: ['prototype.patchAttributes', 'prototype.updateAttributes', 'prototype.__get__accessTokens'],
    },
  ],
  'instance methods': [
    { ...everyone, ...allow, property: ['verify', 'changePassword', 'setPassword', 'createChangeStream'] },
  ],
  'conflict of the same weight': [
    { ...everyone, ...allow, property: 'find' },
    { ...everyone, ...deny, property: 'find' },
  ],
}

function played(name: string, acls: readonly Rule[], settings: Record<string, unknown> = {}): Scenario {
  return {
    name,
    user: { ...settings, acls },
    people: crowd,
    steps: [undefined, 'joe', 'root'].flatMap((by) => [spare, ...tour(by)]),
  }
}

export const rules: Area = {
  name: 'rules',
  scenarios: [
    ...Object.entries(lists).map(([name, acls]) => played(name, acls)),
    ...[401, 403, 404].map((aclErrorStatus) =>
      played(`aclErrorStatus ${aclErrorStatus}`, [], { aclErrorStatus }),
    ),
    ...['ALLOW', 'DENY'].map((defaultPermission) =>
      played(`defaultPermission ${defaultPermission}`, [], { defaultPermission }),
    ),
  ],
}
