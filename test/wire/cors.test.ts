import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { itAlone, itReadingBodies, openHouse, password } from '../open-house.ts'

const app = 'https://app.example.com'
const listed = { server: { cors: { origins: [app, 'http://localhost:8100/', 'capacitor://localhost'] } } }
const from = (origin: string) => ({ headers: { origin } })

/** What a browser asks before it sends a request of that kind. */
const asking = (origin: string) => ({
  headers: {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization,content-type',
  },
})

function corsIn(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'))
}

describe('pages of other origins', () => {
  it('are told nothing where none is listed', async () => {
    for (const compatibility of ['documented', 'loopback3', 'loopback2'] as const) {
      await using house = await openHouse({ compatibility }, ['a@example.com'])
      for (const reply of [
        await house.post('/users/login', { email: 'a@example.com', password }, from(app)),
        await house.get('/users/1', from(app)),
        await house.request('OPTIONS', '/users/1', undefined, asking(app)),
      ]) {
        assert.deepEqual(corsIn(reply.headers), [])
      }
    }
  })

  it('may call the API where theirs is listed, and read what they need of an answer', async () => {
    await using house = await openHouse(listed, ['a@example.com'])
    for (const origin of [app, 'http://localhost:8100', 'capacitor://localhost']) {
      const { status, headers } = await house.post(
        '/users/login',
        { email: 'a@example.com', password },
        from(origin),
      )
      assert.equal(status, 200)
      assert.equal(headers.get('access-control-allow-origin'), origin)
      assert.match(headers.get('access-control-expose-headers') ?? '', /\bRetry-After\b/)
      assert.match(headers.get('vary') ?? '', /\bOrigin\b/)
      assert.equal(headers.get('access-control-allow-credentials'), null)
    }
  })

  it('may read refusals, too', async () => {
    await using house = await openHouse(listed)
    for (const [status, reply] of [
      [401, await house.get('/users/1', from(app))],
      [422, await house.post('/users', {}, from(app))],
      [404, await house.get('/users/1/nothing', from(app))],
    ] as const) {
      assert.equal(reply.status, status)
      assert.equal(reply.headers.get('access-control-allow-origin'), app, String(status))
    }
  })

  itReadingBodies('may read what is wrong with a body', async () => {
    await using house = await openHouse(listed)
    for (const [status, body] of [
      [400, '{'],
      [413, { a: 'x'.repeat(200_000) }],
    ] as const) {
      const reply = await house.post('/users', body, from(app))
      assert.equal(reply.status, status)
      assert.equal(reply.headers.get('access-control-allow-origin'), app, String(status))
    }
  })

  itAlone('may read what is wrong with a path', async () => {
    await using house = await openHouse(listed)
    for (const [status, path] of [
      [400, '/users/%zz'],
      [404, '/nothing'],
    ] as const) {
      const reply = await house.get(path, from(app))
      assert.equal(reply.status, status)
      assert.equal(reply.headers.get('access-control-allow-origin'), app, path)
    }
  })

  it('may use the session’s cookie where that is open to them as well', async () => {
    const other = 'https://other.example.com'
    await using house = await openHouse({
      server: { cors: { origins: [app, other] } },
      tokens: { cookie: 'on', cookieOrigins: [app, 'https://unlisted.example.com'] },
    })
    const credentials = async (origin: string) => {
      const { headers } = await house.get('/users/1', from(origin))
      const asked = await house.request('OPTIONS', '/users/1', undefined, asking(origin))
      return [headers, asked.headers].map((each) => each.get('access-control-allow-credentials'))
    }
    assert.deepEqual(await credentials(app), ['true', 'true'])
    assert.deepEqual(await credentials(other), [null, null])
    assert.deepEqual(await credentials('https://unlisted.example.com'), [null, null])
  })

  it('may hear of changes', async () => {
    await using house = await openHouse(listed)
    const token = await house.adminToken()
    const controller = new AbortController()
    const { headers } = await fetch(`${house.url}/api/users/change-stream`, {
      headers: { origin: app, authorization: token },
      signal: controller.signal,
    })
    controller.abort()
    assert.equal(headers.get('content-type'), 'text/event-stream')
    assert.equal(headers.get('access-control-allow-origin'), app)
  })

  it('are kept out unless theirs is listed to the letter', async () => {
    await using house = await openHouse(listed)
    for (const origin of [
      'https://evil.example',
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com.evil.example',
      'https://evil-app.example.com',
      'https://app.example.com/',
      'HTTPS://APP.EXAMPLE.COM',
      `${app}, https://evil.example`,
      'capacitor://localhost:8100',
      'null',
      '*',
      '',
    ]) {
      for (const reply of [
        await house.get('/users/1', from(origin)),
        await house.request('OPTIONS', '/users/1', undefined, asking(origin)),
      ]) {
        assert.deepEqual(corsIn(reply.headers), [], origin)
        // Or a cache would hand this answer to a page that is let in.
        assert.match(reply.headers.get('vary') ?? '', /\bOrigin\b/, origin)
      }
    }
  })
})

describe('a browser’s question before a request', () => {
  it('is answered before anything else is asked, and changes nothing', async () => {
    await using house = await openHouse(listed, ['a@example.com'])
    for (const path of ['/users', '/users/1', '/users/login', '/users/1?access_token=a&access_token=b']) {
      const { status, headers, body } = await house.request('OPTIONS', path, undefined, asking(app))
      assert.deepEqual([status, body], [204, undefined], path)
      assert.equal(headers.get('access-control-allow-origin'), app)
      for (const verb of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        assert.match(headers.get('access-control-allow-methods') ?? '', new RegExp(`\\b${verb}\\b`))
      }
      assert.equal(headers.get('access-control-allow-headers'), 'authorization,content-type')
      assert.match(headers.get('access-control-max-age') ?? '', /^\d+$/)
    }
  })

  it('is none without what a browser adds to it', async () => {
    await using house = await openHouse(listed)
    assert.equal((await house.request('OPTIONS', '/users/1', undefined, from(app))).status, 404)
  })
})
