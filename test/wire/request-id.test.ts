import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { type House, itAlone, openHouse, password, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'

function idOf({ headers }: Reply): string {
  return headers.get('x-request-id') as string
}

/** What was logged under the name of a request. */
async function linesOf(house: House, reply: Reply): Promise<Record<string, unknown>[]> {
  // What is logged after an answer is there once nothing is under way.
  await house.latchkey.close()
  return house.logs
    .map(({ fields }) => fields as Record<string, unknown>)
    .filter(({ requestId }) => requestId === idOf(reply))
}

describe('the name of a request', () => {
  it('stands in every answer, and no two have the same', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    const replies = [
      await house.get('/users/1', { token }),
      await house.get('/users/1', { token }),
      await house.get('/users/1'),
      await house.post('/users/login', 'x', { headers: { 'content-type': 'text/plain' } }),
      await house.get('/users/nowhere/at/all'),
      await house.get('/users/reset-password', { headers: { accept: 'text/html' } }),
      await house.post('/users/logout', {}, { token }),
    ]
    for (const reply of replies) assert.match(idOf(reply), /^[\w-]+$/, `${reply.status}`)
    assert.equal(new Set(replies.map(idOf)).size, replies.length)
  })

  itAlone('stands in the answers around the API, too', async () => {
    await using house = await openHouse()
    for (const path of ['/', '/health', '/live', '/nowhere', '/api/%zz', '/api/elsewhere'])
      assert.match(idOf(await house.get(`${house.url}${path}`)), /^[\w-]{12,}$/, path)
  })

  for (const [what, request] of [
    ['HTTP that is none', 'GET\r\n\r\n'],
    ['an odd expectation', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: the best\r\nconnection: close\r\n\r\n'],
  ] as const) {
    itAlone(`stands in the answer to ${what}`, async () => {
      await using house = await openHouse()
      const socket = connect(Number(new URL(house.url).port), '127.0.0.1')
      socket.write(request)
      assert.match(await readAll(socket), /\r\nx-request-id: [\w-]{12,}\r\n/i)
    })
  }

  itAlone('stands at the head of a change stream', async () => {
    await using house = await openHouse()
    const headers = { authorization: await house.adminToken() }
    const stop = new AbortController()
    const url = `${house.url}/api/users/change-stream`
    const reply = await fetch(url, { headers, signal: stop.signal })
    assert.match(reply.headers.get('x-request-id') as string, /^[\w-]{12,}$/)
    stop.abort()
  })

  it('stands in every line about it, with the address, also in those written after the answer', async () => {
    await using house = await openHouse({}, [anna])
    house.latchkey.on('loggedIn', async () => {
      await null
      throw new Error('a listener of the application')
    })
    const reply = await house.post('/users/login', { email: anna, password })
    const lines = await linesOf(house, reply)
    const [told] = lines.filter((line) => 'userId' in line)
    assert.partialDeepStrictEqual(told, { event: 'loggedIn', userId: 1 })
    // A host of Fetch tells it or not; this one does not.
    if (process.env.TEST_HOST !== 'fetch')
      assert.match(String(told?.address), /^(::ffff:)?127\.0\.0\.1$|^::1$/)
    assert.equal(lines.filter((line) => 'error' in line).length, 1)
  })

  it('stands in the line about a failure', async () => {
    await using house = await openHouse()
    house.latchkey.hook('beforeLogin', () => {
      throw new Error('a fault of the application')
    })
    const reply = await house.post('/users/login', { email: anna, password })
    assert.equal(reply.status, 500)
    const [line] = await linesOf(house, reply)
    assert.partialDeepStrictEqual(line, { status: 500, method: 'POST' })
  })

  it('stands in the line about a role that was used: of changes in each, of looking once a minute', async () => {
    await using house = await openHouse({}, [anna, 'bert@example.com'])
    const token = await house.adminToken()
    const replies = [
      await house.get('/users/1', { token }),
      await house.get('/users/2', { token }),
      await house.get('/users/3', { token }),
      await house.delete('/users/1', { token }),
      await house.delete('/users/2', { token }),
    ]
    house.now = new Date(Date.now() + 61_000)
    replies.push(await house.get('/users/99', { token }))
    const told: unknown[][] = []
    for (const reply of replies) {
      const used = (await linesOf(house, reply)).filter(({ event }) => event === 'roleUsed')
      told.push(used.flatMap(({ userId, method, owner }) => [userId, method, owner]))
    }
    assert.deepEqual(told, [
      [3, 'findById', '1'],
      [],
      // Themselves.
      [],
      [3, 'deleteById', '1'],
      [3, 'deleteById', '2'],
      [3, 'findById', '99'],
    ])
  })

  it('is not mixed up where many are under way', async () => {
    await using house = await openHouse()
    const emails = Array.from({ length: 20 }, (_, index) => `user${index}@example.com`)
    const replies = await Promise.all(emails.map((email) => house.post('/users', { email, password })))
    for (const reply of replies) {
      const [line, ...others] = (await linesOf(house, reply)).filter((one) => 'event' in one)
      assert.partialDeepStrictEqual(line, { event: 'created', userId: reply.body.id })
      assert.deepEqual(others, [])
    }
  })

  it('is in no line that no request asked for', async () => {
    await using house = await openHouse({}, [anna])
    const line = house.logs.find(({ message }) => message === 'an account was created')
    assert.deepEqual(line?.fields, { event: 'created', userId: 1 })
  })
})

describe('the name a request comes with', () => {
  const headers = { 'x-request-id': 'from-the-proxy:1' }

  for (const [what, trustProxy, counts] of [
    ['from anybody, where no proxy is trusted', false, false],
    ['from a proxy of another address', ['192.0.2.7', 'uniquelocal', '2001:db8::/32'], false],
    ['from a trusted proxy', '192.0.2.7, 127.0.0.0/8', true],
    ['from a proxy of a trusted kind', ['loopback'], true],
    ['from anybody, where everybody is trusted', true, true],
  ] as const) {
    itAlone(`${counts ? 'is taken' : 'is not taken'} ${what}`, async () => {
      await using house = await openHouse({ server: { trustProxy: trustProxy as never } })
      assert.equal(idOf(await house.get('/users/1', { headers })) === 'from-the-proxy:1', counts)
    })
  }

  for (const [what, id] of [
    ['is too long', 'x'.repeat(129)],
    ['has a blank', 'one two'],
    ['has quotes', '"},{"level":"error'],
    ['is empty', ''],
  ] as const) {
    itAlone(`is not taken where it ${what}`, async () => {
      await using house = await openHouse({ server: { trustProxy: true } })
      const reply = await house.get('/users/1', { headers: { 'x-request-id': id } })
      assert.match(idOf(reply), /^[\w-]{12,}$/)
    })
  }
})
