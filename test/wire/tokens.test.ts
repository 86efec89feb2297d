import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LatchkeyOptions } from '../../src/index.ts'
import {
  type House,
  itReadingBodies,
  linkIn,
  openHouse,
  password,
  type RequestOptions,
} from '../open-house.ts'

const email = 'foo@bar.com'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('where an access token may stand', () => {
  let house: House
  let token: string
  let another: string
  before(async () => {
    house = await openHouse({}, [email])
    token = await house.login(email)
    another = await house.login(email)
  })
  after(() => house[Symbol.asyncDispose]())

  const places: [
    where: string,
    place: (token: string) => { query?: string; headers?: Record<string, string> },
  ][] = [
    ['access_token in the query', (token) => ({ query: `?access_token=${token}` })],
    ['X-Access-Token', (token) => ({ headers: { 'x-access-token': token } })],
    [
      'X-Access-Token, after Bearer in base64',
      (token) => ({ headers: { 'x-access-token': `Bearer ${base64(token)}` } }),
    ],
    ['Authorization as it is', (token) => ({ headers: { authorization: token } })],
    ['Authorization, after Bearer', (token) => ({ headers: { authorization: `Bearer ${token}` } })],
    [
      'Authorization, after Bearer in base64',
      (token) => ({ headers: { authorization: `Bearer ${base64(token)}` } }),
    ],
    [
      'Authorization, as the user of Basic',
      (token) => ({ headers: { authorization: `Basic ${base64(`${token}:`)}` } }),
    ],
    [
      'Authorization, as the password of Basic',
      (token) => ({ headers: { authorization: `Basic ${base64(`foo:${token}`)}` } }),
    ],
    [
      'Authorization, after Basic alone',
      (token) => ({ headers: { authorization: `basic ${base64(token)}` } }),
    ],
  ]
  for (const [where, place] of places) {
    it(`is found in ${where}`, async () => {
      const { query = '', ...options } = place(token)
      assert.equal((await house.get(`/users/1${query}`, options)).status, 200)
    })

    it(`opens nothing in ${where} when nobody has it`, async () => {
      const { query = '', ...options } = place('x'.repeat(64))
      const reply = await house.get(`/users/1${query}`, options)
      assert.partialDeepStrictEqual(reply, {
        status: 401,
        body: { error: { code: 'AUTHORIZATION_REQUIRED' } },
      })
    })
  }

  it('may stand in several places at once, as long as it is one', async () => {
    const headers = { 'x-access-token': token, authorization: `Bearer ${base64(token)}` }
    assert.equal((await house.get(`/users/1?access_token=${token}`, { headers })).status, 200)
  })

  const twoPlaces: [what: string, request: () => Promise<{ status: number; body: unknown }>][] = [
    [
      'the query and a header',
      () => house.get(`/users/1?access_token=${token}`, { headers: { authorization: `Bearer ${another}` } }),
    ],
    [
      'two headers',
      () => house.get('/users/1', { headers: { 'x-access-token': token, authorization: another } }),
    ],
    ['the query twice', () => house.get(`/users/1?access_token=${token}&access_token=${another}`)],
    [
      'the query and a header, one of them unknown',
      () => house.get(`/users/1?access_token=${token}`, { headers: { authorization: 'unknown' } }),
    ],
  ]
  for (const [what, request] of twoPlaces) {
    it(`makes a request ambiguous when another stands beside it: ${what}`, async () => {
      assert.partialDeepStrictEqual(await request(), {
        status: 400,
        body: { error: { code: 'AMBIGUOUS_TOKEN' } },
      })
    })
  }

  it('is not hidden by an empty parameter', async () => {
    assert.equal((await house.get('/users/1?access_token=', { token })).status, 200)
  })

  it('is not looked for in cookies, nor in the body of anything but a logout', async () => {
    const inCookie = await house.get('/users/1', { headers: { cookie: `access_token=${token}` } })
    const inBody = await house.put('/users/1', { access_token: token, nickname: 'foo' })
    assert.deepEqual([inCookie.status, inBody.status], [401, 401])
  })

  it('does not matter where nobody needs one, when it is unknown', async () => {
    const account = { email: 'new@bar.com', password }
    assert.equal((await house.post('/users', account, { token: 'unknown' })).status, 200)
    assert.equal((await house.post('/users/login', account, { token: 'unknown' })).status, 200)
  })

  it('is asked for in the words of RFC 6750 where there is none, or none that counts', async () => {
    const challengeOf = async (options: RequestOptions) =>
      (await house.get('/users/1', options)).headers.get('www-authenticate')
    assert.equal(await challengeOf({}), 'Bearer')
    assert.equal(await challengeOf({ token: 'unknown' }), 'Bearer error="invalid_token"')
  })
})

describe('the life of an access token', () => {
  const born = new Date('2026-01-01T00:00:00Z')
  const later = (ms: number) => new Date(born.getTime() + ms)

  it('is over on the very second its ttl is', async () => {
    await using house = await openHouse({}, [email])
    house.now = born
    const { body } = await house.post('/users/login', { email, password, ttl: 60 })
    house.now = later(59_999)
    assert.equal((await house.get('/users/1', { token: body.id })).status, 200)
    house.now = later(60_000)
    assert.deepEqual((await house.get('/users/1', { token: body.id })).body, {
      error: { statusCode: 401, name: 'Error', message: 'Invalid Access Token', code: 'INVALID_TOKEN' },
    })
  })

  it('is two weeks unless login asks for another, and use does not lengthen it', async () => {
    await using house = await openHouse({}, [email])
    house.now = born
    const token = await house.login(email)
    for (const days of [5, 10, 13.999]) {
      house.now = later(days * 86_400_000)
      assert.equal((await house.get('/users/1', { token })).status, 200)
    }
    house.now = later(14 * 86_400_000)
    assert.equal((await house.get('/users/1', { token })).status, 401)
  })

  itReadingBodies('ends every request that comes with it afterwards, whatever is asked', async () => {
    await using house = await openHouse({}, [email])
    house.now = born
    const token = await house.login(email)
    house.now = later(15 * 86_400_000)
    const requests: [method: string, path: string, body?: unknown][] = [
      ['GET', '/users/1'],
      ['GET', '/users/1'],
      ['POST', '/users', { email: 'new@bar.com', password }],
      ['POST', '/users/login', { email, password }],
      ['POST', '/users/login', '{broken'],
      ['POST', '/users/logout'],
      ['POST', '/users/reset', { email }],
      ['GET', '/users/confirm'],
      ['GET', '/users/1/nowhere'],
    ]
    for (const [method, path, body] of requests) {
      const reply = await house.request(method, path, body, { token })
      assert.partialDeepStrictEqual(reply, { status: 401, body: { error: { code: 'INVALID_TOKEN' } } }, path)
    }
    assert.equal(await house.latchkey.users.count(), 1, 'nobody was created')
  })

  it('has no end for a ttl of -1, as long as the operator allows that', async () => {
    using file = openFile()
    let token: string
    {
      await using house = await file.openHouse({ user: { allowEternalTokens: true } }, [email])
      token = (await house.post('/users/login', { email, password, ttl: -1 })).body.id
      house.now = new Date(Date.now() + 50 * 365 * 86_400_000)
      assert.equal((await house.get('/users/1', { token })).status, 200)
    }
    await using house = await file.openHouse()
    const reply = await house.get('/users/1', { token })
    assert.partialDeepStrictEqual(reply, { status: 401, body: { error: { code: 'INVALID_TOKEN' } } })
  })

  it('leaves a trace for a day; then the token is as unknown as any other', async () => {
    using file = openFile()
    const tokens: string[] = []
    {
      await using house = await file.openHouse({}, [email])
      for (const hours of [72, 1]) {
        house.now = new Date(Date.now() - hours * 3_600_000)
        tokens.push((await house.post('/users/login', { email, password, ttl: 60 })).body.id)
      }
    }
    const [old, recent] = tokens
    await using house = await file.openHouse()
    const codeOf = async (token?: string) => (await house.get('/users/1', { token })).body.error.code
    // The purge runs in the background, from the start on.
    for (let attempt = 0; (await codeOf(old)) !== 'AUTHORIZATION_REQUIRED'; attempt++) {
      assert.ok(attempt < 1_000, 'the old token was never purged')
      await pause(10)
    }
    assert.equal(await codeOf(recent), 'INVALID_TOKEN')
  })
})

describe('POST /users/logout', () => {
  const ways: [
    where: string,
    logout: (house: House, token: string) => Promise<{ status: number; body: unknown }>,
  ][] = [
    ['the query', (house, token) => house.post(`/users/logout?access_token=${token}`)],
    ['a header', (house, token) => house.post('/users/logout', undefined, { token })],
    [
      'a header, with an empty object as the body',
      (house, token) => house.post('/users/logout', {}, { token }),
    ],
    ['the body', (house, token) => house.post('/users/logout', { access_token: token })],
    ['a form', (house, token) => house.post('/users/logout', `access_token=${token}`, { headers: form })],
  ]
  for (const [where, logout] of ways) {
    it(`ends the session whose token stands in ${where}, and no other`, async () => {
      await using house = await openHouse({}, [email])
      const [token, other] = [await house.login(email), await house.login(email)]
      const { status, body } = await logout(house, token)
      assert.deepEqual({ status, body }, { status: 204, body: undefined })
      assert.equal((await house.get('/users/1', { token })).status, 401)
      assert.equal((await house.get('/users/1', { token: other })).status, 200)
    })
  }

  it('looks into the body only when there is no token elsewhere', async () => {
    await using house = await openHouse({}, [email])
    const [token, other] = [await house.login(email), await house.login(email)]
    assert.equal(
      (await house.post('/users/logout', { access_token: other }, { token: 'unknown' })).status,
      401,
    )
    assert.equal((await house.post('/users/logout', { access_token: other }, { token })).status, 204)
    assert.equal((await house.get('/users/1', { token: other })).status, 200)
  })

  it('says what it wants when there is no session to end', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    await house.post('/users/logout', undefined, { token })
    const bodies = [
      undefined,
      {},
      null,
      { access_token: token },
      { access_token: 5 },
      { access_token: [token] },
    ]
    for (const body of bodies) {
      const reply = await house.post('/users/logout', body)
      assert.equal(reply.status, 401)
      assert.equal(reply.body.error.message, 'accessToken is required to logout')
    }
    const again = await house.post('/users/logout', undefined, { token })
    assert.equal(again.status, 401)
  })

  it('ends a session once, however many ask for it together', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => house.post('/users/logout', undefined, { token })),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, 401, 401, 401, 401])
  })
})

describe('the database', () => {
  it('holds digests of tokens, and of no kind the token itself', async () => {
    using file = openFile()
    await using house = await file.openHouse({ user: { emailVerificationRequired: true } })
    await house.post('/users', { email, password })
    const [verification = ''] = await house.mails(1)
    const verificationToken = new URL(linkIn(verification)).searchParams.get('token')
    const used = await house.latchkey.users.create({ email: 'used@bar.com', password, emailVerified: true })
    const sessionToken = await house.login('used@bar.com')
    const { id: madeToken } = await house.latchkey.tokens.create(used.id)
    await house.post('/users/reset', { email: 'used@bar.com' })
    const [, reset = ''] = await house.mails(2)
    const resetToken = new URL(linkIn(reset)).searchParams.get('access_token')

    const kept = file.everything()
    for (const token of [verificationToken, sessionToken, madeToken, resetToken]) {
      assert.match(token ?? '', /^[A-Za-z0-9]{64}$/)
      assert.ok(!kept.includes(token as string))
    }
    assert.ok(kept.includes('used@bar.com'), 'the right files were read')
    assert.deepEqual(file.idsOf('access_tokens').length, 3)
    assert.deepEqual(file.idsOf('mailed_tokens').length, 1)
    for (const id of [...file.idsOf('access_tokens'), ...file.idsOf('mailed_tokens')])
      assert.match(id, /^[0-9a-f]{64}$/)
  })
})

/** A database file that outlives the houses opened on it. */
function openFile() {
  const directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
  const path = join(directory.path, 'latchkey.db')
  return {
    openHouse: (options: LatchkeyOptions = {}, emails: readonly string[] = []) =>
      openHouse({ ...options, database: { url: `sqlite:${path}` } }, emails),

    /** Every byte of the database and of the logs beside it, one character each. */
    everything: () =>
      readdirSync(directory.path)
        .map((name) => readFileSync(join(directory.path, name), 'latin1'))
        .join('\n'),

    idsOf(table: 'access_tokens' | 'mailed_tokens'): string[] {
      using database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
      return database
        .prepare(`select id from ${table}`)
        .all()
        .map(({ id }) => String(id))
    },

    [Symbol.dispose]: () => directory.remove(),
  }
}
