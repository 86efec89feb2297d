import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, itAlone, openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'
const noon = new Date('2030-01-01T12:00:00Z')
const afterNoon = (minutes: number) => new Date(noon.getTime() + minutes * 60_000)

/** Logs in as a client that says what it is. */
async function loginAs(house: House, agent: string, email = anna): Promise<string> {
  const headers = { 'user-agent': agent }
  const { body } = await house.post('/users/login', { email, password }, { headers })
  return body.id
}

describe('GET /users/me', () => {
  it('answers with whoever asks, and takes fields and include like a user by id', async () => {
    await using house = await openHouse({}, [anna, bert])
    const token = await house.login(bert)
    const reply = await house.get('/users/me', { token })
    assert.deepEqual([reply.status, reply.body], [200, { email: bert, id: 2 }])
    assert.deepEqual((await house.find('/users/me', { fields: ['email'] }, { token })).body, { email: bert })
    assert.equal((await house.find('/users/me', [], { token })).status, 400)
  })

  it('is for nobody who is not logged in, and for no token that is for something else', async () => {
    await using house = await openHouse({}, [anna])
    const { id: token } = await house.latchkey.tokens.create(1, { scopes: ['orders'] })
    for (const sent of [{}, { token }]) {
      const { status, body } = await house.get('/users/me', sent)
      assert.deepEqual([status, body.error.code], [401, 'AUTHORIZATION_REQUIRED'])
    }
  })

  it('is closed by a rule of yours about its owner', async () => {
    const closed = {
      principalType: 'ROLE',
      principalId: '$owner',
      permission: 'DENY',
      property: 'findMe',
    } as const
    await using house = await openHouse({ user: { acls: [closed] } }, [anna])
    const token = await house.login(anna)
    assert.equal((await house.get('/users/me', { token })).status, 401)
    assert.equal((await house.get('/users/1', { token })).status, 200)
  })
})

describe('GET /users/me/sessions', () => {
  it('lists a thousand of them at most, those used last', async () => {
    await using house = await openHouse({}, [anna])
    house.now = noon
    const hundred = Array.from({ length: 100 }, () => ({}))
    for (let made = 0; made < 1_100; made += 100) await house.latchkey.tokens.createMany(1, hundred)
    house.now = afterNoon(5)
    const token = await house.login(anna)
    const { body } = await house.get('/users/me/sessions', { token })
    assert.deepEqual([body.length, body[0].current, body[1].current], [1_000, true, false])
  })

  it('lists when and from where each session was used last, and which one asks', async () => {
    await using house = await openHouse({}, [anna, bert])
    house.now = noon
    const [phone, laptop] = [await loginAs(house, 'Phone'), await loginAs(house, 'Laptop')]
    await loginAs(house, 'Phone', bert)
    house.now = afterNoon(5)
    await house.get('/users/1', { token: laptop, headers: { 'user-agent': 'Laptop, updated' } })
    house.now = afterNoon(7)
    const { status, body } = await house.get('/users/me/sessions', {
      token: phone,
      headers: { 'user-agent': 'Phone' },
    })
    assert.equal(status, 200)
    assert.deepEqual(
      body.map((session: Record<string, unknown>) => [
        session.created,
        session.lastUsed,
        session.agent,
        session.current,
      ]),
      [
        [noon.toISOString(), afterNoon(7).toISOString(), 'Phone', true],
        [noon.toISOString(), afterNoon(5).toISOString(), 'Laptop, updated', false],
      ],
    )
    for (const { id, userId, ttl } of body) {
      assert.match(id, /^[0-9a-f]{64}$/)
      assert.deepEqual([userId, ttl], [1, 1_209_600])
    }
  })

  it('shows the address where the host knows it, and not much of a long agent', async () => {
    await using house = await openHouse({}, [anna])
    const token = await loginAs(house, 'x'.repeat(5_000))
    const [session] = (await house.get('/users/me/sessions', { token })).body
    assert.equal(session.agent, 'x'.repeat(200))
    if (process.env.TEST_HOST === 'fetch') assert.equal(session.address, null)
    else assert.match(session.address, /^(127\.0\.0\.1|::1)$/)
  })

  itAlone('believes a proxy that is trusted, and nobody else, about the address', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    for (const trustProxy of [['127.0.0.1', '::1'], false]) {
      await using house = await openHouse({ server: { trustProxy } }, [anna])
      const { body } = await house.post('/users/login', { email: anna, password }, { headers })
      const [session] = (await house.get('/users/me/sessions', { token: body.id, headers })).body
      assert.equal(session.address === '203.0.113.9', trustProxy !== false)
    }
  })

  it('leaves out what has expired, and a mailed right to set a password', async () => {
    await using house = await openHouse({}, [anna])
    house.now = noon
    const token = await house.login(anna)
    await house.post('/users/login', { email: anna, password, ttl: 60 })
    await house.post('/users/reset', { email: anna })
    await house.mails(1)
    assert.equal((await house.get('/users/me/sessions', { token })).body.length, 2)
    house.now = afterNoon(1)
    assert.equal((await house.get('/users/me/sessions', { token })).body.length, 1)
  })

  it('has nothing to say of a token that nobody has used', async () => {
    await using house = await openHouse({}, [anna])
    const made = await house.latchkey.tokens.create(1, { scopes: ['orders'] })
    const token = await house.login(anna)
    const sessions = (await house.get('/users/me/sessions', { token })).body
    const unused = sessions.find(({ current }: { current: boolean }) => !current)
    assert.deepEqual(unused, {
      ...made,
      id: unused.id,
      lastUsed: null,
      address: null,
      agent: null,
      current: false,
    })
  })
})

describe('DELETE /users/me/sessions/{handle}', () => {
  it('ends that session and no other', async () => {
    await using house = await openHouse({}, [anna])
    const [token, other] = [await house.login(anna), await house.login(anna)]
    const sessions = (await house.get('/users/me/sessions', { token })).body
    const { id: handle } = sessions.find(({ current }: { current: boolean }) => !current)
    assert.equal((await house.delete(`/users/me/sessions/${handle}`, { token })).status, 204)
    assert.equal((await house.get('/users/me', { token: other })).status, 401)
    assert.equal((await house.get('/users/me', { token })).status, 200)
    assert.equal((await house.delete(`/users/me/sessions/${handle}`, { token })).status, 404)
  })

  it('may end the one that asks', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    const [{ id: handle }] = (await house.get('/users/me/sessions', { token })).body
    assert.equal((await house.delete(`/users/me/sessions/${handle}`, { token })).status, 204)
    assert.equal((await house.get('/users/me', { token })).status, 401)
  })

  it('knows nobody else’s sessions', async () => {
    await using house = await openHouse({}, [anna, bert])
    const [token, theirs] = [await house.login(anna), await house.login(bert)]
    const [{ id: handle }] = (await house.get('/users/me/sessions', { token: theirs })).body
    for (const unknown of [handle, 'unknown', theirs]) {
      const { status, body } = await house.delete(`/users/me/sessions/${unknown}`, { token })
      assert.deepEqual([status, body.error.code], [404, 'MODEL_NOT_FOUND'])
    }
    assert.equal((await house.get('/users/me', { token: theirs })).status, 200)
  })
})

describe('DELETE /users/me/sessions', () => {
  it('ends all of the caller’s sessions, and tells the log', async () => {
    await using house = await openHouse({}, [anna, bert])
    const tokens = [await house.login(anna), await house.login(anna)]
    const theirs = await house.login(bert)
    assert.equal((await house.delete('/users/me/sessions', { token: tokens[0] })).status, 204)
    for (const token of tokens) assert.equal((await house.get('/users/me', { token })).status, 401)
    assert.equal((await house.get('/users/me', { token: theirs })).status, 200)
    assert.ok(house.logs.some(({ fields }) => 'event' in fields && fields.event === 'loggedOut'))
  })

  it('keeps the one that asks with ?others=true', async () => {
    await using house = await openHouse({}, [anna])
    const [token, other] = [await house.login(anna), await house.login(anna)]
    assert.equal((await house.delete('/users/me/sessions?others=true', { token })).status, 204)
    assert.equal((await house.get('/users/me', { token: other })).status, 401)
    assert.equal((await house.get('/users/me', { token })).status, 200)
  })

  it('does nothing when it is told neither true nor false', async () => {
    await using house = await openHouse({}, [anna])
    const [token, other] = [await house.login(anna), await house.login(anna)]
    for (const others of ['1', 'TRUE', '', 'true&others=true']) {
      assert.equal((await house.delete(`/users/me/sessions?others=${others}`, { token })).status, 400)
    }
    assert.equal((await house.get('/users/me', { token: other })).status, 200)
  })

  it('is over once, however many ask for it together', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => house.delete('/users/me/sessions', { token })),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, 401, 401, 401, 401])
  })
})

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`compatibility ${compatibility}`, () => {
    it('takes me for an id, as LoopBack does', async () => {
      await using house = await openHouse({ compatibility }, [anna])
      const token = await house.adminToken()
      assert.equal((await house.get('/users/me', { token })).status, 404)
      assert.equal((await house.get('/users/me/sessions', { token })).status, 404)
      assert.equal((await house.delete('/users/me/sessions', { token })).status, 404)
      assert.equal((await house.get('/users', { token })).status, 200)
    })
  })
}
