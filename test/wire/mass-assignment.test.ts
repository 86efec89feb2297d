import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type House,
  itReadingBodies,
  openHouse,
  password,
  type Reply,
  type RequestOptions,
} from '../open-house.ts'

/** Opens to strangers what is not about oneself: being let in by this makes nobody trustworthy. */
const openToAll = {
  principalType: 'ROLE',
  principalId: '$everyone',
  permission: 'ALLOW',
  property: ['patchOrCreate', 'replaceOrCreate', 'upsertWithWhere', 'updateAll'] as string[],
} as const

type Attributes = Readonly<Record<string, unknown>>
type Write = (house: House, attributes: Attributes, sent?: RequestOptions) => Promise<Reply>

/** `{ a: { b: [1] } }` as a form or a query writes it: `a[b][]=1`. */
function bracketsOf(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return `${name}=${encodeURIComponent(String(value))}`
  return Object.entries(value)
    .map(([key, inner]) => bracketsOf(inner, `${name}[${Array.isArray(value) ? '' : key}]`))
    .join('&')
}

const formOf = (attributes: Attributes) =>
  Object.entries(attributes)
    .map(([name, value]) => bracketsOf(value, name))
    .join('&')

const asForm = (sent: RequestOptions = {}): RequestOptions => ({
  ...sent,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

const creating: Record<string, Write> = {
  'POST /users': (house, attributes, sent) => house.post('/users', attributes, sent),
  'POST /users with a list': async (house, attributes, sent) => {
    const reply = await house.post('/users', [attributes], sent)
    return { ...reply, body: reply.body[0] }
  },
  'POST /users with a form': (house, attributes, sent) =>
    house.post('/users', formOf(attributes), asForm(sent)),
  'PUT /users': (house, { id: _, ...attributes }, sent) => house.put('/users', attributes, sent),
  'POST /users/replaceOrCreate': (house, { id: _, ...attributes }, sent) =>
    house.post('/users/replaceOrCreate', attributes, sent),
  'POST /users/upsertWithWhere': (house, { id: _, ...attributes }, sent) =>
    house.post('/users/upsertWithWhere?where[age]=77', attributes, sent),
}

/** All ways to change user 1. */
const changing: Record<string, Write> = {
  'PUT /users/{id}': (house, attributes, sent) => house.put('/users/1', attributes, sent),
  'PUT /users/{id} with a form': (house, attributes, sent) =>
    house.put('/users/1', formOf(attributes), asForm(sent)),
  'PUT /users/{id}?data={…}': (house, attributes, sent) =>
    house.put(`/users/1?data=${encodeURIComponent(JSON.stringify(attributes))}`, undefined, sent),
  'PUT /users/{id}?data[…]': (house, attributes, sent) =>
    house.put(`/users/1?${bracketsOf(attributes, 'data')}`, undefined, sent),
  'PUT /users': (house, attributes, sent) => house.put('/users', { id: 1, ...attributes }, sent),
  'PATCH /users/{id}': (house, attributes, sent) => house.request('PATCH', '/users/1', attributes, sent),
  'PATCH /users': (house, attributes, sent) =>
    house.request('PATCH', '/users', { id: 1, ...attributes }, sent),
  'POST /users/upsertWithWhere': (house, attributes, sent) =>
    house.post('/users/upsertWithWhere?where[id]=1', attributes, sent),
  'POST /users/update': (house, attributes, sent) =>
    house.post('/users/update?where[id]=1', attributes, sent),
}

/** All ways to put another user in the place of user 1. */
const replacing: Record<string, Write> = {
  'PUT /users/{id}': (house, attributes, sent) => house.put('/users/1', attributes, sent),
  'POST /users/{id}/replace': (house, attributes, sent) => house.post('/users/1/replace', attributes, sent),
  'PUT /users': (house, attributes, sent) => house.put('/users', { id: 1, ...attributes }, sent),
  'POST /users/replaceOrCreate': (house, attributes, sent) =>
    house.post('/users/replaceOrCreate', { id: 1, ...attributes }, sent),
}

/** What bcrypt makes of "secret". */
const hashOfSecret = '$2b$04$0e10C7wMvZh.RQjehKgdYOkRNuN8ARMZPoV1TFIUv4ZwKuEkcqiFG'

/** What only the server may set, with values somebody would like to see there. */
const coveted = {
  emailVerified: true,
  verificationToken: 'chosen',
  passwordHash: hashOfSecret,
  roles: ['admin'],
  accessTokens: [{ id: 'x'.repeat(64), ttl: 1_209_600 }],
}

function isProtected(reply: Reply, property: string, what = property): void {
  assert.deepEqual(
    { status: reply.status, body: reply.body },
    {
      status: 422,
      body: {
        error: {
          statusCode: 422,
          name: 'Error',
          message: `\`${property}\` cannot be set by a client`,
          code: 'PROPERTY_PROTECTED',
          details: { property },
        },
      },
    },
    what,
  )
}

describe('signing up with what only the server may set', () => {
  for (const [door, write] of Object.entries(creating)) {
    it(`is signing up without it: ${door}`, async () => {
      await using house = await openHouse({ user: { acls: [openToAll] } })
      const reply = await write(house, { email: 'eve@example.com', password, id: 77, ...coveted })
      assert.partialDeepStrictEqual(reply, { status: 200 })
      assert.deepEqual(reply.body, { email: 'eve@example.com', id: 1 })

      const token = await house.login('eve@example.com')
      assert.deepEqual((await house.get('/users/1', { token })).body, { email: 'eve@example.com', id: 1 })
      assert.equal((await house.get('/users', { token })).status, 401)
      assert.equal((await house.get('/users/1', { token: 'x'.repeat(64) })).status, 401)
      assert.equal((await house.get('/users/confirm?uid=1&token=chosen')).status, 400)
      const login = await house.post('/users/login', { email: 'eve@example.com', password: 'secret' })
      assert.equal(login.status, 401)
    })
  }

  it('holds for everybody who is logged in without a role, too', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const account = { email: 'eve@example.com', password, emailVerified: true }
    assert.deepEqual((await house.post('/users', account, { token })).body, {
      email: 'eve@example.com',
      id: 2,
    })
  })

  it('takes a text that looks like a hash for a password like any other', async () => {
    await using house = await openHouse()
    await house.post('/users', { email: 'eve@example.com', password: hashOfSecret })
    assert.ok(await house.login('eve@example.com', hashOfSecret))
    const reply = await house.post('/users/login', { email: 'eve@example.com', password: 'secret' })
    assert.equal(reply.status, 401)
  })

  it('lets a realm be chosen, once', async () => {
    await using house = await openHouse({ user: { acls: [openToAll] } })
    const created = await house.post('/users', { email: 'anna@example.com', password, realm: 'home' })
    assert.equal(created.body.realm, 'home')
    const token = await house.login('anna@example.com')
    for (const [door, write] of Object.entries(changing)) {
      isProtected(await write(house, { realm: 'away' }, { token }), 'realm', door)
      assert.equal((await write(house, { realm: 'home' }, { token })).status, 200, door)
    }
  })
})

describe('changing what only the server may set', () => {
  for (const [door, write] of Object.entries(changing)) {
    it(`is refused as a whole: ${door}`, async () => {
      await using house = await openHouse({ user: { acls: [openToAll] } }, ['anna@example.com'])
      const token = await house.login('anna@example.com')
      for (const [property, value] of Object.entries({ ...coveted, realm: 'home' })) {
        isProtected(await write(house, { age: 30, [property]: value }, { token }), property)
      }
      const secret = await write(house, { age: 30, password: 'another one' }, { token })
      assert.partialDeepStrictEqual(secret, {
        status: 401,
        body: { error: { code: 'PASSWORD_CHANGE_NOT_ALLOWED' } },
      })
      assert.deepEqual(await house.latchkey.users.findById(1), { email: 'anna@example.com', id: 1 })
    })
  }

  for (const [door, write] of Object.entries(replacing)) {
    it(`is refused when a user is replaced, too: ${door}`, async () => {
      await using house = await openHouse({ user: { replaceOnPUT: true, acls: [openToAll] } }, [
        'anna@example.com',
      ])
      const token = await house.login('anna@example.com')
      for (const [property, value] of Object.entries({ ...coveted, realm: 'home' })) {
        const attributes = { email: 'anna@example.com', age: 30, [property]: value }
        isProtected(await write(house, attributes, { token }), property)
      }
      assert.deepEqual(await house.latchkey.users.findById(1), { email: 'anna@example.com', id: 1 })
    })
  }

  it('is refused to an administrator as well, where it is about tokens, hashes and roles', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    const { emailVerified: _, ...others } = coveted
    for (const [property, value] of Object.entries(others)) {
      isProtected(await house.put('/users/1', { [property]: value }, { token }), property)
    }
    await house.post('/users', { email: 'eve@example.com', password, ...others }, { token })
    assert.equal((await house.get('/users/confirm?uid=3&token=chosen')).status, 400)
  })

  it('cannot be done under the names the database has for it', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const disguised = {
      password_hash: 'x',
      email_verified: 1,
      properties: { id: 5 },
      user_id: 2,
      EMAILVERIFIED: true,
      'email ': 'eve@example.com',
    }
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', disguised, { token })
    assert.deepEqual(reply.body, { email: 'anna@example.com', id: 1, ...disguised })
    assert.ok(await house.login('anna@example.com'))
  })
})

describe('emailVerified', () => {
  it('is not for the account itself to say', async () => {
    await using house = await openHouse()
    await house.latchkey.users.create({ email: 'a@example.com', password })
    await house.latchkey.users.create({ email: 'b@example.com', password, emailVerified: true })
    await house.latchkey.users.create({ email: 'c@example.com', password, emailVerified: false })
    for (const [email, id, claims] of [
      ['a@example.com', 1, [true, 'true', 1, 'yes', {}]],
      ['b@example.com', 2, [false, 0, 'false']],
      ['c@example.com', 3, [true, 1, 'true']],
    ] as const) {
      const token = await house.login(email)
      for (const emailVerified of claims) {
        isProtected(await house.put(`/users/${id}`, { emailVerified }, { token }), 'emailVerified')
      }
    }
  })

  it('may be said by whom a named role lets in', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    const created = await house.post(
      '/users',
      { email: 'b@example.com', password, emailVerified: true },
      { token },
    )
    assert.equal(created.body.emailVerified, true)
    const list = await house.post('/users', [{ email: 'c@example.com', password, emailVerified: true }], {
      token,
    })
    assert.equal(list.body[0].emailVerified, true)

    assert.equal((await house.put('/users/1', { emailVerified: true }, { token })).body.emailVerified, true)
    const upserted = await house.put('/users', { id: 1, emailVerified: false }, { token })
    assert.equal(upserted.body.emailVerified, false)
    isProtected(await house.put('/users/1', { emailVerified: 'perhaps' }, { token }), 'emailVerified')
  })

  it('may be said by a user whom a rule names', async () => {
    const rule = {
      principalType: 'USER',
      principalId: 2,
      permission: 'ALLOW',
      property: 'patchAttributes',
    } as const
    await using house = await openHouse({ user: { acls: [rule] } }, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('bert@example.com')
    assert.equal((await house.put('/users/1', { emailVerified: true }, { token })).body.emailVerified, true)
    isProtected(await house.put('/users/2', { emailVerified: true }, { token }), 'emailVerified')
  })

  it('may not be said by whom a rule about everybody lets in', async () => {
    const open = { principalType: 'ROLE', permission: 'ALLOW', property: 'patchAttributes' } as const
    await using house = await openHouse(
      {
        user: {
          acls: [
            { ...open, principalId: '$authenticated' },
            { ...open, principalId: '$everyone' },
          ],
        },
      },
      ['anna@example.com', 'bert@example.com'],
    )
    const token = await house.login('bert@example.com')
    isProtected(await house.put('/users/1', { emailVerified: true }, { token }), 'emailVerified')
    isProtected(await house.put('/users/1', { emailVerified: true }), 'emailVerified')
  })

  it('is not for an administrator to say of herself', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    isProtected(await house.put('/users/1', { emailVerified: false }, { token }), 'emailVerified')
    isProtected(await house.put('/users', { id: 1, emailVerified: false }, { token }), 'emailVerified')
  })
})

describe('reading a user and putting it back', () => {
  const account = {
    email: 'anna@example.com',
    username: 'anna',
    realm: 'home',
    emailVerified: true,
    age: 30,
    address: { city: 'Bern', lines: ['a', null] },
  }

  for (const replaceOnPUT of [false, true]) {
    it(`works${replaceOnPUT ? ' with replaceOnPUT' : ''}`, async () => {
      await using house = await openHouse({ user: { replaceOnPUT } })
      await house.latchkey.users.create({ ...account, password })
      const token = await house.login('anna@example.com')
      const { body } = await house.get('/users/1', { token })
      assert.deepEqual(body, { ...account, id: 1 })

      const reply = await house.put('/users/1', body, { token })
      assert.partialDeepStrictEqual(reply, { status: 200 })
      assert.deepEqual(reply.body, body)
    })
  }

  it('works for an administrator, by either path', async () => {
    await using house = await openHouse()
    await house.latchkey.users.create({ ...account, password })
    const token = await house.adminToken()
    const { body } = await house.get('/users/1', { token })
    assert.deepEqual((await house.put('/users/1', body, { token })).body, body)
    assert.deepEqual((await house.put('/users', body, { token })).body, body)
  })

  it('works with a form, which can only write texts', async () => {
    await using house = await openHouse()
    const { email, username, realm, emailVerified } = account
    await house.latchkey.users.create({ email, username, realm, emailVerified, password })
    const token = await house.login('anna@example.com')
    const { body } = await house.get('/users/1', { token })
    const reply = await house.put('/users/1', formOf(body), asForm({ token }))
    assert.partialDeepStrictEqual(reply, { status: 200 })
    assert.deepEqual(reply.body, body)
  })
})

describe('properties named like members of every object', () => {
  const names = [...Object.getOwnPropertyNames(Object.prototype), 'toJSON']

  function isRefused(reply: Reply, what: string): void {
    assert.partialDeepStrictEqual(reply, { status: 422, body: { error: { statusCode: 422 } } }, what)
    const { error } = reply.body
    // Of a list, each account has its own refusal.
    assert.equal((error.details?.[0] ?? error).code, 'PROPERTY_NAME_NOT_ALLOWED', what)
  }

  itReadingBodies('are refused when an account is created', async () => {
    await using house = await openHouse()
    for (const name of names) {
      const own = `"email":"eve@example.com","password":"secret"`
      const form = asForm()
      isRefused(await house.post('/users', `{${own},"${name}":{"x":1}}`), name)
      isRefused(await house.post('/users', `{"${name}":1}`), name)
      isRefused(await house.post('/users', `{${own},"a":[{"b":{"${name}":null}}]}`), name)
      isRefused(await house.post('/users', `[{${own},"${name}":{"x":1}}]`), name)
      isRefused(await house.post('/users', `email=eve@example.com&password=x&${name}[x]=1`, form), name)
      isRefused(await house.post('/users', `email=eve@example.com&password=x&a[${name}][x]=1`, form), name)
    }
    assert.equal(await house.latchkey.users.count(), 0)
    assert.equal(Reflect.get({}, 'x'), undefined)
  })

  itReadingBodies('are refused when a user is changed', async () => {
    await using house = await openHouse({ user: { acls: [openToAll] } }, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const name of names) {
      const json = `{"a":1,"${name}":{"x":1}}`
      isRefused(await house.put('/users/1', json, { token }), name)
      isRefused(await house.put('/users/1', `{"a":{"${name}":1}}`, { token }), name)
      isRefused(await house.put('/users/1', `a=1&${name}=1`, asForm({ token })), name)
      isRefused(await house.put(`/users/1?data=${encodeURIComponent(json)}`, undefined, { token }), name)
      isRefused(await house.put(`/users/1?data[a]=1&data[${name}][x]=1`, undefined, { token }), name)
      isRefused(await house.put('/users', `{"id":1,"${name}":{"x":1}}`, { token }), name)
    }
    assert.deepEqual(await house.latchkey.users.findById(1), { email: 'anna@example.com', id: 1 })
    assert.equal(Reflect.get({}, 'x'), undefined)
  })
})
