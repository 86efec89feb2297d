import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LatchkeyOptions } from '../../src/index.ts'
import { type House, itRouting, linkIn, openHouse, password, type Reply } from '../open-house.ts'
import { openSchema } from '../postgres/schema.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'
/** We stand behind a proxy, so that a test can come from anywhere. */
const behindProxy = { server: { trustProxy: 'loopback' } }
const minute = 60_000

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
const login = (house: House, email: string, secret: string, address: string): Promise<Reply> =>
  house.post('/users/login', { email, password: secret }, from(address))

/** An address nobody has come from before. */
let strangers = 0
const stranger = () => `203.0.${++strangers >> 8}.${strangers & 255}`

/** Wrong guesses, each from somewhere else, until one is refused unjudged. @returns their statuses */
async function hammer(house: House, email = anna): Promise<Reply[]> {
  const replies: Reply[] = []
  while (replies.at(-1)?.status !== 429) {
    assert.ok(replies.length < 100, 'nobody stops me')
    replies.push(await login(house, email, 'wrong', stranger()))
  }
  return replies
}

function letTimePass(house: House, ms: number): void {
  house.now = new Date((house.now ?? new Date()).getTime() + ms)
}

describe('guessing at one account from everywhere', () => {
  it('is refused after ten failures with 429 and the time to wait', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    const replies = await hammer(house)
    const refused = replies.pop()
    assert.deepEqual(
      replies.map(({ status }) => status),
      Array(10).fill(401),
    )
    assert.equal(refused?.headers.get('retry-after'), '5')
    assert.deepEqual(refused?.body.error, {
      statusCode: 429,
      name: 'Error',
      message: 'Too many attempts; try again later',
      code: 'TOO_MANY_ATTEMPTS',
    })
  })

  it('is refused with the right password, too, and before that is even looked at', {
    timeout: 30_000,
  }, async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const path = join(folder.path, 'latchkey.db')
    await using house = await openHouse({ ...behindProxy, database: { url: `sqlite:${path}` } }, [anna])
    house.now = new Date()
    await hammer(house)
    // To compare with this hash takes minutes.
    using database = new DatabaseSync(path, { timeout: 5_000 })
    database.prepare('update users set password_hash = ?').run(`$2b$21$${'.'.repeat(53)}`)
    assert.equal((await login(house, anna, password, stranger())).status, 429)
  })

  it('must wait longer after every further failure, and never gets a hundred judged in an hour', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    const end = house.now.getTime() + 60 * minute
    const waits: number[] = []
    let judged = 0
    while (house.now.getTime() < end) {
      const { status, headers } = await login(house, anna, 'wrong', stranger())
      if (status === 401) judged++
      const wait = Number(headers.get('retry-after') ?? 0)
      if (status === 429) waits.push(wait)
      letTimePass(house, wait * 1_000)
    }
    assert.deepEqual(waits.slice(0, 6), [5, 10, 20, 40, 80, 160])
    assert.ok(judged <= 100, `${judged} were judged`)
  })

  it('is refused no differently where nobody has that account', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    const told = async (email: string) =>
      (await hammer(house, email)).map(({ status, body, headers }) => [
        status,
        body,
        headers.get('retry-after'),
      ])
    assert.deepEqual(await told('nobody@example.com'), await told(anna))
  })

  it('counts one account however its address is spelt', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { login: { delayAfter: 3 } } }, [anna])
    house.now = new Date()
    const statuses: number[] = []
    for (const email of ['Anna@example.com', 'anna@EXAMPLE.com', 'ANNA@example.com', anna]) {
      statuses.push((await login(house, email, 'wrong', stranger())).status)
    }
    assert.deepEqual(statuses, [401, 401, 401, 429])
  })

  itRouting('counts one endpoint however its path is spelt', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { login: { delayAfter: 3 } } }, [anna])
    house.now = new Date()
    const statuses: number[] = []
    for (const path of ['/users/login/', '//users//login', '/USERS/Login', '/users/login'])
      statuses.push((await house.post(path, { email: anna, password: 'wrong' }, from(stranger()))).status)
    assert.deepEqual(statuses, [401, 401, 401, 429])
  })

  it('does not get through by guessing all at once', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    const guesses = Array.from({ length: 60 }, () => login(house, anna, 'wrong', stranger()))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 401).length, 10)
    assert.equal(statuses.filter((status) => status === 429).length, 50)
  })

  it('lets the owner in from an address they have logged in from, and leaves the guesser where they are', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    assert.equal((await login(house, anna, password, '192.0.2.1')).status, 200)
    await hammer(house)
    assert.equal((await login(house, anna, 'a typing error', '192.0.2.1')).status, 401)
    assert.equal((await login(house, anna, password, '192.0.2.1')).status, 200)
    assert.equal((await login(house, anna, password, stranger())).status, 429)
  })

  it('from the owner’s own address uses up that, and a right password starts it anew', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { login: { delayAfter: 3 } } }, [anna])
    house.now = new Date()
    const tryAll = async (secrets: readonly string[]) => {
      const statuses: number[] = []
      for (const secret of secrets) statuses.push((await login(house, anna, secret, '192.0.2.1')).status)
      return statuses
    }
    assert.deepEqual(
      await tryAll([password, 'wrong', 'wrong', password, 'wrong', 'wrong', password]),
      [200, 401, 401, 200, 401, 401, 200],
    )
    assert.deepEqual(await tryAll(['wrong', 'wrong', 'wrong', password]), [401, 401, 401, 429])
    // Everybody else is at the beginning.
    assert.equal((await login(house, anna, password, stranger())).status, 200)
  })

  it('stops at the limit of the account, by whomever', async () => {
    const rateLimit = { login: { account: 4, delayAfter: 100 } }
    await using house = await openHouse({ ...behindProxy, rateLimit }, [anna])
    assert.equal((await login(house, anna, password, '192.0.2.1')).status, 200)
    assert.equal((await hammer(house)).length, 5)
    assert.equal((await login(house, anna, password, '192.0.2.1')).status, 429)
  })

  it('keeps nobody out for good: an hour after the first failure all is forgotten', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    await hammer(house)
    letTimePass(house, 60 * minute)
    assert.equal((await login(house, anna, password, stranger())).status, 200)
  })

  it('keeps nobody out who reads the account’s mail, from wherever they set a new password', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    await hammer(house)
    await house.post('/users/reset', { email: anna }, from('192.0.2.9'))
    const token = new URL(linkIn((await house.mails(1))[0] ?? '')).searchParams.get('access_token')
    const newPassword = 'a new one, by mail'
    const reply = await house.post(
      '/users/reset-password',
      { newPassword },
      {
        token: token ?? '',
        ...from('192.0.2.9'),
      },
    )
    assert.equal(reply.status, 204)
    assert.equal((await login(house, anna, newPassword, stranger())).status, 429)
    assert.equal((await login(house, anna, newPassword, '192.0.2.9')).status, 200)
  })

  it('ends when the operator unlocks the account', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    await hammer(house)
    await house.latchkey.users.unlock(1)
    assert.equal((await login(house, anna, password, stranger())).status, 200)
    await assert.rejects(house.latchkey.users.unlock(2), { id: 'INSTANCE_NOT_FOUND' })
  })
})

describe('guessing from one address', () => {
  const rateLimit = { login: { address: 3 } }
  /** Wrong guesses, each at another account. @returns the statuses */
  async function spray(house: House, ...addresses: string[]): Promise<number[]> {
    const statuses: number[] = []
    for (const address of addresses)
      statuses.push((await login(house, `nobody${++strangers}@example.com`, 'wrong', address)).status)
    return statuses
  }

  it('is refused after so many failures, at whichever accounts, and elsewhere it is not', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit }, [anna])
    const address = '198.51.100.1'
    assert.deepEqual(await spray(house, address, address, address, address), [401, 401, 401, 429])
    const { status, headers } = await login(house, anna, password, address)
    assert.equal(status, 429)
    assert.match(headers.get('retry-after') ?? '', /^(3[56]\d\d)$/)
    assert.equal((await login(house, anna, password, '198.51.100.2')).status, 200)
  })

  it('goes a hundred failures far by default', async () => {
    await using house = await openHouse(behindProxy, [anna])
    const guesses = Array.from({ length: 130 }, () => spray(house, '198.51.100.1'))
    const statuses = (await Promise.all(guesses)).flat()
    assert.equal(statuses.filter((status) => status === 401).length, 100)
    assert.equal(statuses.filter((status) => status === 429).length, 30)
  })

  it('is not made good by logging in to an account of one’s own', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit }, [anna])
    const address = '198.51.100.1'
    assert.deepEqual(await spray(house, address, address), [401, 401])
    assert.equal((await login(house, anna, password, address)).status, 200)
    assert.deepEqual(await spray(house, address, address), [401, 429])
  })

  it('keeps out nobody who has logged in from there before', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit }, [anna, bert])
    const address = '198.51.100.1'
    assert.equal((await login(house, anna, password, address)).status, 200)
    assert.deepEqual(await spray(house, address, address, address, address), [401, 401, 401, 429])
    assert.equal((await login(house, bert, password, address)).status, 429)
    assert.equal((await login(house, anna, password, address)).status, 200)
  })

  it('counts what only looks like several addresses as one', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit })
    const oneNetwork = ['2001:db8:1:2::1', '2001:DB8:1:2:0:0:0:2', '2001:db8:1:2:ffff:ffff:ffff:ffff']
    assert.deepEqual(
      await spray(house, ...oneNetwork, '2001:db8:1:2:3::', '2001:db8:1:3::1'),
      [401, 401, 401, 429, 401],
    )
    const mapped = ['::ffff:192.0.2.7', '::ffff:c000:207', '192.0.2.7', '::FFFF:192.0.2.7', '192.0.2.8']
    assert.deepEqual(await spray(house, ...mapped), [401, 401, 401, 429, 401])
    // As some proxies write it.
    const ports = [
      '192.0.2.9:50000',
      '192.0.2.9:50001',
      '192.0.2.9',
      '192.0.2.9:50003',
      '[2001:db8::9]:50000',
    ]
    assert.deepEqual(await spray(house, ...ports), [401, 401, 401, 429, 401])
  })

  it('refuses nobody who is right, however many come at once', async () => {
    const people = Array.from({ length: 8 }, (_, index) => `person${index}@example.com`)
    await using house = await openHouse({ ...behindProxy, rateLimit: { login: { address: 40 } } }, people)
    const logins = people.flatMap((email) =>
      Array.from({ length: 10 }, () => login(house, email, password, '198.51.100.1')),
    )
    for (const { status } of await Promise.all(logins)) assert.equal(status, 200)
  })

  it('takes no word for it from whoever is no proxy of ours, and says so once', async () => {
    await using house = await openHouse({ rateLimit })
    assert.deepEqual(
      await spray(house, '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'),
      [401, 401, 401, 429],
    )
    const warnings = house.logs.filter(({ message }) => message.includes('X-Forwarded-For'))
    assert.deepEqual(
      warnings.map(({ level }) => level),
      ['warn'],
    )
  })

  it('does not count those together of whom no address is known', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    await using house = await openHouse({ rateLimit })
    const server = createHttpServer(house.latchkey.handler).listen(join(folder.path, 'socket'))
    const guess = (email: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'content-type': 'application/json' }
        const path = '/api/users/login'
        httpRequest(
          { socketPath: join(folder.path, 'socket'), path, method: 'POST', headers },
          (response) => {
            response.resume()
            resolve(response.statusCode)
          },
        )
          .once('error', reject)
          .end(JSON.stringify({ email, password: 'wrong' }))
      })
    for (let number = 0; number < 6; number++) assert.equal(await guess(`nobody${number}@example.com`), 401)
    server.close()
    server.closeAllConnections()
  })
})

/** Databases that two houses can share. */
const places: Readonly<Record<string, () => Promise<{ readonly url: string } & AsyncDisposable>>> = {
  async SQLite() {
    const folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    return {
      url: `sqlite:${join(folder.path, 'latchkey.db')}`,
      [Symbol.asyncDispose]: async () => folder.remove(),
    }
  },
  PostgreSQL: openSchema,
}

describe('the limits', () => {
  for (const [engine, place] of Object.entries(places)) {
    it(`hold across processes and restarts, on ${engine}`, async () => {
      await using database = await place()
      const options = { ...behindProxy, database: { url: database.url } }
      await using one = await openHouse(options, [anna])
      {
        await using other = await openHouse(options)
        for (let number = 0; number < 5; number++) {
          for (const house of [one, other])
            assert.equal((await login(house, anna, 'wrong', stranger())).status, 401)
        }
        for (const house of [one, other])
          assert.equal((await login(house, anna, password, stranger())).status, 429)
        const guesses = [one, other].flatMap((house) =>
          Array.from({ length: 20 }, () => login(house, 'nobody@example.com', 'wrong', stranger())),
        )
        const statuses = (await Promise.all(guesses)).map(({ status }) => status)
        assert.ok(statuses.filter((status) => status === 401).length <= 10)
      }
      await using again = await openHouse(options)
      assert.equal((await login(again, anna, password, stranger())).status, 429)
    })
  }

  it('are switched off one by one, or all together', async () => {
    for (const rateLimit of [false, { login: false }] as const) {
      await using house = await openHouse({ ...behindProxy, rateLimit }, [anna])
      for (let number = 0; number < 15; number++)
        assert.equal((await login(house, anna, 'wrong', '192.0.2.1')).status, 401)
      assert.equal((await login(house, anna, password, '192.0.2.1')).status, 200)
    }
  })

  for (const compatibility of ['loopback3', 'loopback2'] as const) {
    it(`bind in ${compatibility} as well`, async () => {
      await using house = await openHouse({ ...behindProxy, compatibility }, [anna])
      house.now = new Date()
      const { status, body, headers } = (await hammer(house)).at(-1) as Reply
      assert.deepEqual([status, body.error.code, headers.get('retry-after')], [429, 'TOO_MANY_ATTEMPTS', '5'])
    })
  }

  it('tell listeners each time, and the log once a minute, who was refused where', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { login: { address: 1 } } }, [anna])
    house.now = new Date()
    const told: unknown[] = []
    house.latchkey.on('loginFailed', (event) => told.push(['loginFailed', event]))
    house.latchkey.on('throttled', (event) => told.push(['throttled', event]))
    for (let number = 0; number < 3; number++) await login(house, anna, 'wrong', '192.0.2.1')
    const about = { email: anna, username: undefined, address: '192.0.2.1' }
    assert.deepEqual(told, [
      ['loginFailed', { ...about, userId: 1 }],
      ['throttled', { ...about, limit: 'login' }],
      ['throttled', { ...about, limit: 'login' }],
    ])
    const lines = () => house.logs.filter(({ fields }) => 'event' in fields && fields.event === 'throttled')
    assert.equal(lines().length, 1)
    assert.partialDeepStrictEqual(lines()[0], {
      level: 'warn',
      fields: { limit: 'login', address: '192.0.2.1' },
    })
    letTimePass(house, minute)
    await login(house, anna, 'wrong', '192.0.2.1')
    assert.equal(lines().length, 2)
  })
})

/** One request of a kind, from one address. */
type Ask = (house: House, number: number) => Promise<Reply>

const here = from('192.0.2.1')
/** Each limit by address, what asks for it, what it is answered, and whether only failures count. */
const asks: readonly [keyof Exclude<LatchkeyOptions['rateLimit'], false | undefined>, Ask, status: number][] =
  [
    ['signUp', (house, n) => house.post('/users', { email: `new${n}@example.com`, password }, here), 200],
    ['signUp', (house) => house.post('/users', { email: anna, password }, here), 422],
    ['reset', (house, n) => house.post('/users/reset', { email: `nobody${n}@example.com` }, here), 200],
    ['verify', (house, n) => house.post('/users/verify', { email: `nobody${n}@example.com` }, here), 204],
    ['confirm', (house) => house.get('/users/confirm?uid=1&token=wrong', here), 400],
    ['confirm', (house) => house.post('/users/undo-email-change?uid=1&token=wrong', undefined, here), 400],
    [
      'resetPassword',
      (house) => house.post('/users/reset-password', { newPassword: 'x' }, { ...here, token: 'wrong' }),
      401,
    ],
  ]

describe('one address', () => {
  for (const [index, [name, ask, status]] of asks.entries()) {
    it(`may do what rateLimit.${name} counts only so often (${index + 1})`, async () => {
      await using house = await openHouse({ ...behindProxy, rateLimit: { [name]: { address: 3 } } }, [anna])
      house.now = new Date()
      const replies: Reply[] = []
      for (let number = 0; number < 4; number++) replies.push(await ask(house, number))
      assert.deepEqual(
        replies.map((reply) => reply.status),
        [status, status, status, 429],
      )
      assert.equal(replies[3]?.headers.get('retry-after'), '3600')
      letTimePass(house, 60 * minute)
      assert.equal((await ask(house, 4)).status, status)
    })
  }

  it('may do it as often as it likes where the limit is false', async () => {
    const off = Object.fromEntries(asks.map(([name]) => [name, false]))
    await using house = await openHouse({ ...behindProxy, rateLimit: off }, [anna])
    for (const [, ask, status] of asks) {
      for (let number = 0; number < 4; number++) {
        const reply = await ask(house, number)
        assert.ok(reply.status !== 429, `${status} became 429`)
      }
    }
  })

  it('may have the owner’s letters sent only so often', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { verify: { address: 2 } } }, [anna])
    const token = await house.login(anna)
    const statuses: number[] = []
    for (let number = 0; number < 3; number++)
      statuses.push((await house.post('/users/1/verify', undefined, { token, ...here })).status)
    assert.deepEqual(statuses, [204, 204, 429])
  })

  it('pays for each account of a list', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { signUp: { address: 5 } } })
    const list = (numbers: readonly number[]) =>
      house.post(
        '/users',
        numbers.map((number) => ({ email: `a${number}@example.com`, password })),
        here,
      )
    assert.equal((await list([1, 2, 3, 4])).status, 200)
    assert.equal((await list([5, 6])).status, 429)
    assert.equal((await list([5])).status, 200)
  })

  it('pays for nothing that whoever is let in by a role does', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { signUp: { address: 2 } } })
    const token = await house.adminToken()
    for (let number = 0; number < 5; number++) {
      const account = { email: `a${number}@example.com`, password }
      assert.equal((await house.post('/users', account, { token, ...here })).status, 200)
    }
  })

  it('pays for asking by a change who has a name as for asking by a sign-up', async () => {
    for (const name of ['email', 'username']) {
      await using house = await openHouse({ ...behindProxy, rateLimit: { signUp: { address: 3 } } }, [anna])
      await house.latchkey.users.create({ email: 'bob@example.com', username: 'bob', password })
      const taken = { [name]: { email: 'bob@example.com', username: 'bob' }[name] }
      const sent = { token: await house.login(anna), ...here }
      const replies = [
        await house.request('PATCH', '/users/1', taken, sent),
        await house.put('/users/1', { email: anna, ...taken }, sent),
        await house.put(`/users/1?data=${encodeURIComponent(JSON.stringify(taken))}`, undefined, sent),
        await house.request('PATCH', '/users/1', taken, sent),
        await house.post('/users', { email: 'carl@example.com', password }, here),
      ]
      assert.deepEqual(
        replies.map(({ status }) => status),
        [422, 422, 422, 429, 429],
      )
    }
  })

  it('pays for no change that leaves address and username as they are', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { signUp: { address: 1 } } }, [anna])
    const sent = { token: await house.login(anna), ...here }
    for (let number = 0; number < 3; number++) {
      const { body } = await house.get('/users/1', sent)
      assert.equal((await house.put('/users/1', { ...body, number }, sent)).status, 200)
      assert.equal((await house.request('PATCH', '/users/1', { number }, sent)).status, 200)
    }
    assert.equal((await house.request('PATCH', '/users/1', { email: 'new@example.com' }, sent)).status, 200)
    assert.equal((await house.request('PATCH', '/users/1', { email: anna }, sent)).status, 429)
  })

  it('pays for no link that works', async () => {
    const user = { emailVerificationRequired: true }
    await using house = await openHouse({ ...behindProxy, user, rateLimit: { confirm: { address: 1 } } })
    for (let number = 0; number < 3; number++) {
      await house.post('/users', { email: `a${number}@example.com`, password })
      const link = linkIn((await house.mails(number + 1))[number] ?? '')
      assert.equal((await house.get(link, here)).status, 302)
    }
  })
})

describe('a mailbox', () => {
  it('gets so many letters and no more, and the answers are the same', async () => {
    await using house = await openHouse({ ...behindProxy, rateLimit: { reset: { mailbox: 2 } } }, [anna])
    const asked: string[] = []
    house.latchkey.on('resetPasswordRequest', ({ email }) => void asked.push(email))
    for (let number = 0; number < 4; number++) {
      const { status, body } = await house.post('/users/reset', { email: anna }, from(stranger()))
      assert.deepEqual([status, body], [200, {}])
    }
    await house.latchkey.close()
    assert.deepEqual(asked, [anna, anna])
  })

  it('gets as many as the operator says, from ourselves too', async () => {
    await using house = await openHouse({ rateLimit: { reset: { mailbox: 7 } } }, [anna])
    for (let number = 0; number < 7; number++) await house.post('/users/reset', { email: anna })
    assert.equal((await house.mails(7)).length, 7)
  })
})

describe('the mailbox of a stranger', () => {
  const stranger = 'stranger@example.com'
  const isTo = (address: string) => (mail: string) => mail.includes(`To: ${address}`)

  /** Waits until all letters that wait are in hand: one more is the last of them. */
  async function takeUp(house: House): Promise<void> {
    const last = { email: `last${++strangers}@example.com`, realm: 'last' }
    await house.latchkey.users.create({ ...last, password })
    // They are taken in the order of their milliseconds.
    await pause(5)
    await house.latchkey.users.resetPassword(last)
    let mails = await house.mails(1)
    while (!mails.some(isTo(last.email))) mails = await house.mails(mails.length + 1)
  }

  async function sentTo(house: House, address: string): Promise<number> {
    await takeUp(house)
    await house.latchkey.close()
    return (await house.mails(1)).filter(isTo(address)).length
  }

  it('is not flooded by whoever takes its address and leaves it again', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    for (let number = 0; number < 15; number++) {
      for (const email of [stranger, anna]) {
        const reply = await house.request('PATCH', '/users/1', { email }, { token })
        assert.equal(reply.status, 200)
      }
    }
    assert.equal(await sentTo(house, stranger), 10)
  })

  it('is not flooded by whoever takes its address and sets a password again and again', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    await house.request('PATCH', '/users/1', { email: stranger }, { token })
    for (let number = 0; number < 12; number++) {
      const passwords = { oldPassword: password, newPassword: password }
      assert.equal((await house.post('/users/change-password', passwords, { token })).status, 204)
    }
    assert.equal(await sentTo(house, stranger), 10)
  })

  it('is not flooded by account after account that takes its address, and is deleted', async () => {
    const emails = ['a@example.com', 'b@example.com', 'c@example.com']
    await using house = await openHouse({ rateLimit: { verify: { mailbox: 2 } } }, emails)
    for (const [index, own] of emails.entries()) {
      const id = index + 1
      const token = await house.login(own)
      await house.request('PATCH', `/users/${id}`, { email: stranger }, { token })
      await house.post(`/users/${id}/verify`, undefined, { token })
      await takeUp(house)
      assert.equal((await house.delete(`/users/${id}`, { token })).status, 200)
    }
    assert.equal(await sentTo(house, stranger), 2)
  })

  it('hears of a change at once, whatever other accounts of that address did in other realms', async () => {
    const user = { realmRequired: true, realmDelimiter: ':' }
    await using house = await openHouse({ user })
    for (const realm of ['mine', 'thine']) await house.latchkey.users.create({ email: anna, realm, password })
    const { users } = house.latchkey
    for (let number = 0; number < 12; number++)
      for (const email of ['other@example.com', anna]) await users.patchAttributes(1, { email })
    await users.patchAttributes(2, { email: 'thief@example.com' })
    assert.equal(await sentTo(house, anna), 11)
  })
})

describe('the current password', () => {
  const change = (house: House, token: string, oldPassword: string, address: string) =>
    house.post('/users/change-password', { oldPassword, newPassword: 'another' }, { token, ...from(address) })

  it('can be guessed at with a session no more than at login', async () => {
    await using house = await openHouse(behindProxy, [anna])
    house.now = new Date()
    const token = await house.login(anna)
    const statuses: number[] = []
    for (let number = 0; number < 12; number++)
      statuses.push((await change(house, token, 'wrong', stranger())).status)
    assert.deepEqual(statuses, [...Array(10).fill(400), 429, 429])
    const { status, headers } = await change(house, token, password, stranger())
    assert.deepEqual([status, headers.get('retry-after')], [429, '5'])
    letTimePass(house, 5_000)
    assert.equal((await change(house, token, password, stranger())).status, 204)
  })
})
