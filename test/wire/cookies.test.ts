import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { LatchkeyOptions } from '../../src/index.ts'
import { openFolder } from '../cli/latchkey-process.ts'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'
const credentials = { email: anna, password }
const publicUrl = 'https://accounts.example.com'
const behindTls: LatchkeyOptions = { tokens: { cookie: 'on' }, server: { publicUrl } }

/** The session's cookie as a login sets it: `name=token`, and the rest. */
function cookieIn({ headers }: Reply): { pair: string; attributes: string } {
  const [cookie = '', ...others] = headers.getSetCookie()
  assert.deepEqual(others, [])
  const [pair = '', ...attributes] = cookie.split('; ')
  return { pair, attributes: attributes.join('; ') }
}

async function loginFor(house: House): Promise<string> {
  return cookieIn(await house.post('/users/login', credentials)).pair
}

const withCookie = (cookie: string, headers: Record<string, string> = {}) => ({
  headers: { cookie, ...headers },
})

describe('a login with tokens.cookie', () => {
  it('sets none unless it is on', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    assert.deepEqual((await house.post('/users/login', credentials)).headers.getSetCookie(), [])
    for (const name of ['latchkey', '__Host-latchkey', 'access_token'])
      assert.equal((await house.get('/users/me', withCookie(`${name}=${token}`))).status, 401)
  })

  it('puts the token where no script and no other host gets at it', async () => {
    await using house = await openHouse(behindTls, [anna])
    const reply = await house.post('/users/login', { ...credentials, ttl: 3600 })
    const { pair, attributes } = cookieIn(reply)
    assert.equal(pair, `__Host-latchkey=${reply.body.id}`)
    assert.equal(attributes, 'Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax')
    assert.equal((await house.get('/users/me', withCookie(pair))).status, 200)
    assert.equal((await house.get('/users/me', withCookie(`other=1; ${pair}; another="2"`))).status, 200)
  })

  it('does without https on a loopback address, and there only', async () => {
    await using house = await openHouse({ tokens: { cookie: 'on' } }, [anna])
    const { pair, attributes } = cookieIn(await house.post('/users/login', credentials))
    assert.match(pair, /^latchkey=\w{64}$/)
    assert.equal(attributes, 'Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax')
    await assert.rejects(openHouse({ ...behindTls, server: { publicUrl: 'http://accounts.example.com' } }), {
      code: 'CONFIGURATION_INVALID',
      message: /^tokens\.cookie: needs a server\.publicUrl that starts with https/,
    })
  })

  it('shows only the handle besides with "only"', async () => {
    await using house = await openHouse({ tokens: { cookie: 'only' } }, [anna])
    const reply = await house.post('/users/login?include=user', credentials)
    const { pair } = cookieIn(reply)
    assert.match(reply.body.id, /^[0-9a-f]{64}$/)
    assert.equal(reply.body.user.email, anna)
    const [session] = (await house.get('/users/me/sessions', withCookie(pair))).body
    assert.equal(session.id, reply.body.id)
    assert.equal((await house.get('/users/me', { token: reply.body.id })).status, 401)
  })

  it('lasts as long as a sliding session may, and no longer than browsers keep one', async () => {
    const tokens = { cookie: 'on', sliding: true } as const
    await using house = await openHouse({ tokens, user: { allowEternalTokens: true, maxTTL: 5000 } }, [anna])
    const ageOf = async (ttl: number) =>
      cookieIn(await house.post('/users/login', { ...credentials, ttl })).attributes.split(';')[0]
    assert.equal(await ageOf(60), 'Max-Age=5000')
    assert.equal(await ageOf(-1), 'Max-Age=34560000')
  })

  it('is told on refusals that it failed, and sets nothing', async () => {
    await using house = await openHouse(behindTls, [anna])
    const reply = await house.post('/users/login', { email: anna, password: 'wrong' })
    assert.deepEqual([reply.status, reply.headers.getSetCookie()], [401, []])
  })
})

describe('the cookie', () => {
  it('goes with a logout', async () => {
    await using house = await openHouse(behindTls, [anna])
    const cookie = await loginFor(house)
    const reply = await house.post('/users/logout', undefined, withCookie(cookie))
    assert.equal(reply.status, 204)
    assert.deepEqual(cookieIn(reply), {
      pair: '__Host-latchkey=',
      attributes: 'Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    })
    assert.equal((await house.get('/users/me', withCookie(cookie))).status, 401)
  })

  it('of a session that is over is forgotten, and does not stand in the way of a login', async () => {
    await using house = await openHouse(behindTls, [anna])
    house.now = new Date('2030-01-01T12:00:00Z')
    const { pair: old } = cookieIn(await house.post('/users/login', { ...credentials, ttl: 60 }))
    house.now = new Date('2030-01-01T12:01:00Z')
    for (const dead of [old, '__Host-latchkey=unknown']) {
      const refused = await house.get('/users/me', withCookie(dead))
      assert.equal(refused.status, 401)
      assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
      assert.equal(cookieIn(refused).pair, '__Host-latchkey=')
      const entered = await house.post('/users/login', credentials, withCookie(dead))
      assert.equal(entered.status, 200)
      assert.equal(cookieIn(entered).pair, `__Host-latchkey=${entered.body.id}`)
    }
  })

  it('counts only when there is no token elsewhere', async () => {
    await using house = await openHouse(behindTls, [anna, 'bert@example.com'])
    const cookie = await loginFor(house)
    const token = await house.login('bert@example.com')
    const sent = { ...withCookie(cookie), token }
    assert.equal((await house.get('/users/me', sent)).body.id, 2)
    assert.equal((await house.get('/users/me', { ...sent, token: 'unknown' })).status, 401)
    // The one that a body names is ended, and the cookie's goes on.
    const other = await house.login(anna)
    const body = { access_token: other }
    const reply = await house.post('/users/logout', body, withCookie(cookie))
    assert.deepEqual([reply.status, reply.headers.getSetCookie()], [204, []])
    assert.equal((await house.get('/users/me', { token: other })).status, 401)
    assert.equal((await house.get('/users/me', withCookie(cookie))).status, 200)
  })

  it('lets the page behind a mailed link work', async () => {
    await using house = await openHouse({ tokens: { cookie: 'on' } }, [anna])
    const cookie = await loginFor(house)
    await house.post('/users/reset', { email: anna })
    const [mail = ''] = await house.mails(1)
    const link = linkIn(mail)
    assert.equal((await house.get(link, withCookie(cookie))).status, 200)
    const sent = withCookie(cookie, { 'sec-fetch-site': 'same-origin' })
    assert.equal((await house.post(link, { newPassword: 'new' }, sent)).status, 204)
    assert.equal((await house.get('/users/me', withCookie(cookie))).status, 401)
  })

  it('is each user model’s own', async () => {
    const tokens = { cookie: 'on' } as const
    using folder = openFolder()
    const model = folder.file('customer.json')
    writeFileSync(model, JSON.stringify({ name: 'Customer', base: 'User' }))
    await using house = await openHouse({ tokens, user: [{}, { model }] }, [anna])
    const { Customer } = house.latchkey.models
    await Customer?.users.create(credentials)
    const path = '/customers'
    const mine = cookieIn(await house.post('/users/login', credentials)).pair
    const theirs = cookieIn(await house.post(`${path}/login`, credentials)).pair
    assert.match(theirs, /^latchkey-customer=/)
    assert.equal((await house.get(`${path}/me`, withCookie(mine))).status, 401)
    assert.equal((await house.get(`${path}/me`, withCookie(`${mine}; ${theirs}`))).status, 200)
  })
})

describe('a page of another origin', () => {
  const elsewhere = 'https://evil.example.com'
  const fromElsewhere: Record<string, string>[] = [
    { origin: elsewhere },
    { origin: 'null' },
    { origin: 'http://accounts.example.com' },
    { origin: 'https://accounts.example.com.evil.com' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: elsewhere },
    { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' },
  ]

  it('changes nothing by the cookie', async () => {
    await using house = await openHouse(behindTls, [anna])
    const cookie = await loginFor(house)
    for (const headers of fromElsewhere) {
      for (const [method, path] of [
        ['POST', '/users/logout'],
        ['PUT', '/users/1'],
        ['PATCH', '/users/1'],
        ['DELETE', '/users/1'],
        ['DELETE', '/users/me/sessions'],
        ['POST', '/users/change-password'],
      ] as const) {
        const reply = await house.request(method, path, undefined, withCookie(cookie, headers))
        assert.deepEqual([path, reply.status, reply.body.error.code], [path, 403, 'ORIGIN_NOT_ALLOWED'])
      }
    }
    assert.equal((await house.get('/users/me', withCookie(cookie))).status, 200)
  })

  it('logs nobody in to an account of its own', async () => {
    await using house = await openHouse(behindTls, [anna])
    for (const headers of fromElsewhere) {
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const body = new URLSearchParams(credentials).toString()
      const reply = await house.post('/users/login', body, { headers: { ...form, ...headers } })
      assert.deepEqual([reply.status, reply.headers.getSetCookie()], [403, []])
    }
  })

  it('is none where it is ours, or listed', async () => {
    const cookieOrigins = ['https://app.example.com']
    await using house = await openHouse({ ...behindTls, tokens: { cookie: 'on', cookieOrigins } }, [anna])
    for (const headers of [
      {},
      { origin: publicUrl },
      { 'sec-fetch-site': 'same-origin', origin: 'https://another-name.example.com' },
      { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' },
    ] as Record<string, string>[]) {
      const { status } = await house.post('/users/login', credentials, { headers })
      assert.equal(status, 200)
      const cookie = await loginFor(house)
      const reply = await house.post('/users/logout', undefined, withCookie(cookie, headers))
      assert.deepEqual([headers, reply.status], [headers, 204])
    }
  })

  it('may do what a token elsewhere allows: no browser adds that by itself', async () => {
    await using house = await openHouse(behindTls, [anna])
    const cookie = await loginFor(house)
    const token = await house.latchkey.tokens.create(1)
    const sent = { ...withCookie(cookie, { origin: elsewhere }), token: token.id }
    assert.equal((await house.put('/users/1', { city: 'Bern' }, sent)).status, 200)
  })

  it('may look: it cannot read what is answered', async () => {
    await using house = await openHouse(behindTls, [anna])
    const headers = { 'sec-fetch-site': 'cross-site', origin: elsewhere }
    const reply = await house.get('/users/me', withCookie(await loginFor(house), headers))
    assert.equal(reply.status, 200)
    assert.equal(reply.headers.get('access-control-allow-origin'), null)
  })

  it('must be listed as an origin', async () => {
    for (const origin of ['app.example.com', 'https://app.example.com/path', '*', 'null']) {
      await assert.rejects(openHouse({ tokens: { cookie: 'on', cookieOrigins: [origin] } }), {
        message: /^tokens\.cookieOrigins\.0: must be an origin/,
      })
    }
  })
})

describe('a guard of the application’s own', () => {
  it('takes the cookie, and minds from where something is to be changed', async () => {
    await using house = await openHouse(behindTls, [anna])
    const { guards, identify } = house.latchkey
    const cookie = await loginFor(house)
    const route = guards.fetch((_request, { user }) => Response.json(user.id))
    const ask = async (method: string, headers: Record<string, string> = {}) =>
      (await route(new Request(`${publicUrl}/orders`, { method, headers: { cookie, ...headers } }))).status
    assert.equal(await ask('GET'), 200)
    assert.equal(await ask('GET', { 'sec-fetch-site': 'cross-site' }), 200)
    assert.equal(await ask('POST', { origin: publicUrl }), 200)
    assert.equal(await ask('POST', { 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await ask('DELETE', { origin: 'https://evil.example.com' }), 403)

    const headers = { cookie, origin: 'https://evil.example.com' }
    await assert.rejects(identify({ headers, method: 'POST' }), { code: 'ORIGIN_NOT_ALLOWED' })
    // Without its method a request may be anything; of what a page elsewhere sent with `Origin`, the worst is assumed.
    await assert.rejects(identify({ headers }), { code: 'ORIGIN_NOT_ALLOWED' })
    assert.equal((await identify({ headers: { cookie, 'sec-fetch-site': 'cross-site' } }))?.user.id, 1)
  })
})

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  it(`compatibility ${compatibility} has the cookie too, where it is asked for`, async () => {
    await using house = await openHouse({ ...behindTls, compatibility }, [anna])
    const cookie = await loginFor(house)
    assert.equal((await house.get('/users/1', withCookie(cookie))).status, 200)
    const headers = { origin: 'https://evil.example.com' }
    assert.equal((await house.post('/users/logout', undefined, withCookie(cookie, headers))).status, 403)
    const reply = await house.post('/users/logout', undefined, withCookie(cookie))
    assert.deepEqual([reply.status, cookieIn(reply).pair], [204, '__Host-latchkey='])
  })
}
