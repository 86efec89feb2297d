import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { itAlone, itReadingBodies, linkIn, openHouse, password } from '../open-house.ts'
import { connectRaw } from '../server/raw-connection.ts'

const anna = 'anna@example.com'

describe('a list that comes as JSON text', () => {
  it('is bounded and checked like any other JSON', async () => {
    await using house = await openHouse({ user: { properties: { tags: 'array' } } })
    const deep = `${'['.repeat(1100)}${']'.repeat(1100)}`
    for (const tags of [deep, '[{"__proto__":{}}]', '[{"toJSON":1}]', '["\\u0000"]', '["\\ud800"]', 'a']) {
      const { status, body } = await house.post('/users', { email: anna, password, tags })
      assert.ok(status === 400 || status === 422, `${tags.slice(0, 30)}: ${status} ${JSON.stringify(body)}`)
    }
    const listed = await house.post('/users', { email: anna, password, tags: '["a","b"]' })
    assert.deepEqual(listed.body.tags, ['a', 'b'])
  })
})

describe('an address that is confirmed', () => {
  it('leaves no session of before alive: whoever opened it may not be who reads the mail', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } })
    await house.latchkey.users.create({ email: anna, password, emailVerified: true })
    const token = await house.login(anna)
    assert.equal((await house.put('/users/1', { email: 'root@example.com' }, { token })).status, 200)
    const mails = await house.mails(2)
    const proof = mails.find((mail) => mail.includes('To: root@example.com')) ?? ''
    await house.get(linkIn(proof))
    assert.equal((await house.get('/users/1', { token })).status, 401)
  })

  it('is not one that only looks like another, nor two in one', async () => {
    await using house = await openHouse()
    for (const email of [
      'ro\u034fot@example.com',
      'root\u3164@example.com',
      'ro\ufe0fot@example.com',
      '"a,b@c.d"@example.com',
    ]) {
      assert.equal((await house.post('/users', { email, password })).status, 422, JSON.stringify(email))
    }
    assert.equal((await house.post('/users', { email: 'joe@bücher.example', password })).status, 200)
    for (const email of ['joe@xn--bcher-kva.example', 'JOE@BÜCHER.example', 'joe@bücher\u3002example']) {
      const again = await house.post('/users', { email, password })
      assert.deepEqual(again.body.error.details.codes, { email: ['uniqueness'] }, email)
    }
  })
})

describe('a session that ends while a request is under way', () => {
  const slowly = async (method: string, path: string, body: string, end: 'logout' | 'password') => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    using connection = await connectRaw(house.url)
    connection.send(
      `${method} /api${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    )
    await connection.receives(/^HTTP\/1\.1 100 /)
    if (end === 'logout') await house.latchkey.users.logout(token)
    else await house.latchkey.users.setPassword({ newPassword: 'another' }, 1)
    connection.send(body)
    await connection.receives(/HTTP\/1\.1 401 .*AUTHORIZATION_REQUIRED/s)
    assert.deepEqual(await house.latchkey.users.findById(1), { email: anna, id: 1 })
  }

  itReadingBodies('changes nothing more', async () => {
    await slowly('PUT', '/users/1', '{"email":"thief@example.com"}', 'password')
    await slowly('PUT', '/users/1', '{"age":30}', 'logout')
    await slowly('DELETE', '/users/1', '{}', 'password')
  })
})

describe('requests at the same moment', () => {
  it('mail no reset token to an address that is being left', async () => {
    await using house = await openHouse({}, [anna])
    const { users, tokens, on } = house.latchkey
    const mailed: string[] = []
    on('resetPasswordRequest', ({ accessToken }) => void mailed.push(accessToken.id))
    for (let round = 0; round < 5; round++) {
      const [from, to] = round % 2 === 0 ? [anna, 'new@example.com'] : ['new@example.com', anna]
      await Promise.all([users.resetPassword({ email: from }), users.patchAttributes(1, { email: to })])
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.deepEqual(await tokens.list(1), [])
    for (const token of mailed) {
      const reply = await house.post('/users/reset-password', { newPassword: 'stolen' }, { token })
      assert.equal(reply.status, 401)
    }
  })

  it('make no token for a user who is being deleted, and no failure of it', async () => {
    await using house = await openHouse()
    const { users, tokens } = house.latchkey
    for (let round = 1; round <= 5; round++) {
      await users.create({ email: `a${round}@example.com`, password })
      const makings = Array.from({ length: 5 }, () => tokens.create(round).catch((error) => error.code))
      const [outcomes] = await Promise.all([Promise.all(makings), users.deleteById(round)])
      for (const outcome of outcomes)
        assert.ok(typeof outcome === 'object' || outcome === 'MODEL_NOT_FOUND', outcome)
    }
    assert.equal(await users.count(), 0)
  })
})

describe('a filter that is made to be heavy', () => {
  it('is refused before it runs', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    const repeated = `${'(?:[ab]{0,300}a){3}'.repeat(12)}[c-d]`
    const empty = (group: string) => ({ [group]: Array.from({ length: 1_200 }, () => ({ [group]: [] })) })
    for (const where of [{ bio: { regexp: repeated } }, empty('or'), empty('and'), empty('nor')]) {
      assert.equal((await house.find('/users', { where }, { token })).status, 400)
    }
  })

  it('brings pages that are bounded by weight, however heavy a user is', async () => {
    await using house = await openHouse()
    const junk = Array.from({ length: 20_000 }, () => ({}))
    for (let n = 0; n < 20; n++)
      await house.latchkey.users.create({ email: `a${n}@example.com`, password, junk })
    let pages = 0
    let users = 0
    for await (const page of house.latchkey.users.find()) {
      pages++
      users += page.length
    }
    assert.equal(users, 20)
    assert.ok(pages > 1)
    const listed = await house.get('/users', { token: await house.adminToken() })
    assert.equal(listed.body.length, 21)
  })
})

describe('two Authorization headers', () => {
  // Another's server has made one of them before we see it.
  itAlone('are one too many', async () => {
    await using house = await openHouse()
    using connection = await connectRaw(house.url)
    connection.send(
      'GET /api/users/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n',
    )
    await connection.receives(/^HTTP\/1\.1 400 /)
  })

  it('are one too many in one line', async () => {
    await using house = await openHouse()
    const twice = await house.get('/users/1', { headers: { 'x-access-token': 'a, b' } })
    assert.equal(twice.body.error.code, 'AMBIGUOUS_TOKEN')
  })
})
