import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, itRouting, openHouse, password, type Reply } from '../open-house.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** One thing wrong with one property; the value as messages show it. */
type Issue = readonly [property: string, code: string, message: string, value: string]

/** LoopBack's answer to an account that is not valid. */
function invalid(...issues: readonly Issue[]): Pick<Reply, 'status' | 'body'> {
  const told = issues.map(([property, , message, value]) => `\`${property}\` ${message} (value: ${value})`)
  return {
    status: 422,
    body: {
      error: {
        statusCode: 422,
        name: 'ValidationError',
        message: `The \`User\` instance is not valid. Details: ${told.join('; ')}.`,
        code: 'VALIDATION_FAILED',
        details: {
          context: 'User',
          codes: Object.fromEntries(issues.map(([property, code]) => [property, [code]])),
          messages: Object.fromEntries(issues.map(([property, , message]) => [property, [message]])),
        },
      },
    },
  }
}

const answerOf = ({ status, body }: Reply) => ({ status, body })

const emailTaken = (email: string): Issue => [
  'email',
  'uniqueness',
  'Email already exists',
  JSON.stringify(email),
]

describe('POST /users', () => {
  it('creates an account and answers with what may be seen of it', async () => {
    await using house = await openHouse()
    const first = await house.post('/users', { email: 'anna@example.com', password })
    const second = await house.post('/users', { email: 'bert@example.com', password, username: 'bert' })

    assert.deepEqual(answerOf(first), { status: 200, body: { email: 'anna@example.com', id: 1 } })
    assert.deepEqual(second.body, { username: 'bert', email: 'bert@example.com', id: 2 })
    assert.equal(first.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(first.headers.get('cache-control'), 'no-store')
  })

  it('keeps any further property as it was sent, of any type and depth', async () => {
    await using house = await openHouse()
    let nested: unknown = 'core'
    for (let level = 0; level < 30; level++) nested = level % 2 ? [nested] : { level, nested }
    const free = {
      age: 42,
      ratio: -0.5,
      admin: true,
      nothing: null,
      '': 'a name of no letters',
      'dotted.na$me': 1,
      ünïcode: '💃',
      list: [1, 'two', null, []],
      created: '2014-12-23',
      lastUpdated: 'just now',
      nested,
    }
    const created = await house.post('/users', { email: 'anna@example.com', password, ...free })
    const token = await house.login('anna@example.com')

    assert.deepEqual(created.body, { email: 'anna@example.com', id: 1, ...free })
    assert.deepEqual((await house.get('/users/1', { token })).body, created.body)
  })

  it('makes texts of a username and a realm that are numbers', async () => {
    await using house = await openHouse()
    const reply = await house.post('/users', {
      email: 'anna@example.com',
      password,
      username: 12,
      realm: 3,
    })
    assert.deepEqual(reply.body, { realm: '3', username: '12', email: 'anna@example.com', id: 1 })
  })

  it('takes a form, whose brackets make objects and lists of texts', async () => {
    await using house = await openHouse()
    const text = 'email=anna%40example.com&password=a+b&address[city]=Z%C3%BCrich&tags[]=1&tags[]=2'
    const reply = await house.post('/users', text, { headers: form })

    assert.deepEqual(answerOf(reply), {
      status: 200,
      body: { email: 'anna@example.com', id: 1, address: { city: 'Zürich' }, tags: ['1', '2'] },
    })
    assert.ok(await house.login('anna@example.com', 'a b'))
  })

  itRouting('answers in any letter case, with a slash at the end and with doubled slashes', async () => {
    await using house = await openHouse()
    const paths = ['/api/Users', '/API/USERS/', '/api//users', '//api/users//', '/Api/uSers?x=1']
    for (const [index, path] of paths.entries()) {
      const reply = await house.post(`${house.url}${path}`, { email: `u${index}@example.com`, password })
      assert.partialDeepStrictEqual(reply, { status: 200, body: { id: index + 1 } }, path)
    }
  })

  it('takes null, and no body at all, for an empty object', async () => {
    await using house = await openHouse()
    const blank = invalid(
      ['password', 'presence', "can't be blank", 'undefined'],
      ['email', 'presence', "can't be blank", 'undefined'],
    )
    assert.deepEqual(answerOf(await house.post('/users', 'null')), blank)
    assert.deepEqual(answerOf(await house.post('/users')), blank)
    assert.deepEqual(answerOf(await house.post('/users', '')), blank)
  })

  it('accepts passwords of up to 72 bytes with bcrypt, blanks included', async () => {
    await using house = await openHouse()
    for (const [index, accepted] of [' ', 'é'.repeat(36), `x${' '.repeat(71)}`].entries()) {
      const email = `u${index}@example.com`
      assert.equal((await house.post('/users', { email, password: accepted })).status, 200)
      assert.ok(await house.login(email, accepted))
    }
  })
})

describe('POST /users with an account that is not valid', () => {
  let house: House
  before(async () => {
    house = await openHouse()
    await house.post('/users', { email: 'anna@example.com', password, username: 'anna' })
  })
  after(() => house[Symbol.asyncDispose]())

  it('names every property that is missing, in LoopBack’s words', async () => {
    const reply = await house.post('/users', {})
    assert.deepEqual(answerOf(reply), {
      status: 422,
      body: {
        error: {
          statusCode: 422,
          name: 'ValidationError',
          message:
            "The `User` instance is not valid. Details: `password` can't be blank (value: undefined); `email` can't be blank (value: undefined).",
          code: 'VALIDATION_FAILED',
          details: {
            context: 'User',
            codes: { password: ['presence'], email: ['presence'] },
            messages: { password: ["can't be blank"], email: ["can't be blank"] },
          },
        },
      },
    })
  })

  const emails: [what: string, email: unknown, code: string, message: string, shown: string][] = [
    ['is null', null, 'presence', "can't be blank", 'null'],
    ['is an empty text', '', 'presence', "can't be blank", '""'],
    ['is a number', 5, 'custom.string', 'is invalid', '5'],
    ['is a boolean', true, 'custom.string', 'is invalid', 'true'],
    ['is an object', { a: 1 }, 'custom.string', 'is invalid', '{ a: 1 }'],
    ['is a list', ['joe@example.com'], 'custom.string', 'is invalid', "[ 'joe@example.com' ]"],
    ['has no @', 'joe', 'custom.email', 'is invalid', '"joe"'],
    ['is taken', 'anna@example.com', 'uniqueness', 'Email already exists', '"anna@example.com"'],
    [
      'is too long to be shown whole',
      `${'x'.repeat(40)}.com`,
      'custom.email',
      'is invalid',
      '"xxxxxxxxxxxxxxxxxxxxxxxxx...com"',
    ],
    [
      'is a list too long to be shown whole, which keeps its bracket',
      ['anna@example.com', 'bert@example.com'],
      'custom.string',
      'is invalid',
      "[ 'anna@example.com', 'ber... ]",
    ],
  ]
  for (const [what, email, code, message, shown] of emails) {
    it(`says so when the e-mail address ${what}`, async () => {
      const reply = await house.post('/users', { email, password })
      assert.deepEqual(answerOf(reply), invalid(['email', code, message, shown]))
    })
  }

  it('refuses addresses that are none, and those with characters nobody sees', async () => {
    const addresses = [
      'joe doe@example.com',
      ' joe@example.com',
      'joe@example.com\n',
      'joe@example.com\r\nBcc: eve@example.com',
      '@example.com',
      'joe@',
      'joe@doe@example.com',
      'joe@example..com',
      'joe@-',
      '"joe doe"@example.com',
      `${'j'.repeat(65)}@example.com`,
      `joe@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}`,
      'joe\u200b@example.com',
      'joe@exam\u00adple.com',
      '\u202ejoe@example.com',
    ]
    for (const email of addresses) {
      const { status, body } = await house.post('/users', { email, password })
      assert.equal(status, 422, JSON.stringify(email))
      assert.deepEqual(body.error.details.codes, { email: ['custom.email'] })
    }
  })

  it('accepts unusual addresses that are good ones', async () => {
    const addresses = [
      'a@b',
      'joe@localhost',
      'joe+tag@example.com',
      "o'hara@example.com",
      'joe@[127.0.0.1]',
      'jörg@example.com',
      'joe@bücher.example',
    ]
    const reply = await house.post(
      '/users',
      addresses.map((email) => ({ email, password })),
    )
    assert.equal(reply.status, 200)
    assert.deepEqual(
      reply.body.map(({ email }: { email: string }) => email),
      addresses,
    )
  })

  for (const given of [undefined, null, 5, true, {}, ['secret']]) {
    it(`takes a password that is ${JSON.stringify(given) ?? 'absent'} for none`, async () => {
      const reply = await house.post('/users', { email: 'joe@example.com', password: given })
      assert.deepEqual(answerOf(reply), invalid(['password', 'presence', "can't be blank", 'undefined']))
    })
  }

  it('refuses an empty password', async () => {
    const reply = await house.post('/users', { email: 'joe@example.com', password: '' })
    assert.deepEqual(answerOf(reply), {
      status: 422,
      body: {
        error: {
          statusCode: 422,
          name: 'Error',
          message: 'Invalid password.',
          code: 'INVALID_PASSWORD',
        },
      },
    })
  })

  it('refuses a password longer than bcrypt looks at, counted in bytes', async () => {
    for (const [tooLong, bytes] of [
      ['x'.repeat(73), 73],
      ['é'.repeat(37), 74],
    ] as const) {
      const reply = await house.post('/users', { email: 'joe@example.com', password: tooLong })
      assert.partialDeepStrictEqual(reply, {
        status: 422,
        body: {
          error: {
            name: 'Error',
            message: `The password entered was too long. Max length is 72 (entered ${bytes})`,
            code: 'PASSWORD_TOO_LONG',
          },
        },
      })
    }
  })

  it('says that a username is taken', async () => {
    const reply = await house.post('/users', { email: 'joe@example.com', password, username: 'anna' })
    assert.deepEqual(answerOf(reply), invalid(['username', 'uniqueness', 'User already exists', '"anna"']))
  })

  it('tells of what is blank first, and of what is taken last', async () => {
    const both = await house.post('/users', { email: 'anna@example.com', password, username: 'anna' })
    assert.deepEqual(
      answerOf(both),
      invalid(emailTaken('anna@example.com'), ['username', 'uniqueness', 'User already exists', '"anna"']),
    )
    const mixed = await house.post('/users', { email: 'joe', username: 'anna' })
    assert.deepEqual(
      answerOf(mixed),
      invalid(
        ['password', 'presence', "can't be blank", 'undefined'],
        ['email', 'custom.email', 'is invalid', '"joe"'],
        ['username', 'uniqueness', 'User already exists', '"anna"'],
      ),
    )
  })

  it('refuses a username and a realm that no index could hold', async () => {
    for (const property of ['username', 'realm']) {
      const longest = { email: `${property}@example.com`, password, [property]: 'x'.repeat(255) }
      assert.equal((await house.post('/users', longest)).status, 200)

      const reply = await house.post('/users', { ...longest, [property]: 'y'.repeat(256) })
      assert.equal(reply.status, 422)
      assert.deepEqual(reply.body.error.details.codes[property], ['length.max'])
    }
  })
})

describe('POST /users with Argon2id', () => {
  it('accepts passwords of up to 1,024 bytes', async () => {
    await using house = await openHouse({ user: { passwordHash: 'argon2id' } })
    const longest = 'x'.repeat(1_024)
    assert.equal((await house.post('/users', { email: 'a@example.com', password: longest })).status, 200)
    assert.ok(await house.login('a@example.com', longest))

    const reply = await house.post('/users', { email: 'b@example.com', password: `${longest}x` })
    assert.partialDeepStrictEqual(reply, {
      status: 422,
      body: {
        error: {
          message: 'The password entered was too long. Max length is 1024 (entered 1025)',
          code: 'PASSWORD_TOO_LONG',
        },
      },
    })
  })
})

describe('names of new accounts', () => {
  it('keeps addresses in lower case, and takes one in any case for the same', async () => {
    await using house = await openHouse()
    const created = await house.post('/users', { email: 'Joe.DOE@Example.COM', password })
    assert.deepEqual(created.body, { email: 'joe.doe@example.com', id: 1 })

    const again = await house.post('/users', { email: 'JOE.doe@example.com', password })
    assert.deepEqual(answerOf(again), invalid(emailTaken('joe.doe@example.com')))
    assert.ok(await house.login('jOE.dOE@eXAMPLE.com'))
  })

  it('takes no letter for another that some languages fold into it', async () => {
    await using house = await openHouse({}, ['sue@example.com', 'ida@example.com'])
    // A long s and a dotted capital I.
    for (const email of ['\u017fue@example.com', '\u0130da@example.com']) {
      const reply = await house.post('/users', { email, password: 'another one' })
      assert.partialDeepStrictEqual(reply, { status: 200, body: { email } })
    }
    assert.ok(await house.login('sue@example.com'))
    assert.ok(await house.login('ida@example.com'))
  })

  it('keeps addresses as they are with caseSensitiveEmail, and tells them apart', async () => {
    await using house = await openHouse({ user: { caseSensitiveEmail: true } })
    const upper = await house.post('/users', { email: 'Joe@example.com', password })
    const lower = await house.post('/users', { email: 'joe@example.com', password })
    assert.deepEqual([upper.body.email, lower.body.email], ['Joe@example.com', 'joe@example.com'])
    assert.equal((await house.post('/users', { email: 'Joe@example.com', password })).status, 422)
  })

  it('tells usernames apart by letter case', async () => {
    await using house = await openHouse()
    const reply = await house.post('/users', [
      { email: 'a@example.com', password, username: 'Joe' },
      { email: 'b@example.com', password, username: 'joe' },
    ])
    assert.equal(reply.status, 200)
  })

  it('lets any number of accounts have no username, or an empty one', async () => {
    await using house = await openHouse()
    for (const [index, username] of [undefined, undefined, null, null, '', ''].entries()) {
      const reply = await house.post('/users', { email: `u${index}@example.com`, password, username })
      assert.equal(reply.status, 200)
    }
  })

  it('gives an address to one of fifty who sign up with it at once', async () => {
    await using house = await openHouse({ rateLimit: false })
    const emails = ['joe@example.com', 'JOE@example.com', 'Joe@Example.com']
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) => house.post('/users', { email: emails[index % 3], password })),
    )
    const losers = replies.filter(({ status }) => status !== 200)
    assert.equal(losers.length, 49)
    for (const loser of losers) assert.deepEqual(answerOf(loser), invalid(emailTaken('joe@example.com')))
    assert.equal(await house.latchkey.users.count(), 1)
  })

  it('gives a username to one of many who sign up with it at once', async () => {
    await using house = await openHouse({ rateLimit: false })
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        house.post('/users', { email: `u${index}@example.com`, password, username: 'joe' }),
      ),
    )
    const losers = replies.filter(({ status }) => status !== 200)
    assert.equal(losers.length, 19)
    for (const loser of losers) {
      assert.deepEqual(answerOf(loser), invalid(['username', 'uniqueness', 'User already exists', '"joe"']))
    }
  })
})

describe('POST /users with a list', () => {
  it('creates all accounts and answers in the order they were sent', async () => {
    await using house = await openHouse()
    const reply = await house.post('/users', [
      { email: 'c@example.com', password, age: 3 },
      { email: 'A@example.com', password },
      { email: 'b@example.com', password: 'another one' },
    ])
    assert.deepEqual(answerOf(reply), {
      status: 200,
      body: [
        { email: 'c@example.com', id: 1, age: 3 },
        { email: 'a@example.com', id: 2 },
        { email: 'b@example.com', id: 3 },
      ],
    })
    assert.ok(await house.login('b@example.com', 'another one'))
  })

  it('answers an empty list with an empty list', async () => {
    await using house = await openHouse()
    assert.deepEqual(answerOf(await house.post('/users', [])), { status: 200, body: [] })
  })

  it('creates none when one is not valid, and tells what is wrong with each', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const reply = await house.post('/users', [
      { email: 'good@example.com', password },
      { email: 'anna@example.com', password },
      { email: 'joe@example.com', password: '' },
      {},
    ])
    assert.deepEqual(answerOf(reply), {
      status: 422,
      body: {
        error: {
          statusCode: 422,
          name: 'Error',
          message: 'Failed with multiple errors, see `details` for more information.',
          code: 'SEVERAL_FAILED',
          details: [
            null,
            invalid(emailTaken('anna@example.com')).body.error,
            { statusCode: 422, name: 'Error', message: 'Invalid password.', code: 'INVALID_PASSWORD' },
            invalid(
              ['password', 'presence', "can't be blank", 'undefined'],
              ['email', 'presence', "can't be blank", 'undefined'],
            ).body.error,
          ],
        },
      },
    })
    assert.equal(await house.latchkey.users.count(), 1)
  })

  it('notices that two of the list have the same address, or the same username', async () => {
    await using house = await openHouse()
    const reply = await house.post('/users', [
      { email: 'joe@example.com', password, username: 'joe' },
      { email: 'JOE@example.com', password },
      { email: 'doe@example.com', password, username: 'joe' },
    ])
    assert.equal(reply.status, 422)
    assert.deepEqual(reply.body.error.details, [
      null,
      invalid(emailTaken('joe@example.com')).body.error,
      invalid(['username', 'uniqueness', 'User already exists', '"joe"']).body.error,
    ])
    assert.equal(await house.latchkey.users.count(), 0)
  })

  it('creates up to a hundred accounts at a time, and no more', async () => {
    await using house = await openHouse({ rateLimit: false })
    const accounts = Array.from({ length: 101 }, (_, index) => ({ email: `u${index}@example.com`, password }))
    const tooMany = await house.post('/users', accounts)
    assert.partialDeepStrictEqual(tooMany, {
      status: 422,
      body: { error: { statusCode: 422, code: 'TOO_MANY_ACCOUNTS' } },
    })
    assert.equal(await house.latchkey.users.count(), 0)

    const enough = await house.post('/users', accounts.slice(0, 100))
    assert.equal(enough.status, 200)
    assert.equal(await house.latchkey.users.count(), 100)
  })

  it('refuses a list in which something is no object', async () => {
    await using house = await openHouse()
    for (const stranger of [5, 'joe@example.com', [], true]) {
      const reply = await house.post('/users', [{ email: 'joe@example.com', password }, stranger])
      assert.partialDeepStrictEqual(reply, {
        status: 400,
        body: { error: { statusCode: 400, message: 'Some of array items are not an object.' } },
      })
    }
    assert.equal(await house.latchkey.users.count(), 0)
  })

  it('tells the loser of two equal lists sent at once which addresses were taken', async () => {
    await using house = await openHouse()
    const accounts = ['a', 'b', 'c'].map((name) => ({ email: `${name}@example.com`, password }))
    const replies = await Promise.all([house.post('/users', accounts), house.post('/users', accounts)])

    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 422])
    const loser = replies.find(({ status }) => status === 422)
    assert.equal(loser?.body.error.details.length, 3)
    assert.deepEqual(loser?.body.error.details[0], invalid(emailTaken('a@example.com')).body.error)
    assert.equal(await house.latchkey.users.count(), 3)
  })
})

describe('declared properties', () => {
  const properties = {
    age: 'number',
    born: 'date',
    subscribed: 'boolean',
    nickname: 'String',
    address: 'object',
    tags: 'array',
    anything: 'any',
  } as const

  it('brings values to the types declared', async () => {
    await using house = await openHouse({ user: { properties } })
    const reply = await house.post('/users', {
      email: 'anna@example.com',
      password,
      age: '42',
      born: '1994-05-01',
      subscribed: 'false',
      nickname: 7,
      address: { city: 'Bern' },
      tags: ['a', 1],
      anything: [{ at: 'all' }],
    })
    assert.deepEqual(reply.body, {
      email: 'anna@example.com',
      id: 1,
      age: 42,
      born: '1994-05-01T00:00:00.000Z',
      subscribed: false,
      nickname: '7',
      address: { city: 'Bern' },
      tags: ['a', 1],
      anything: [{ at: 'all' }],
    })
  })

  it('reads what a form can only write as text', async () => {
    await using house = await openHouse({ user: { properties } })
    const text = 'email=anna@example.com&password=secret&age=4.5&born=2020-01-01&subscribed=true&tags[]=x'
    const reply = await house.post('/users', text, { headers: form })
    assert.partialDeepStrictEqual(reply.body, {
      age: 4.5,
      born: '2020-01-01T00:00:00.000Z',
      subscribed: true,
      tags: ['x'],
    })
  })

  it('takes a number for a date in milliseconds', async () => {
    await using house = await openHouse({ user: { properties } })
    const reply = await house.post('/users', { email: 'anna@example.com', password, born: 0 })
    assert.equal(reply.body.born, '1970-01-01T00:00:00.000Z')
  })

  it('refuses what makes no sense as the type declared', async () => {
    await using house = await openHouse({ user: { properties } })
    const wrong: [property: string, value: unknown, code: string, message: string, shown: string][] = [
      ['age', 'old', 'number', 'is not a number', '"old"'],
      ['age', [1], 'number', 'is not a number', '[ 1 ]'],
      ['subscribed', 'maybe', 'boolean', 'is not a boolean', '"maybe"'],
      ['nickname', {}, 'string', 'is not a string', '{}'],
      ['address', 'Bern', 'object', 'is not an object', '"Bern"'],
      ['address', ['Bern'], 'object', 'is not an object', "[ 'Bern' ]"],
      ['tags', 'a', 'array', 'is not an array', '"a"'],
    ]
    for (const [property, value, code, message, shown] of wrong) {
      const reply = await house.post('/users', { email: 'anna@example.com', password, [property]: value })
      assert.deepEqual(answerOf(reply), invalid([property, code, message, shown]))
    }
  })

  it('calls a date that cannot be read an invalid one, as LoopBack does', async () => {
    await using house = await openHouse({ user: { properties } })
    const reply = await house.post('/users', { email: 'anna@example.com', password, born: 'soon' })
    assert.deepEqual(answerOf(reply), invalid(['born', 'date', 'is not a valid date', 'Invalid Date']))
  })

  it('leaves null as it is', async () => {
    await using house = await openHouse({ user: { properties } })
    const reply = await house.post('/users', {
      email: 'anna@example.com',
      password,
      age: null,
      born: null,
      tags: null,
    })
    assert.deepEqual(reply.body, { email: 'anna@example.com', id: 1, age: null, born: null, tags: null })
  })

  it('insists on required ones', async () => {
    await using house = await openHouse({
      user: { properties: { nickname: { type: 'string', required: true } } },
    })
    for (const [nickname, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['', '""'],
    ]) {
      const reply = await house.post('/users', { email: 'anna@example.com', password, nickname })
      assert.deepEqual(answerOf(reply), invalid(['nickname', 'presence', "can't be blank", shown as string]))
    }
    const named = await house.post('/users', { email: 'anna@example.com', password, nickname: 'Ann' })
    assert.equal(named.status, 200)
  })

  it('fills in a default for whoever comes without the property, but not for null', async () => {
    await using house = await openHouse({
      user: { properties: { language: { type: 'string', default: 'en' } } },
    })
    const reply = await house.post('/users', [
      { email: 'a@example.com', password },
      { email: 'b@example.com', password, language: null },
      { email: 'c@example.com', password, language: 'de' },
    ])
    assert.deepEqual(
      reply.body.map(({ language }: { language: unknown }) => language),
      ['en', null, 'de'],
    )
  })
})

describe('strict: true', () => {
  const strict = { user: { strict: true, properties: { age: 'number' } } } as const

  it('refuses properties nobody declared', async () => {
    await using house = await openHouse(strict)
    const reply = await house.post('/users', { email: 'anna@example.com', password, age: 3, size: 4 })
    assert.deepEqual(
      answerOf(reply),
      invalid(['size', 'unknown-property', 'is not defined in the model', 'undefined']),
    )
  })

  it('takes the declared ones and the model’s own', async () => {
    await using house = await openHouse(strict)
    const account = { email: 'anna@example.com', username: 'anna', realm: 'home', age: 3 }
    const reply = await house.post('/users', { ...account, password })
    assert.deepEqual(answerOf(reply), { status: 200, body: { ...account, id: 1 } })
  })

  it('holds for lists and for updates too', async () => {
    await using house = await openHouse(strict, ['anna@example.com'])
    const list = await house.post('/users', [{ email: 'bert@example.com', password, size: 4 }])
    assert.deepEqual(list.body.error.details[0].details.codes, { size: ['unknown-property'] })

    const token = await house.login('anna@example.com')
    const update = await house.put('/users/1', { size: 4 }, { token })
    assert.deepEqual(
      answerOf(update),
      invalid(['size', 'unknown-property', 'is not defined in the model', 'undefined']),
    )
  })
})
