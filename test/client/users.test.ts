import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient, isApiError, type User } from '../../src/client/index.ts'
import type { LatchkeyOptions } from '../../src/index.ts'
import { linkIn, openHouse, password } from '../open-house.ts'

interface Member extends User {
  readonly nickname?: string
  readonly age?: number
}

const anna = 'anna@example.com'
const bert = 'bert@example.com'

/** A house with two users, and a client of it that nobody is logged in to. */
async function openWithClient(options: LatchkeyOptions = {}) {
  const house = await openHouse(options, [anna, bert])
  const client = createClient<Member>({ url: `${house.url}/api/users` })
  return { client, house, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

/** The same, logged in as an administrator. */
async function openAsAdmin(options: LatchkeyOptions = {}) {
  const opened = await openWithClient(options)
  await opened.client.tokenStorage.set(await opened.house.adminToken())
  return opened
}

describe('signing up', () => {
  it('creates a user with the properties given', async () => {
    await using opened = await openWithClient()
    const user = await opened.client.users.create({ email: 'new@example.com', password, nickname: 'New' })
    assert.deepEqual(user, { email: 'new@example.com', nickname: 'New', id: 3 })
  })

  it('creates several users, or none', async () => {
    await using opened = await openWithClient()
    const { users } = opened.client
    const created = await users.createMany([
      { email: 'c@example.com', password },
      { email: 'd@example.com', password },
    ])
    assert.deepEqual(
      created.map(({ email }) => email),
      ['c@example.com', 'd@example.com'],
    )
    await assert.rejects(
      users.createMany([
        { email: 'e@example.com', password },
        { email: anna, password },
      ]),
      (error) => {
        assert.ok(isApiError(error, 'SEVERAL_FAILED'))
        const [first, second] = error.details
        return first === null && second?.code === 'VALIDATION_FAILED'
      },
    )
  })
})

describe('a session', () => {
  it('begins with a login, and brings the user along where asked', async () => {
    await using opened = await openWithClient()
    const { users, tokenStorage } = opened.client
    const session = await users.login({ email: anna, password, ttl: 60 }, { include: 'user' })
    assert.partialDeepStrictEqual(session, { ttl: 60, userId: 1, user: { id: 1, email: anna } })
    assert.equal(await tokenStorage.get(), session.id)
    assert.equal((await users.findById(1)).email, anna)
  })

  it('ends with a logout', async () => {
    await using opened = await openWithClient()
    const { users, tokenStorage } = opened.client
    const { id: token } = await users.login({ email: anna, password })
    await users.logout()
    assert.equal(await tokenStorage.get(), null)
    await assert.rejects(users.findById(1, {}, { token }), { code: 'AUTHORIZATION_REQUIRED' })
  })

  it('is begun anew although the stored token has expired', async () => {
    await using opened = await openWithClient()
    const { users } = opened.client
    opened.house.now = new Date('2030-01-01T00:00:00Z')
    await users.login({ email: anna, password, ttl: 60 })
    opened.house.now = new Date('2030-01-01T00:02:00Z')
    await users.login({ email: anna, password })
    assert.equal((await users.findById(1)).id, 1)
  })
})

describe('finding users', () => {
  it('takes a whole filter', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    await users.updateAll({ email: { inq: [anna, bert] } }, { age: 30 })
    assert.deepEqual(
      await users.find({ where: { age: { gte: 30 } }, order: 'email DESC', limit: 1, fields: ['email'] }),
      [{ email: bert }],
    )
    assert.deepEqual(await users.findOne({ where: { age: 30 }, order: 'id' }), {
      id: 1,
      email: anna,
      age: 30,
    })
    assert.deepEqual(await users.findById(2, { fields: 'id' }), { id: 2 })
    assert.equal((await users.find()).length, 3)
  })

  it('keeps every character of a condition', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    const nickname = '+ & = ? # % / \\ " ü 🎈'
    await users.patchAttributes(1, { nickname })
    assert.deepEqual(await users.find({ where: { nickname }, fields: ['id'] }), [{ id: 1 }])
  })

  it('counts, and tells who exists', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    assert.equal(await users.count(), 3)
    assert.equal(await users.count({ email: anna }), 1)
    assert.deepEqual([await users.exists(1), await users.exists(99)], [true, false])
  })

  it('refuses a condition that would be lost on the way, and fit everybody', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    const nobody = undefined
    await assert.rejects(users.updateAll({ email: nobody }, { age: 99 }), TypeError)
    await assert.rejects(users.find({ where: { or: [{ age: { gt: Number.NaN } }] } }), TypeError)
    assert.equal(await users.count({ age: 99 }), 0)
  })
})

describe('changing users', () => {
  it('updates or replaces the one of an id', async () => {
    await using opened = await openWithClient()
    const { users } = opened.client
    await users.login({ email: anna, password })
    await users.patchAttributes(1, { nickname: 'Anna', age: 30 })
    assert.deepEqual(await users.replaceById(1, { email: anna, age: 31 }), { id: 1, email: anna, age: 31 })
  })

  it('updates, replaces or creates, as the id tells', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    assert.equal((await users.patchOrCreate({ id: 1, age: 30 })).age, 30)
    assert.deepEqual(await users.replaceOrCreate({ id: 1, email: anna }), { id: 1, email: anna })
    assert.equal((await users.patchOrCreate({ email: 'new@example.com', password })).id, 4)
  })

  it('updates whoever fits', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    assert.equal((await users.upsertWithWhere({ email: anna }, { age: 30 })).id, 1)
    assert.equal(await users.updateAll({ id: { lte: 2 } }, { nickname: 'one of two' }), 2)
    await assert.rejects(users.upsertWithWhere({}, { age: 30 }), { code: 'SEVERAL_FOUND' })
  })

  it('deletes, and tells how many there were', async () => {
    await using opened = await openAsAdmin()
    const { users } = opened.client
    assert.deepEqual([await users.deleteById(1), await users.deleteById(1)], [1, 0])
  })

  for (const id of ['', '.', '..']) {
    it(`refuses the id "${id}", whose path is another endpoint's`, async () => {
      await using opened = await openAsAdmin()
      const { users, tokens } = createClient<User<string>>({
        url: `${opened.house.url}/api/users`,
        tokenStorage: opened.client.tokenStorage,
      })
      await assert.rejects(users.patchAttributes(id, { email: 'x@example.com' }), TypeError)
      await assert.rejects(tokens.delete('1', id), TypeError)
    })
  }
})

describe('confirming an address', () => {
  it('takes what stands in the mailed link, once, and mails a link again', async () => {
    await using opened = await openWithClient({ user: { emailVerificationRequired: true } })
    const { users } = opened.client
    const { id } = await users.create({ email: 'new@example.com', password })
    const { id: token } = await opened.house.latchkey.tokens.create(id)
    const before = await opened.house.mails(3)
    await users.verify(id, { token })
    const again = (await opened.house.mails(4)).find((mail) => !before.includes(mail)) as string

    const link = new URL(linkIn(again)).searchParams
    const confirmation = { uid: Number(link.get('uid')), token: link.get('token') as string }
    await users.confirm(confirmation)
    await users.login({ email: 'new@example.com', password })
    await assert.rejects(users.confirm(confirmation), { statusCode: 400, code: 'INVALID_TOKEN' })
    assert.ok(await opened.client.tokenStorage.get(), 'only a session that is over is forgotten')
  })
})

describe('a mailed link', () => {
  it('is mailed again to whoever cannot log in before they have it', async () => {
    await using opened = await openWithClient({ user: { emailVerificationRequired: true } })
    const { users } = opened.client
    const before = await opened.house.mails(2)
    assert.equal(await users.requestVerification({ email: anna }), undefined)
    const again = (await opened.house.mails(3)).find((mail) => !before.includes(mail)) as string
    const link = new URL(linkIn(again)).searchParams
    await users.confirm({ uid: Number(link.get('uid')), token: link.get('token') as string })
    await users.login({ email: anna, password })
  })

  it('takes an address back, also for whom nobody is logged in to', async () => {
    await using opened = await openWithClient()
    const { users, tokenStorage } = opened.client
    await users.login({ email: anna, password })
    await users.patchAttributes(1, { email: 'thief@example.com' })
    await tokenStorage.set('a token that is no good')
    const link = new URL(linkIn((await opened.house.mails(1))[0] as string)).searchParams
    await users.undoEmailChange({ uid: Number(link.get('uid')), token: link.get('token') as string })
    await users.login({ email: anna, password })
  })
})

describe('passwords', () => {
  it('are changed with the old one', async () => {
    await using opened = await openWithClient()
    const { users } = opened.client
    await users.login({ email: anna, password })
    await users.changePassword({ oldPassword: password, newPassword: 'another one' })
    await users.login({ email: anna, password: 'another one' })
  })

  it('are set with the token of a mailed link', async () => {
    await using opened = await openWithClient()
    const { users } = opened.client
    assert.equal(await users.resetPassword({ email: anna }), undefined)
    const [mail = ''] = await opened.house.mails(1)
    const token = new URL(linkIn(mail)).searchParams.get('access_token') as string
    await users.setPassword({ newPassword: 'another one' }, { token })
    await users.login({ email: anna, password: 'another one' })
  })
})

describe('the tokens of a user', () => {
  it('are made, listed, counted, changed and ended', async () => {
    await using opened = await openAsAdmin()
    const { users, tokens } = opened.client
    const made = await tokens.create(1, { ttl: 60, scopes: ['read'] })
    await tokens.createMany(1, [{}])
    assert.equal(await tokens.count(1), 2)
    assert.equal(await tokens.count(1, { ttl: 60 }), 1)

    const [listed] = await tokens.list(1, { where: { ttl: { lte: 60 } }, include: 'user' })
    assert.partialDeepStrictEqual(listed, { ttl: 60, userId: 1, user: { id: 1, email: anna } })
    assert.equal((await tokens.findById(1, made.id)).id, listed?.id)
    assert.equal((await tokens.update(1, made.id, { ttl: 120 })).ttl, 120)

    assert.equal(await tokens.delete(1, made.id), undefined)
    await assert.rejects(tokens.findById(1, made.id), { statusCode: 404, code: 'MODEL_NOT_FOUND' })
    await tokens.deleteAll(1)
    assert.deepEqual(await tokens.list(1), [])
    assert.equal(await users.exists(1), true)
  })
})
