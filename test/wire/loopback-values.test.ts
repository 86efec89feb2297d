import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UserOptions } from '../../src/index.ts'
import { type House, openHouse, password, type Reply } from '../open-house.ts'

const modes = ['documented', 'loopback3', 'loopback2'] as const
type Mode = (typeof modes)[number]

const house = (compatibility: Mode, user: UserOptions = {}) => openHouse({ compatibility, user })
const anna = { email: 'anna@example.com', password }
const shown = { email: 'anna@example.com', id: 1 }

function isInvalid({ status, body }: Reply, codes: Record<string, string[]>, message?: string): void {
  assert.equal(status, 422, JSON.stringify(body))
  assert.deepEqual(body.error.details?.codes, codes)
  if (message)
    assert.match(body.error.message, new RegExp(message.replaceAll('(', '\\(').replaceAll(')', '\\)')))
}

describe('the members of a user', () => {
  const properties = { nick: 'string', created: 'date' } satisfies UserOptions['properties']
  const given = { more: 1, created: '2000-01-01', ...anna, username: 'anna', nick: 'a' }
  const orders: Record<Mode, readonly string[]> = {
    documented: ['username', 'email', 'id', 'more', 'created', 'nick'],
    loopback3: ['nick', 'created', 'username', 'email', 'id', 'more'],
    loopback2: ['nick', 'created', 'username', 'email', 'id', 'more'],
  }

  for (const mode of modes) {
    it(`stand in the order of that mode: ${mode}`, async () => {
      await using open = await house(mode, { properties })
      const namesOf = (body: object) => Object.keys(body)
      assert.deepEqual(namesOf((await open.post('/users', given)).body), orders[mode])
      const login = await open.post('/users/login?include=user', anna)
      assert.deepEqual(namesOf(login.body.user), orders[mode])
      const token = login.body.id
      assert.deepEqual(namesOf((await open.get('/users/1', { token })).body), orders[mode])
      const tokens = await open.get('/users/1/accessTokens?filter={"include":"user"}', {
        token: await open.adminToken(),
      })
      assert.deepEqual(namesOf(tokens.body[0].user), orders[mode])
    })
  }
})

describe('values of a declared type in the LoopBack modes', () => {
  const properties = {
    age: 'number',
    born: 'date',
    tags: ['string'],
    home: 'GeoPoint',
  } satisfies UserOptions['properties']

  for (const mode of ['loopback3', 'loopback2'] as const) {
    it(`are made of almost anything: ${mode}`, async () => {
      await using open = await house(mode, { properties })
      const created = await open.post('/users', { ...anna, age: 'old', tags: '["x"]', home: '1,2' })
      assert.deepEqual(created.body, { ...shown, age: null, tags: ['x'], home: { lat: 1, lng: 2 } })
      assert.deepEqual(await open.latchkey.users.findById(1), created.body)
      assert.equal(await open.latchkey.users.count({ age: null }), 1)

      const token = await open.login('anna@example.com')
      const updated = await open.put(
        '/users/1',
        { ...anna, age: '', born: 0, tags: [5, null], home: null },
        { token },
      )
      assert.deepEqual(updated.body, {
        ...shown,
        age: 0,
        born: '1970-01-01T00:00:00.000Z',
        tags: ['5', 'null'],
        home: null,
      })
    })

    it(`never answer 500, where LoopBack does: ${mode}`, async () => {
      await using open = await house(mode, { properties })
      isInvalid(
        await open.post('/users', { ...anna, born: 'soon' }),
        { born: ['date'] },
        '(value: Invalid Date)',
      )
      isInvalid(await open.post('/users', { ...anna, home: 'Bern' }), { home: ['geopoint'] })
      const list = await open.post('/users', { ...anna, tags: 'x' })
      assert.equal(list.status, 400)
      assert.equal(list.body.error.message, 'could not create List from JSON string: "x"')
    })

    it(`are blank as numbers that are none: ${mode}`, async () => {
      await using open = await house(mode, { properties: { age: { type: 'number', required: true } } })
      isInvalid(await open.post('/users', { ...anna, age: 'old' }), { age: ['presence'] }, '(value: NaN)')
    })

    it(`of names come of numbers, lists and objects: ${mode}`, async () => {
      await using open = await house(mode)
      const reply = await open.post('/users', { ...anna, username: [1, [2]], realm: {} })
      assert.deepEqual(reply.body, { ...shown, username: '1,2', realm: '[object Object]' })
    })

    it(`of an address are never made: ${mode}`, async () => {
      await using open = await house(mode)
      isInvalid(await open.post('/users', { email: 5, password }), { email: ['custom.string'] })
      isInvalid(await open.post('/users', { email: [], password }), { email: ['presence', 'custom.string'] })
    })

    it(`that are no text are no password: ${mode}`, async () => {
      await using open = await house(mode)
      isInvalid(await open.post('/users', { ...anna, password: 5 }), { password: ['presence'] })
      await open.post('/users', anna)
      const token = await open.login('anna@example.com')
      assert.equal((await open.request('PATCH', '/users/1', { password: 5 }, { token })).status, 200)
      assert.ok(await open.login('anna@example.com'))
    })
  }

  it('are refused in the documented mode', async () => {
    await using open = await house('documented', { properties })
    isInvalid(await open.post('/users', { ...anna, age: 'old' }), { age: ['number'] })
    isInvalid(await open.post('/users', { ...anna, tags: [{}] }), { tags: ['array'] })
    isInvalid(await open.post('/users', { ...anna, home: [91, 0] }), { home: ['geopoint'] })
    isInvalid(await open.post('/users', { ...anna, username: {} }), { username: ['string'] })
  })

  it('are declared by LoopBack 2 itself for some', async () => {
    await using two = await house('loopback2')
    const account = { ...anna, status: 5, created: '2020-01-02', challenges: { a: 1 } }
    const created = '2020-01-02T00:00:00.000Z'
    assert.deepEqual((await two.post('/users', account)).body, {
      ...shown,
      status: '5',
      created,
      challenges: { a: 1 },
    })
    await using three = await house('loopback3')
    const { password: _, ...free } = account
    assert.deepEqual((await three.post('/users', account)).body, { ...free, id: 1 })
  })
})

describe('null that somebody said', () => {
  for (const mode of modes) {
    it(`shows, other than what was never set: ${mode}`, async () => {
      await using open = await house(mode)
      const nothing = { username: null, realm: null, emailVerified: null, motto: null }
      const created = await open.post('/users', { ...anna, ...nothing })
      assert.deepEqual(created.body, { ...shown, ...nothing })
      await open.post('/users', { email: 'bert@example.com', password })
      assert.deepEqual(await open.latchkey.users.findById(2), { email: 'bert@example.com', id: 2 })

      // To a filter both are null.
      for (const name of ['username', 'realm', 'emailVerified']) {
        assert.equal(await open.latchkey.users.count({ [name]: null }), 2, name)
        assert.equal(await open.latchkey.users.count({ [name]: { neq: null } }), 0, name)
      }
    })

    it(`makes way for a value, and comes back: ${mode}`, async () => {
      await using open = await house(mode)
      await open.post('/users', { ...anna, username: null, emailVerified: null })
      const token = await open.login('anna@example.com')
      const patch = async (username: string | null) =>
        (await open.request('PATCH', '/users/1', { username }, { token })).body.username
      assert.equal(await patch('anna'), 'anna')
      assert.equal(await patch(null), null)

      await open.latchkey.users.patchAttributes(1, { emailVerified: true })
      const { emailVerified } = await open.latchkey.users.findById(1)
      assert.equal(emailVerified, true)
    })
  }

  it('is no property nobody declared', async () => {
    await using open = await house('documented', { strict: true })
    await open.post('/users', { ...anna, username: null })
    const token = await open.login('anna@example.com')
    const reply = await open.put('/users/1', { realm: '' }, { token })
    assert.deepEqual(reply.body, { ...shown, username: null })
  })
})

describe('what only the server may set, in the LoopBack modes', () => {
  const claims = {
    emailVerified: true,
    verificationToken: 'x',
    roles: ['admin'],
    accessTokens: [1],
    passwordHash: 'x',
  }

  for (const mode of ['loopback3', 'loopback2'] as const) {
    it(`is silently left out: ${mode}`, async () => {
      await using open = await house(mode)
      const created = await open.post('/users', { ...anna, ...claims, realm: 'home' })
      assert.deepEqual(created.body, { ...shown, realm: 'home', emailVerified: false })

      const token = await open.login('anna@example.com')
      for (const more of [claims, { realm: 'away' }, { realm: null }]) {
        const reply = await open.request('PATCH', '/users/1', { ...more, age: 30 }, { token })
        assert.deepEqual(reply.body, { ...shown, realm: 'home', emailVerified: false, age: 30 })
      }
    })

    it(`is for an administrator to say, of others: ${mode}`, async () => {
      await using open = await house(mode)
      await open.latchkey.users.create({ ...anna, realm: 'home' })
      const token = await open.adminToken()
      const patch = (id: number, changes: object) => open.request('PATCH', `/users/${id}`, changes, { token })
      const other = await patch(1, { emailVerified: 'yes', realm: 'away' })
      assert.deepEqual(other.body, { ...shown, realm: 'away', emailVerified: true })
      isInvalid(await patch(1, { realm: 'x'.repeat(256) }), { realm: ['length.max'] })
      assert.equal((await patch(2, { emailVerified: false })).body.emailVerified, true)
    })

    it(`has the same forbidden names: ${mode}`, async () => {
      await using open = await house(mode)
      for (const name of ['constructor', 'toJSON', '__proto__', 'hasOwnProperty']) {
        const body = `{"email":"eve@example.com","password":"secret","${name}":1}`
        const reply = await open.post('/users', body)
        assert.equal(reply.status, 422, name)
      }
    })

    it(`goes with what a replacement leaves out, but for the realm: ${mode}`, async () => {
      await using open = await house(mode)
      await open.latchkey.users.create({ ...anna, realm: 'home', emailVerified: true, age: 3 })
      const token = await open.login('anna@example.com')
      const reply = await open.post('/users/1/replace', anna, { token })
      assert.deepEqual(reply.body, { ...shown, realm: 'home' })
    })
  }
})

describe('an id on create', () => {
  it('is refused as in LoopBack 3, 0 too', async () => {
    await using open = await house('loopback3')
    for (const id of [7, 0, '9', '', true, []]) {
      const value = Number(id)
      isInvalid(
        await open.post('/users', { ...anna, id }),
        { id: ['absence'] },
        `\`id\` can't be set (value: ${value})`,
      )
    }
    assert.equal((await open.post('/users', { ...anna, id: null })).body.id, 1)
    assert.equal((await open.post('/users', { email: 'b@example.com', password, id: 'abc' })).body.id, 2)
  })

  for (const mode of ['documented', 'loopback2'] as const) {
    it(`is not taken: ${mode}`, async () => {
      await using open = await house(mode)
      assert.equal((await open.post('/users', { ...anna, id: 7 })).body.id, 1)
    })
  }
})

describe('an id in an update', () => {
  async function statusOf(mode: Mode, method: string, path: string, id: unknown): Promise<number> {
    await using open: House = await house(mode, { rejectPasswordChangesViaPatchOrReplace: false })
    await open.latchkey.users.create(anna)
    const token = await open.login('anna@example.com')
    return (await open.request(method, path, { ...anna, id }, { token })).status
  }

  for (const [mode, id, patched, replaced] of [
    ['documented', 1, 200, 200],
    ['documented', '1', 200, 200],
    ['documented', null, 200, 200],
    ['documented', 2, 400, 400],
    ['loopback3', 1, 200, 200],
    ['loopback3', '1', 200, 400],
    ['loopback3', null, 400, 200],
    ['loopback3', 0, 400, 200],
    ['loopback3', 2, 400, 400],
  ] as const) {
    it(`${JSON.stringify(id)}: PATCH ${patched}, replace ${replaced} (${mode})`, async () => {
      assert.equal(await statusOf(mode, 'PATCH', '/users/1', id), patched)
      assert.equal(await statusOf(mode, 'POST', '/users/1/replace', id), replaced)
    })
  }
})

describe('strict', () => {
  type Fate = 'kept' | 'dropped' | 'refused'
  const table: readonly (readonly [UserOptions['strict'], Fate, Fate, Fate])[] = [
    // documented, LoopBack 3, LoopBack 2
    [false, 'kept', 'kept', 'kept'],
    [true, 'refused', 'refused', 'dropped'],
    ['validate', 'refused', 'refused', 'refused'],
    ['throw', 'refused', 'refused', 'refused'],
    ['filter', 'dropped', 'dropped', 'dropped'],
  ]
  for (const [strict, ...fates] of table) {
    for (const [index, mode] of modes.entries()) {
      it(`${JSON.stringify(strict)} in ${mode}: undeclared properties are ${fates[index]}`, async () => {
        await using open = await house(mode, { strict, properties: { age: 'number' } })
        const created = await open.post('/users', { ...anna, age: 3, size: 4 })
        if (fates[index] === 'refused') {
          isInvalid(created, { size: ['unknown-property'] })
          await open.post('/users', { ...anna, age: 3 })
        } else {
          const kept = fates[index] === 'kept' ? { size: 4 } : {}
          assert.deepEqual(created.body, { ...shown, age: 3, ...kept })
        }
        const token = await open.login('anna@example.com')
        const updated = await open.request('PATCH', '/users/1', { width: 5 }, { token })
        if (fates[index] === 'refused') isInvalid(updated, { width: ['unknown-property'] })
        else assert.equal(updated.body.width, fates[index] === 'kept' ? 5 : undefined)
      })
    }
  }
})

describe('names that LoopBack keeps for itself', () => {
  it('with two underscores in front do not show', async () => {
    await using open = await house('loopback3')
    assert.deepEqual((await open.post('/users', { ...anna, __data: { x: 1 } })).body, shown)
  })

  it('with dots are refused where LoopBack 3 fails', async () => {
    await using three = await house('loopback3')
    assert.equal((await three.post('/users', { ...anna, 'a.b': 1 })).status, 422)
    await using two = await house('loopback2')
    assert.deepEqual((await two.post('/users', { ...anna, 'a.b': 1 })).body, { ...shown, 'a.b': 1 })
  })
})

describe('hidden and protected properties', () => {
  const user = {
    hidden: ['secret', 'tip'],
    protected: ['phone'],
    properties: { secret: 'string' },
  } satisfies UserOptions
  const account = { ...anna, secret: 's', tip: 't', phone: '1' }
  const seen = { ...shown, phone: '1' }

  for (const mode of modes) {
    it(`are kept from whom they are not for: ${mode}`, async () => {
      await using open = await house(mode, user)
      assert.deepEqual((await open.post('/users', account)).body, seen)
      const session = await open.post('/users/login?include=user', anna)
      assert.deepEqual(session.body.user, shown)
      const token = await open.adminToken()
      assert.deepEqual((await open.get('/users/1', { token })).body, seen)
      assert.deepEqual((await open.find('/users', { where: { id: 1 } }, { token })).body, [seen])
      assert.deepEqual((await open.find('/users/findOne', { fields: ['secret', 'tip'] }, { token })).body, {})
      const list = await open.find('/users/1/accessTokens', { include: 'user' }, { token })
      assert.deepEqual(list.body[0].user, shown)
      const updated = await open.request('PATCH', '/users/1', { tip: 'u', phone: '2' }, { token })
      assert.deepEqual(updated.body, { ...seen, phone: '2' })
    })
  }

  it('that are hidden can be neither filtered nor sorted by', async () => {
    await using open = await house('documented', user)
    const token = await open.adminToken()
    for (const filter of [{ where: { secret: 's' } }, { where: { 'tip.x': 1 } }, { order: 'secret' }]) {
      const reply = await open.find('/users', filter, { token })
      assert.equal(reply.body.error?.code, 'PROPERTY_NOT_FILTERABLE', JSON.stringify(filter))
    }
    assert.equal((await open.find('/users', { where: { phone: '1' } }, { token })).status, 200)
  })
})

describe('defaults', () => {
  it('are made when they are needed', async () => {
    await using open = await house('documented', {
      properties: {
        since: { type: 'date', defaultFn: 'now' },
        stamp: { type: 'date', default: '$now' },
        ticks: { type: 'number', defaultFn: 'now' },
        key: { type: 'string', defaultFn: 'guid' },
        level: { type: 'number', default: '7' },
        plan: { type: 'string', default: 'free', defaultFn: 'uuid' },
      },
    })
    open.now = new Date('2026-01-02T03:04:05.000Z')
    const { body } = await open.post('/users', anna)
    const now = '2026-01-02T03:04:05.000Z'
    const { key, ...rest } = body
    assert.deepEqual(rest, {
      ...shown,
      since: now,
      stamp: now,
      ticks: 1_767_323_045_000,
      level: 7,
      plan: 'free',
    })
    assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)

    const bert = await open.post('/users', {
      email: 'bert@example.com',
      password,
      key: null,
      level: null,
      since: null,
    })
    assert.partialDeepStrictEqual(bert.body, { key: null, level: null, since: null, plan: 'free' })
  })
})

describe('names within a realm', () => {
  for (const [mode, settings, perRealm] of [
    ['loopback3', { realmRequired: true }, false],
    ['loopback2', { realmRequired: true }, true],
    ['loopback2', { realmDelimiter: ':' }, true],
    ['loopback3', { realmRequired: true, realmDelimiter: ':' }, true],
    ['loopback2', {}, false],
  ] as const) {
    it(`are ${perRealm ? '' : 'not '}apart in ${mode} with ${JSON.stringify(settings)}`, async () => {
      await using open = await house(mode, settings)
      await open.post('/users', { ...anna, realm: 'home' })
      const away = await open.post('/users', { ...anna, realm: 'away' })
      if (perRealm) assert.equal(away.status, 200)
      else isInvalid(away, { email: ['uniqueness'] })
      isInvalid(await open.post('/users', { ...anna, realm: 'home' }), { email: ['uniqueness'] })
    })
  }
})
