import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LatchkeyOptions } from '../../src/index.ts'
import { type House, itAlone, linkIn, openHouse, password } from '../open-house.ts'

const email = 'foo@bar.com'
const publicUrl = 'https://accounts.example.com'
const required = { user: { emailVerificationRequired: true } } as const

describe('the mail after a sign-up', () => {
  it('brings a link to confirm the address, where that is required', async () => {
    await using house = await openSignUp()
    const [mail = ''] = await house.mails(1)
    assert.match(mail, /^To: foo@bar\.com\r$/m)
    assert.match(mail, /^From: noreply@example\.com\r$/m)
    assert.match(mail, /^Subject: Thanks for Registering\r$/m)

    const link = new URL(linkIn(mail))
    assert.equal(`${link.origin}${link.pathname}`, `${house.url}/api/users/confirm`)
    const { uid, redirect, token } = Object.fromEntries(link.searchParams)
    assert.deepEqual({ uid, redirect }, { uid: '1', redirect: '/' })
    assert.match(token ?? '', /^[A-Za-z0-9]{64}$/)
  })

  it('makes its link of publicUrl', async () => {
    await using house = await openSignUp({ server: { publicUrl: `${publicUrl}/` } })
    assert.ok(linkIn((await house.mails(1))[0] ?? '').startsWith(`${publicUrl}/api/users/confirm?`))
  })

  it('is not sent where nothing has to be confirmed, nor to whom the operator vouches for', async () => {
    await using house = await openHouse({}, [email])
    await house.latchkey.close()
    assert.deepEqual(await house.mails(0), [])

    await using strict = await openHouse(required)
    await strict.latchkey.users.create({ email, password, emailVerified: true })
    await strict.latchkey.close()
    assert.deepEqual(await strict.mails(0), [])
  })
})

describe('GET /users/confirm', () => {
  it('confirms the address by the mailed token, with 204', async () => {
    await using house = await openSignUp()
    const token = await mailedToken(house)
    const { status, body } = await confirm(house, { uid: '1', token })
    assert.deepEqual({ status, body }, { status: 204, body: undefined })
    const own = await house.get('/users/1', { token: await house.login(email) })
    assert.deepEqual(own.body, { email, emailVerified: true, id: 1 })
  })

  it('leads from the mailed link to the web root', async () => {
    await using house = await openSignUp()
    const { status, headers, body } = await house.get(await mailedLink(house))
    assert.deepEqual([status, headers.get('location'), body], [302, '/', undefined])
  })

  itAlone('says once, in a page at the web root, that it worked', async () => {
    await using house = await openSignUp()
    const { headers } = await house.get(await mailedLink(house))
    const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';')
    const page = await house.get(`${house.url}/`, { headers: { cookie } })
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(page.body, /Your e-mail address is confirmed/)
    assert.match(page.headers.get('set-cookie') ?? '', /^latchkey_confirmed=;.*Max-Age=0/)
    const later = await house.get(`${house.url}/`)
    assert.equal(later.status, 200)
    assert.doesNotMatch(later.body, /confirmed/)
  })

  it('lets the mailed link work whatever places the operator lists', async () => {
    for (const redirects of [[], ['/welcome'], ['https://app.example.com']]) {
      await using house = await openSignUp({ redirects })
      const { status, headers } = await house.get(await mailedLink(house))
      assert.deepEqual([status, headers.get('location')], [302, '/'], JSON.stringify(redirects))
    }
  })

  it('goes nowhere for an empty redirect', async () => {
    await using house = await openSignUp()
    assert.equal(
      (await confirm(house, { uid: '1', token: await mailedToken(house), redirect: '' })).status,
      204,
    )
  })

  it('refuses a wrong token, and with it the redirect', async () => {
    await using house = await openSignUp()
    for (const redirect of ['', '/']) {
      const { status, headers, body } = await confirm(house, { uid: '1', token: 'wrong', redirect })
      assert.deepEqual([status, headers.get('location')], [400, null])
      assert.deepEqual(body, {
        error: { statusCode: 400, name: 'Error', message: 'Invalid token: wrong', code: 'INVALID_TOKEN' },
      })
    }
    assert.equal((await confirm(house, { uid: '1', token: await mailedToken(house) })).status, 204)
  })

  it('takes a token once', async () => {
    await using house = await openSignUp()
    const query = { uid: '1', token: await mailedToken(house) }
    await confirm(house, query)
    const again = await confirm(house, query)
    assert.partialDeepStrictEqual(again, { status: 400, body: { error: { code: 'INVALID_TOKEN' } } })
  })

  it('takes a token once, however many come with it together', async () => {
    await using house = await openSignUp()
    const query = { uid: '1', token: await mailedToken(house) }
    const replies = await Promise.all(Array.from({ length: 10 }, () => confirm(house, query)))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, ...Array(9).fill(400)])
  })

  it('refuses a token a day old, to the second', async () => {
    await using house = await openHouse(required)
    house.now = new Date('2026-01-01T00:00:00Z')
    for (const name of ['early@bar.com', 'late@bar.com'])
      await house.post('/users', { email: name, password })
    const mails = await house.mails(2)
    const linkTo = (name: string) => linkIn(mails.find((mail) => mail.includes(`To: ${name}`)) ?? '')
    house.now = new Date('2026-01-01T23:59:59.999Z')
    assert.equal((await house.get(linkTo('early@bar.com'))).status, 302)
    house.now = new Date('2026-01-02T00:00:00Z')
    const late = await house.get(linkTo('late@bar.com'))
    assert.partialDeepStrictEqual(late, { status: 400, body: { error: { code: 'INVALID_TOKEN' } } })
  })

  it('does not know a user there is none of', async () => {
    await using house = await openSignUp()
    const token = await mailedToken(house)
    for (const uid of ['99', '01', '1.0', '-1', 'true', 'foo']) {
      const { body } = await confirm(house, { uid, token })
      assert.deepEqual(body, {
        error: { statusCode: 404, name: 'Error', message: `User not found: ${uid}`, code: 'USER_NOT_FOUND' },
      })
    }
    assert.equal((await confirm(house, { uid: '1', token })).status, 204)
  })

  it('wants to know who, and by which token', async () => {
    await using house = await openHouse()
    const refused: [query: string, message: string][] = [
      ['', 'uid is a required argument'],
      ['?token=x', 'uid is a required argument'],
      ['?uid=&token=x', 'uid is a required argument'],
      ['?uid=1', 'token is a required argument'],
      ['?uid=1&token=', 'token is a required argument'],
      ['?uid[a]=1&token=x', 'Value is not a string.'],
      ['?uid=1&token=x&token=y', 'Value is not a string.'],
    ]
    for (const [query, message] of refused) {
      const reply = await house.get(`/users/confirm${query}`)
      assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { message } } }, query)
    }
  })

  it('explains in a page, to whoever follows the link with a browser, that it is no longer good', async () => {
    await using house = await openSignUp()
    const link = await mailedLink(house)
    await house.get(link)
    const { status, headers, body } = await house.get(link, { headers: { accept: 'text/html,*/*;q=0.8' } })
    assert.equal(status, 400)
    assert.match(headers.get('content-type') ?? '', /^text\/html/)
    assert.match(body, /This link is no longer good/)
  })

  it('confirms nothing when a link is merely looked at', async () => {
    await using house = await openSignUp()
    const link = await mailedLink(house)
    for (const method of ['HEAD', 'OPTIONS']) {
      const { status, headers } = await house.request(method, link)
      assert.ok(status >= 400, `${method} got ${status}`)
      assert.equal(headers.get('set-cookie'), null)
    }
    assert.equal((await house.post('/users/login', { email, password })).status, 401)
    assert.equal((await house.get(link)).status, 302)
  })

  it('gives nobody a session', async () => {
    await using house = await openSignUp()
    const { headers, body } = await house.get(await mailedLink(house))
    assert.equal(body, undefined)
    assert.match(headers.get('set-cookie') ?? '', /^latchkey_confirmed=1;/)
    assert.deepEqual(await house.latchkey.tokens.list(1), [])
  })
})

describe('a verification token', () => {
  it('is good for its own user only, and is not used up by a try with another', async () => {
    await using house = await openHouse(required)
    for (const name of ['anna@bar.com', 'bert@bar.com']) await house.post('/users', { email: name, password })
    const mails = await house.mails(2)
    const annas = tokenOf(mails.find((mail) => mail.includes('To: anna@bar.com')) ?? '')
    assert.equal((await confirm(house, { uid: '2', token: annas })).status, 400)
    assert.equal((await house.post('/users/login', { email: 'bert@bar.com', password })).status, 401)
    assert.equal((await confirm(house, { uid: '1', token: annas })).status, 204)
  })

  it('is good in its own realm only, where somebody has the same address in another', async () => {
    const user = { ...required.user, realmRequired: true, realmDelimiter: ':' }
    await using house = await openHouse({ user })
    await house.post('/users', { realm: 'north', email, password })
    const northern = await mailedToken(house)
    await house.post('/users', { realm: 'south', email, password })
    assert.equal((await confirm(house, { uid: '2', token: northern })).status, 400)
    assert.equal((await confirm(house, { uid: '1', token: northern })).status, 204)
  })

  it('proves the address it was mailed to, and no later one', async () => {
    await using house = await openSignUp()
    const old = await mailedToken(house)
    await house.put('/users/1', { email: 'new@bar.com' }, { token: await house.adminToken() })
    const mails = await house.mails(3)
    const second = mails.find((mail) => /^To: new@bar\.com\r$/m.test(mail)) ?? ''
    assert.equal((await confirm(house, { uid: '1', token: old })).status, 400)
    assert.equal((await confirm(house, { uid: '1', token: tokenOf(second) })).status, 204)
    await house.login('new@bar.com')
  })

  it('does not prove an address again after it was given up and taken back', async () => {
    await using house = await openSignUp()
    const old = await mailedToken(house)
    const admin = { token: await house.adminToken() }
    await house.put('/users/1', { email: 'new@bar.com' }, admin)
    await house.put('/users/1', { email }, admin)
    assert.equal((await confirm(house, { uid: '1', token: old })).status, 400)
  })

  it('is neither an access token nor a reset token', async () => {
    await using house = await openSignUp()
    const token = await mailedToken(house)
    assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.post('/users/reset-password', { newPassword: 'x' }, { token })).status, 401)
    const { id: session } = await house.latchkey.tokens.create(1)
    assert.equal((await confirm(house, { uid: '1', token: session })).status, 400)
  })
})

describe('redirect at confirmation', () => {
  const allowed: [redirects: string[], redirect: string][] = [
    [['/'], '/'],
    [['/'], '/welcome?from=mail#top'],
    [['/'], `${publicUrl}/welcome`],
    [['/welcome'], '/welcome'],
    [['/welcome'], '/welcome/friend'],
    [['/welcome/'], '/welcome/friend'],
    [['https://app.example.com'], 'https://app.example.com/a/b?c=d'],
    [['https://app.example.com'], 'https://app.example.com'],
    [['https://app.example.com'], 'HTTPS://APP.example.com:443/'],
    [['http://localhost:5173'], 'http://localhost:5173/done'],
  ]
  for (const [redirects, redirect] of allowed) {
    it(`may be ${redirect} where ${redirects} is listed, and is sent on as it is`, async () => {
      await using house = await openSignUp({ redirects, server: { publicUrl } })
      const reply = await confirm(house, { uid: '1', token: await mailedToken(house), redirect })
      assert.deepEqual([reply.status, reply.headers.get('location')], [302, redirect])
    })
  }

  it('is refused before the token is used wherever it leads off the list', async () => {
    const redirects = ['/welcome', 'https://app.example.com']
    await using house = await openSignUp({ redirects, server: { publicUrl } })
    const token = await mailedToken(house)
    const elsewhere = [
      'https://evil.example',
      'https://evil.example/welcome',
      'http://app.example.com/',
      'https://app.example.com:8443/',
      'https://app.example.com.evil.example/',
      'https://app.example.community/',
      'https://evil.example/https://app.example.com/',
      'https://app.example.com@evil.example/',
      'https://foo:bar@app.example.com/',
      'https://app.example.com\\@evil.example/',
      'https://evil.example\\.app.example.com/',
      'https:evil.example',
      'https:/evil.example',
      'https:app.example.com',
      'https://',
      '//evil.example',
      '//app.example.com',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '\\/evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      '\t//evil.example',
      ' //evil.example',
      ' /welcome',
      '/welcome\r\nSet-Cookie: a=b',
      '/./\\evil.example',
      '/.//evil.example',
      '/%2e//evil.example',
      '/welcome/..//evil.example',
      '/welcome/../admin',
      '/welcome/%2e%2e/admin',
      '/welcome%2f..%2fadmin',
      '/welcomes',
      '/Welcome',
      'welcome',
      '?welcome',
      '#welcome',
      'evil.example',
      'javascript:alert(1)',
      'JavaScript:alert(1)//',
      'data:text/html,hello',
      'file:///etc/passwd',
      'ftp://app.example.com/',
      'blob:https://app.example.com/1',
      `${publicUrl}/admin`,
    ]
    for (const redirect of elsewhere) {
      const { status, headers, body } = await confirm(house, { uid: '1', token, redirect })
      assert.deepEqual(
        [status, body?.error.code, headers.get('location'), headers.get('set-cookie')],
        [400, 'REDIRECT_NOT_ALLOWED', null, null],
        JSON.stringify(redirect),
      )
    }
    assert.equal((await confirm(house, { uid: '1', token, redirect: '/welcome' })).status, 302)
  })

  it('never leads off the house where every path of it is allowed', async () => {
    await using house = await openSignUp({ server: { publicUrl } })
    const token = await mailedToken(house)
    for (const redirect of [
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
      '/..//evil.example',
      '/a/..//evil.example',
      '/%2e%2e//evil.example',
    ]) {
      const { status } = await confirm(house, { uid: '1', token, redirect })
      assert.equal(status, 400, JSON.stringify(redirect))
    }
  })

  it('is sent in a form a header can carry', async () => {
    await using house = await openSignUp({ server: { publicUrl } })
    const token = await mailedToken(house)
    const { status, headers } = await confirm(house, { uid: '1', token, redirect: '/grüße an dich?ja=süß#ü' })
    assert.equal(status, 302)
    assert.equal(headers.get('location'), '/gr%C3%BC%C3%9Fe%20an%20dich?ja=s%C3%BC%C3%9F#%C3%BC')
  })

  it('is refused when it is given twice, or as an object', async () => {
    await using house = await openSignUp()
    const token = await mailedToken(house)
    for (const query of ['redirect=/&redirect=/', 'redirect[]=/', 'redirect[a]=/']) {
      const reply = await house.get(`/users/confirm?uid=1&token=${token}&${query}`)
      assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'REDIRECT_NOT_ALLOWED' } } })
    }
    assert.equal((await confirm(house, { uid: '1', token })).status, 204)
  })
})

/** A house where addresses must be confirmed, and somebody (1) who has just signed up. */
async function openSignUp(options: LatchkeyOptions = {}): Promise<House> {
  const house = await openHouse({ ...options, ...required })
  await house.post('/users', { email, password })
  return house
}

async function mailedLink(house: House): Promise<string> {
  return linkIn((await house.mails(1))[0] ?? '')
}

async function mailedToken(house: House): Promise<string> {
  return tokenOf((await house.mails(1))[0] ?? '')
}

function tokenOf(mail: string): string {
  return new URL(linkIn(mail)).searchParams.get('token') ?? ''
}

function confirm(house: House, query: Record<string, string>) {
  return house.get(`/users/confirm?${new URLSearchParams(query)}`)
}
