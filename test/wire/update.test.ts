import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, itReadingBodies, openHouse, password, type Reply } from '../open-house.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const answerOf = ({ status, body }: Reply) => ({ status, body })

/** A user as her owner sees her. */
async function readOneself(house: House, token: string, id = 1): Promise<unknown> {
  return (await house.get(`/users/${id}`, { token })).body
}

function isRefused(reply: Reply, status: number, error: object): void {
  assert.partialDeepStrictEqual(reply, { status, body: { error: { statusCode: status, ...error } } })
}

describe('PUT /users/{id}', () => {
  it('updates the attributes given, leaves the others and answers with the whole user', async () => {
    await using house = await openHouse()
    await house.post('/users', {
      email: 'anna@example.com',
      password,
      username: 'anna',
      realm: 'home',
      age: 30,
      address: { city: 'Bern', street: 'Kramgasse' },
    })
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', { age: 31, address: { city: 'Basel' }, motto: null }, { token })

    const expected = {
      realm: 'home',
      username: 'anna',
      email: 'anna@example.com',
      id: 1,
      age: 31,
      address: { city: 'Basel' },
      motto: null,
    }
    assert.deepEqual(answerOf(reply), { status: 200, body: expected })
    assert.deepEqual(await readOneself(house, token), expected)
  })

  it('changes nothing when nothing is sent', async () => {
    await using house = await openHouse()
    await house.post('/users', { email: 'anna@example.com', password, age: 30 })
    const token = await house.login('anna@example.com')
    for (const body of [undefined, '', 'null', {}]) {
      const reply = await house.put('/users/1', body, { token })
      assert.deepEqual(answerOf(reply), { status: 200, body: { email: 'anna@example.com', id: 1, age: 30 } })
    }
  })

  it('takes a form', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', 'motto=carpe+diem&address[city]=Bern', {
      token,
      headers: form,
    })
    assert.deepEqual(reply.body, {
      email: 'anna@example.com',
      id: 1,
      motto: 'carpe diem',
      address: { city: 'Bern' },
    })
  })

  it('is the owner’s, and answers alike to all others about any id', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('bert@example.com')
    for (const reply of [
      await house.put('/users/1', { age: 1 }),
      await house.put('/users/1', { age: 1 }, { token }),
      await house.put('/users/99', { age: 1 }, { token }),
      await house.put('/users/01', { age: 1 }, { token }),
    ]) {
      isRefused(reply, 401, { code: 'AUTHORIZATION_REQUIRED', message: 'Authorization Required' })
    }
    assert.deepEqual(await house.latchkey.users.findById(1), { email: 'anna@example.com', id: 1 })
  })

  it('tells an administrator that there is no such user', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    for (const id of ['99', '01', '1e0', 'true', 'login']) {
      isRefused(await house.put(`/users/${id}`, { age: 1 }, { token }), 404, {
        code: 'MODEL_NOT_FOUND',
        message: `could not find a model with id ${id}`,
      })
    }
  })

  itReadingBodies('refuses a body that is no object', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const body of ['[]', '5', '"text"', 'true', '[{"age":1}]']) {
      isRefused(await house.put('/users/1', body, { token }), 400, { message: 'Value is not an object.' })
    }
  })

  it('takes the id again', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const id of [1, '1', null]) {
      assert.equal((await house.put('/users/1', { id, age: 1 }, { token })).status, 200)
    }
  })

  it('refuses another id', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('anna@example.com')
    for (const id of [2, 99, '01', 0]) {
      isRefused(await house.put('/users/1', { id, age: 2 }, { token }), 400, {
        message: `id cannot be updated from 1 to ${id} when forceId is set to true`,
      })
    }
    assert.deepEqual(await readOneself(house, token), { email: 'anna@example.com', id: 1 })
  })

  it('bounds what all properties together may take', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    assert.equal((await house.put('/users/1', { one: 'x'.repeat(60_000) }, { token })).status, 200)
    const second = await house.put('/users/1', { two: 'x'.repeat(60_000) }, { token })
    isRefused(second, 422, { name: 'ValidationError' })
    assert.equal((await house.put('/users/1', { one: null, two: 'x'.repeat(60_000) }, { token })).status, 200)
  })
})

describe('PUT /users/{id}?data=', () => {
  it('takes the attributes from the query when there is no body', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const json = await house.put('/users/1?data={"age":30,"tags":["a"]}', undefined, { token })
    assert.deepEqual(json.body, { email: 'anna@example.com', id: 1, age: 30, tags: ['a'] })

    const brackets = await house.put('/users/1?data[age]=31&data[address][city]=Bern', undefined, { token })
    assert.partialDeepStrictEqual(brackets.body, { age: '31', address: { city: 'Bern' } })
  })

  it('does not look at the query when there is a body', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1?data={"age":30}', { size: 170 }, { token })
    assert.deepEqual(reply.body, { email: 'anna@example.com', id: 1, size: 170 })

    const empty = await house.put('/users/1?data={"age":30}', {}, { token })
    assert.deepEqual(empty.body, { email: 'anna@example.com', id: 1, size: 170 })
  })

  it('refuses data that is no object, or cannot be parsed', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const data of ['data=text', 'data=5', 'data=[]', 'data[]=x', 'data=a&data=b']) {
      isRefused(await house.put(`/users/1?${data}`, undefined, { token }), 400, {
        message: 'Value is not an object.',
      })
    }
    isRefused(await house.put('/users/1?data={broken}', undefined, { token }), 400, {
      message: 'Cannot parse JSON-encoded object value.',
    })
  })

  it('is checked as a body is', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('anna@example.com')
    const taken = await house.put('/users/1?data={"email":"bert@example.com"}', undefined, { token })
    isRefused(taken, 422, { details: { codes: { email: ['uniqueness'] } } })
    const secret = await house.put('/users/1?data[password]=another', undefined, { token })
    isRefused(secret, 401, { code: 'PASSWORD_CHANGE_NOT_ALLOWED' })
    assert.equal((await house.put('/users/2?data={"age":1}', undefined, { token })).status, 401)
  })
})

describe('PUT /users/{id} with what is not valid', () => {
  it('refuses an address that is blank, none, or taken', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.login('anna@example.com')
    const cases: [email: unknown, code: string, told: string][] = [
      [null, 'presence', "`email` can't be blank (value: null)"],
      ['', 'presence', '`email` can\'t be blank (value: "")'],
      [5, 'custom.string', '`email` is invalid (value: 5)'],
      ['anna', 'custom.email', '`email` is invalid (value: "anna")'],
      ['BERT@example.com', 'uniqueness', '`email` Email already exists (value: "bert@example.com")'],
    ]
    for (const [email, code, told] of cases) {
      isRefused(await house.put('/users/1', { email, age: 1 }, { token }), 422, {
        name: 'ValidationError',
        message: `The \`User\` instance is not valid. Details: ${told}.`,
        details: { context: 'User', codes: { email: [code] } },
      })
    }
    assert.deepEqual(await readOneself(house, token), { email: 'anna@example.com', id: 1 })
  })

  it('refuses a username somebody else has, and takes one’s own again', async () => {
    await using house = await openHouse()
    await house.post('/users', [
      { email: 'anna@example.com', password, username: 'anna' },
      { email: 'bert@example.com', password, username: 'bert' },
    ])
    const token = await house.login('anna@example.com')
    isRefused(await house.put('/users/1', { username: 'bert' }, { token }), 422, {
      message: 'The `User` instance is not valid. Details: `username` User already exists (value: "bert").',
      details: { codes: { username: ['uniqueness'] }, messages: { username: ['User already exists'] } },
    })
    const own = await house.put('/users/1', { username: 'anna', email: 'ANNA@example.com' }, { token })
    assert.deepEqual(answerOf(own), {
      status: 200,
      body: { username: 'anna', email: 'anna@example.com', id: 1 },
    })
  })

  it('brings declared properties to their types, and insists on required ones', async () => {
    await using house = await openHouse({
      user: { properties: { age: 'number', nickname: { type: 'string', required: true } } },
    })
    await house.post('/users', { email: 'anna@example.com', password, nickname: 'Ann' })
    const token = await house.login('anna@example.com')

    const coerced = await house.put('/users/1', { age: '42' }, { token })
    assert.deepEqual(coerced.body, { email: 'anna@example.com', id: 1, nickname: 'Ann', age: 42 })
    isRefused(await house.put('/users/1', { age: 'old' }, { token }), 422, {
      details: { codes: { age: ['number'] } },
    })
    isRefused(await house.put('/users/1', { nickname: null }, { token }), 422, {
      details: { codes: { nickname: ['presence'] } },
    })
  })

  it('gives an address to one of many who change to it at once', async () => {
    const emails = Array.from({ length: 10 }, (_, index) => `u${index}@example.com`)
    await using house = await openHouse({ rateLimit: false }, emails)
    const tokens = await Promise.all(emails.map((email) => house.login(email)))
    const replies = await Promise.all(
      tokens.map((token, index) => house.put(`/users/${index + 1}`, { email: 'new@example.com' }, { token })),
    )
    const losers = replies.filter(({ status }) => status !== 200)
    assert.equal(losers.length, 9)
    for (const loser of losers) isRefused(loser, 422, { details: { codes: { email: ['uniqueness'] } } })
    assert.equal(await house.latchkey.users.count({ email: 'new@example.com' }), 1)
  })
})

describe('PUT /users/{id} with a password', () => {
  it('refuses it, and the old one stays', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    for (const given of ['another one', '', 5, {}, password]) {
      const reply = await house.put('/users/1', { password: given, age: 1 }, { token })
      assert.deepEqual(answerOf(reply), {
        status: 401,
        body: {
          error: {
            statusCode: 401,
            name: 'Error',
            message:
              'Changing user password via patch/replace API is not allowed. Use changePassword() or setPassword() instead.',
            code: 'PASSWORD_CHANGE_NOT_ALLOWED',
          },
        },
      })
    }
    assert.deepEqual(await readOneself(house, token), { email: 'anna@example.com', id: 1 })
    assert.ok(await house.login('anna@example.com'))
  })

  it('refuses it to an administrator too', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.adminToken()
    const reply = await house.put('/users/1', { password: 'another one' }, { token })
    isRefused(reply, 401, { code: 'PASSWORD_CHANGE_NOT_ALLOWED' })
  })

  it('takes null for none', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', { password: null, age: 1 }, { token })
    assert.deepEqual(answerOf(reply), { status: 200, body: { email: 'anna@example.com', id: 1, age: 1 } })
    assert.ok(await house.login('anna@example.com'))
  })

  it('sets it where the operator allows that, and ends all other sessions', async () => {
    await using house = await openHouse({ user: { rejectPasswordChangesViaPatchOrReplace: false } }, [
      'anna@example.com',
    ])
    const own = await house.login('anna@example.com')
    const other = await house.login('anna@example.com')
    assert.equal((await house.put('/users/1', { password: 'another one' }, { token: own })).status, 200)

    assert.equal((await house.get('/users/1', { token: own })).status, 200)
    assert.equal((await house.get('/users/1', { token: other })).status, 401)
    assert.ok(await house.login('anna@example.com', 'another one'))
    const old = await house.post('/users/login', { email: 'anna@example.com', password })
    assert.equal(old.status, 401)
    for (const unfit of ['', 5, {}, ['x']]) {
      isRefused(await house.put('/users/1', { password: unfit }, { token: own }), 422, {
        code: 'INVALID_PASSWORD',
      })
    }
  })
})

describe('PUT /users/{id} with a new e-mail address', () => {
  it('ends all other sessions of the user, and nobody else’s', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const own = await house.login('anna@example.com')
    const others = [await house.login('anna@example.com'), await house.login('anna@example.com')]
    const bert = await house.login('bert@example.com')

    const reply = await house.put('/users/1', { email: 'Ann@example.com' }, { token: own })
    assert.deepEqual(reply.body, { email: 'ann@example.com', id: 1 })

    assert.equal((await house.get('/users/1', { token: own })).status, 200)
    for (const token of others) assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.get('/users/2', { token: bert })).status, 200)
    assert.ok(await house.login('ann@example.com'))
    const old = await house.post('/users/login', { email: 'anna@example.com', password })
    isRefused(old, 401, { code: 'LOGIN_FAILED' })
  })

  it('takes the proof of the old address for none of the new one', async () => {
    await using house = await openHouse()
    await house.latchkey.users.create({ email: 'anna@example.com', password, emailVerified: true })
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', { email: 'ann@example.com' }, { token })
    assert.deepEqual(reply.body, { email: 'ann@example.com', emailVerified: false, id: 1 })
  })

  it('blocks the next login until it is proved, where that is required', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } })
    await house.latchkey.users.create({ email: 'anna@example.com', password, emailVerified: true })
    const token = await house.login('anna@example.com')
    await house.put('/users/1', { email: 'ann@example.com' }, { token })

    assert.equal((await house.get('/users/1', { token })).status, 200)
    const login = await house.post('/users/login', { email: 'ann@example.com', password })
    isRefused(login, 401, { code: 'LOGIN_FAILED_EMAIL_NOT_VERIFIED' })
  })

  it('ends every session of the user when somebody else changes it', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const tokens = [await house.login('anna@example.com'), await house.login('anna@example.com')]
    const admin = await house.adminToken()
    await house.put('/users/1', { email: 'ann@example.com' }, { token: admin })

    for (const token of tokens) assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.get('/users/1', { token: admin })).status, 200)
  })

  it('ends nothing when the address stays as it is, whatever else changes', async () => {
    await using house = await openHouse()
    await house.latchkey.users.create({ email: 'anna@example.com', password, emailVerified: true })
    const own = await house.login('anna@example.com')
    const other = await house.login('anna@example.com')
    const changes = { email: 'ANNA@example.com', username: 'anna', age: 3 }
    const reply = await house.put('/users/1', changes, { token: own })

    assert.partialDeepStrictEqual(reply.body, { email: 'anna@example.com', emailVerified: true })
    assert.equal((await house.get('/users/1', { token: other })).status, 200)
  })
})

describe('PUT /users/{id} with replaceOnPUT', () => {
  it('drops what is not sent, but for what only the server may set', async () => {
    await using house = await openHouse({ user: { replaceOnPUT: true } })
    await house.latchkey.users.create({
      email: 'anna@example.com',
      password,
      username: 'anna',
      realm: 'home',
      emailVerified: true,
      age: 30,
    })
    const token = await house.login('anna@example.com')
    const reply = await house.put('/users/1', { email: 'anna@example.com', size: 170 }, { token })

    const expected = { realm: 'home', email: 'anna@example.com', emailVerified: true, id: 1, size: 170 }
    assert.deepEqual(answerOf(reply), { status: 200, body: expected })
    assert.deepEqual(await readOneself(house, token), expected)
    assert.ok(await house.login('anna@example.com'))
  })

  it('insists on the address and on required properties', async () => {
    await using house = await openHouse({
      user: {
        replaceOnPUT: true,
        properties: {
          nickname: { type: 'string', required: true },
          language: { type: 'string', default: 'en' },
        },
      },
    })
    await house.post('/users', { email: 'anna@example.com', password, nickname: 'Ann', language: 'de' })
    const token = await house.login('anna@example.com')

    isRefused(await house.put('/users/1', {}, { token }), 422, {
      details: { codes: { email: ['presence'], nickname: ['presence'] } },
    })
    const whole = await house.put('/users/1', { email: 'anna@example.com', nickname: 'A' }, { token })
    assert.deepEqual(whole.body, { email: 'anna@example.com', id: 1, nickname: 'A', language: 'en' })
  })

  it('speaks of replacing when it refuses', async () => {
    await using house = await openHouse({ user: { replaceOnPUT: true } }, ['anna@example.com'])
    const token = await house.adminToken()
    const account = { email: 'ann@example.com' }
    isRefused(await house.put('/users/99', account, { token }), 404, {
      message: 'Could not replace. Object with id 99 does not exist!',
    })
    isRefused(await house.put('/users/1', { ...account, id: 99 }, { token }), 400, {
      message: 'id property (id) cannot be updated from 1 to 99',
    })
  })
})

describe('PUT /users', () => {
  it('is closed to everybody whom no rule lets in', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const token = await house.login('anna@example.com')
    const account = { email: 'joe@example.com', password }
    for (const reply of [
      await house.put('/users', account),
      await house.put('/users', account, { token }),
      await house.put('/users', { id: 1, age: 1 }, { token }),
    ]) {
      isRefused(reply, 401, { code: 'AUTHORIZATION_REQUIRED' })
    }
    assert.equal(await house.latchkey.users.count(), 1)
  })

  it('creates a user when no id is sent', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    const reply = await house.put('/users', { email: 'Joe@example.com', password, age: 3 }, { token })
    assert.deepEqual(answerOf(reply), { status: 200, body: { email: 'joe@example.com', id: 2, age: 3 } })
    assert.ok(await house.login('joe@example.com'))

    isRefused(await house.put('/users', { id: null, email: 'joe' }, { token }), 422, {
      message:
        'The `User` instance is not valid. Details: `password` can\'t be blank (value: undefined); `email` is invalid (value: "joe").',
    })
  })

  it('updates the user whose id is sent, and checks what comes out', async () => {
    await using house = await openHouse({}, ['anna@example.com', 'bert@example.com'])
    const token = await house.adminToken()
    const reply = await house.put('/users', { id: 1, username: 'anna', age: 3 }, { token })
    const expected = { username: 'anna', email: 'anna@example.com', id: 1, age: 3 }
    assert.deepEqual(answerOf(reply), { status: 200, body: expected })

    isRefused(await house.put('/users', { id: 1, email: 'bad' }, { token }), 422, {
      details: { codes: { email: ['custom.email'] } },
    })
    isRefused(await house.put('/users', { id: '1', email: 'bert@example.com' }, { token }), 422, {
      details: { codes: { email: ['uniqueness'] } },
    })
    isRefused(await house.put('/users', { id: 1, password: 'another one' }, { token }), 401, {
      code: 'PASSWORD_CHANGE_NOT_ALLOWED',
    })
    assert.deepEqual(await house.latchkey.users.findById(1), expected)
  })

  it('ends the sessions of a user whose address it changes', async () => {
    await using house = await openHouse({}, ['anna@example.com'])
    const anna = await house.login('anna@example.com')
    const token = await house.adminToken()
    assert.equal((await house.put('/users', { id: 1, email: 'ann@example.com' }, { token })).status, 200)
    assert.equal((await house.get('/users/1', { token: anna })).status, 401)
  })

  it('does not create a user under an id of the client’s choice', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    for (const id of [99, '99', '01', true, 0, -1, 1.5]) {
      const reply = await house.put('/users', { id, email: 'joe@example.com', password: null }, { token })
      isRefused(reply, 404, { message: `Could not update attributes. Object with id ${id} does not exist!` })
    }
    for (const id of [{ gt: 0 }, [1], ['1']]) {
      assert.equal((await house.put('/users', { id, age: 1 }, { token })).status, 404)
    }
    assert.equal(await house.latchkey.users.count(), 1)
  })

  itReadingBodies('refuses a body that is no object', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    for (const body of ['[]', '5', '"text"', 'true', `[${JSON.stringify({ email: 'a@example.com' })}]`]) {
      isRefused(await house.put('/users', body, { token }), 400, { message: 'Value is not an object.' })
    }
  })

  it('takes a form', async () => {
    await using house = await openHouse()
    const token = await house.adminToken()
    const created = await house.put('/users', 'email=joe@example.com&password=secret', {
      token,
      headers: form,
    })
    assert.deepEqual(created.body, { email: 'joe@example.com', id: 2 })
    const updated = await house.put('/users', 'id=2&motto=hello', { token, headers: form })
    assert.deepEqual(updated.body, { email: 'joe@example.com', id: 2, motto: 'hello' })
  })
})
