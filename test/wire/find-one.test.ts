import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { itRouting, openHouse, password, type Reply } from '../open-house.ts'

/** Spellings that LoopBack, or JavaScript, would take for a number or for anything at all. */
const oddIds = [
  '01',
  '1e0',
  '1.0',
  '+1',
  '0x1',
  '1%20',
  '%201',
  'true',
  '0',
  '-1',
  '1.5',
  '1abc',
  'abc',
  'undefined',
  'NaN',
  '%7B%7D',
  '%5B1%5D',
  '9'.repeat(20),
  '%D9%A1',
  '%00',
  '1%00',
  "1'%20or%20'1'='1",
]

const reading = {
  principalType: 'ROLE',
  principalId: '$everyone',
  permission: 'ALLOW',
  accessType: 'READ',
} as const

const answerOf = ({ status, body }: Reply) => ({ status, body })

function isRefused(reply: Reply, status: number, error: object): void {
  assert.partialDeepStrictEqual(reply, { status, body: { error: { statusCode: status, ...error } } })
}

describe('GET /users/{id}', () => {
  it('shows an owner what is public of herself', async () => {
    await using house = await openHouse()
    const account = { username: 'anna', email: 'anna@example.com', address: { city: 'Bern' } }
    await house.post('/users', { ...account, password })
    const token = await house.login('anna@example.com')
    assert.deepEqual(answerOf(await house.get('/users/1', { token })), {
      status: 200,
      body: { ...account, id: 1 },
    })
  })

  it('answers alike to all others about any id', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('bert@example.com')
    const replies = [
      await house.get('/users/1'),
      await house.get('/users/99'),
      await house.get('/users/1', { token }),
      await house.get('/users/99', { token }),
    ]
    for (const reply of replies) {
      assert.deepEqual(answerOf(reply), {
        status: 401,
        body: {
          error: {
            statusCode: 401,
            name: 'Error',
            message: 'Authorization Required',
            code: 'AUTHORIZATION_REQUIRED',
          },
        },
      })
    }
  })

  it('knows the owner by the one right spelling of the id', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const id of oddIds) {
      isRefused(await house.get(`/users/${id}`, { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
    }
  })

  it('tells an administrator that there is no such user, with the id as it was written', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    for (const id of ['99', 'login', 'reset', ...oddIds]) {
      assert.deepEqual(answerOf(await house.get(`/users/${id}`, { token })), {
        status: 404,
        body: {
          error: {
            statusCode: 404,
            name: 'Error',
            message: `Unknown "User" id "${decodeURIComponent(id)}".`,
            code: 'MODEL_NOT_FOUND',
          },
        },
      })
    }
  })

  it('shows only the fields a filter asks for', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const some = await house.find('/users/1', { fields: ['email', 'password'] }, { token })
    assert.deepEqual(answerOf(some), { status: 200, body: { email: 'anna@example.com' } })
    const others = await house.get('/users/1?filter[fields]=id', { token })
    assert.deepEqual(others.body, { id: 1 })
  })

  it('pays no heed to conditions in a filter', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const reply = await house.find('/users/1', { where: { email: 'bert@example.com' }, skip: 5 }, { token })
    assert.deepEqual(reply.body, { email: 'anna@example.com', id: 1 })
  })

  it('refuses a filter that is no object before it asks who wants to know', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    for (const filter of ['broken', '12', '[]', '"text"', 'true']) {
      isRefused(await house.get(`/users/1?filter=${filter}`), 400, { message: 'Value is not an object.' })
    }
    isRefused(await house.get('/users/1?filter={broken}'), 400, {
      message: 'Cannot parse JSON-encoded object value.',
    })
  })

  itRouting('works in any letter case, with a slash at the end and with doubled slashes', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const path of ['/api/Users/1', '/API/USERS/1/', '//api//users//1', '/api/users/1?']) {
      assert.equal((await house.get(`${house.url}${path}`, { token })).status, 200, path)
    }
  })

  it('does the same for users whose ids are UUIDs', async () => {
    await using house = await openHouse({ user: { idType: 'uuid' } })
    const { body } = await house.post('/users', { email: 'anna@example.com', password })
    assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const token = await house.login('anna@example.com')
    assert.deepEqual((await house.get(`/users/${body.id}`, { token })).body, body)
    assert.equal((await house.get(`/users/${body.id.toUpperCase()}`, { token })).status, 401)

    const admin = await house.adminToken()
    for (const id of ['1', 'true', 'x'.repeat(65), '%00', "'"]) {
      isRefused(await house.get(`/users/${id}`, { token: admin }), 404, { code: 'MODEL_NOT_FOUND' })
    }
  })
})

describe('GET /users/findOne', () => {
  it('is closed to everybody whom no rule lets in', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    isRefused(await house.get('/users/findOne'), 401, { code: 'AUTHORIZATION_REQUIRED' })
    isRefused(await house.get('/users/findOne', { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
  })

  it('answers with the first user the filter finds', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com', 'cleo@example.com'])
    const token = await house.adminToken()
    const first = await house.get('/users/findOne', { token })
    assert.deepEqual(answerOf(first), { status: 200, body: { email: 'anna@example.com', id: 1 } })

    const where = { email: { like: '%@example.com' }, id: { lt: 4 } }
    const last = await house.find('/users/findone', { where, order: 'email DESC', limit: 10 }, { token })
    assert.equal(last.body.email, 'cleo@example.com')
    const second = await house.find('/users/findOne', { where, skip: 1, fields: ['email'] }, { token })
    assert.deepEqual(second.body, { email: 'bert@example.com' })
  })

  it('says that there is none in LoopBack’s odd words', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    const reply = await house.find('/users/findOne', { where: { email: 'nobody@example.com' } }, { token })
    assert.deepEqual(answerOf(reply), {
      status: 404,
      body: {
        error: {
          statusCode: 404,
          name: 'Error',
          message: 'Unknown "User" id "undefined".',
          code: 'MODEL_NOT_FOUND',
        },
      },
    })
  })
})

describe('GET /users/{id}/exists', () => {
  it('is closed to everybody whom no rule lets in, the owner too', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    isRefused(await house.get('/users/1/exists'), 401, { code: 'AUTHORIZATION_REQUIRED' })
    isRefused(await house.get('/users/1/exists', { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
  })

  it('tells whether there is such a user', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    assert.deepEqual(answerOf(await house.get('/users/1/exists', { token })), {
      status: 200,
      body: { exists: true },
    })
    for (const id of ['99', ...oddIds]) {
      assert.deepEqual(answerOf(await house.get(`/users/${id}/exists`, { token })), {
        status: 200,
        body: { exists: false },
      })
    }
  })
})

describe('GET /users/count', () => {
  it('is closed to everybody whom no rule lets in', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    isRefused(await house.get('/users/count'), 401, { code: 'AUTHORIZATION_REQUIRED' })
    isRefused(await house.get('/users/count', { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
  })

  it('counts the users that fit the conditions', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.adminToken()
    const counts = async (query: string) => (await house.get(`/users/count${query}`, { token })).body

    assert.deepEqual(await counts(''), { count: 3 })
    assert.deepEqual(await counts('?where={"id":{"lt":3}}'), { count: 2 })
    assert.deepEqual(await counts('?where[email]=bert@example.com'), { count: 1 })
    assert.deepEqual(await counts('?where={"email":"nobody@example.com"}'), { count: 0 })
    // A filter is not what it takes.
    assert.deepEqual(await counts('?filter={"where":{"id":1}}'), { count: 3 })
  })

  it('refuses conditions that are no object before it asks who wants to know', async () => {
    await using house = await openHouse()
    isRefused(await house.get('/users/count?where=broken'), 400, { message: 'Value is not an object.' })
  })
})

describe('HEAD /users/{id}', () => {
  it('tells nobody more than GET /users/{id}/exists does', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const reply of [
      await house.request('HEAD', '/users/1'),
      await house.request('HEAD', '/users/1', undefined, { token }),
    ]) {
      assert.ok(reply.status === 401 || reply.status === 404, `status ${reply.status}`)
      assert.equal(reply.body, undefined)
    }
  })
})

describe('HEAD of what GET answers', () => {
  it('is the same answer without its body', async () => {
    await using house = await openHouse({ user: { acls: [reading] } }, ['anna@example.com'])
    for (const path of ['/users', '/users/1/exists', '/users/1/accessTokens']) {
      const get = await house.get(path)
      const head = await house.request('HEAD', path)
      assert.equal(head.status, 200, path)
      assert.equal(head.status, get.status, path)
      assert.equal(head.body, undefined)
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'))
    }
    assert.equal((await house.request('HEAD', '/users/nobody/nothing')).status, 404)
  })

  it('asks for permission as GET does', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    for (const path of ['/users', '/users/me', '/users/1/exists', '/users/1/accessTokens'])
      assert.equal((await house.request('HEAD', path)).status, 401, path)
    const token = await house.login('anna@example.com')
    assert.equal((await house.request('HEAD', '/users/me', undefined, { token })).status, 200)
  })
})

describe('DELETE /users/{id}', () => {
  it('lets an owner delete herself, and nobody else', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('anna@example.com')
    for (const reply of [
      await house.delete('/users/1'),
      await house.delete('/users/2', { token }),
      await house.delete('/users/99', { token }),
    ]) {
      isRefused(reply, 401, { code: 'AUTHORIZATION_REQUIRED' })
    }
    assert.deepEqual(answerOf(await house.delete('/users/1', { token })), { status: 200, body: { count: 1 } })
    assert.equal(await house.latchkey.users.exists(1), false)
    assert.equal(await house.latchkey.users.exists(2), true)
  })

  it('ends every session of the user', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const own = await house.login('anna@example.com')
    const other = await house.login('anna@example.com')
    const bert = await house.login('bert@example.com')
    await house.delete('/users/1', { token: own })

    for (const token of [own, other]) {
      isRefused(await house.get('/users/1', { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
      assert.equal((await house.post('/users/logout', undefined, { token })).status, 401)
    }
    assert.equal((await house.get('/users/2', { token: bert })).status, 200)
    const login = await house.post('/users/login', { email: 'anna@example.com', password })
    isRefused(login, 401, { code: 'LOGIN_FAILED' })
  })

  it('tells an administrator how many there were: none, where the id is unknown', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    for (const id of ['99', 'login', ...oddIds]) {
      assert.deepEqual(answerOf(await house.delete(`/users/${id}`, { token })), {
        status: 200,
        body: { count: 0 },
      })
    }
    assert.equal(await house.latchkey.users.count(), 2)
    assert.deepEqual((await house.delete('/users/1', { token })).body, { count: 1 })
    assert.deepEqual((await house.delete('/users/1', { token })).body, { count: 0 })
  })

  it('deletes a user once, however many ask for it at once', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    const replies = await Promise.all(Array.from({ length: 10 }, () => house.delete('/users/1', { token })))
    const counts = replies.map(({ body }) => body.count)
    assert.deepEqual(counts.sort(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  it('never gives the id to anybody again, but the address and the username', async () => {
    await using house = await openHouse()
    const account = { email: 'anna@example.com', password, username: 'anna' }
    for (const id of [1, 2, 3]) {
      assert.equal((await house.post('/users', account)).body.id, id)
      const token = await house.login('anna@example.com')
      await house.delete(`/users/${id}`, { token })
    }
  })

  it('pays no heed to a body', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const reply = await house.request('DELETE', '/users/1', { id: 2 }, { token })
    assert.deepEqual(answerOf(reply), { status: 200, body: { count: 1 } })
  })
})

describe('DELETE /users', () => {
  it('is no method there is', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    isRefused(await house.delete('/users', { token }), 404, {
      message: 'Shared class "User" has no method handling DELETE /',
    })
    assert.equal(await house.latchkey.users.count(), 2)
  })
})
