import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import fastify from 'fastify'
import { createLatchkey, type LatchkeyOptions } from '../../src/index.ts'
import { type Folder, openFolder, run } from '../cli/latchkey-process.ts'
import { type House, itAlone, linkIn, openHouse, password } from '../open-house.ts'

const authenticated = { principalType: 'ROLE', principalId: '$authenticated', permission: 'ALLOW' } as const
const anna = 'anna@example.com'
const root = 'root@example.com'

/** Customers and staff, as two files of LoopBack’s. */
function writeModels(folder: Folder): { customer: string; staff: string } {
  const files = { customer: folder.file('customer.json'), staff: folder.file('staff.json') }
  const customer = {
    name: 'Customer',
    base: 'User',
    ttl: 60,
    acls: [{ ...authenticated, property: 'count' }],
  }
  const staff = { name: 'Staff', base: 'User', plural: 'staff', emailVerificationRequired: true }
  writeFileSync(files.customer, JSON.stringify(customer))
  writeFileSync(files.staff, JSON.stringify({ ...staff, properties: { badge: 'number' } }))
  return files
}

async function openBoth(options: LatchkeyOptions = {}): Promise<House> {
  using folder = openFolder()
  const { customer, staff } = writeModels(folder)
  return await openHouse({ ...options, user: [customer, { model: staff, roles: { admin: [root] } }] })
}

describe('two user models side by side', () => {
  let house: House
  const tokens = { customer: '', staff: '' }

  before(async () => {
    house = await openBoth()
    await house.post('/Customers', { email: anna, password })
    await house.latchkey.models.Staff?.users.create({
      email: anna,
      password,
      emailVerified: true,
      badge: '7',
    })
    for (const [model, path] of [
      ['customer', '/Customers'],
      ['staff', '/staff'],
    ] as const) {
      tokens[model] = (await house.post(`${path}/login`, { email: anna, password })).body.id
    }
  })
  after(() => house[Symbol.asyncDispose]())

  it('each have the address, as user 1 of their own', async () => {
    const customer = await house.get('/Customers/1', { token: tokens.customer })
    const staff = await house.get('/staff/1', { token: tokens.staff })
    assert.deepEqual(customer.body, { email: anna, id: 1 })
    assert.deepEqual(staff.body, { email: anna, emailVerified: true, id: 1, badge: 7 })
  })

  for (const [mine, path] of [
    ['customer', '/staff/1'],
    ['staff', '/Customers/1'],
    ['staff', '/Customers/count'],
  ] as const) {
    it(`let no token of the other in: GET ${path}`, async () => {
      const own = path.startsWith('/staff') ? tokens.staff : tokens.customer
      assert.equal((await house.get(path, { token: own })).status, 200)
      const { status, body } = await house.get(path, { token: tokens[mine] })
      assert.deepEqual([status, body.error.code], [401, 'AUTHORIZATION_REQUIRED'])
    })
  }

  it('change no password and end no session by a token of the other', async () => {
    const sent = { oldPassword: password, newPassword: 'another long enough one' }
    const changed = await house.post('/staff/change-password', sent, { token: tokens.customer })
    assert.equal(changed.status, 401)
    assert.equal((await house.post('/staff/logout', undefined, { token: tokens.customer })).status, 401)
    assert.equal((await house.get('/Customers/1', { token: tokens.customer })).status, 200)
    assert.equal((await house.get('/staff/1', { token: tokens.staff })).status, 200)
  })

  it('have settings of their own', async () => {
    const login = { email: anna, password }
    assert.equal((await house.post('/Customers/login', login)).body.ttl, 60)
    assert.equal((await house.post('/staff/login', login)).body.ttl, 1_209_600)
  })

  itAlone('name themselves in what they say', async () => {
    const taken = await house.post('/Customers', { email: anna, password })
    assert.match(taken.body.error.message, /`Customer`/)
    const unknown = await house.get('/staff/1/nothing')
    assert.match(unknown.body.error.message, /"Staff"/)
    assert.match((await house.get('/others')).body.error.message, /no method to handle GET \/others/)
  })

  it('delete nobody at the other', async () => {
    const bob = await house.post('/Customers', { email: 'bob@example.com', password })
    await house.latchkey.models.Customer?.users.deleteById(bob.body.id)
    assert.equal(await house.latchkey.models.Staff?.users.exists(1), true)
    assert.equal((await house.get('/staff/1', { token: tokens.staff })).status, 200)
  })

  it('stand below `models` for the application, and the first of them at the top', async () => {
    const { users, models } = house.latchkey
    assert.deepEqual(Object.keys(models), ['Customer', 'Staff'])
    assert.equal(await users.count({ email: anna }), 1)
    assert.deepEqual((await models.Customer?.users.findById(1))?.badge, undefined)
    assert.deepEqual((await models.Staff?.users.findById(1))?.badge, 7)
  })

  it('are told apart by who listens and in the log', async () => {
    const heard: string[] = []
    const { Customer, Staff } = house.latchkey.models
    Customer?.on('loggedIn', () => heard.push('Customer'))
    Staff?.on('loggedIn', () => heard.push('Staff'))
    await house.post('/staff/login', { email: anna, password })
    assert.deepEqual(heard, ['Staff'])
    const line = house.logs.findLast(({ message }) => message === 'somebody logged in')
    assert.partialDeepStrictEqual(line?.fields, { event: 'loggedIn', model: 'Staff', userId: 1 })
  })

  it('mail links to the path of the one concerned, good there and nowhere else', async () => {
    await house.post('/staff', { email: 'carl@example.com', password })
    const link = linkIn((await house.mails(1)).at(-1) as string)
    assert.match(link, /\/api\/staff\/confirm\?/)
    const elsewhere = await house.get(link.replace('/staff/', '/Customers/'))
    assert.ok(elsewhere.status >= 400)
    assert.equal((await house.get(link)).status, 302)
  })
})

describe('roles of several user models', () => {
  it('hold at the model they stand with: the same address is nobody at the other', async () => {
    await using house = await openBoth()
    for (const name of ['Customer', 'Staff']) {
      await house.latchkey.models[name]?.users.create({ email: root, password, emailVerified: true })
    }
    for (const [path, status] of [
      ['/Customers', 401],
      ['/staff', 200],
    ] as const) {
      const { body } = await house.post(`${path}/login`, { email: root, password })
      assert.equal((await house.get(path, { token: body.id })).status, status, path)
    }
  })

  it('granted at one are not granted at the other', async () => {
    await using house = await openBoth()
    for (const name of ['Customer', 'Staff']) {
      await house.latchkey.models[name]?.users.create({ email: anna, password, emailVerified: true })
    }
    await house.latchkey.models.Customer?.users.grantRole(1, 'admin')
    for (const [path, status] of [
      ['/Customers', 200],
      ['/staff', 401],
    ] as const) {
      const { body } = await house.post(`${path}/login`, { email: anna, password })
      assert.equal((await house.get(path, { token: body.id })).status, status, path)
    }
  })
})

describe('a list of user models', () => {
  const start = (options: LatchkeyOptions) =>
    createLatchkey({ database: { url: 'sqlite::memory:' }, log: { level: 'silent' }, ...options })

  it('may hold one by options beside one by a file', async () => {
    using folder = openFolder()
    const { staff } = writeModels(folder)
    await using house = await openHouse({ rest: { path: '/people' }, user: [{ ttl: 5 }, staff] })
    assert.deepEqual(Object.keys(house.latchkey.models), ['User', 'Staff'])
    await house.post('/people', { email: anna, password })
    assert.equal((await house.post('/people/login', { email: anna, password })).body.ttl, 5)
    assert.equal((await house.post('/staff/login', { email: anna, password })).status, 401)
  })

  it('is served whole by the plugin', async () => {
    using folder = openFolder()
    const { customer, staff } = writeModels(folder)
    const latchkey = await start({ user: [customer, staff] })
    const app = fastify()
    await app.register(latchkey.plugin)
    for (const url of ['/api/Customers/login', '/api/staff/login']) {
      assert.equal((await app.inject({ method: 'POST', url })).statusCode, 400, url)
    }
    await app.close()
    await latchkey.close()
  })

  it('has the command line ask whose account it is to make', async () => {
    using folder = openFolder()
    const { customer, staff } = writeModels(folder)
    const user = [
      { model: customer, passwordHash: 'bcrypt' },
      { model: staff, passwordHash: 'bcrypt' },
    ]
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify({ user }))
    const create = (...more: string[]) =>
      run(['user', 'create', '--email', anna, ...more], { folder, input: password })
    const unnamed = await create()
    assert.equal(unnamed.status, 1)
    assert.match(unnamed.stderr, /--model, one of Customer, Staff/)
    assert.equal((await create('--model', 'staff')).status, 0)
    const again = await create('--model', 'Customer')
    assert.deepEqual([again.status, JSON.parse(again.stdout).id], [0, 1])
  })

  it('ends the start where two share a name, or a path, or lie below one another', async () => {
    using folder = openFolder()
    const model = (file: string, content: object) => {
      writeFileSync(folder.file(file), JSON.stringify({ base: 'User', ...content }))
      return folder.file(file)
    }
    const one = model('one.json', { name: 'One', plural: 'ones' })
    for (const [content, message] of [
      [{ name: 'ONE', plural: 'twos' }, /the name "ONE"/],
      [{ name: 'Two', plural: 'Ones' }, /its path \/Ones meets \/ones/],
      [{ name: 'Two', plural: 'ones/two' }, /its path \/ones\/two meets \/ones/],
    ] as const) {
      await assert.rejects(start({ user: [one, model('two.json', content)] }), { message })
    }
    await assert.rejects(start({ user: [{}, {}] }), { message: /^user\.1: the name "User"/ })
    await assert.rejects(start({ user: [] }), { message: /^user: / })
  })

  it('names the entry in which an option is wrong', async () => {
    const user = [{ ttl: 1 }, { ttl: 0 }]
    await assert.rejects(start({ user }), { message: /^user\.1\.ttl: must be >= 1/ })
    await assert.rejects(start({ user: [{}, 7 as never] }), { message: /^user\.1: / })
  })

  it('wants roles by address to stand with a model: they might be different people', async () => {
    using folder = openFolder()
    const { customer, staff } = writeModels(folder)
    const starting = start({ user: [customer, staff], roles: { admin: [root] } })
    await assert.rejects(starting, { code: 'CONFIGURATION_INVALID', message: /^roles: / })
  })
})
