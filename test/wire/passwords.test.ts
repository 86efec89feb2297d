import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { EventName, Events, ResetRequest, UserView } from '../../src/index.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const email = 'foo@bar.com'
const newPassword = 'a new one'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
/** What a browser sends when somebody submits a form or follows a link. */
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

describe('POST /users/change-password', () => {
  const change = { oldPassword: password, newPassword }

  it('sets a new password for whoever knows the old one', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const { status, body } = await house.post('/users/change-password', change, { token })
    assert.deepEqual({ status, body }, { status: 204, body: undefined })
    assert.equal((await house.post('/users/login', { email, password })).status, 401)
    await house.login(email, newPassword)
  })

  it('reads a form as it reads JSON', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const body = new URLSearchParams(change).toString()
    assert.equal((await house.post('/users/change-password', body, { token, headers: form })).status, 204)
    await house.login(email, newPassword)
  })

  it('ends the user’s other sessions, and keeps the one that asked', async () => {
    await using house = await openHouse({}, [email, 'other@bar.com'])
    const [own, second] = [await house.login(email), await house.login(email)]
    const others = await house.login('other@bar.com')
    await house.post('/users/change-password', change, { token: own })
    assert.equal((await house.get('/users/1', { token: own })).status, 200)
    assert.equal((await house.get('/users/1', { token: second })).status, 401)
    assert.equal((await house.get('/users/2', { token: others })).status, 200)
  })

  it('ends them for the same password set again, too', async () => {
    await using house = await openHouse({}, [email])
    const [own, second] = [await house.login(email), await house.login(email)]
    const same = { oldPassword: password, newPassword: password }
    assert.equal((await house.post('/users/change-password', same, { token: own })).status, 204)
    assert.equal((await house.get('/users/1', { token: second })).status, 401)
  })

  it('refuses a wrong old password, and changes nothing', async () => {
    await using house = await openHouse({}, [email])
    const [own, second] = [await house.login(email), await house.login(email)]
    const reply = await house.post(
      '/users/change-password',
      { oldPassword: 'wrong', newPassword },
      { token: own },
    )
    assert.deepEqual(reply.body, {
      error: {
        statusCode: 400,
        name: 'Error',
        message: 'Invalid current password',
        code: 'INVALID_PASSWORD',
      },
    })
    assert.equal((await house.get('/users/1', { token: second })).status, 200)
    await house.login(email)
  })

  it('wants both passwords, as texts', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const refused: [body: unknown, status: number, message: string][] = [
      [undefined, 400, 'oldPassword is a required argument'],
      [{}, 400, 'oldPassword is a required argument'],
      [{ newPassword }, 400, 'oldPassword is a required argument'],
      [{ oldPassword: password }, 400, 'newPassword is a required argument'],
      [{ oldPassword: '', newPassword }, 400, 'oldPassword is a required argument'],
      [{ oldPassword: password, newPassword: '' }, 400, 'newPassword is a required argument'],
      [{ oldPassword: 5, newPassword }, 400, 'Value is not a string.'],
      [{ oldPassword: password, newPassword: null }, 400, 'Value is not a string.'],
      [{ oldPassword: password, newPassword: { a: 1 } }, 400, 'Value is not a string.'],
      [
        { oldPassword: password, newPassword: 'x'.repeat(73) },
        422,
        'The password entered was too long. Max length is 72 (entered 73)',
      ],
    ]
    for (const [body, status, message] of refused) {
      const reply = await house.post('/users/change-password', body, { token })
      assert.partialDeepStrictEqual(reply, { status, body: { error: { message } } })
    }
    await house.login(email)
  })

  it('is for whoever is logged in, which is asked after the types of what was sent', async () => {
    await using house = await openHouse({}, [email])
    const reply = await house.post('/users/change-password', change)
    assert.partialDeepStrictEqual(reply, { status: 401, body: { error: { code: 'AUTHORIZATION_REQUIRED' } } })
    assert.equal((await house.post('/users/change-password', {})).status, 401)
    assert.equal((await house.post('/users/change-password', { ...change, newPassword: 5 })).status, 400)
  })

  it('lets one win of many that start from the same old password', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        house.post('/users/change-password', { ...change, newPassword: `number ${index}` }, { token }),
      ),
    )
    const winners = replies.flatMap(({ status }, index) => (status === 204 ? [index] : []))
    assert.equal(winners.length, 1)
    for (const { status, body } of replies) {
      if (status !== 204) assert.deepEqual([status, body.error.code], [400, 'INVALID_PASSWORD'])
    }
    await house.login(email, `number ${winners[0]}`)
  })

  it('takes the old password also while its hash is being upgraded', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const database = { url: `sqlite:${join(directory.path, 'latchkey.db')}` }
    {
      // Slow to check, so that the upgrade which the login starts is done before the change is.
      await using _ = await openHouse({ database, user: { saltWorkFactor: 10 } }, [email])
    }
    await using house = await openHouse({ database, user: { passwordHash: 'argon2id' } })
    const token = await house.login(email)
    assert.equal((await house.post('/users/change-password', change, { token })).status, 204)
    await house.login(email, newPassword)
  })
})

describe('POST /users/reset', () => {
  it('answers 200 and an empty object, whoever is meant', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, ['unverified@bar.com'])
    await house.latchkey.users.create({ email, password, emailVerified: true })
    for (const named of [email, 'unverified@bar.com', 'nobody@bar.com', 'no address', '']) {
      const { status, body } = await house.post('/users/reset', { email: named })
      assert.deepEqual({ status, body }, { status: 200, body: {} })
    }
  })

  it('wants an address, as a text', async () => {
    await using house = await openHouse({}, [email])
    for (const body of [
      undefined,
      {},
      { email: null },
      { email: 5 },
      { email: [email] },
      { email: { neq: '' } },
    ]) {
      const reply = await house.post('/users/reset', body)
      assert.deepEqual(reply.body, {
        error: { statusCode: 400, name: 'Error', message: 'Email is required', code: 'EMAIL_REQUIRED' },
      })
    }
    for (const body of [null, [], [{ email }], 5]) {
      assert.equal((await house.post('/users/reset', body)).status, 400, JSON.stringify(body))
    }
  })

  it('reads a form as it reads JSON', async () => {
    await using house = await openHouse({}, [email])
    await house.post('/users/reset', `email=${encodeURIComponent(email)}`, { headers: form })
    assert.match((await house.mails(1))[0] ?? '', /^To: foo@bar\.com\r$/m)
  })

  it('mails a link to the stored address, however the caller spelt it, and to nobody else', async () => {
    await using house = await openHouse({}, [email, 'other@bar.com'])
    await house.post('/users/reset', { email: 'FOO@Bar.Com' })
    await house.post('/users/reset', { email: 'nobody@bar.com' })
    await house.latchkey.close()
    const mails = await house.mails(1)
    assert.equal(mails.length, 1)
    assert.match(mails[0] ?? '', /^To: foo@bar\.com\r$/m)
    assert.match(mails[0] ?? '', /^From: noreply@example\.com\r$/m)
  })

  it('makes the link of publicUrl, whatever host the request names', async () => {
    const publicUrl = 'https://accounts.example.com/behind'
    await using house = await openHouse({ server: { publicUrl, trustProxy: true } }, [email])
    assert.equal(await postAs('evil.example', house, '/users/reset', { email }), 200)
    const [mail = ''] = await house.mails(1)
    const link = `${publicUrl}/api/users/reset-password?access_token=`
    assert.ok(linkIn(mail).startsWith(link), linkIn(mail))
    assert.ok(!mail.includes('evil.example'))
  })

  it('leaves the password and the sessions as they are', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    await resetToken(house)
    assert.equal((await house.get('/users/1', { token })).status, 200)
    await house.login(email)
  })

  it('finds the account in the realm it names', async () => {
    await using house = await openHouse({ user: { realmRequired: true, realmDelimiter: ':' } })
    await house.post('/users', { realm: 'north', email, password })
    await house.post('/users', { realm: 'south', email, password })
    await house.post('/users/reset', { email, realm: 'south' })
    const [mail = ''] = await house.mails(1)
    await house.post('/users/reset-password', { newPassword }, { token: tokenIn(linkIn(mail)) })
    const login = (realm: string, secret: string) =>
      house.post('/users/login', { realm, email, password: secret })
    assert.equal((await login('south', newPassword)).status, 200)
    assert.equal((await login('north', password)).status, 200)
  })

  it('proves the address as well, where that was still to be done', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, [email])
    await house.mails(1)
    await house.post('/users/reset', { email })
    const [, second = ''] = await house.mails(2)
    const token = tokenIn(linkIn(second))
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token })).status, 204)
    await house.login(email, newPassword)
  })
})

describe('the token of a reset mail', () => {
  it('has 64 letters and digits, and lives a quarter of an hour', async () => {
    await using house = await openHouse({}, [email])
    house.now = new Date('2026-01-01T00:00:00Z')
    const token = await resetToken(house)
    assert.match(token, /^[A-Za-z0-9]{64}$/)
    house.now = new Date('2026-01-01T00:14:59.999Z')
    assert.equal((await house.get('/users/reset-password', { token })).status, 200)
    house.now = new Date('2026-01-01T00:15:00Z')
    const late = await house.post('/users/reset-password', { newPassword }, { token })
    assert.partialDeepStrictEqual(late, { status: 401, body: { error: { code: 'INVALID_TOKEN' } } })
    await house.login(email)
  })

  it('lives as long as resetPasswordTokenTTL says', async () => {
    await using house = await openHouse({ user: { resetPasswordTokenTTL: 60 } }, [email])
    house.now = new Date('2026-01-01T00:00:00Z')
    const token = await resetToken(house)
    house.now = new Date('2026-01-01T00:01:00Z')
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token })).status, 401)
  })

  it('opens nothing but reset-password', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    const requests: [method: string, path: string, body?: object][] = [
      ['GET', '/users/1'],
      ['PUT', '/users/1', { nickname: 'foo' }],
      ['DELETE', '/users/1'],
      ['GET', '/users'],
      ['POST', '/users', { email: 'new@bar.com', password }],
      ['POST', '/users/login', { email, password }],
      ['POST', '/users/logout'],
      ['POST', '/users/reset', { email }],
      ['POST', '/users/change-password', { oldPassword: password, newPassword }],
      ['GET', '/users/1/accessTokens'],
      ['GET', '/users/confirm?uid=1&token=x'],
    ]
    for (const [method, path, body] of requests) {
      const reply = await house.request(method, path, body, { token })
      const refusal = { status: 401, body: { error: { code: 'AUTHORIZATION_REQUIRED' } } }
      assert.partialDeepStrictEqual(reply, refusal, `${method} ${path}`)
    }
  })

  it('opens nothing else to an administrator either', async () => {
    await using house = await openHouse()
    await house.adminToken()
    const token = await resetToken(house, 'admin@example.com')
    assert.equal((await house.get('/users', { token })).status, 401)
  })

  it('is worth nothing once the password has been changed in another way', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    const session = { token: await house.login(email) }
    await house.post('/users/change-password', { oldPassword: password, newPassword }, session)
    assert.equal(
      (await house.post('/users/reset-password', { newPassword: 'stolen' }, { token })).status,
      401,
    )
  })

  it('is worth nothing once the account has another address', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    await house.put('/users/1', { email: 'new@bar.com' }, { token: await house.login(email) })
    assert.equal(
      (await house.post('/users/reset-password', { newPassword: 'stolen' }, { token })).status,
      401,
    )
  })
})

describe('the token of a reset mail, where sessions outlive a change', () => {
  const lasting = { user: { logoutSessionsOnSensitiveChanges: false } }
  const isDead = async (house: House, token: string) =>
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token })).status, 401)

  it('is worth nothing once the password has been changed, and the session lives on', async () => {
    await using house = await openHouse(lasting, [email])
    const token = await resetToken(house)
    const session = { token: await house.login(email) }
    await house.post('/users/change-password', { oldPassword: password, newPassword }, session)
    await isDead(house, token)
    assert.equal((await house.get('/users/1', session)).status, 200)
  })

  it('is worth nothing once the account has another address', async () => {
    await using house = await openHouse(lasting, [email])
    const token = await resetToken(house)
    const session = { token: await house.login(email) }
    await house.put('/users/1', { email: 'new@bar.com' }, session)
    await isDead(house, token)
    assert.equal((await house.get('/users/1', session)).status, 200)
  })

  it('is worth nothing once another has set a password, and sessions live on', async () => {
    await using house = await openHouse(
      { user: { ...lasting.user, rejectPasswordChangesViaPatchOrReplace: false } },
      [email],
    )
    const token = await resetToken(house)
    const session = { token: await house.login(email) }
    await house.put('/users/1', { password: newPassword }, session)
    await isDead(house, token)
    assert.equal((await house.get('/users/1', session)).status, 200)
  })
})

describe('a second reset mail', () => {
  it('makes the link of the first worth nothing', async () => {
    await using house = await openHouse({}, [email])
    const first = await resetToken(house)
    const second = await resetToken(house)
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token: first })).status, 401)
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token: second })).status, 204)
  })

  it('does so too where the application sends the mails', async () => {
    await using house = await openHouse({}, [email])
    const tokens: string[] = []
    house.latchkey.on('resetPasswordRequest', ({ accessToken }) => void tokens.push(accessToken.id))
    for (const count of [1, 2]) {
      await house.post('/users/reset', { email })
      while (tokens.length < count) await pause(5)
    }
    const [first, second] = tokens
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token: first })).status, 401)
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token: second })).status, 204)
  })
})

describe('POST /users/reset-password', () => {
  it('sets a new password', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    const { status, body } = await house.post(`/users/reset-password?access_token=${token}`, { newPassword })
    assert.deepEqual({ status, body }, { status: 204, body: undefined })
    assert.equal((await house.post('/users/login', { email, password })).status, 401)
    await house.login(email, newPassword)
  })

  it('takes its token once', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    await house.post('/users/reset-password', { newPassword }, { token })
    const again = await house.post('/users/reset-password', { newPassword: 'another' }, { token })
    assert.equal(again.status, 401)
    await house.login(email, newPassword)
  })

  it('takes its token once, however many come with it together', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        house.post('/users/reset-password', { newPassword: `number ${index}` }, { token }),
      ),
    )
    const winners = replies.flatMap(({ status }, index) => (status === 204 ? [index] : []))
    assert.equal(winners.length, 1)
    assert.equal(replies.filter(({ status }) => status === 401).length, 19)
    await house.login(email, `number ${winners[0]}`)
  })

  it('ends all sessions of the user', async () => {
    await using house = await openHouse({}, [email, 'other@bar.com'])
    const sessions = [await house.login(email), await house.login(email)]
    const others = await house.login('other@bar.com')
    await house.post('/users/reset-password', { newPassword }, { token: await resetToken(house) })
    for (const token of sessions) assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.get('/users/2', { token: others })).status, 200)
  })

  it('leaves the token good when the new password is not', async () => {
    await using house = await openHouse({}, [email])
    const token = await resetToken(house)
    const refused: [body: unknown, status: number, message: string][] = [
      [undefined, 400, 'newPassword is a required argument'],
      [{ newPassword: '' }, 400, 'newPassword is a required argument'],
      [{ newPassword: 5 }, 400, 'Value is not a string.'],
      [
        { newPassword: 'x'.repeat(73) },
        422,
        'The password entered was too long. Max length is 72 (entered 73)',
      ],
    ]
    for (const [body, status, message] of refused) {
      const reply = await house.post('/users/reset-password', body, { token })
      assert.partialDeepStrictEqual(reply, { status, body: { error: { message } } })
    }
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token })).status, 204)
  })

  it('is closed to an ordinary session, and to nobody in particular', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    for (const options of [{ token }, {}]) {
      const reply = await house.post('/users/reset-password', { newPassword }, options)
      assert.partialDeepStrictEqual(reply, {
        status: 401,
        body: { error: { code: 'AUTHORIZATION_REQUIRED' } },
      })
    }
    await house.login(email)
  })
})

describe('the form behind a reset link', () => {
  it('is plain HTML without a script', async () => {
    await using house = await openHouse({}, [email])
    const link = await resetLink(house)
    const { status, headers, body } = await house.get(link, { headers: browser })
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(body, /<form method="post">/)
    assert.match(body, /<input type="password" name="newPassword"/)
    assert.doesNotMatch(body, /<script|javascript:|\son\w+=|https?:\/\//i)
    assert.ok(!body.includes(tokenIn(link)), 'the token stays in the address')
  })

  it('is sent with a policy that allows its one style and nothing else', async () => {
    await using house = await openHouse({}, [email])
    const { headers, body } = await house.get(await resetLink(house), { headers: browser })
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(body) ?? []
    const digest = createHash('sha256').update(style).digest('base64')
    const policy = (headers.get('content-security-policy') ?? '').split(/; */)
    assert.deepEqual(policy.sort(), [
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      `style-src 'sha256-${digest}'`,
    ])
  })

  it('is neither kept nor betrays its address', async () => {
    await using house = await openHouse({}, [email])
    const { headers } = await house.get(await resetLink(house), { headers: browser })
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  })

  it('may be looked at any number of times', async () => {
    await using house = await openHouse({}, [email])
    const link = await resetLink(house)
    for (let times = 0; times < 3; times++) assert.equal((await house.get(link)).status, 200)
    assert.equal((await submit(house, link, newPassword)).status, 200)
  })

  it('sets the password when a browser sends it, and says so in a page', async () => {
    await using house = await openHouse({}, [email])
    const { status, headers, body } = await submit(house, await resetLink(house), newPassword)
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(body, /Your password has been changed/)
    await house.login(email, newPassword)
  })

  it('explains in a page that its link is no longer good', async () => {
    await using house = await openHouse({}, [email])
    const link = await resetLink(house)
    await submit(house, link, newPassword)
    const looks = await house.get(link, { headers: browser })
    const sends = await submit(house, link, 'another')
    for (const { status, headers, body } of [looks, sends]) {
      assert.equal(status, 401)
      assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
      assert.match(body, /This link is no longer good/)
    }
  })

  it('explains in a page what is wrong with the new password, and the link stays good', async () => {
    await using house = await openHouse({}, [email])
    const link = await resetLink(house)
    const { status, body } = await submit(house, link, 'x'.repeat(73))
    assert.equal(status, 422)
    assert.match(body, /too long/)
    assert.equal((await submit(house, link, newPassword)).status, 200)
  })
})

describe('resetPasswordRequest', () => {
  it('tells the application who asked, and hands it the token to mail', async () => {
    await using house = await openHouse({}, [email])
    const request = await requestReset(house, { email: 'FOO@bar.com', from: 'the app' })
    assert.equal(request.email, email)
    assert.deepEqual(request.user, { email, id: 1 })
    assert.deepEqual(request.options, { email: 'FOO@bar.com', from: 'the app' })
    assert.partialDeepStrictEqual(request.accessToken, { ttl: 900, userId: 1 })
    assert.ok(request.accessToken.created instanceof Date)

    const token = request.accessToken.id
    assert.equal((await house.post('/users/reset-password', { newPassword }, { token })).status, 204)
    await house.login(email, newPassword)
  })

  it('brings the user as a promise, and to a callback', async () => {
    await using house = await openHouse({}, [email])
    const { accessToken } = await requestReset(house, { email })
    const called = Promise.withResolvers<[Error | null, UserView | undefined]>()
    await accessToken.user((error, user) => called.resolve([error, user]))
    assert.deepEqual(await soon(called.promise), [null, { email, id: 1 }])
    assert.deepEqual(await accessToken.user(), { email, id: 1 })
  })

  it('takes the mail out of our hands while somebody listens', async () => {
    await using house = await openHouse({}, [email, 'other@bar.com'])
    await requestReset(house, { email })
    await house.post('/users/reset', { email: 'other@bar.com' })
    await house.mails(1)
    await house.latchkey.close()
    const mails = await house.mails(1)
    assert.equal(mails.length, 1)
    assert.match(mails[0] ?? '', /^To: other@bar\.com\r$/m)
  })

  it('does not come for an unknown address', async () => {
    await using house = await openHouse({}, [email])
    const emails: string[] = []
    house.latchkey.on('resetPasswordRequest', (request) => void emails.push(request.email))
    for (const named of ['nobody@bar.com', '', email]) await house.post('/users/reset', { email: named })
    await house.latchkey.close()
    assert.deepEqual(emails, [email])
  })

  it('may be handled badly without harm to anybody, down to the callback', async () => {
    await using house = await openHouse({}, [email])
    house.latchkey.on('resetPasswordRequest', ({ accessToken }) => {
      accessToken.user(() => {
        throw new Error('the application is broken')
      })
    })
    assert.equal((await house.post('/users/reset', { email })).status, 200)
    await house.latchkey.close()
    assert.equal(house.logs.filter(({ level }) => level === 'error').length, 1)
  })
})

describe('what an application can listen to', () => {
  const names: EventName[] = [
    'created',
    'verified',
    'loggedIn',
    'loginFailed',
    'loggedOut',
    'passwordChanged',
    'emailChanged',
    'deleted',
  ]

  it('is told in the order things happen, without passwords or hashes', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } })
    const told: [name: EventName, event: unknown][] = []
    for (const name of names) house.latchkey.on(name, (event) => void told.push([name, event]))

    await house.post('/users', { email, password })
    await house.get(linkIn((await house.mails(1))[0] ?? ''))
    await house.post('/users/login', { email, password: 'wrong' })
    await house.post('/users/login', { email: 'nobody@bar.com', password })
    const token = await house.login(email)
    await house.post('/users/change-password', { oldPassword: password, newPassword }, { token })
    await house.put('/users/1', { email: 'new@bar.com' }, { token })
    await house.post('/users/logout', undefined, { token })
    await house.latchkey.users.deleteById(1)

    // A host of the Fetch standard tells none.
    const [address] = told.flatMap(([name, event]) =>
      name === 'loginFailed' ? [(event as Events['loginFailed']).address] : [],
    )
    const before = { email, id: 1 }
    const verified = { email, emailVerified: true, id: 1 }
    const after = { email: 'new@bar.com', emailVerified: false, id: 1 }
    assert.deepEqual(told, [
      ['created', { user: before }],
      ['verified', { user: verified }],
      ['loginFailed', { email, username: undefined, userId: 1, address }],
      ['loginFailed', { email: 'nobody@bar.com', username: undefined, userId: undefined, address }],
      ['loggedIn', { user: verified }],
      ['passwordChanged', { user: verified }],
      ['emailChanged', { user: after, oldEmail: email }],
      ['loggedOut', { userId: 1 }],
      ['deleted', { user: after }],
    ])
  })

  it('fails nothing and hides nothing from the next listener when a listener throws', async () => {
    await using house = await openHouse()
    const heard: string[] = []
    house.latchkey.on('created', () => {
      throw new Error('the application is broken')
    })
    house.latchkey.on('created', () => Promise.reject(new Error('and so is its other half')))
    house.latchkey.on('created', ({ user }) => void heard.push(user.email))
    assert.equal((await house.post('/users', { email, password })).status, 200)
    assert.deepEqual(heard, [email])
    const logged = house.logs.filter(({ level }) => level === 'error').map(({ message }) => message)
    assert.deepEqual(logged, ['a listener failed', 'a listener failed'])
  })

  it('is not waited for', async () => {
    await using house = await openHouse({}, [email])
    const work = Promise.withResolvers<void>()
    house.latchkey.on('loggedIn', () => work.promise)
    const login = soon(house.post('/users/login', { email, password }))
    const { status } = await login.finally(work.resolve)
    assert.equal(status, 200)
  })
})

/** Asks for a reset, and answers with the link that was mailed. */
async function resetLink(house: House, to = email): Promise<string> {
  const before = (await house.mails(0)).length
  await house.post('/users/reset', { email: to })
  const mails = await house.mails(before + 1)
  return linkIn(mails.at(-1) ?? '')
}

async function resetToken(house: House, to = email): Promise<string> {
  return tokenIn(await resetLink(house, to))
}

function tokenIn(link: string): string {
  return new URL(link).searchParams.get('access_token') ?? ''
}

/** Asks for a reset while the application listens for one. */
async function requestReset(house: House, body: object): Promise<ResetRequest> {
  const heard = Promise.withResolvers<ResetRequest>()
  house.latchkey.on('resetPasswordRequest', heard.resolve)
  await house.post('/users/reset', body)
  const request = await soon(heard.promise)
  house.latchkey.off('resetPasswordRequest', heard.resolve)
  return request
}

/** What has not come after so long will not come; the test shall fail then, and not hang. */
async function soon<T>(event: Promise<T>): Promise<T> {
  const late = pause(20_000, undefined, { ref: false }).then(() => assert.fail('nothing came'))
  return Promise.race([event, late])
}

/** Sends the form behind a link as a browser would. */
function submit(house: House, link: string, secret: string) {
  const body = new URLSearchParams({ newPassword: secret }).toString()
  return house.request('POST', link, body, { headers: { ...browser, ...form } })
}

/** Posts under another host name, which `fetch` does not allow. */
function postAs(host: string, house: House, path: string, body: object): Promise<number | undefined> {
  const answer = Promise.withResolvers<number | undefined>()
  const headers = {
    host,
    'x-forwarded-host': host,
    forwarded: `host=${host}`,
    'content-type': 'application/json',
  }
  request(`${house.url}/api${path}`, { method: 'POST', headers, agent: false }, (response) => {
    response.resume().on('end', () => answer.resolve(response.statusCode))
  })
    .on('error', answer.reject)
    .end(JSON.stringify(body))
  return answer.promise
}
