import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { UserOptions } from '../../src/index.ts'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

const email = 'anna.smith@example.com'
const policy = { passwordPolicy: { minLength: 8 } }

const signUp = (house: House, secret: string, more: object = {}) =>
  house.post('/users', { email, password: secret, ...more })

function assertRefused({ status, body }: Reply, code: string): void {
  assert.deepEqual({ status, code: body?.error?.code }, { status: 422, code })
}

describe('a policy for passwords', () => {
  it('is none by default: the password of the documentation’s example will do', async () => {
    await using house = await openHouse()
    assert.equal((await signUp(house, 'bar')).status, 200)
    await house.login(email, 'bar')
  })

  it('asks for 15 characters where it does not say how many, and tells how many there were', async () => {
    await using house = await openHouse({ user: { passwordPolicy: {} } })
    const reply = await signUp(house, 'tulip anvil ha')
    assertRefused(reply, 'PASSWORD_TOO_SHORT')
    assert.match(reply.body.error.message, /at least 15 characters \(entered 14\)/)
    assert.equal((await signUp(house, 'tulip anvil har')).status, 200)
  })

  it('counts characters as people do, after normalisation', async () => {
    await using house = await openHouse({ user: policy })
    // Seven of four bytes each; and eight that are fifteen until their accents are joined to them.
    assertRefused(await signUp(house, '🌷🔨🚢🌷🔨🌷🌷'), 'PASSWORD_TOO_SHORT')
    assertRefused(
      await signUp(house, 'o\u0308u\u0308a\u0308e\u0301i\u0301o\u0301u\u0301'),
      'PASSWORD_TOO_SHORT',
    )
    assert.equal((await signUp(house, '🌷🔨🚢🌷🔨🌷🌷🚢')).status, 200)
  })

  it('asks for no kinds of characters', async () => {
    await using house = await openHouse({ user: policy })
    for (const [index, secret] of ['nurikabes', '83920175649', 'ÄÖÜßÄÖÜ!', '        x'].entries())
      assert.equal((await signUp(house, secret, { email: `${index}@x.org` })).status, 200, secret)
  })

  for (const [what, secret] of [
    ['is common', 'password1'],
    ['is common but for its letter case', 'PassWord1'],
    ['is common but for how it is typed', 'ｐａｓｓｗｏｒｄ１'],
    ['is a common one twice', 'monkeymonkey'],
    ['is a common one until it is long enough', '123456789012345678901'],
    ['is one letter again and again', 'zzzzzzzzzzzzzzz'],
    ['is a few letters again and again', 'xq7xq7xq7xq7xq'],
  ]) {
    it(`refuses what ${what}`, async () => {
      await using house = await openHouse({ user: policy })
      assertRefused(await signUp(house, secret as string), 'PASSWORD_TOO_COMMON')
    })
  }

  for (const [what, secret] of [
    ['the address', email],
    ['the address in capitals', email.toUpperCase()],
    ['a part of the address with a little beside it', 'smith-2026'],
    ['the whole name with a year', 'AnnaSmith2026!'],
    ['the username', 'flying.dutchman'],
    ['the username with a number', 'dutchman12345'],
    ['the name of the host', 'accounts.tulips.test'],
    ['a word of that', 'Tulips12345'],
  ]) {
    it(`refuses what is ${what}`, async () => {
      await using house = await openHouse({
        server: { publicUrl: 'https://accounts.tulips.test' },
        user: policy,
      })
      assertRefused(
        await signUp(house, secret as string, { username: 'flying.dutchman' }),
        'PASSWORD_TOO_PERSONAL',
      )
    })
  }

  it('leaves alone a long password in which one’s own name happens to be', async () => {
    await using house = await openHouse({ user: policy })
    assert.equal((await signUp(house, 'a locksmith and two owls')).status, 200)
  })

  it('asks for nothing but the length without a blocklist', async () => {
    await using house = await openHouse({ user: { passwordPolicy: { minLength: 8, blocklist: false } } })
    assert.equal((await signUp(house, 'password1')).status, 200)
    assert.equal((await signUp(house, 'b@example.com', { email: 'b@example.com' })).status, 200)
  })

  it('holds for every account of a list', async () => {
    await using house = await openHouse({ user: policy })
    const reply = await house.post('/users', [
      { email, password },
      { email: 'b@example.com', password: 'short' },
    ])
    assert.equal(reply.status, 422)
    assert.equal(reply.body.error.details[0], null)
    assert.equal(reply.body.error.details[1].code, 'PASSWORD_TOO_SHORT')
  })

  it('holds when a password is changed, after the old one was asked for', async () => {
    await using house = await openHouse({ user: policy }, [email])
    const token = await house.login(email)
    const change = (oldPassword: string, newPassword: string) =>
      house.post('/users/change-password', { oldPassword, newPassword }, { token })
    assertRefused(await change(password, 'password1'), 'PASSWORD_TOO_COMMON')
    assertRefused(await change(password, 'AnnaSmith2026!'), 'PASSWORD_TOO_PERSONAL')
    assert.equal((await change('wrong', 'password1')).status, 400)
    assert.equal((await change(password, 'tulip anvil')).status, 204)
  })

  it('holds when a password is set by a mailed token, which stays good', async () => {
    await using house = await openHouse({ user: policy }, [email])
    const token = await resetToken(house)
    const set = (newPassword: string) => house.post('/users/reset-password', { newPassword }, { token })
    assertRefused(await set('short'), 'PASSWORD_TOO_SHORT')
    assertRefused(await set('AnnaSmith2026!'), 'PASSWORD_TOO_PERSONAL')
    assert.equal((await set('tulip anvil')).status, 204)
  })

  it('holds where PUT may change a password, with the names the account has then', async () => {
    await using house = await openHouse(
      { user: { ...policy, rejectPasswordChangesViaPatchOrReplace: false } },
      [email],
    )
    const sent = { token: await house.login(email) }
    const put = (body: object) => house.put('/users/1', body, sent)
    assertRefused(await put({ password: 'short' }), 'PASSWORD_TOO_SHORT')
    assertRefused(await put({ password: 'AnnaSmith2026!' }), 'PASSWORD_TOO_PERSONAL')
    assertRefused(await put({ username: 'dutchman', password: 'dutchman123' }), 'PASSWORD_TOO_PERSONAL')
    assert.equal((await put({ password: 'tulip anvil' })).status, 200)
  })

  it('holds for the application and the operator too', async () => {
    await using house = await openHouse({ user: policy }, [email])
    const { users } = house.latchkey
    await assert.rejects(users.create({ email: 'b@example.com', password: 'short' }), {
      code: 'PASSWORD_TOO_SHORT',
    })
  })

  it('is not asked at login: a password from before it opens the door', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const database = { url: `sqlite:${join(directory.path, 'latchkey.db')}` }
    {
      await using before = await openHouse({ database })
      await signUp(before, 'bar')
    }
    await using house = await openHouse({ database, user: policy })
    await house.login(email, 'bar')
  })

  it('is told on the page where a password is chosen, before and after', async () => {
    await using house = await openHouse({ user: policy }, [email])
    const token = await resetToken(house)
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
    const page = await house.get('/users/reset-password', { token, headers })
    assert.match(page.body, /id="hint"[^>]*>At least 8 characters\./)
    for (const [secret, sentence] of [
      ['short', 'At least 8 characters.'],
      ['password1', 'That is one of the passwords everybody tries first.'],
      ['AnnaSmith2026!', 'That is little more than your address'],
    ] as const) {
      const body = new URLSearchParams({ newPassword: secret }).toString()
      const reply = await house.post('/users/reset-password', body, { token, headers })
      assert.equal(reply.status, 422)
      assert.match(reply.body, new RegExp(`id="problem"[^>]*>${sentence}`))
    }
  })
})

describe('the check for breaches', () => {
  const known = 'tulip anvil harbour'

  it('sends five digits of a digest and nothing else, and asks for padding', async () => {
    await using service = await openService(({ response }) => void response.end(''))
    await using house = await openHouse({ user: checkedBy(service) })
    await signUp(house, known)
    const [request, ...others] = service.requests
    assert.deepEqual(others, [])
    assert.equal(request?.url, `/range/${sha1(known).slice(0, 5)}`)
    assert.equal(request?.headers['add-padding'], 'true')
    assert.equal(JSON.stringify(request?.headers).includes('anna'), false)
  })

  it('refuses what the service knows, and not what merely pads its answer', async () => {
    let times = 3
    await using service = await openService(({ response }) => {
      response.end(`${'0'.repeat(35)}:7\r\n${sha1(known).slice(5)}:${times}\r\n${'F'.repeat(35)}:0`)
    })
    await using house = await openHouse({ user: checkedBy(service) })
    assertRefused(await signUp(house, known), 'PASSWORD_BREACHED')
    assert.equal((await signUp(house, 'anvil harbour tulip')).status, 200)
    times = 0
    assert.equal((await signUp(house, known, { email: 'b@example.com' })).status, 200)
  })

  for (const [what, answer] of [
    ['hangs up', ({ response }: Asked) => void response.destroy()],
    ['says nothing', () => {}],
    ['answers that it is out of order', ({ response }: Asked) => void response.writeHead(503).end()],
    ['sends us elsewhere', ({ response }: Asked) => void response.writeHead(302, { location: '/' }).end()],
    [
      'answers without an end',
      ({ response }: Asked) =>
        void setImmediate(function pour() {
          if (response.write('0'.repeat(100_000)) || !response.destroyed) setImmediate(pour)
        }),
    ],
  ] as const) {
    it(`takes the password when the service ${what}, says so, and leaves it alone for a while`, async () => {
      await using service = await openService(answer)
      await using house = await openHouse({ user: checkedBy(service) })
      assert.equal((await signUp(house, known)).status, 200)
      assert.equal((await signUp(house, known, { email: 'b@example.com' })).status, 200)
      assert.equal(service.requests.length, 1)
      const told = house.logs.filter(({ message }) => /breach check failed/.test(message))
      assert.equal(told.length, 1)
      assert.equal(JSON.stringify(told).includes(sha1(known).slice(0, 5)), false)
    })
  }

  it('is not made for a password that is refused anyway, nor at login', async () => {
    await using service = await openService(({ response }) => void response.end(''))
    await using house = await openHouse({ user: checkedBy(service) }, [email])
    const before = service.requests.length
    await signUp(house, 'short')
    await signUp(house, 'password1')
    await signUp(house, 'AnnaSmith2026!')
    await house.login(email)
    assert.equal(service.requests.length, before)
  })
})

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

interface Service extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly IncomingMessage[]
}

const checkedBy = ({ url }: Service): UserOptions => ({
  passwordPolicy: { minLength: 8, breachCheck: `${url}/range/` },
})

/** A service on a free port that answers as it is told. */
async function openService(answer: (asked: Asked) => void): Promise<Service> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.on('error', () => {})
    answer({ request, response })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex').toUpperCase()
}

async function resetToken(house: House): Promise<string> {
  await house.post('/users/reset', { email })
  const [mail] = (await house.mails(1)).slice(-1)
  return new URL(linkIn(mail as string)).searchParams.get('access_token') as string
}
