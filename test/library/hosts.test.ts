import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import express from 'express'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const email = 'a@example.com'
const json = { 'content-type': 'application/json' }

/** Somebody else's server around a house. */
async function listen(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(listener).listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const read = (reply: Response): Promise<any> => reply.json()

async function post(url: string, body: string, headers: Record<string, string> = json) {
  const reply = await fetch(url, { method: 'POST', headers, body })
  const text = await reply.text()
  return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('latchkey.handler', () => {
  it('answers 404 to what is not ours where nothing comes after it', async () => {
    await using house = await openHouse()
    await using host = await listen(house.latchkey.handler)
    const reply = await fetch(`${host.url}/orders`)
    assert.deepEqual([reply.status, (await read(reply)).error.message], [404, 'Cannot GET /orders'])
  })

  it('lets everything else pass, its body unread, and takes what is ours in any spelling', async () => {
    await using house = await openHouse()
    const app = express()
      .use(house.latchkey.handler)
      .post('/orders', express.json(), ({ body }, response) => void response.json({ body }))
    await using host = await listen(app)
    assert.deepEqual((await post(`${host.url}/orders`, '{"a":1}')).body, { body: { a: 1 } })
    for (const path of ['/api/users/1', '/API//Users/1/', '/api/%75sers/1']) {
      const reply = await fetch(host.url + path)
      assert.equal((await read(reply)).error?.code, 'AUTHORIZATION_REQUIRED', path)
    }
    assert.equal(
      (await fetch(`${host.url}/api/usersandmore`)).headers.get('content-type'),
      'text/html; charset=utf-8',
    )
  })

  it('sends links that lead back through the path it is mounted at', async () => {
    const app = express()
    await using host = await listen(app)
    const publicUrl = `${host.url}/accounts`
    await using house = await openHouse(
      { server: { publicUrl }, user: { emailVerificationRequired: true } },
      [email],
    )
    app.use('/accounts', house.latchkey.handler)
    const link = linkIn((await house.mails(1))[0] as string)
    assert.ok(link.startsWith(`${publicUrl}/api/users/confirm?`), link)
    assert.equal((await fetch(link, { redirect: 'manual' })).status, 302)
    assert.equal(
      (await post(`${publicUrl}/api/users/login`, JSON.stringify({ email, password }))).status,
      200,
    )
  })

  it('ends its change streams when Latchkey closes', async () => {
    await using house = await openHouse()
    await using host = await listen(house.latchkey.handler)
    const headers = { authorization: await house.adminToken() }
    const stream = await fetch(`${host.url}/api/users/change-stream`, { headers })
    await house.latchkey.close()
    assert.equal(await stream.text(), ':ok\n\n')
  })

  it('finishes what is under way before Latchkey closes', async () => {
    await using house = await openHouse({}, [email])
    let arrived = (): void => {}
    const entered = new Promise<void>((resolve) => (arrived = resolve))
    await using host = await listen((request, response) => {
      house.latchkey.handler(request, response)
      setImmediate(arrived)
    })
    await fetch(`${host.url}/api/users/1`)
    const login = post(`${host.url}/api/users/login`, JSON.stringify({ email, password }))
    await entered
    await house.latchkey.close()
    assert.ok([200, 503].includes((await login).status))
  })
})

describe('a body that the application has read before us', () => {
  const everything = express.json({ type: () => true, limit: '1mb' })

  async function openBehind(
    house: House,
    ...parsers: ReturnType<typeof express.json>[]
  ): ReturnType<typeof listen> {
    return listen(express().use(...parsers, house.latchkey.handler))
  }

  it('is bound to our limits and checks all the same', async () => {
    await using house = await openHouse()
    await using host = await openBehind(house, everything)
    const codeOf = async (body: string, headers?: Record<string, string>) =>
      (await post(`${host.url}/api/users`, body, headers)).body.error?.code
    assert.equal(await codeOf(`{"a":"${'x'.repeat(200_000)}"}`), 'BODY_TOO_LARGE')
    assert.equal(await codeOf('['.repeat(40) + ']'.repeat(40)), 'TOO_DEEP')
    assert.equal(await codeOf('{"email":"a\\u0000@example.com"}'), 'MALFORMED_TEXT')
    assert.equal(await codeOf('{"__proto__":{"a":1},"email":"a@example.com"}'), 'PROPERTY_NAME_NOT_ALLOWED')
    const text = { 'content-type': 'text/plain' }
    assert.equal(await codeOf(JSON.stringify({ email, password }), text), 'UNSUPPORTED_MEDIA_TYPE')
  })

  it('may be a form, whether or not its brackets have been looked at', async () => {
    await using house = await openHouse()
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const [index, extended] of [true, false].entries()) {
      await using host = await openBehind(house, express.urlencoded({ extended }))
      const body = `email=${index}%40example.com&password=a+b%26c&home[city]=Bern`
      const created = await post(`${host.url}/api/users`, body, form)
      assert.deepEqual(created.body, {
        email: `${index}@example.com`,
        id: index + 1,
        home: { city: 'Bern' },
      })
      await house.latchkey.users.login({ email: `${index}@example.com`, password: 'a b&c' })
    }
  })

  it('may have been kept as bytes or as text', async () => {
    await using house = await openHouse({}, [email])
    for (const parser of [express.raw({ type: () => true }), express.text({ type: () => true })]) {
      await using host = await openBehind(house, parser)
      const login = await post(`${host.url}/api/users/login`, JSON.stringify({ email, password }))
      assert.equal(login.status, 200)
    }
  })

  it('may be empty, and may carry the token of a logout', async () => {
    await using house = await openHouse({}, [email])
    await using host = await openBehind(house, express.json())
    const access_token = await house.login(email)
    const logout = await post(`${host.url}/api/users/logout`, JSON.stringify({ access_token }))
    assert.equal(logout.status, 204)
    assert.equal((await post(`${host.url}/api/users/login`, '')).body.error.code, 'USERNAME_EMAIL_REQUIRED')
  })

  it('is refused, and not waited for, where it was not kept', async () => {
    await using house = await openHouse()
    await using host = await openBehind(house, (request, _response, next) => {
      request.resume().once('end', next)
    })
    const reply = await post(`${host.url}/api/users`, JSON.stringify({ email, password }))
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'MALFORMED_REQUEST'])
  })
})

describe('latchkey.fetch', () => {
  const origin = 'http://example.com'

  it('counts failed logins by the address that its host hands over, and none together without one', async () => {
    await using house = await openHouse({ rateLimit: { login: { address: 2 } } })
    const guess = async (number: number, client?: object) => {
      const body = JSON.stringify({ email: `nobody${number}@example.com`, password })
      const request = new Request(`${origin}/api/users/login`, { method: 'POST', headers: json, body })
      return (await house.latchkey.fetch(request, client)).status
    }
    const statuses: number[] = []
    for (let number = 0; number < 4; number++) statuses.push(await guess(number, { address: '192.0.2.1' }))
    assert.deepEqual(statuses, [401, 401, 429, 429])
    for (let number = 4; number < 8; number++) assert.equal(await guess(number), 401)
    // What Next hands over there.
    for (let number = 8; number < 12; number++) assert.equal(await guess(number, { params: {} }), 401)
  })

  it('believes the proxy that its host names', async () => {
    await using house = await openHouse({
      server: { trustProxy: ['10.0.0.1'] },
      rateLimit: { login: { address: 1 } },
    })
    const guess = async (number: number, address: string, forwarded: string) => {
      const body = JSON.stringify({ email: `nobody${number}@example.com`, password })
      const headers = { ...json, 'x-forwarded-for': forwarded }
      const request = new Request(`${origin}/api/users/login`, { method: 'POST', headers, body })
      return (await house.latchkey.fetch(request, { address })).status
    }
    assert.equal(await guess(1, '10.0.0.1', '192.0.2.1'), 401)
    assert.equal(await guess(2, '10.0.0.1', '192.0.2.2'), 401)
    assert.equal(await guess(3, '10.0.0.1', '192.0.2.1'), 429)
    assert.equal(await guess(4, '10.0.0.2', '192.0.2.3'), 401)
    assert.equal(await guess(5, '10.0.0.2', '192.0.2.4'), 429)
  })

  it('answers a Request with a Response', async () => {
    await using house = await openHouse({}, [email])
    const { fetch: call } = house.latchkey
    const body = JSON.stringify({ email, password })
    const login = await call(
      new Request(`${origin}/api/users/login`, { method: 'POST', headers: json, body }),
    )
    assert.equal(login.headers.get('cache-control'), 'no-store')
    const headers = { authorization: (await read(login)).id }
    const own = await call(new Request(`${origin}/api/users/1`, { headers }))
    assert.deepEqual([own.status, await own.json()], [200, { email, id: 1 }])
    const logout = await call(new Request(`${origin}/api/users/logout`, { method: 'POST', headers }))
    assert.deepEqual([logout.status, logout.body], [204, null])
    const elsewhere = await call(new Request(`${origin}/orders`))
    assert.equal((await read(elsewhere)).error.code, 'PAGE_NOT_FOUND')
  })

  it('reads no more of a body than may be sent', async () => {
    await using house = await openHouse()
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 10_000
        controller.enqueue(new Uint8Array(10_000).fill(32))
      },
    })
    const init = { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit
    const reply = await house.latchkey.fetch(new Request(`${origin}/api/users`, init))
    assert.deepEqual([reply.status, reply.headers.get('connection')], [413, 'close'])
    assert.ok(sent < 1_000_000, `${sent}`)
  })

  it('streams changes as they happen, until it is told to stop', async () => {
    await using house = await openHouse()
    const headers = { authorization: await house.adminToken() }
    const abort = new AbortController()
    const request = new Request(`${origin}/api/users/change-stream`, { headers, signal: abort.signal })
    const { body } = await house.latchkey.fetch(request)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    assert.equal(await next(), ':ok\n\n')
    await house.latchkey.users.create({ email, password })
    assert.match(await next(), /"type":"create"/)
    abort.abort()
    await assert.rejects(reader.read(), { name: 'AbortError' })
  })

  it('makes long lists no faster than they are read, and forgets those that nobody reads on', async () => {
    await using house = await openHouse()
    const { latchkey } = house
    const text = 'x'.repeat(8_000)
    for (let start = 0; start < 600; start += 100) {
      const accounts = Array.from({ length: 100 }, (_, index) => ({
        email: `${start + index}@example.com`,
        text,
      }))
      await latchkey.users.createMany(accounts.map((account) => ({ ...account, password })))
    }
    const headers = { authorization: await house.adminToken() }
    const whole = await latchkey.fetch(new Request(`${origin}/api/users`, { headers }))
    assert.equal((await read(whole)).length, 601)
    const { body } = await latchkey.fetch(new Request(`${origin}/api/users`, { headers }))
    await body?.cancel()
    await latchkey.close()
  })
})
