import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import * as bcrypt from '@node-rs/bcrypt'
import { hashSlots } from '../../src/base/hash-gate.ts'
import type { LatchkeyOptions } from '../../src/index.ts'
import {
  type House,
  itAlone,
  itReadingBodies,
  linkIn,
  openHouse,
  password,
  type Reply,
} from '../open-house.ts'

const email = 'foo@bar.com'
const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } }

describe('POST /users/login', () => {
  it('answers with a token of 64 letters and digits, its life, its birth and its owner', async () => {
    await using house = await openHouse({}, [email])
    house.now = new Date('2026-02-03T04:05:06.789Z')
    const { status, body } = await house.post('/users/login', { email, password })
    assert.equal(status, 200)
    assert.match(body.id, /^[A-Za-z0-9]{64}$/)
    assert.deepEqual(body, { id: body.id, ttl: 1_209_600, created: '2026-02-03T04:05:06.789Z', userId: 1 })
  })

  it('opens a session of its own every time', async () => {
    await using house = await openHouse({}, [email])
    const first = await house.login(email)
    const second = await house.login(email)
    assert.notEqual(first, second)
    for (const token of [first, second]) assert.equal((await house.get('/users/1', { token })).status, 200)
  })

  it('takes a username as well as an e-mail address', async () => {
    await using house = await openHouse()
    await house.post('/users', { username: 'foo', email, password })
    const reply = await house.post('/users/login', { username: 'foo', password })
    assert.partialDeepStrictEqual(reply, { status: 200, body: { userId: 1 } })
  })

  it('goes by the e-mail address when there is a username too', async () => {
    await using house = await openHouse()
    await house.post('/users', { username: 'anna', email: 'anna@example.com', password: 'her own' })
    await house.post('/users', { username: 'bert', email: 'bert@example.com', password: 'his own' })
    const both = { email: 'anna@example.com', username: 'bert' }
    const hers = await house.post('/users/login', { ...both, password: 'her own' })
    const his = await house.post('/users/login', { ...both, password: 'his own' })
    assert.partialDeepStrictEqual(hers, { status: 200, body: { userId: 1 } })
    assert.equal(his.status, 401)
    const odd = await house.post('/users/login', { ...both, username: 5, password: 'her own' })
    assert.equal(odd.status, 200, 'nobody looks at the username')
  })

  it('knows an address in any letter case, and a username only in its own', async () => {
    await using house = await openHouse()
    await house.post('/users', { username: 'Foo', email: 'Foo@Bar.com', password })
    assert.equal((await house.post('/users/login', { email: 'fOO@bAR.COM', password })).status, 200)
    assert.equal((await house.post('/users/login', { username: 'Foo', password })).status, 200)
    assert.equal((await house.post('/users/login', { username: 'foo', password })).status, 401)
  })

  it('knows an address in its own letter case alone, where case counts', async () => {
    await using house = await openHouse({ user: { caseSensitiveEmail: true } }, ['Foo@bar.com'])
    assert.equal((await house.post('/users/login', { email: 'Foo@bar.com', password })).status, 200)
    assert.equal((await house.post('/users/login', { email: 'foo@bar.com', password })).status, 401)
  })

  it('reads a form as it reads JSON', async () => {
    await using house = await openHouse({}, [email])
    const body = new URLSearchParams({ email, password, ttl: '60' }).toString()
    const reply = await house.post('/users/login', body, form)
    assert.partialDeepStrictEqual(reply, { status: 200, body: { ttl: 60, userId: 1 } })
  })

  it('does not read credentials in the query', async () => {
    await using house = await openHouse({}, [email])
    const reply = await house.post(`/users/login?${new URLSearchParams({ email, password })}`)
    assert.partialDeepStrictEqual(reply, {
      status: 400,
      body: { error: { code: 'USERNAME_EMAIL_REQUIRED' } },
    })
  })

  it('leaves aside what it does not know, also what would be the token’s to say', async () => {
    await using house = await openHouse({}, [email, 'other@bar.com'])
    const chosen = { id: 'mine', userId: 2, created: '2001-01-01', scopes: ['all'], rememberMe: true }
    const { status, body } = await house.post('/users/login', { email, password, ...chosen })
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['id', 'ttl', 'created', 'userId'])
    assert.notEqual(body.id, 'mine')
    assert.equal(body.userId, 1)
  })

  it('forbids everybody to keep its answer', async () => {
    await using house = await openHouse({}, [email])
    const { headers } = await house.post('/users/login', { email, password })
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('etag'), null)
  })
})

describe('a login that is refused', () => {
  let house: House
  before(async () => {
    house = await openHouse({}, [email])
  })
  after(() => house[Symbol.asyncDispose]())

  const required = [400, 'USERNAME_EMAIL_REQUIRED', 'username or email is required'] as const
  const failed = [401, 'LOGIN_FAILED', 'login failed'] as const
  const notAnObject = [400, 'INVALID_ARGUMENT', 'Value is not an object.'] as const
  const cases: [what: string, body: unknown, refusal: readonly [number, string, string]][] = [
    ['nothing at all', undefined, required],
    ['an empty object', {}, required],
    ['a password alone', { password }, required],
    ['empty names', { email: '', username: '', password }, required],
    ['names that are null', { email: null, username: null, password }, required],
    ['an address that is a number', { email: 5, password }, [400, 'INVALID_EMAIL', 'Invalid email']],
    [
      'an address that is a condition',
      { email: { neq: '' }, password },
      [400, 'INVALID_EMAIL', 'Invalid email'],
    ],
    ['an address in a list', { email: [email], password }, [400, 'INVALID_EMAIL', 'Invalid email']],
    ['a username that is a number', { username: 5, password }, [400, 'INVALID_USERNAME', 'Invalid username']],
    [
      'a username that is an object',
      { username: {}, password },
      [400, 'INVALID_USERNAME', 'Invalid username'],
    ],
    ['a wrong password', { email, password: 'wrong' }, failed],
    ['a password that is right but for its case', { email, password: password.toUpperCase() }, failed],
    ['a password with a blank around it', { email, password: ` ${password} ` }, failed],
    ['an unknown address', { email: 'nobody@bar.com', password }, failed],
    ['an unknown username', { username: 'nobody', password }, failed],
    ['an address given as the username', { username: email, password }, failed],
    ['no password', { email }, failed],
    ['an empty password', { email, password: '' }, failed],
    ['a password that is null', { email, password: null }, failed],
    ['a password that is a number', { email, password: 5 }, failed],
    ['a password that is an object', { email, password: { neq: '' } }, failed],
    ['a password in a list', { email, password: [password] }, failed],
    ['null', 'null', [400, 'ARGUMENT_REQUIRED', 'credentials is a required argument']],
    ['a list', [{ email, password }], notAnObject],
    ['a text', '"foo"', notAnObject],
    ['a number', '5', notAnObject],
  ]
  for (const [what, body, [statusCode, code, message]] of cases) {
    const itHere = typeof body === 'string' ? itReadingBodies : it
    itHere(`says ${statusCode} ${code} to ${what}`, async () => {
      const reply = await house.post('/users/login', body)
      assert.equal(reply.status, statusCode)
      assert.deepEqual(reply.body, { error: { statusCode, name: 'Error', message, code } })
    })
  }

  it('looks the same for an unknown user as for a wrong password', async () => {
    const strange = await house.post('/users/login', { email: 'nobody@bar.com', password })
    const wrong = await house.post('/users/login', { email, password: 'wrong' })
    assert.deepEqual(lasting(strange), lasting(wrong))
    assert.deepEqual([strange.status, strange.body], [wrong.status, wrong.body])
  })
})

/** The headers that do not tell one request from another anyway. */
function lasting({ headers }: Reply): [string, string][] {
  return [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id')
}

describe('ttl at login', () => {
  let house: House
  before(async () => {
    house = await openHouse({}, [email])
  })
  after(() => house[Symbol.asyncDispose]())

  const twoWeeks = 1_209_600
  const year = 31_556_926
  const granted: [sent: unknown, ttl: number][] = [
    [undefined, twoWeeks],
    [0, twoWeeks],
    ['', twoWeeks],
    [false, twoWeeks],
    [1, 1],
    [86_400, 86_400],
    [1.9, 1],
    ['60', 60],
    ['60.9', 60],
    [year, year],
    [year + 1, year],
    ['99999999999', year],
    [1e300, year],
  ]
  for (const [sent, ttl] of granted) {
    it(`gives ${ttl} seconds when asked for ${JSON.stringify(sent) ?? 'nothing'}`, async () => {
      const reply = await house.post('/users/login', { email, password, ttl: sent })
      assert.partialDeepStrictEqual(reply, { status: 200, body: { ttl } })
    })
  }

  for (const sent of [null, true, -1, -2, 0.5, '0', '-1', 'soon', ' ', '1d', [], [60], {}, { ttl: 60 }]) {
    it(`refuses ${JSON.stringify(sent)}`, async () => {
      const reply = await house.post('/users/login', { email, password, ttl: sent })
      assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'INVALID_TTL' } } })
    })
  }

  it('is never more than maxTTL, not even by default', async () => {
    await using strict = await openHouse({ user: { ttl: 5_000, maxTTL: 1_000 } }, [email])
    for (const ttl of [undefined, 2_000]) {
      const reply = await strict.post('/users/login', { email, password, ttl })
      assert.equal(reply.body.ttl, 1_000)
    }
  })

  it('may be -1, for ever, where allowEternalTokens says so', async () => {
    await using eternal = await openHouse({ user: { allowEternalTokens: true } }, [email])
    const forEver = await eternal.post('/users/login', { email, password, ttl: -1 })
    const longer = await eternal.post('/users/login', { email, password, ttl: -2 })
    assert.partialDeepStrictEqual(forEver, { status: 200, body: { ttl: -1 } })
    assert.equal(longer.status, 400)
  })
})

describe('POST /users/login?include=user', () => {
  let house: House
  before(async () => {
    house = await openHouse({}, [email])
  })
  after(() => house[Symbol.asyncDispose]())

  for (const query of [
    'include=user',
    'include=USER',
    'include=user&include=user',
    'include=other&include=user',
    'include[]=user',
    'include=["user"]',
    'include=["other","User"]',
  ]) {
    it(`brings the user along for ?${query}`, async () => {
      const { status, body } = await house.post(`/users/login?${query}`, { email, password })
      assert.equal(status, 200)
      assert.deepEqual(body.user, { email, id: 1 })
    })
  }

  for (const query of ['include=', 'include=user,other', 'include=accessTokens', 'include[user]=true']) {
    it(`answers with the token alone for ?${query}`, async () => {
      const { status, body } = await house.post(`/users/login?${query}`, { email, password })
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(body), ['id', 'ttl', 'created', 'userId'])
    })
  }

  it('refuses a broken list', async () => {
    const reply = await house.post('/users/login?include=["user', { email, password })
    assert.partialDeepStrictEqual(reply, {
      status: 400,
      body: { error: { message: 'Cannot parse JSON-encoded array value.' } },
    })
  })
})

describe('a login before the address is verified', () => {
  const options = { user: { emailVerificationRequired: true } }

  it('is refused with the reason, and with whom it is about, for the right password', async () => {
    await using house = await openHouse(options, [email])
    const reply = await house.post('/users/login', { email, password })
    assert.deepEqual(reply.body, {
      error: {
        statusCode: 401,
        name: 'Error',
        message: 'login failed as the email has not been verified',
        code: 'LOGIN_FAILED_EMAIL_NOT_VERIFIED',
        details: { userId: 1 },
      },
    })
  })

  it('is refused like any other for a wrong password', async () => {
    await using house = await openHouse(options, [email])
    const { body } = await house.post('/users/login', { email, password: 'wrong' })
    assert.deepEqual(body, {
      error: { statusCode: 401, name: 'Error', message: 'login failed', code: 'LOGIN_FAILED' },
    })
  })

  it('succeeds once the mailed link has been followed', async () => {
    await using house = await openHouse(options, [email])
    const [mail = ''] = await house.mails(1)
    await house.get(linkIn(mail))
    const reply = await house.post('/users/login?include=user', { email, password })
    assert.partialDeepStrictEqual(reply, { status: 200, body: { user: { emailVerified: true } } })
  })
})

describe('realms', () => {
  const north = { realm: 'north', username: 'foo', email, password }

  it('must be named at login where realmRequired says so', async () => {
    await using house = await openHouse({ user: { realmRequired: true } })
    await house.post('/users', north)
    const refused: [realm: unknown, status: number, code: string][] = [
      [undefined, 400, 'REALM_REQUIRED'],
      ['', 400, 'REALM_REQUIRED'],
      [{ neq: 'south' }, 400, 'INVALID_REALM'],
      [['north'], 400, 'INVALID_REALM'],
      ['south', 401, 'LOGIN_FAILED'],
      ['North', 401, 'LOGIN_FAILED'],
    ]
    assert.equal((await house.post('/users/login', { password })).body.error.code, 'REALM_REQUIRED')
    for (const [realm, status, code] of refused) {
      const reply = await house.post('/users/login', { realm, email, password })
      assert.partialDeepStrictEqual(reply, { status, body: { error: { code } } })
    }
    for (const name of [{ email }, { username: 'foo' }]) {
      assert.equal((await house.post('/users/login', { realm: 'north', ...name, password })).status, 200)
    }
  })

  it('may stand before the name, with realmDelimiter between them', async () => {
    await using house = await openHouse({ user: { realmDelimiter: ':' } })
    await house.post('/users', { ...north, username: 'a:b' })
    const login = async (credentials: object) =>
      (await house.post('/users/login', { password, ...credentials })).status

    assert.equal(await login({ email: `north:${email}` }), 200)
    assert.equal(await login({ email: `south:${email}` }), 401)
    assert.equal(await login({ email }), 400, 'a realm is needed')
    assert.equal(await login({ email, realm: 'north' }), 200, 'the property will do')
    assert.equal(
      await login({ email: `:${email}`, realm: 'north' }),
      200,
      'nothing before the delimiter is no realm',
    )
    assert.equal(await login({ email: `:${email}` }), 400)
    assert.equal(
      await login({ email: `north:${email}`, realm: 'south' }),
      200,
      'the prefix beats the property',
    )
    assert.equal(await login({ email: `south:${email}`, realm: 'north' }), 401)
    assert.equal(await login({ username: 'north:a:b' }), 200, 'the first delimiter counts')
  })

  it('keep people with the same address apart where both settings are on', async () => {
    await using house = await openHouse({ user: { realmRequired: true, realmDelimiter: ':' } })
    await house.post('/users', { ...north, password: 'northern' })
    await house.post('/users', { ...north, realm: 'south', password: 'southern' })
    const login = (name: string, secret: string) =>
      house.post('/users/login', { email: `${name}:${email}`, password: secret })
    assert.equal((await login('north', 'northern')).body.userId, 1)
    assert.equal((await login('south', 'southern')).body.userId, 2)
    assert.equal((await login('south', 'northern')).status, 401)
  })

  it('mean nothing at login where no setting asks for them', async () => {
    await using house = await openHouse()
    await house.post('/users', north)
    for (const realm of ['south', 5, {}]) {
      assert.equal((await house.post('/users/login', { email, password, realm })).status, 200)
    }
    assert.equal((await house.post('/users/login', { email: `north:${email}`, password })).status, 401)
  })
})

describe('what counts as the password', () => {
  const argon2id = { user: { passwordHash: 'argon2id' } } as const

  it('is the text itself, also when it looks like a hash', async () => {
    await using house = await openHouse(argon2id)
    const lookalikes = [
      await bcrypt.hash('secret', 4),
      '$2a$31$UVpXWHFrSkpzZkZGWXBKZOOL7fQxjUpG0gzJmgCpQoKxVQ5wHjQfC',
      '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ZmFrZWRpZ2VzdGZha2VkaWdlc3Q',
    ]
    for (const [index, lookalike] of lookalikes.entries()) {
      const account = { email: `user${index}@example.com`, password: lookalike }
      assert.equal((await house.post('/users', account)).status, 200)
      assert.equal((await house.post('/users/login', account)).status, 200)
      assert.equal((await house.post('/users/login', { ...account, password: 'secret' })).status, 401)
    }
  })

  it('is the same text however its accents were typed', async () => {
    await using house = await openHouse()
    const composed = 'pässwörd ﬁne'.normalize('NFC')
    const decomposed = composed.normalize('NFD')
    assert.notEqual(composed, decomposed)
    await house.post('/users', { email: 'nfc@example.com', password: composed })
    await house.post('/users', { email: 'nfd@example.com', password: decomposed })
    for (const name of ['nfc@example.com', 'nfd@example.com']) {
      for (const typed of [composed, decomposed, composed.normalize('NFKC')]) {
        assert.equal((await house.post('/users/login', { email: name, password: typed })).status, 200)
      }
    }
  })

  it('may have up to 1024 bytes', async () => {
    await using house = await openHouse(argon2id)
    const longest = 'x'.repeat(1_024)
    assert.equal((await house.post('/users', { email, password: longest })).status, 200)
    assert.equal((await house.post('/users/login', { email, password: longest })).status, 200)

    const longer = await house.post('/users', { email: 'too@long.com', password: `${longest}x` })
    assert.deepEqual(longer.body, {
      error: {
        statusCode: 422,
        name: 'Error',
        message: 'The password entered was too long. Max length is 1024 (entered 1025)',
        code: 'PASSWORD_TOO_LONG',
      },
    })
    const wide = await house.post('/users', { email: 'too@wide.com', password: '€'.repeat(342) })
    assert.match(wide.body.error.message, /\(entered 1026\)$/)
  })

  it('is merely wrong at login when it is longer than any can be', async () => {
    await using house = await openHouse(argon2id, [email])
    for (const secret of ['x'.repeat(1_025), '€'.repeat(30_000)]) {
      const reply = await house.post('/users/login', { email, password: secret })
      assert.partialDeepStrictEqual(reply, { status: 401, body: { error: { code: 'LOGIN_FAILED' } } })
    }
  })

  it('may have up to 72 bytes where bcrypt hashes it', async () => {
    await using house = await openHouse()
    const longest = 'x'.repeat(72)
    assert.equal((await house.post('/users', { email, password: longest })).status, 200)
    const longer = await house.post('/users', { email: 'too@long.com', password: `${longest}x` })
    assert.partialDeepStrictEqual(longer, {
      status: 422,
      body: { error: { message: 'The password entered was too long. Max length is 72 (entered 73)' } },
    })
    const wide = await house.post('/users', { email: 'too@wide.com', password: 'é'.repeat(37) })
    assert.partialDeepStrictEqual(wide, { status: 422, body: { error: { code: 'PASSWORD_TOO_LONG' } } })
  })
})

describe('a password hash from LoopBack', () => {
  it('opens the door, and is Argon2id soon afterwards', async () => {
    for (const prefix of ['$2a$', '$2b$', '$2y$']) {
      await using file = await openHouseOnFile()
      const { house } = file
      file.putHash((await bcrypt.hash(password, 4)).replace(/^\$2.\$/, prefix))
      const token = await house.login(email)
      await file.upgraded()

      assert.equal((await house.get('/users/1', { token })).status, 200, 'the session goes on')
      await house.login(email)
      assert.equal((await house.post('/users/login', { email, password: 'wrong' })).status, 401)
    }
  })

  it('is left alone by a login that fails', async () => {
    await using file = await openHouseOnFile()
    const stored = await bcrypt.hash(password, 4)
    file.putHash(stored)
    await file.house.post('/users/login', { email, password: 'wrong' })
    await file.house.latchkey.close()
    assert.equal(file.hash(), stored)
  })

  it('lets in whoever is still being checked while an earlier login upgrades it', async () => {
    await using file = await openHouseOnFile()
    // Slow enough that the second login is half way when the first one ends and its quick upgrade begins.
    file.putHash(await bcrypt.hash(password, 12))
    const first = file.house.login(email)
    await pause(120)
    const second = file.house.post('/users/login', { email, password })
    await first
    assert.equal((await second).status, 200)
  })

  it('fits whatever agrees in the first 72 bytes, as it did there; its upgrade takes the whole text', async () => {
    await using file = await openHouseOnFile()
    const first72 = 'x'.repeat(72)
    file.putHash(await bcrypt.hash(first72, 4))
    await file.house.login(email, `${first72} and more`)
    await file.upgraded()
    await file.house.login(email, `${first72} and more`)
    assert.equal((await file.house.post('/users/login', { email, password: first72 })).status, 401)
  })

  it('fits the bytes it was made of, and after its upgrade every spelling of the text', async () => {
    await using file = await openHouseOnFile()
    const [composed, decomposed] = ['pässwörd'.normalize('NFC'), 'pässwörd'.normalize('NFD')]
    file.putHash(await bcrypt.hash(decomposed, 4))
    await file.house.login(email, decomposed)
    await file.upgraded()
    await file.house.login(email, composed)
  })
})

describe('a login during which the account changes', () => {
  it('opens no session for a password that is no longer the right one when it ends', async () => {
    await using file = await openHouseOnFile()
    file.putHash(await bcrypt.hash(password, 12))
    const login = file.house.post('/users/login', { email, password })
    await pause(100)
    file.putHash(await bcrypt.hash('another', 4))
    assert.partialDeepStrictEqual(await login, { status: 401, body: { error: { code: 'LOGIN_FAILED' } } })
    assert.deepEqual(await file.house.latchkey.tokens.list(1), [])
  })

  it('opens no session for somebody who is gone when it ends', async () => {
    await using file = await openHouseOnFile()
    file.putHash(await bcrypt.hash(password, 12))
    const login = file.house.post('/users/login', { email, password })
    await pause(100)
    await file.house.latchkey.users.deleteById(1)
    assert.partialDeepStrictEqual(await login, { status: 401, body: { error: { code: 'LOGIN_FAILED' } } })
  })
})

describe('a storm of logins', () => {
  itAlone(
    'is turned away with 503, and the time after which to try again, before anybody waits too long',
    async () => {
      await using file = await openHouseOnFile({ passwordHash: 'bcrypt' }, { rateLimit: false })
      const { house } = file
      // Keeps every slot busy for a while, so that whoever comes next has to queue.
      file.putHash(`$2b$15$${'.'.repeat(53)}`)
      const slots = hashSlots
      const enter = (name: string) => house.latchkey.users.login({ email: name, password }).catch(() => {})
      const first = Array.from({ length: slots }, () => enter(email))
      // The queue goes as far as three seconds: some sixty for each slot, at the 50 ms a hash is reckoned with at first.
      const next = Array.from({ length: 300 * slots }, () => enter('nobody@bar.com'))
      // Whoever is turned away first shows that the queue is full.
      await Promise.race(next)

      const { status, headers, body } = await house.post('/users/login', { email, password })
      assert.equal(status, 503)
      assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      assert.deepEqual(body.error, {
        statusCode: 503,
        name: 'Error',
        message: 'Too many passwords are being checked; try again shortly',
        code: 'HASHING_BUSY',
      })
      await Promise.all([...first, ...next])
      assert.equal((await house.post('/users/login', { email: 'nobody@bar.com', password })).status, 401)
    },
  )
})

/** A house on a file with one account, and SQLite's own view of that account's hash. */
async function openHouseOnFile(
  user: LatchkeyOptions['user'] = { passwordHash: 'argon2id' },
  options: LatchkeyOptions = {},
) {
  const stack = new AsyncDisposableStack()
  const directory = stack.use(mkdtempDisposableSync(join(tmpdir(), 'latchkey-')))
  const path = join(directory.path, 'latchkey.db')
  const house = stack.use(await openHouse({ ...options, database: { url: `sqlite:${path}` }, user }, [email]))
  const database = stack.use(new DatabaseSync(path, { timeout: 5_000 }))

  const hash = () => database.prepare('select password_hash from users').get()?.password_hash as string
  return {
    house,
    hash,
    putHash: (stored: string) => void database.prepare('update users set password_hash = ?').run(stored),
    /** Resolves once the stored hash is Argon2id. */
    async upgraded() {
      for (let attempt = 0; !hash().startsWith('$argon2id$'); attempt++) {
        assert.ok(attempt < 1_000, `the hash is still ${hash()}`)
        await pause(10)
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
