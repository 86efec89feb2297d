import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { adminRule, openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'
const handleOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Anna (1) with tokens of 60, 120 and 180 seconds, Bert (2) with one of his own, and an administrator. */
async function openHouseOfTokens() {
  const house = await openHouse({}, [anna, bert])
  const tokens: string[] = []
  for (const [index, ttl] of [60, 120, 180].entries()) {
    house.now = new Date(Date.UTC(2030, 0, 1, 0, 0, index))
    tokens.push((await house.post('/users/login', { email: anna, password, ttl })).body.id)
  }
  const his = await house.login(bert)
  return {
    house,
    tokens: tokens as [string, string, string],
    his,
    admin: { token: await house.adminToken() },
  }
}

describe('GET /users/{id}/accessTokens', () => {
  it('lists the sessions of that user by handles, oldest first', async () => {
    const { house, tokens, admin } = await openHouseOfTokens()
    await using _ = house
    const { status, body } = await house.get('/users/1/accessTokens', admin)
    assert.equal(status, 200)
    assert.deepEqual(
      body,
      tokens.map((token, index) => ({
        id: handleOf(token),
        ttl: 60 * (index + 1),
        created: `2030-01-01T00:00:0${index}.000Z`,
        userId: 1,
      })),
    )
  })

  it('shows handles that open nothing', async () => {
    const { house, admin } = await openHouseOfTokens()
    await using _ = house
    const [{ id: handle }] = (await house.get('/users/1/accessTokens', admin)).body
    assert.match(handle, /^[0-9a-f]{64}$/)
    assert.equal((await house.get(`/users/1?access_token=${handle}`)).status, 401)
    for (const token of [handle, `Bearer ${handle}`])
      assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.post('/users/logout', { access_token: handle })).status, 401)
  })

  it('takes a filter', async () => {
    const { house, tokens, admin } = await openHouseOfTokens()
    await using _ = house
    const ttls = async (filter: object) =>
      (await house.find('/users/1/accessTokens', filter, admin)).body.map(({ ttl }: { ttl: number }) => ttl)
    assert.deepEqual(await ttls({ where: { ttl: { gt: 60 } } }), [120, 180])
    assert.deepEqual(await ttls({ where: { id: handleOf(tokens[1]) } }), [120])
    assert.deepEqual(await ttls({ where: { created: { gte: '2030-01-01T00:00:01Z' } } }), [120, 180])
    assert.deepEqual(await ttls({ where: { userId: 2 } }), [], 'it cannot lead to another user')
    assert.deepEqual(await ttls({ order: 'ttl DESC', skip: 1, limit: 1 }), [120])
    const fields = await house.find('/users/1/accessTokens', { fields: ['ttl'], limit: 1 }, admin)
    assert.deepEqual(fields.body, [{ ttl: 60 }])
  })

  it('takes a bare where as well, as JSON and in brackets', async () => {
    const { house, admin } = await openHouseOfTokens()
    await using _ = house
    for (const query of [`where=${encodeURIComponent('{"ttl":120}')}`, 'where[ttl]=120']) {
      const { body } = await house.get(`/users/1/accessTokens?${query}`, admin)
      assert.deepEqual(
        body.map(({ ttl }: { ttl: number }) => ttl),
        [120],
      )
    }
  })

  it('brings the user along where the filter says so', async () => {
    const { house, admin } = await openHouseOfTokens()
    await using _ = house
    const { body } = await house.find('/users/1/accessTokens', { include: 'user', limit: 1 }, admin)
    assert.deepEqual(body[0].user, { email: anna, id: 1 })
  })

  it('refuses a filter that is none before it asks who wants to know', async () => {
    await using house = await openHouse({}, [anna])
    for (const name of ['filter', 'where']) {
      const reply = await house.get(`/users/1/accessTokens?${name}=12`)
      assert.partialDeepStrictEqual(reply, {
        status: 400,
        body: { error: { message: 'Value is not an object.' } },
      })
    }
  })

  it('does not know the tokens of a user there is none of', async () => {
    await using house = await openHouse({}, [anna])
    const admin = { token: await house.adminToken() }
    for (const [method, path] of [
      ['GET', '/users/99/accessTokens'],
      ['POST', '/users/99/accessTokens'],
      ['DELETE', '/users/99/accessTokens'],
      ['DELETE', `/users/99/accessTokens/${'0'.repeat(64)}`],
    ] as const) {
      assert.deepEqual((await house.request(method, path, undefined, admin)).body, {
        error: {
          statusCode: 404,
          name: 'Error',
          message: 'could not find a model with id 99',
          code: 'MODEL_NOT_FOUND',
        },
      })
    }
  })
})

describe('POST /users/{id}/accessTokens', () => {
  it('makes a token, and shows it this once', async () => {
    await using house = await openHouse({}, [anna])
    house.now = new Date('2030-01-01T00:00:00Z')
    const admin = { token: await house.adminToken() }
    const { status, body } = await house.post('/users/1/accessTokens', undefined, admin)
    assert.equal(status, 200)
    assert.match(body.id, /^[A-Za-z0-9]{64}$/)
    assert.deepEqual(body, { id: body.id, ttl: 1_209_600, created: '2030-01-01T00:00:00.000Z', userId: 1 })

    assert.equal((await house.get('/users/1', { token: body.id })).status, 200)
    const list = await house.get('/users/1/accessTokens', admin)
    assert.deepEqual(
      list.body.map(({ id }: { id: string }) => id),
      [handleOf(body.id)],
    )
  })

  it('lets the caller say how long it lives and what for, and nothing else', async () => {
    await using house = await openHouse({}, [anna, bert])
    const admin = { token: await house.adminToken() }
    const chosen = { ttl: 300, scopes: ['reports'], id: 'mine', userId: 2, created: '2001-01-01T00:00:00Z' }
    const { body } = await house.post('/users/1/accessTokens', chosen, admin)
    assert.partialDeepStrictEqual(body, { ttl: 300, scopes: ['reports'], userId: 1 })
    assert.match(body.id, /^[A-Za-z0-9]{64}$/)
    assert.notEqual(body.created, chosen.created)
    assert.equal((await house.get('/users/1', { token: body.id })).status, 401, 'reports are not the account')
  })

  it('caps the ttl, and refuses what is none', async () => {
    await using house = await openHouse({}, [anna])
    const admin = { token: await house.adminToken() }
    const long = await house.post('/users/1/accessTokens', { ttl: 1e9 }, admin)
    assert.equal(long.body.ttl, 31_556_926)
    for (const ttl of [null, -1, 'soon', {}]) {
      const reply = await house.post('/users/1/accessTokens', { ttl }, admin)
      assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'INVALID_TTL' } } })
    }
    for (const scopes of ['reports', [5], {}]) {
      const reply = await house.post('/users/1/accessTokens', { scopes }, admin)
      assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'INVALID_SCOPES' } } })
    }
  })
})

describe('whoever may make tokens of their own', () => {
  const property = ['__create__accessTokens', '__updateById__accessTokens']
  const ownTokens = { principalType: 'ROLE', principalId: '$owner', permission: 'ALLOW', property } as const

  it('makes none that sets a password: a session shall not do what a mailed link does', async () => {
    await using house = await openHouse({ user: { acls: [ownTokens, adminRule] } }, [anna])
    const token = await house.login(anna)
    const refused = [403, 'ACCESS_DENIED']
    for (const scopes of [['reset-password'], ['DEFAULT', 'reset-password']]) {
      const { status, body } = await house.post('/users/1/accessTokens', { scopes }, { token })
      assert.deepEqual([status, body.error.code], refused)
      const listed = await house.post('/users/1/accessTokens', [{ scopes }], { token })
      assert.deepEqual([listed.status, listed.body.error.code], refused)
      const changed = await house.put(`/users/1/accessTokens/${handleOf(token)}`, { scopes }, { token })
      assert.deepEqual([changed.status, changed.body.error.code], refused)
    }
    assert.equal((await house.post('/users/1/accessTokens', { scopes: ['orders'] }, { token })).status, 200)
    const admin = { token: await house.adminToken() }
    assert.equal(
      (await house.post('/users/1/accessTokens', { scopes: ['reset-password'] }, admin)).status,
      200,
    )
  })
})

describe('POST /users/{id}/accessTokens with a list', () => {
  it('makes as many tokens, in its order', async () => {
    await using house = await openHouse({}, [anna])
    const admin = { token: await house.adminToken() }
    const { status, body } = await house.post('/users/1/accessTokens', [{ ttl: 60 }, {}], admin)
    assert.equal(status, 200)
    assert.deepEqual(
      body.map(({ ttl }: { ttl: number }) => ttl),
      [60, 1_209_600],
    )
    for (const { id: token } of body) assert.equal((await house.get('/users/1', { token })).status, 200)
    assert.deepEqual((await house.post('/users/1/accessTokens', [], admin)).body, [])
  })

  it('makes none when one of them is wrong, or when they are too many', async () => {
    await using house = await openHouse({}, [anna])
    const admin = { token: await house.adminToken() }
    for (const [list, status] of [
      [[{}, { ttl: 'soon' }], 400],
      [[{}, 5], 400],
      [Array(101).fill({}), 422],
    ] as const) {
      assert.equal((await house.post('/users/1/accessTokens', list, admin)).status, status)
    }
    assert.deepEqual((await house.get('/users/1/accessTokens', admin)).body, [])
  })
})

describe('DELETE /users/{id}/accessTokens', () => {
  it('ends all sessions of that user, whatever where says, and nobody else’s', async () => {
    const { house, tokens, his, admin } = await openHouseOfTokens()
    await using _ = house
    const where = encodeURIComponent('{"ttl":60}')
    const { status, body } = await house.delete(`/users/1/accessTokens?where=${where}`, admin)
    assert.deepEqual({ status, body }, { status: 204, body: undefined })
    for (const token of tokens) assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.get('/users/2', { token: his })).status, 200)
    assert.deepEqual((await house.get('/users/1/accessTokens', admin)).body, [])
  })
})

describe('DELETE /users/{id}/accessTokens/{fk}', () => {
  it('ends the session whose handle it is given, or whose token', async () => {
    const { house, tokens, admin } = await openHouseOfTokens()
    await using _ = house
    const [first, second, third] = tokens
    for (const fk of [handleOf(first), second]) {
      const { status, body } = await house.delete(`/users/1/accessTokens/${fk}`, admin)
      assert.deepEqual({ status, body }, { status: 204, body: undefined })
    }
    const statuses = await Promise.all(
      tokens.map(async (token) => (await house.get('/users/1', { token })).status),
    )
    assert.deepEqual(statuses, [401, 401, 200])
    assert.equal((await house.get('/users/1', { token: third })).status, 200)
  })

  it('does not find what was never there, or is there no longer', async () => {
    const { house, tokens, admin } = await openHouseOfTokens()
    await using _ = house
    const gone = handleOf(tokens[0])
    await house.delete(`/users/1/accessTokens/${gone}`, admin)
    for (const fk of [gone, 'nothing', '0'.repeat(64)]) {
      assert.deepEqual((await house.delete(`/users/1/accessTokens/${fk}`, admin)).body, {
        error: {
          statusCode: 404,
          name: 'Error',
          message: `No instance with id ${fk} found for AccessToken`,
          code: 'MODEL_NOT_FOUND',
        },
      })
    }
  })

  it('does not find another user’s', async () => {
    const { house, his, admin } = await openHouseOfTokens()
    await using _ = house
    for (const fk of [handleOf(his), his])
      assert.equal((await house.delete(`/users/1/accessTokens/${fk}`, admin)).status, 404)
    assert.equal((await house.get('/users/2', { token: his })).status, 200)
  })
})
