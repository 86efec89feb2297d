import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'
const where = (conditions: object) => `where=${encodeURIComponent(JSON.stringify(conditions))}`

/** A house with two users and an administrator. */
async function openWithAdmin(options = {}): Promise<{ house: House; token: string }> {
  const house = await openHouse(options, [anna, bert])
  return { house, token: await house.adminToken() }
}

function isRefused({ status, body }: Reply, expected: number, code: string): void {
  assert.deepEqual({ status, code: body?.error?.code }, { status: expected, code })
}

describe('PATCH /users/{id}', () => {
  it('lets the owner update the attributes given, and nobody else', async () => {
    await using house = await openHouse({}, [anna, bert])
    const token = await house.login(anna)
    const reply = await house.request('PATCH', '/users/1', { city: 'Oslo' }, { token })
    assert.deepEqual(reply.body, { email: anna, id: 1, city: 'Oslo' })
    isRefused(
      await house.request('PATCH', '/users/2', { city: 'Oslo' }, { token }),
      401,
      'AUTHORIZATION_REQUIRED',
    )
  })
})

describe('PATCH /users', () => {
  it('updates the user whose id it names, and creates one where it names none', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const updated = await house.request('PATCH', '/users', { id: 1, city: 'Oslo' }, { token })
    assert.deepEqual(updated.body, { email: anna, id: 1, city: 'Oslo' })
    const created = await house.request('PATCH', '/users', { email: 'new@example.com', password }, { token })
    assert.partialDeepStrictEqual(created, { status: 200, body: { email: 'new@example.com' } })
  })
})

describe('POST /users/{id}/replace', () => {
  it('drops what is not sent, whatever PUT does', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    await house.request('PATCH', '/users/1', { city: 'Oslo', age: 30 }, { token })
    const reply = await house.post('/users/1/replace', { email: anna, age: 31 }, { token })
    assert.deepEqual(reply.body, { email: anna, id: 1, age: 31 })
  })
})

describe('POST /users/replaceOrCreate', () => {
  it('replaces the user whose id it names, creates without one, and knows no other ids', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    await house.put('/users/1', { city: 'Oslo' }, { token })
    const replaced = await house.post('/users/replaceOrCreate', { id: 1, email: anna }, { token })
    assert.deepEqual(replaced.body, { email: anna, id: 1 })
    const created = await house.post(
      '/users/replaceOrCreate',
      { email: 'new@example.com', password },
      { token },
    )
    assert.equal(created.status, 200)
    isRefused(
      await house.post('/users/replaceOrCreate', { id: 99, email: 'x@example.com' }, { token }),
      404,
      'MODEL_NOT_FOUND',
    )
  })

  it('is what PUT /users does with replaceOnPUT', async () => {
    const { house, token } = await openWithAdmin({ user: { replaceOnPUT: true } })
    await using _house = house
    await house.request('PATCH', '/users/1', { city: 'Oslo' }, { token })
    assert.deepEqual((await house.put('/users', { id: 1, email: anna }, { token })).body, {
      email: anna,
      id: 1,
    })
  })
})

describe('POST /users/upsertWithWhere', () => {
  it('updates the one user who fits', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const reply = await house.post(
      `/users/upsertWithWhere?${where({ email: bert })}`,
      { city: 'Rome' },
      { token },
    )
    assert.deepEqual(reply.body, { email: bert, id: 2, city: 'Rome' })
  })

  it('creates a user where nobody fits', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const body = { email: 'new@example.com', password }
    const reply = await house.post(`/users/upsertWithWhere?${where({ email: 'new@example.com' })}`, body, {
      token,
    })
    assert.partialDeepStrictEqual(reply, { status: 200, body: { email: 'new@example.com' } })
  })

  it('changes nobody where several fit, or where it is not told whom', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    isRefused(
      await house.post(`/users/upsertWithWhere?${where({})}`, { city: 'Rome' }, { token }),
      400,
      'SEVERAL_FOUND',
    )
    isRefused(
      await house.post('/users/upsertWithWhere', { city: 'Rome' }, { token }),
      400,
      'ARGUMENT_REQUIRED',
    )
    assert.deepEqual((await house.get(`/users/count?${where({ city: 'Rome' })}`, { token })).body, {
      count: 0,
    })
  })
})

describe('POST /users/update', () => {
  it('updates everybody who fits, and counts them', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const reply = await house.post(
      `/users/update?${where({ email: { inq: [anna, bert] } })}`,
      { city: 'Rome' },
      { token },
    )
    assert.deepEqual(reply.body, { count: 2 })
    assert.deepEqual((await house.get('/users/2', { token })).body, { email: bert, id: 2, city: 'Rome' })
  })

  it('wants to be told whom', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    isRefused(await house.post('/users/update', { city: 'Rome' }, { token }), 400, 'ARGUMENT_REQUIRED')
  })

  it('gives nobody’s address to two, and changes neither', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const reply = await house.post(
      `/users/update?${where({ email: { inq: [anna, bert] } })}`,
      { email: 'same@example.com' },
      { token },
    )
    isRefused(reply, 422, 'VALIDATION_FAILED')
    assert.equal((await house.get('/users/1', { token })).body.email, anna)
  })

  it('hashes a password and ends the sessions of those it is for', async () => {
    const { house, token } = await openWithAdmin({ user: { rejectPasswordChangesViaPatchOrReplace: false } })
    await using _house = house
    const annas = await house.login(anna)
    await house.post(`/users/update?${where({ id: 1 })}`, { password: 'another one' }, { token })
    assert.equal((await house.get('/users/1', { token: annas })).status, 401)
    await house.login(anna, 'another one')
  })

  it('reaches more users than fit one page', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const emails = Array.from({ length: 300 }, (_, index) => `user${index}@example.com`)
    for (let start = 0; start < emails.length; start += 100) {
      const batch = emails.slice(start, start + 100).map((email) => ({ email, password, batch: true }))
      await house.latchkey.users.createMany(batch)
    }
    const reply = await house.post(`/users/update?${where({ batch: true })}`, { batch: false }, { token })
    assert.deepEqual(reply.body, { count: 300 })
    assert.deepEqual((await house.get(`/users/count?${where({ batch: false })}`, { token })).body, {
      count: 300,
    })
  })
})

describe('HEAD /users/{id}', () => {
  it('tells by its status whether there is such a user', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const there = await house.request('HEAD', '/users/1', undefined, { token })
    const gone = await house.request('HEAD', '/users/99', undefined, { token })
    assert.deepEqual([there.status, there.body, gone.status, gone.body], [200, undefined, 404, undefined])
  })
})

describe('a token of a user', () => {
  it('is shown by its handle, and found by the token itself too', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const secret = await house.login(anna)
    const { body } = await house.get(`/users/1/accessTokens/${secret}`, { token })
    assert.match(body.id, /^[0-9a-f]{64}$/)
    assert.deepEqual((await house.get(`/users/1/accessTokens/${body.id}`, { token })).body, body)
    isRefused(await house.get(`/users/2/accessTokens/${secret}`, { token }), 404, 'MODEL_NOT_FOUND')
  })

  it('can be given another life, and ends by it', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const secret = await house.login(anna)
    const { body } = await house.put(`/users/1/accessTokens/${secret}`, { ttl: 60 }, { token })
    assert.partialDeepStrictEqual(body, { ttl: 60, userId: 1 })
    house.now = new Date(Date.now() + 61_000)
    isRefused(await house.get('/users/1', { token: secret }), 401, 'INVALID_TOKEN')
  })

  it('cannot become another, or somebody else’s', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const path = `/users/1/accessTokens/${await house.login(anna)}`
    isRefused(await house.put(path, { userId: 2 }, { token }), 400, 'TOKEN_IMMUTABLE')
    isRefused(await house.put(path, { id: 'mine' }, { token }), 400, 'TOKEN_IMMUTABLE')
    isRefused(await house.put(path, { ttl: 'soon' }, { token }), 400, 'INVALID_TTL')
  })

  it('is counted with the others', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    await house.login(anna)
    await house.latchkey.tokens.create(1, { ttl: 60 })
    assert.deepEqual((await house.get('/users/1/accessTokens/count', { token })).body, { count: 2 })
    const short = await house.get(`/users/1/accessTokens/count?${where({ ttl: 60 })}`, { token })
    assert.deepEqual(short.body, { count: 1 })
    isRefused(await house.get('/users/99/accessTokens/count', { token }), 404, 'MODEL_NOT_FOUND')
  })
})

describe('POST /users/{id}/verify', () => {
  it('mails the owner another link, which confirms the address', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    assert.equal((await house.post('/users/1/verify', undefined, { token })).status, 204)
    const [mail] = await house.mails(1)
    assert.equal((await house.get(linkIn(mail as string))).status, 302)
    assert.equal((await house.latchkey.users.findById(1)).emailVerified, true)
  })

  it('is for the owner only', async () => {
    await using house = await openHouse({}, [anna, bert])
    const token = await house.login(bert)
    isRefused(await house.post('/users/1/verify', undefined, { token }), 401, 'AUTHORIZATION_REQUIRED')
    isRefused(await house.post('/users/1/verify'), 401, 'AUTHORIZATION_REQUIRED')
  })

  it('mails five times an hour and no more', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    for (let times = 0; times < 7; times++) {
      assert.equal((await house.post('/users/1/verify', undefined, { token })).status, 204)
    }
    await house.post('/users/reset', { email: anna })
    const mails = await house.mails(6)
    assert.equal(mails.filter((mail) => /Reset your password/.test(mail)).length, 1)
    assert.equal(mails.length, 6)
  })

  it('mails again an hour later, and nothing to who has confirmed', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    for (let times = 0; times < 5; times++) await house.post('/users/1/verify', undefined, { token })
    await house.mails(5)
    house.now = new Date(Date.now() + 3_601_000)
    await house.post('/users/1/verify', undefined, { token })
    const mails = await house.mails(6)
    assert.equal(mails.length, 6)
    await house.get(linkIn(mails[5] as string))
    await house.post('/users/1/verify', undefined, { token: await house.login(anna) })
    await house.post('/users/reset', { email: anna })
    assert.match((await house.mails(7))[6] as string, /Reset your password/)
  })
})

describe('GET /users/change-stream', () => {
  it('tells of every change of a user, as server-sent events', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const stream = await listen(house, token)
    await house.latchkey.users.create({ email: 'new@example.com', password })
    await house.latchkey.users.patchAttributes(4, { city: 'Oslo' })
    await house.latchkey.users.deleteById(4)
    const data = { email: 'new@example.com', id: 4 }
    assert.deepEqual(await stream.changes(3), [
      { target: 4, data, type: 'create' },
      { target: 4, data: { ...data, city: 'Oslo' }, type: 'update' },
      { target: 4, type: 'remove' },
    ])
    stream.hangUp()
  })

  it('tells of those only who fit the conditions of its options', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    const stream = await listen(house, token, '?options={"where":{"city":"Oslo"}}')
    for (const city of ['Bern', 'Oslo'])
      await house.latchkey.users.create({ email: `${city}@example.com`, password, city })
    await house.latchkey.users.deleteById(4)
    await house.latchkey.users.deleteById(5)
    assert.deepEqual(await stream.changes(2), [
      { target: 5, data: { email: 'oslo@example.com', id: 5, city: 'Oslo' }, type: 'create' },
      { target: 5, type: 'remove' },
    ])
    stream.hangUp()
  })

  it('refuses options that make no sense', async () => {
    const { house, token } = await openWithAdmin()
    await using _house = house
    for (const options of ['broken', '{"where":5}', '{"where":{"city":{"bogus":1}}}'])
      assert.equal(
        (await house.get(`/users/change-stream?options=${options}`, { token })).status,
        400,
        options,
      )
  })

  it('is lines of JSON, where LoopBack’s answers are, for who takes no events', async () => {
    const { house, token } = await openWithAdmin({ compatibility: 'loopback3' })
    await using _house = house
    const hangUp = new AbortController()
    const response = await fetch(`${house.url}/api/users/change-stream`, {
      headers: { authorization: token, accept: 'application/json' },
      signal: hangUp.signal,
    })
    assert.equal(response.headers.get('content-type'), 'application/json; boundary=NL')
    await house.latchkey.users.deleteById(3)
    let text = ''
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += Buffer.from(chunk).toString()
      if (text.includes('remove')) break
    }
    const [opening, change] = text
      .split('\n')
      .slice(0, 2)
      .map((line) => JSON.parse(line))
    assert.deepEqual(opening, [opening[0], 'new', { opts: { writable: false, readable: true } }])
    assert.deepEqual(change, [opening[0], 'data', { target: 3, type: 'remove' }])
    hangUp.abort()
  })

  it('is for those the rules let in', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    isRefused(await house.get('/users/change-stream', { token }), 401, 'AUTHORIZATION_REQUIRED')
  })

  it('does not keep a server from ending', async () => {
    const { house, token } = await openWithAdmin()
    const stream = await listen(house, token)
    await house[Symbol.asyncDispose]()
    assert.deepEqual(await stream.changes(1), [])
  })
})

/** Opens a change stream; `changes` waits for so many, or for the stream’s end. */
async function listen(house: House, token: string, query = '') {
  const hangUp = new AbortController()
  const response = await fetch(`${house.url}/api/users/change-stream${query}`, {
    headers: { authorization: token, accept: 'text/event-stream' },
    signal: hangUp.signal,
  })
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  return {
    hangUp: () => hangUp.abort(),
    async changes(atLeast: number): Promise<object[]> {
      let text = ''
      const decoder = new TextDecoder()
      for (;;) {
        const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json as string))
        if (events.length >= atLeast && text.endsWith('\n\n')) return events
        const { done, value } = await reader.read()
        if (done) return events
        text += decoder.decode(value, { stream: true })
      }
    },
  }
}
