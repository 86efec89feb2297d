import { type Area, adminRule, get, password, patch, post, put, root, type Step } from '../harness/case.ts'

/** The smallest model file that the generators write, for a user model. */
const customer = {
  name: 'Customer',
  base: 'User',
  idInjection: true,
  options: { validateUpsert: true },
  saltWorkFactor: 4,
  properties: {},
  validations: [],
  relations: {},
  acls: [{ ...adminRule, property: '*' }],
  methods: {},
}

/** From signing up to logging out, below a path. */
function life(path: string): Step[] {
  const account = { email: 'new@example.com', password, nick: 'n' }
  return [
    post(path, account),
    post(path, account),
    post(`${path}/login`, { email: account.email, password }, { as: 'new' }),
    post(`${path}/login?include=user`, { email: root.email, password }, { as: 'root' }),
    get(`${path}/2`, { by: 'new' }),
    get(`${path}/1`, { by: 'new' }),
    get(path, { by: 'root' }),
    get(path, { by: 'new' }),
    get(`${path}/99`, { by: 'root' }),
    get(`${path}/findOne?filter={"where":{"id":99}}`, { by: 'root' }),
    patch(`${path}/2`, { nick: 'm', age: '5', id: 3 }, { by: 'new' }),
    put(`${path}/2`, { nick: 'm' }, { by: 'new' }),
    get(`${path}/2/nothing`, { by: 'new' }),
    get(`${path}/2/accessTokens/none`, { by: 'root' }),
    post('/Users', account),
    post(`${path}/logout`, undefined, { by: 'new' }),
  ]
}

const files: readonly (readonly [what: string, path: string, file: Record<string, unknown>])[] = [
  ['the smallest', '/Customers', customer],
  ['a plural', '/people', { ...customer, plural: 'people' }],
  ['a path', '/folk', { ...customer, http: { path: 'folk' } }],
  ['a plural and a path', '/folk', { ...customer, plural: 'people', http: { path: '/folk' } }],
  ['a name with a y', '/Parties', { ...customer, name: 'Party' }],
  ['a small letter', '/customers', { ...customer, name: 'customer' }],
  [
    'properties and hidden ones',
    '/Customers',
    {
      ...customer,
      properties: { nick: { type: 'string', required: true }, age: 'number' },
      hidden: ['nick', 'password', 'verificationToken'],
    },
  ],
  [
    'settings at the top',
    '/Customers',
    { ...customer, properties: { nick: 'string' }, ttl: 60, strict: true, replaceOnPUT: false },
  ],
  ['settings under options', '/Customers', { ...customer, options: { ttl: 60, replaceOnPUT: false } }],
  ['settings under settings', '/Customers', { ...customer, settings: { ttl: 60, replaceOnPUT: false } }],
  [
    'its own rules',
    '/Customers',
    {
      ...customer,
      acls: [
        { ...adminRule, property: '*' },
        { principalType: 'ROLE', principalId: '$everyone', permission: 'DENY', property: 'create' },
        {
          principalType: 'ROLE',
          principalId: '$authenticated',
          permission: 'ALLOW',
          property: 'find',
          accessType: 'READ',
        },
      ],
    },
  ],
  [
    'the relation to tokens',
    '/Customers',
    {
      ...customer,
      relations: { accessTokens: { type: 'hasMany', model: 'AccessToken', foreignKey: 'userId' } },
    },
  ],
]

export const modelFiles: Area = {
  name: 'model-files',
  scenarios: files.map(([what, path, model]) => ({
    name: what,
    model,
    people: [{ ...root, login: false, nick: 'r' }],
    steps: life(path),
  })),
}
