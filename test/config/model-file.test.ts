import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { pluralOf } from '../../src/config/plural.ts'
import { createLatchkey, type LatchkeyOptions, loadOptions } from '../../src/index.ts'
import { type Folder, openFolder, run } from '../cli/latchkey-process.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const everyone = { principalType: 'ROLE', principalId: '$everyone' }
const authenticated = { principalType: 'ROLE', principalId: '$authenticated' }

/** A model as a team's own tools wrote it, years ago. */
const customer = {
  name: 'Customer',
  base: 'User',
  description: 'People who buy',
  idInjection: true,
  strict: false,
  options: { validateUpsert: true, ttl: 3600 },
  ttl: 60,
  settings: { maxTTL: 7200 },
  properties: {
    nickname: 'String',
    age: { type: 'number', index: { unique: false } },
    plan: { type: 'string', required: true, default: 'free' },
    since: { type: 'Date' },
    tags: ['string'],
    address: { street: 'string', city: 'string' },
    mobile: { type: 'string', length: 20, mysql: { columnName: 'mobile_no', dataType: 'varchar' } },
    username: { type: 'string' },
    email: { type: 'string', required: true },
  },
  validations: [],
  relations: {
    accessTokens: {
      type: 'hasMany',
      model: 'AccessToken',
      foreignKey: 'userId',
      options: { disableInclude: true },
    },
  },
  acls: [{ ...authenticated, permission: 'ALLOW', property: 'count', accessType: '*' }],
  methods: {},
  mixins: {},
}

function write(folder: Folder, model: object, name = 'customer.json'): string {
  mkdirSync(folder.file('models'), { recursive: true })
  const path = folder.file(`models/${name}`)
  writeFileSync(path, JSON.stringify(model))
  return path
}

/** A house whose one user model is the file. */
async function openWith(model: object, options: LatchkeyOptions = {}): Promise<House & AsyncDisposable> {
  using folder = openFolder()
  return await openHouse({ ...options, user: write(folder, model) })
}

async function warningsOf(model: object): Promise<string[]> {
  await using house = await openWith(model)
  return house.logs
    .filter(({ level }) => level === 'warn')
    .map(({ message }) => message.replace(/^.*customer\.json: /, ''))
}

async function refusedWith(model: object, message: RegExp): Promise<void> {
  using folder = openFolder()
  const user = write(folder, model)
  const starting = createLatchkey({ database: { url: 'sqlite::memory:' }, log: { level: 'silent' }, user })
  await assert.rejects(starting, { code: 'CONFIGURATION_INVALID', message })
}

describe('a LoopBack model file as the user model', () => {
  it('answers at its plural, under its own name', async () => {
    await using house = await openWith({ name: 'Customer', base: 'User' })
    const reply = await house.post('/Customers', { email: 'anna@example.com', password })
    assert.equal(reply.status, 200)
    const missing = await house.get('/Customers/7', { token: await adminToken(house) })
    assert.match(missing.body.error.message, /"Customer" id "7"/)
    const unknown = await house.get('/Customers/1/nothing')
    assert.match(unknown.body.error.message, /^Shared class "Customer" has no method/)
    assert.equal((await house.get('/users')).status, 404)
  })

  for (const [said, path] of [
    [{ plural: 'clients' }, '/clients'],
    [{ plural: 'clients', http: { path: 'v1/people' } }, '/v1/people'],
    [{ options: { http: { path: '/people' } } }, '/people'],
  ] as const) {
    it(`answers at ${path} where the file says ${JSON.stringify(said)}`, async () => {
      await using house = await openWith({ ...customer, ...said })
      assert.equal((await house.post(path, { email: 'anna@example.com', password })).status, 200)
    })
  }

  it('is mailed about with links to its own path', async () => {
    await using house = await openWith({ ...customer, emailVerificationRequired: true })
    await house.post('/Customers', { email: 'anna@example.com', password })
    const [mail] = (await house.mails(1)) as [string]
    const link = linkIn(mail)
    assert.match(link, /\/api\/Customers\/confirm\?/)
    assert.equal((await house.get(link)).status, 302)
  })

  it('takes settings from the top and from `options`, which win', async () => {
    await using house = await openWith(customer)
    await house.post('/Customers', { email: 'anna@example.com', password })
    const login = (ttl?: number) =>
      house.post('/Customers/login', { email: 'anna@example.com', password, ttl })
    assert.equal((await login()).body.ttl, 3600)
    assert.equal((await login(9_999_999)).body.ttl, 7200)
  })

  it('brings declared properties to their types, however the type is written', async () => {
    await using house = await openWith(customer)
    const sent = { email: 'anna@example.com', password, age: '42', since: '2020-01-02', tags: '["a"]' }
    const { body } = await house.post('/Customers', { ...sent, nickname: 7, address: { city: 'Rome' } })
    assert.partialDeepStrictEqual(body, {
      age: 42,
      since: '2020-01-02T00:00:00.000Z',
      tags: ['a'],
      nickname: '7',
      plan: 'free',
      address: { city: 'Rome' },
    })
    const list = await house.post('/Customers', { ...sent, email: 'b@example.com', address: 'Rome' })
    assert.equal(list.status, 422)
  })

  it('has ids that are texts where the file has them so', async () => {
    await using house = await openWith({
      ...customer,
      properties: { id: { type: 'string', id: true, defaultFn: 'guid' } },
    })
    const { body } = await house.post('/Customers', { email: 'anna@example.com', password })
    assert.match(body.id, /^[0-9a-f-]{36}$/)
  })

  it('appends its access rules to the built-in ones', async () => {
    await using house = await openWith(customer)
    await house.post('/Customers', { email: 'anna@example.com', password })
    const { body } = await house.post('/Customers/login', { email: 'anna@example.com', password })
    assert.equal((await house.get('/Customers/count', { token: body.id })).status, 200)
    assert.equal((await house.get('/Customers', { token: body.id })).status, 401)
  })

  it('has tokens that say whose they are where its relation to them is polymorphic', async () => {
    const accessTokens = {
      type: 'hasMany',
      model: 'AccessToken',
      polymorphic: { discriminator: 'principalType' },
    }
    await using house = await openWith({ ...customer, relations: { accessTokens } })
    await house.post('/Customers', { email: 'anna@example.com', password })
    const { body } = await house.post('/Customers/login', { email: 'anna@example.com', password })
    assert.partialDeepStrictEqual(body, { userId: 1, principalType: 'Customer' })
    const [token] = await house.latchkey.tokens.list(1)
    assert.equal(token?.principalType, 'Customer')
  })

  it('keeps rules about methods that its code overrides', async () => {
    const rules = ['findById', '__get__accessTokens'].map((property) => ({
      ...everyone,
      principalId: '$owner',
      permission: 'DENY',
      property,
    }))
    const model = { ...customer, methods: { findById: {} }, relations: { access: { type: 'hasMany' } } }
    const mayReadTokens = { ...authenticated, permission: 'ALLOW', property: '__get__accessTokens' }
    await using house = await openWith({ ...model, acls: [mayReadTokens, ...rules] })
    await house.post('/Customers', { email: 'anna@example.com', password })
    const { body } = await house.post('/Customers/login', { email: 'anna@example.com', password })
    for (const path of ['/Customers/1', '/Customers/1/accessTokens']) {
      assert.equal((await house.get(path, { token: body.id })).status, 401, path)
    }
  })

  it('inherits from a model beside it, properties, rules, settings and path alike', async () => {
    using folder = openFolder()
    write(folder, { ...customer, plural: 'people' }, 'base.json')
    writeFileSync(folder.file('models/broken.json'), '{')
    const user = write(folder, { name: 'Member', base: 'Customer', properties: { level: 'number' } })
    await using house = await openHouse({ user })
    const sent = { email: 'anna@example.com', password, age: '1', level: '2' }
    const { body } = await house.post('/people', sent)
    assert.partialDeepStrictEqual(body, { age: 1, level: 2, plan: 'free' })
    const login = await house.post('/people/login', { email: 'anna@example.com', password })
    assert.equal(login.body.ttl, 3600)
    assert.equal((await house.get('/people/count', { token: login.body.id })).status, 200)
  })

  it('is found from the folder of the configuration file that names it', async () => {
    using folder = openFolder()
    const path = write(folder, customer)
    writeFileSync(folder.file('latchkey.config.json'), '{ "user": "models/customer.json" }')
    const options = await loadOptions({ file: folder.file('latchkey.config.json'), directory: '/' })
    assert.deepEqual(options, { user: path })
  })

  it('has options above it: beside `model`, in the environment and in flags', async () => {
    using folder = openFolder()
    const model = write(folder, customer)
    writeFileSync(folder.file('latchkey.config.json'), '{ "user": { "model": "models/customer.json" } }')
    const options = await loadOptions({
      directory: folder.path,
      env: { LATCHKEY_USER_TTL: '10' },
      flags: { 'user.maxTTL': '20' },
    })
    assert.deepEqual(options, { user: { model, ttl: 10, maxTTL: 20 } })
    await using house = await openHouse({ ...options })
    await house.post('/Customers', { email: 'anna@example.com', password })
    const { body } = await house.post('/Customers/login', { email: 'anna@example.com', password })
    assert.equal(body.ttl, 10)
  })

  it('may be named by a variable, under options that have variables of their own', async () => {
    const options = await loadOptions({
      directory: '/srv',
      env: { LATCHKEY_USER_TTL: '10', LATCHKEY_USER: 'customer.json' },
    })
    assert.deepEqual(options, { user: { model: '/srv/customer.json', ttl: 10 } })
  })

  it('gives the command line its model', async () => {
    using folder = openFolder()
    write(folder, customer)
    const args = ['user', 'create', '--user', 'models/customer.json', '--email', 'root@example.com']
    const { status, stdout } = await run([...args, '--user.passwordHash', 'bcrypt'], {
      folder,
      input: password,
    })
    assert.equal(status, 0)
    assert.equal(JSON.parse(stdout).email, 'root@example.com')
  })
})

describe('what a model file asks for and Latchkey does not do', () => {
  it('is nothing in a file that uses only what is there', async () => {
    const properties = { ...customer.properties, tags: 'array', address: 'object' }
    const { validations: _, ...used } = customer
    const [noPolicy, ...others] = await warningsOf({ ...used, forceId: 'auto', properties })
    assert.match(noPolicy ?? '', /^passwordPolicy is not set/)
    assert.deepEqual(others, [])
  })

  for (const [more, warning] of [
    [{ mixins: { TimeStamp: true } }, /^mixins\.TimeStamp: code/],
    [{ methods: { greet: {} } }, /^methods\.greet: .*nothing answers/],
    [{ scopes: { active: { where: {} } } }, /^scopes\.active: /],
    [{ relations: { orders: { type: 'hasMany', model: 'Order' } } }, /^relations\.orders: /],
    [{ relations: { accessTokens: { type: 'hasMany', foreignKey: 'owner' } } }, /accessTokens\.foreignKey: /],
    [{ forceId: false }, /^forceId: .*clients/],
    [{ persistUndefinedAsNull: true }, /^persistUndefinedAsNull: .*null/],
    [{ houseStyle: 'ours' }, /^houseStyle: /],
    [{ properties: { photo: 'buffer' } }, /^properties\.photo\.type: .*buffer/],
    [{ properties: { code: { type: 'string', index: { unique: true } } } }, /^properties\.code: .*unique/],
    [{ properties: { code: { type: 'string', defaultFn: 'shortid' } } }, /^properties\.code\.defaultFn: /],
    [{ properties: { username: { type: 'string', required: true } } }, /^properties\.username\.required: /],
    [{ properties: { verificationToken: null } }, /^properties\.verificationToken: .*away/],
    [
      { acls: [{ ...everyone, principalId: '$member', permission: 'ALLOW' }] },
      /^acls\.0: who is \$member .*no effect/,
    ],
    [
      { methods: { greet: {} }, acls: [{ ...everyone, permission: 'DENY', property: 'greet' }] },
      /^acls\.0\.property: .*"greet".*no effect/,
    ],
    [{ acls: [{ ...everyone, permission: 'ALLOW', property: 'gret' }] }, /^acls\.0\.property: .*"gret"/],
  ] as const) {
    it(`is named with what it means: ${JSON.stringify(more)}`, async () => {
      const warnings = await warningsOf({ name: 'Customer', base: 'User', ...more })
      assert.ok(
        warnings.some((one) => warning.test(one)),
        warnings.join('\n'),
      )
    })
  }

  for (const [what, more, message] of [
    [
      'a role decided by code',
      { acls: [{ ...everyone, principalId: '$banned', permission: 'DENY' }] },
      /acls\.0/,
    ],
    [
      'a rule for a method there is none of',
      { acls: [{ ...everyone, permission: 'DENY', property: 'fnid' }] },
      /fnid/,
    ],
    ['a filter over every query', { scope: { where: { deleted: false } } }, /customer\.json: scope: /],
    [
      'a switch that names no method',
      { remoting: { sharedMethods: { fnid: false } } },
      /sharedMethods\.fnid/,
    ],
    ['an id of another name', { properties: { code: { type: 'string', id: true } } }, /properties\.code\.id/],
    ['a base that is no user', { base: 'PersistedModel' }, /customer\.json: base: /],
    ['a base that is nowhere', { base: 'Account' }, /base: .*"Account"/],
    ['itself for a base', { base: 'Customer' }, /base: /],
    ['no name', { name: undefined }, /customer\.json: name: /],
    ['a name no table could have', { name: 'my.customer' }, /customer\.json: name: /],
    ['a path nothing could answer at', { http: { path: '/a b' } }, /http\.path/],
    ['an option of a wrong type', { ttl: 'soon' }, /customer\.json: ttl: must be/],
    ['rules that are no list', { acls: {} }, /customer\.json: acls: /],
  ] as const) {
    it(`ends the start where ignoring it would open something, or nothing makes sense: ${what}`, () =>
      refusedWith({ name: 'Customer', base: 'User', ...more }, message))
  }

  it('ends the start where the file is missing or broken, by its name', async () => {
    using folder = openFolder()
    const start = (user: string) => createLatchkey({ database: { url: 'sqlite::memory:' }, user })
    await assert.rejects(start(folder.file('gone.json')), { message: /gone\.json: cannot be read/ })
    writeFileSync(folder.file('broken.json'), '{ "name": ')
    await assert.rejects(start(folder.file('broken.json')), { message: /broken\.json: cannot be read/ })
  })

  it('ends the start where `rest.path` speaks of a path the file has', async () => {
    using folder = openFolder()
    const user = write(folder, customer)
    const starting = createLatchkey({ database: { url: 'sqlite::memory:' }, rest: { path: '/people' }, user })
    await assert.rejects(starting, { message: /^rest\.path: / })
  })
})

describe('methods that are switched off', () => {
  for (const [sharedMethods, open, shut] of [
    [{ find: false }, ['/Customers/count'], ['/Customers']],
    [
      { '*': false, count: true },
      ['/Customers/count'],
      ['/Customers', '/Customers/1', '/Customers/1/accessTokens'],
    ],
    [
      { 'prototype.__*': false },
      ['/Customers/1'],
      ['/Customers/1/accessTokens', '/Customers/1/accessTokens/count'],
    ],
    [{ __get__accessTokens: false }, ['/Customers/1'], ['/Customers/1/accessTokens']],
  ] as const) {
    it(`answer like paths there are none of, and the rest stays: ${JSON.stringify(sharedMethods)}`, async () => {
      await using house = await openWith({ ...customer, remoting: { sharedMethods } })
      const root = await house.latchkey.users.create({
        email: 'root@example.com',
        password,
        emailVerified: true,
      })
      await house.latchkey.users.grantRole(root.id, 'admin')
      const { id } = await house.latchkey.users.login({ email: 'root@example.com', password })
      for (const path of open) assert.equal((await house.get(path, { token: id })).status, 200, path)
      for (const path of shut) {
        const { status, body } = await house.get(path, { token: id })
        assert.equal(status, 404, path)
        assert.match(body.error.message, /^Shared class "Customer" has no method/)
      }
    })
  }
})

describe('the plural of a model’s name', () => {
  for (const [name, plural] of [
    ['Customer', 'Customers'],
    ['Person', 'People'],
    ['salesPerson', 'salesPeople'],
    ['Company', 'Companies'],
    ['Staff', 'Staffs'],
    ['Child', 'Children'],
    ['Boss', 'Bosses'],
    ['Woman', 'Women'],
    ['Wife', 'Wives'],
    ['users', 'users'],
    ['People', 'People'],
    ['Management', 'Management'],
    ['Alumnus', 'Alumnus'],
    ['Hero', 'Heros'],
  ] as const) {
    it(`is ${plural} of ${name}, as LoopBack forms it`, () => assert.equal(pluralOf(name), plural))
  }
})

async function adminToken({ latchkey }: House): Promise<string> {
  const admin = await latchkey.users.create({ email: 'admin@example.com', password, emailVerified: true })
  await latchkey.users.grantRole(admin.id, 'admin')
  return (await latchkey.users.login({ email: 'admin@example.com', password })).id
}
