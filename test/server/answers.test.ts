import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

/** One answer of each kind the server gives: JSON, list, page, redirect, nothing, and every sort of refusal. */
const answers: readonly [status: number, what: string, ask: (house: House) => Promise<Reply>][] = [
  [200, 'an account', (house) => house.post('/users', { email: 'b@example.com', password })],
  [200, 'a login', (house) => house.post('/users/login', { email: 'a@example.com', password })],
  [200, 'a list', async (house) => house.get('/users', { token: await house.adminToken() })],
  [
    204,
    'a logout',
    async (house) => house.post('/users/logout', {}, { token: await house.login('a@example.com') }),
  ],
  [200, 'the web root', (house) => house.get(`${house.url}/`)],
  [200, 'health', (house) => house.get(`${house.url}/health`)],
  [200, 'life', (house) => house.get(`${house.url}/live`)],
  [400, 'malformed JSON', (house) => house.post('/users', '{')],
  [400, 'a broken URL', (house) => house.get(`${house.url}/%zz`)],
  [401, 'a refusal', (house) => house.get('/users')],
  [404, 'an unknown path below the users', (house) => house.get('/users/1/friends/2')],
  [404, 'an unknown path below the API', (house) => house.get('/orders')],
  [404, 'an unknown page', (house) => house.get(`${house.url}/index.php`)],
  [413, 'too large a body', (house) => house.post('/users', 'x'.repeat(200_000))],
  [
    415,
    'an unknown content type',
    (house) => house.post('/users', '{}', { headers: { 'content-type': 'text/plain' } }),
  ],
  [422, 'an invalid account', (house) => house.post('/users', {})],
]

function assertDiscreet({ headers }: Reply): void {
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors 'none'$/)
  for (const banner of ['server', 'x-powered-by', 'etag', 'access-control-allow-origin']) {
    assert.equal(headers.get(banner), null, banner)
  }
}

describe('every answer', () => {
  for (const [status, what, ask] of answers) {
    it(`is not to be kept, sniffed, referred to or framed, and names no product: ${status} for ${what}`, async () => {
      await using house = await openHouse({}, ['a@example.com'])
      const reply = await ask(house)
      assert.equal(reply.status, status)
      assertDiscreet(reply)
      if (status !== 204) assert.match(reply.headers.get('content-type') ?? '', /; charset=utf-8$/)
    })
  }

  it('is not to be kept, sniffed or referred to, also when it leads elsewhere', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, ['a@example.com'])
    const reply = await house.get(linkIn((await house.mails(1))[0] as string))
    assert.equal(reply.status, 302)
    assertDiscreet(reply)
  })
})

describe('Strict-Transport-Security', () => {
  const publicUrl = 'https://accounts.example.com'

  for (const [status, what, ask] of answers) {
    it(`stands on every answer where people come by https: ${status} for ${what}`, async () => {
      await using house = await openHouse({ server: { publicUrl } }, ['a@example.com'])
      const { headers } = await ask(house)
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000')
    })
  }

  it('stands on none where they do not, and on none about a machine’s own name', async () => {
    for (const publicUrl of ['http://accounts.example.com', 'https://localhost', 'https://127.0.0.1:8443']) {
      await using house = await openHouse({ server: { publicUrl } })
      const { headers } = await house.get(`${house.url}/live`)
      assert.equal(headers.get('strict-transport-security'), null, publicUrl)
    }
  })
})

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`every answer in the mode ${compatibility}`, () => {
    it('cannot be sniffed, referred to or framed, and names no product', async () => {
      await using house = await openHouse({ compatibility }, ['a@example.com'])
      for (const [, what, ask] of answers) {
        const { headers } = await ask(house)
        assert.equal(headers.get('x-content-type-options'), 'nosniff', what)
        assert.equal(headers.get('referrer-policy'), 'no-referrer', what)
        assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, what)
        for (const banner of ['server', 'x-powered-by']) assert.equal(headers.get(banner), null, what)
      }
    })
  })
}

describe('a page', () => {
  it('stands at the web root, runs no script and cannot be framed', async () => {
    await using house = await openHouse()
    const { status, headers, body } = await house.get(`${house.url}/`)
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none';.*frame-ancestors 'none'/)
    assert.match(body, /^<!doctype html>/)
    assert.doesNotMatch(body, /<script/)
  })
})

describe('a 401', () => {
  it('asks for a Bearer token', async () => {
    await using house = await openHouse()
    const { status, headers } = await house.get('/users/1')
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer'])
  })

  it('says so when the token that was sent is no good, or not any more', async () => {
    await using house = await openHouse({}, ['a@example.com'])
    const token = await house.login('a@example.com')
    house.now = new Date(Date.now() + 15 * 24 * 60 * 60 * 1_000)
    for (const bad of ['x'.repeat(64), token]) {
      const { status, headers } = await house.get('/users/1', { token: bad })
      assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer error="invalid_token"'])
    }
  })

  it('does not blame a good token for what its owner may not do', async () => {
    await using house = await openHouse({}, ['a@example.com'])
    const { status, headers } = await house.get('/users', { token: await house.login('a@example.com') })
    assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer'])
  })
})

describe('an unknown path', () => {
  for (const [method, path, message] of [
    ['GET', '/api/users/1/nothing?x=1', 'Shared class "User" has no method handling GET /1/nothing?x=1'],
    ['DELETE', '/api/Users', 'Shared class "User" has no method handling DELETE /'],
    [
      'PATCH',
      '/api/users/1/accessTokens/2',
      'Shared class "User" has no method handling PATCH /1/accessTokens/2',
    ],
    ['GET', '/api/Nothing', 'There is no method to handle GET /Nothing'],
    ['POST', '/API/AccessTokens', 'There is no method to handle POST /AccessTokens'],
    ['GET', '/elsewhere', 'Cannot GET /elsewhere'],
    ['POST', '/', 'Cannot POST /'],
    ['GET', '/apiary', 'Cannot GET /apiary'],
    ['GET', '/users/1', 'Cannot GET /users/1'],
    ['GET', '/elsewhere?access_token=secret', 'Cannot GET /elsewhere'],
  ] as const) {
    it(`is told in LoopBack’s words: ${method} ${path}`, async () => {
      await using house = await openHouse()
      const reply = await house.request(method, `${house.url}${path}`)
      assert.partialDeepStrictEqual(reply, {
        status: 404,
        body: { error: { statusCode: 404, name: 'Error', message } },
      })
    })
  }

  it('is told after a body that cannot be read', async () => {
    await using house = await openHouse()
    assert.equal((await house.post('/users/1/nothing', '{')).status, 400)
  })
})

describe('GET /health and GET /live', () => {
  it('answer without a token, in any letter case', async () => {
    await using house = await openHouse()
    for (const path of ['/health', '/live', '/Health']) {
      assert.partialDeepStrictEqual(await house.get(`${house.url}${path}`), {
        status: 200,
        body: { status: 'ok' },
      })
    }
  })
})
