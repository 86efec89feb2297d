import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as face from '../../src/index.ts'
import {
  createLatchkey,
  type Latchkey,
  LatchkeyError,
  type LatchkeyOptions,
  type UserOptions,
} from '../../src/index.ts'
import { linkIn, openHouse } from '../open-house.ts'

const password = 'correct horse battery staple'
const ann = { email: 'ann@example.com', password }

/** The library as an application holds it: no server, nothing but the factory. */
async function open({
  user,
  ...options
}: Omit<LatchkeyOptions, 'user'> & { user?: UserOptions } = {}): Promise<Latchkey & AsyncDisposable> {
  const latchkey = await createLatchkey({
    database: { url: 'sqlite::memory:' },
    log: { level: 'silent' },
    ...options,
    user: { passwordHash: 'bcrypt', saltWorkFactor: 4, ...user },
  })
  return { ...latchkey, [Symbol.asyncDispose]: () => latchkey.close() }
}

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

describe('the package', () => {
  it('exports a factory, its error, and what reads or checks a configuration, copies or moves a database, knows its machine', () => {
    assert.deepEqual(Object.keys(face).sort(), [
      'LatchkeyError',
      'backup',
      'checkConfiguration',
      'createLatchkey',
      'loadConfiguration',
      'loadOptions',
      'move',
      'optionNames',
      'suggestHashParameters',
    ])
  })
})

describe('latchkey.users', () => {
  it('creates accounts, and shows them as HTTP does', async () => {
    await using latchkey = await open()
    assert.deepEqual(await latchkey.users.create({ ...ann, city: 'Bern' }), {
      email: ann.email,
      id: 1,
      city: 'Bern',
    })
    const more = [
      { email: 'bob@example.com', password },
      { email: 'eve@example.com', password },
    ]
    const created = await latchkey.users.createMany(more)
    assert.deepEqual(
      created.map(({ id }) => id),
      [2, 3],
    )
  })

  it('may declare an address verified: the application vouches for it', async () => {
    await using latchkey = await open()
    const user = await latchkey.users.create({ ...ann, emailVerified: true })
    assert.equal(user.emailVerified, true)
  })

  it('finds them, with LoopBack’s filters', async () => {
    await using latchkey = await open()
    for (const name of ['ann', 'bob', 'eve'])
      await latchkey.users.create({ email: `${name}@example.com`, password, name })
    const { users } = latchkey
    const found = await collect(
      users.find({ where: { name: { gt: 'ann' } }, order: 'name DESC', fields: ['name'] }),
    )
    assert.deepEqual(found, [{ name: 'eve' }, { name: 'bob' }])
    assert.equal((await collect(users.find())).length, 3)
    assert.equal(await users.count({ name: 'bob' }), 1)
    assert.equal(await users.count(), 3)
    assert.deepEqual(await users.findOne({ where: { name: 'bob' } }), {
      email: 'bob@example.com',
      id: 2,
      name: 'bob',
    })
    assert.deepEqual(await users.findById(3, { fields: ['id'] }), { id: 3 })
    assert.deepEqual([await users.exists(3), await users.exists(4)], [true, false])
  })

  it('changes, replaces and deletes them', async () => {
    await using latchkey = await open()
    const { users } = latchkey
    await users.create({ ...ann, city: 'Bern' })
    assert.deepEqual(await users.patchAttributes(1, { age: 30 }), {
      email: ann.email,
      id: 1,
      city: 'Bern',
      age: 30,
    })
    assert.deepEqual(await users.patchOrCreate({ id: 1, age: 31 }), {
      email: ann.email,
      id: 1,
      city: 'Bern',
      age: 31,
    })
    assert.deepEqual(await users.replaceById(1, { email: ann.email }), { email: ann.email, id: 1 })
    assert.equal(await users.deleteById(1), 1)
    assert.equal(await users.deleteById(1), 0)
  })

  it('logs in, and brings the user along when asked', async () => {
    await using latchkey = await open()
    await latchkey.users.create(ann)
    const session = await latchkey.users.login({ ...ann, ttl: 86_400 }, 'user')
    assert.partialDeepStrictEqual(session, { ttl: 86_400, userId: 1, user: { email: ann.email, id: 1 } })
    assert.match(session.id, /^[A-Za-z0-9]{64}$/)
    assert.match(session.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal((await latchkey.users.login(ann)).user, undefined)
  })

  it('counts failed logins at an account, and by the address that the program hands over', async () => {
    const rateLimit = { login: { address: 2, delayAfter: 3 } }
    await using house = await openHouse({ rateLimit }, ['anna@example.com'])
    const { users } = house.latchkey
    const outcomeOf = (email: string, secret: string, address?: string) =>
      users.login({ email, password: secret }, undefined, { address }).then(
        () => 'in',
        ({ code }) => code,
      )
    for (const number of [1, 2])
      assert.equal(await outcomeOf(`nobody${number}`, 'x', '192.0.2.1'), 'LOGIN_FAILED')
    assert.equal(await outcomeOf('nobody3', 'x', '192.0.2.1'), 'TOO_MANY_ATTEMPTS')
    for (const _ of [1, 2, 3]) assert.equal(await outcomeOf('anna@example.com', 'x'), 'LOGIN_FAILED')
    assert.equal(await outcomeOf('anna@example.com', password), 'TOO_MANY_ATTEMPTS')
    await users.unlock(1)
    assert.equal(await outcomeOf('anna@example.com', password), 'in')
  })

  it('never shows a password or a hash', async () => {
    await using latchkey = await open()
    const { users } = latchkey
    const shown = [
      await users.create(ann),
      await users.findById(1),
      await users.findOne(),
      ...(await collect(users.find({ fields: ['password', 'passwordHash', 'email'] }))),
      await users.login(ann, 'user'),
    ]
    assert.doesNotMatch(JSON.stringify(shown), /password|\$2|verificationToken/i)
  })

  it('grants roles', async () => {
    const acls = [
      { principalType: 'ROLE', principalId: 'staff', permission: 'ALLOW', property: 'count' },
    ] as const
    await using latchkey = await open({ user: { acls: [...acls] } })
    const url = await latchkey.listen({ port: 0 })
    await latchkey.users.create(ann)
    const { id } = await latchkey.users.login(ann)
    const statusOf = async () =>
      (await fetch(`${url}/api/users/count`, { headers: { authorization: id } })).status
    assert.equal(await statusOf(), 401)
    await latchkey.users.grantRole(1, 'staff')
    await latchkey.users.grantRole(1, 'staff')
    assert.equal(await statusOf(), 200)
  })
})

describe('latchkey.tokens', () => {
  it('makes tokens without a password, lists them by handle, and ends them', async () => {
    await using latchkey = await open()
    const { tokens, users } = latchkey
    await users.create(ann)
    const first = await tokens.create(1, { ttl: 60 })
    const second = await tokens.create(1)
    assert.partialDeepStrictEqual(first, { ttl: 60, userId: 1 })

    const listed = await tokens.list(1, { order: 'ttl ASC' })
    assert.deepEqual(
      listed.map(({ ttl }) => ttl),
      [60, 1_209_600],
    )
    assert.ok(listed.every(({ id }) => id !== first.id && id !== second.id))

    await tokens.delete(1, listed[0]?.id as string)
    await tokens.delete(1, second.id)
    assert.deepEqual(await tokens.list(1), [])
    await tokens.create(1)
    await tokens.deleteAll(1)
    assert.deepEqual(await tokens.list(1), [])
  })
})

describe('an operation that is refused', () => {
  for (const [what, code, kind, operate] of [
    ['an invalid account', 'VALIDATION_FAILED', 'invalid', ({ users }) => users.create({})],
    ['a taken address', 'VALIDATION_FAILED', 'invalid', ({ users }) => users.create(ann)],
    [
      'a wrong password',
      'LOGIN_FAILED',
      'unauthenticated',
      ({ users }) => users.login({ ...ann, password: 'x' }),
    ],
    [
      'no name to log in with',
      'USERNAME_EMAIL_REQUIRED',
      'malformed',
      ({ users }) => users.login({ password }),
    ],
    ['an unknown id', 'MODEL_NOT_FOUND', 'missing', ({ users }) => users.findById(99)],
    ['an id that is none', 'MODEL_NOT_FOUND', 'missing', ({ users }) => users.findById({})],
    ['a bad filter', 'INVALID_LIMIT', 'malformed', ({ users }) => users.findOne({ skip: -1 })],
    [
      'an operator like $ne',
      'OPERATOR_NOT_ALLOWED_IN_QUERY',
      'malformed',
      ({ users }) => users.count({ age: { $ne: 1 } }),
    ],
    ['a token of somebody unknown', 'MODEL_NOT_FOUND', 'missing', ({ tokens }) => tokens.create(99)],
    ['a role of somebody unknown', 'MODEL_NOT_FOUND', 'missing', ({ users }) => users.grantRole(99, 'staff')],
  ] as readonly [string, string, string, (latchkey: Latchkey) => Promise<unknown>][]) {
    it(`throws a LatchkeyError with a code for programs: ${code} for ${what}`, async () => {
      await using latchkey = await open()
      await latchkey.users.create(ann)
      await assert.rejects(operate(latchkey), (error) => {
        assert.ok(error instanceof LatchkeyError, String(error))
        assert.deepEqual([error.code, error.kind], [code, kind])
        return true
      })
    })
  }
})

describe('what a program hands in', () => {
  for (const [what, code, operate] of [
    ['text with a NUL', 'MALFORMED_TEXT', ({ users }) => users.create({ ...ann, city: 'a\0b' })],
    ['half a character', 'MALFORMED_TEXT', ({ users }) => users.patchAttributes(1, { city: '\ud800' })],
    [
      'an object deeper than a body may be',
      'TOO_DEEP',
      ({ users }) => users.replaceById(1, { ...ann, deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) }),
    ],
    [
      'the name __proto__',
      'PROPERTY_NAME_NOT_ALLOWED',
      ({ users }) => users.patchOrCreate(JSON.parse('{"id":1,"a":{"__proto__":{}}}')),
    ],
    ['a bigint', 'INVALID_ARGUMENT', ({ users }) => users.updateAll({}, { age: 1n })],
    ['a list that is none', 'INVALID_ARGUMENT', ({ users }) => users.createMany({} as unknown[])],
    ['a filter that is none', 'INVALID_ARGUMENT', ({ users }) => collect(users.find('all' as never))],
    ['a condition that is undefined', 'INVALID_WHERE', ({ users }) => users.count({ email: undefined })],
    [
      'a condition that is no number',
      'INVALID_WHERE',
      ({ users }) => collect(users.find({ where: { or: [{ age: Number.NaN }] } })),
    ],
    ['tokens that are none', 'INVALID_ARGUMENT', ({ tokens }) => tokens.createMany(1, 'ab' as never)],
    [
      'a circle, on behalf of somebody',
      'INVALID_ARGUMENT',
      (latchkey) => {
        const circle: Record<string, unknown> = { ...ann }
        circle.self = circle
        return latchkey.as(undefined).users.create(circle)
      },
    ],
  ] as readonly [string, string, (latchkey: Latchkey) => Promise<unknown>][]) {
    it(`is checked as HTTP checks it: ${what} is refused with ${code}`, async () => {
      await using latchkey = await open()
      const user = await latchkey.users.create(ann)
      await assert.rejects(operate(latchkey), (error) => {
        assert.ok(error instanceof LatchkeyError, String(error))
        assert.equal(error.code, code)
        return true
      })
      assert.deepEqual(await collect(latchkey.users.find()), [user])
    })
  }

  it('may hold dates, in filters as well', async () => {
    await using latchkey = await open({ user: { properties: { born: 'date' } } })
    const born = new Date('2000-02-29T12:00:00Z')
    const { users } = latchkey
    const created = await users.create({ ...ann, born })
    assert.equal(created.born, born.toISOString())
    assert.equal(await users.count({ born: { gt: new Date('1999-01-01') } }), 1)
    assert.equal(await users.count({ born: { gt: new Date('2001-01-01') } }), 0)
  })

  it('may name a user by number where a link has text', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, [ann.email])
    const token = new URL(linkIn((await house.mails(1))[0] as string)).searchParams.get('token')
    await house.latchkey.users.confirm({ uid: 1, token })
    assert.partialDeepStrictEqual(await house.latchkey.users.findById(1), { emailVerified: true })
  })
})

describe('createLatchkey', () => {
  it('opens two houses in one process, strangers to each other', async () => {
    await using one = await open()
    await using other = await open({ rest: { root: '/other' } })
    const [urlOfOne, urlOfOther] = await Promise.all([one.listen({ port: 0 }), other.listen({ port: 0 })])
    await one.users.create(ann)
    assert.equal(await other.users.count(), 0)
    const { id } = await one.users.login(ann)
    const statusOf = async (url: string) => (await fetch(url, { headers: { authorization: id } })).status
    assert.equal(await statusOf(`${urlOfOne}/api/users/1`), 200)
    assert.equal(await statusOf(`${urlOfOther}/other/users/1`), 401)
  })

  for (const [options, message] of [
    [{ user: { ttl: 0 } }, /^user\.ttl: /],
    [{ database: { url: 'sqlite:no/such/folder/latchkey.db' } }, /^database\.url: /],
  ] as const) {
    it(`throws a LatchkeyError that names what is wrong: ${JSON.stringify(options)}`, async () => {
      await assert.rejects(open(options), (error) => {
        assert.ok(error instanceof LatchkeyError)
        assert.match(error.message, message)
        return true
      })
    })
  }

  it('may be closed twice, and has then hung up', async () => {
    const latchkey = await open()
    const url = await latchkey.listen({ port: 0 })
    await Promise.all([latchkey.close(), latchkey.close()])
    await latchkey.close()
    await assert.rejects(fetch(`${url}/live`))
    await assert.rejects(latchkey.users.count())
  })

  it('finishes what is under way before it closes', async () => {
    const latchkey = await open()
    const created = latchkey.users.create(ann)
    const listening = await latchkey.listen({ port: 0 })
    const posted = fetch(`${listening}/live`)
    await Promise.all([created, posted])
    await latchkey.close()
    assert.equal((await created).id, 1)
  })
})

describe('passwords and sessions, for the application', () => {
  it('are changed, set and ended by naming the user or the token', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const { users } = house.latchkey
    const { id: token } = await users.login({ email: 'anna@example.com', password })
    await users.logout(token)
    await assert.rejects(users.logout(token), { code: 'ACCESS_TOKEN_REQUIRED' })

    await users.changePassword({ oldPassword: password, newPassword: 'the second one' }, 1)
    await assert.rejects(users.changePassword({ oldPassword: password, newPassword: 'x' }, 1), {
      code: 'INVALID_PASSWORD',
    })
    await users.setPassword({ newPassword: 'the third one' }, 1)
    await users.login({ email: 'anna@example.com', password: 'the third one' })
    await assert.rejects(users.setPassword({ newPassword: 'x' }, 99), { code: 'MODEL_NOT_FOUND' })
  })

  it('serves at one address only', async () => {
    await using house = await openHouse()
    await assert.rejects(house.latchkey.listen({ port: 0 }), { code: 'ALREADY_LISTENING' })
  })
})
