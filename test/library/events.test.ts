import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventNames } from '../../src/domain/events.ts'
import type { EventName, Events, HookName, ResetRequest } from '../../src/index.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const email = 'a@example.com'

/** The next event of that name, once it comes. */
function next<Name extends EventName>({ latchkey }: House, name: Name): Promise<Events[Name]> {
  return new Promise((resolve) => {
    const listener = (event: Events[Name]): void => {
      latchkey.off(name, listener)
      resolve(event)
    }
    latchkey.on(name, listener)
  })
}

describe('an event', () => {
  it('comes once for each thing that happens in the life of an account', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } })
    const heard: string[] = []
    for (const name of eventNames) house.latchkey.on(name, () => void heard.push(name))
    const happened = () => heard.splice(0)
    const linkOf = async (letters: number) => linkIn((await house.mails(letters)).at(-1) as string)

    await house.post('/users', { email, password })
    assert.deepEqual(happened(), ['created'])
    await house.get(await linkOf(1))
    assert.deepEqual(happened(), ['verified'])
    await house.post('/users/login', { email, password: 'wrong' })
    assert.deepEqual(happened(), ['loginFailed'])
    const token = await house.login(email)
    assert.deepEqual(happened(), ['loggedIn'])
    await house.put('/users/1', { city: 'Bern' }, { token })
    assert.deepEqual(happened(), ['updated'])
    await house.post('/users/change-password', { oldPassword: password, newPassword: 'second' }, { token })
    assert.deepEqual(happened(), ['passwordChanged'])
    await house.put('/users/1', { email: 'b@example.com' }, { token })
    assert.deepEqual(happened(), ['updated', 'emailChanged'])

    const asked = next(house, 'resetPasswordRequest')
    await house.post('/users/reset', { email: 'b@example.com' })
    const { accessToken } = await asked
    // Whose address it was is looked up after the answer, as is whom to tell.
    if (!heard.includes('resetAsked')) await next(house, 'resetAsked')
    assert.deepEqual(happened().sort(), ['resetAsked', 'resetPasswordRequest'])
    await house.post('/users/reset-password', { newPassword: 'third' }, { token: accessToken.id })
    assert.deepEqual(happened(), ['passwordChanged', 'verified'], 'a mailed link proves the address too')

    const last = await house.login('b@example.com', 'third')
    await house.post('/users/logout', {}, { token: last })
    assert.deepEqual(happened(), ['loggedIn', 'loggedOut'])
    const { users } = house.latchkey
    for (const name of ['block', 'block', 'unblock', 'unblock'] as const) await users[name](1)
    assert.deepEqual(happened(), ['blocked', 'unblocked'])
    await users.grantRole(1, 'editor')
    for (const isGranted of [true, false]) assert.equal(await users.revokeRole(1, 'editor'), isGranted)
    assert.deepEqual(happened(), ['roleGranted', 'roleRevoked'])
    await users.markVerified(1)
    assert.deepEqual(happened(), [])
    await users.deleteById(1)
    assert.deepEqual(happened(), ['deleted'])
  })

  it('shows the account as it is after a reset has proved its address', async () => {
    await using house = await openHouse({}, [email])
    await house.post('/users/reset', { email })
    const token = new URL(linkIn((await house.mails(1))[0] as string)).searchParams.get('access_token')
    const user = { email, emailVerified: true, id: 1 }
    const told = Promise.all([next(house, 'passwordChanged'), next(house, 'verified')])
    await house.post('/users/reset-password', { newPassword: 'another' }, { token: token as string })
    assert.deepEqual(await told, [{ user }, { user }])
  })

  it('that there is none of cannot be listened to', async () => {
    await using house = await openHouse()
    assert.throws(() => house.latchkey.on('creatd' as EventName, () => {}), /no event "creatd"/)
    assert.throws(() => house.latchkey.hook('beforeCreat' as HookName, () => {}), /no hook "beforeCreat"/)
  })

  it('tells of a new account', async () => {
    await using house = await openHouse()
    const event = next(house, 'created')
    await house.post('/users', { email, password, city: 'Bern' })
    assert.deepEqual(await event, { user: { email, id: 1, city: 'Bern' } })
  })

  it('tells of a login and a logout', async () => {
    await using house = await openHouse({}, [email])
    const loggedIn = next(house, 'loggedIn')
    const token = await house.login(email)
    assert.deepEqual(await loggedIn, { user: { email, id: 1 } })
    const loggedOut = next(house, 'loggedOut')
    await house.post('/users/logout', {}, { token })
    assert.deepEqual(await loggedOut, { userId: 1 })
  })

  it('tells of a login that failed, and whose account it was', async () => {
    await using house = await openHouse({}, [email])
    const wrong = next(house, 'loginFailed')
    await house.post('/users/login', { email, password: 'wrong' })
    assert.partialDeepStrictEqual(await wrong, { email, username: undefined, userId: 1 })
    const unknown = next(house, 'loginFailed')
    await house.post('/users/login', { username: 'nobody', password })
    assert.partialDeepStrictEqual(await unknown, { email: undefined, username: 'nobody', userId: undefined })
  })

  it('tells of a confirmed address', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, [email])
    const verified = next(house, 'verified')
    await house.get(linkIn((await house.mails(1))[0] as string))
    assert.deepEqual(await verified, { user: { email, emailVerified: true, id: 1 } })
  })

  it('tells of a changed password, a changed address and a deleted account', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    const passwordChanged = next(house, 'passwordChanged')
    await house.post('/users/change-password', { oldPassword: password, newPassword: 'another' }, { token })
    assert.deepEqual(await passwordChanged, { user: { email, id: 1 } })

    const emailChanged = next(house, 'emailChanged')
    await house.put('/users/1', { email: 'b@example.com' }, { token })
    assert.deepEqual(await emailChanged, { user: { email: 'b@example.com', id: 1 }, oldEmail: email })

    const deleted = next(house, 'deleted')
    await house.delete('/users/1', { token })
    assert.deepEqual(await deleted, { user: { email: 'b@example.com', id: 1 } })
  })

  it('tells nothing of what was refused', async () => {
    await using house = await openHouse({}, [email])
    const heard: unknown[] = []
    house.latchkey.on('created', (event) => heard.push(event))
    house.latchkey.on('deleted', (event) => heard.push(event))
    await house.post('/users', { email, password })
    await house.delete('/users/1')
    assert.deepEqual(heard, [])
  })

  it('is told to every listener, and no more to one that was taken away', async () => {
    await using house = await openHouse()
    const heard: string[] = []
    const first = (): void => void heard.push('first')
    house.latchkey.on('created', first)
    house.latchkey.on('created', () => void heard.push('second'))
    await house.latchkey.users.create({ email, password })
    house.latchkey.off('created', first)
    await house.latchkey.users.create({ email: 'b@example.com', password })
    assert.deepEqual(heard, ['first', 'second', 'second'])
  })

  it('fails nothing when its listener throws, at once or later: that is logged', async () => {
    await using house = await openHouse()
    house.latchkey.on('created', () => {
      throw new Error('at once')
    })
    house.latchkey.on('created', async () => {
      await Promise.resolve()
      throw new Error('later')
    })
    assert.equal((await house.post('/users', { email, password })).status, 200)
    await house.login(email)
    const errors = house.logs
      .filter(({ level }) => level === 'error')
      .map(({ fields }) => String((fields as { error: Error }).error))
    assert.deepEqual(errors, ['Error: at once', 'Error: later'])
  })

  it('is not waited for', async () => {
    await using house = await openHouse()
    house.latchkey.on('created', () => new Promise(() => {}))
    assert.equal((await house.post('/users', { email, password })).status, 200)
  })
})

describe('resetPasswordRequest', () => {
  it('brings the address, the user and a token that sets a new password', async () => {
    await using house = await openHouse({}, [email])
    const asked = next(house, 'resetPasswordRequest')
    await house.post('/users/reset', { email, reason: 'forgotten' })
    const request: ResetRequest = await asked
    assert.partialDeepStrictEqual(request, {
      email,
      user: { email, id: 1 },
      options: { email, reason: 'forgotten' },
      accessToken: { ttl: 900, userId: 1 },
    })
    assert.match(request.accessToken.id, /^[A-Za-z0-9]{64}$/)

    const token = request.accessToken.id
    const reply = await house.post('/users/reset-password', { newPassword: 'another' }, { token })
    assert.equal(reply.status, 204)
    await house.login(email, 'another')
  })

  it('names the user of its token as a promise, and to a callback as LoopBack’s relation does', async () => {
    await using house = await openHouse({}, [email])
    const asked = next(house, 'resetPasswordRequest')
    await house.post('/users/reset', { email })
    const { accessToken } = await asked
    assert.deepEqual(await accessToken.user(), { email, id: 1 })
    const called = await new Promise((resolve) => accessToken.user((error, user) => resolve([error, user])))
    assert.deepEqual(called, [null, { email, id: 1 }])
  })

  it('leaves the mail to the application that listens', async () => {
    await using house = await openHouse({}, [email, 'b@example.com'])
    const asked = next(house, 'resetPasswordRequest')
    await house.post('/users/reset', { email })
    await asked
    // Nobody listens any more, so this one is mailed, and it is the only one.
    await house.post('/users/reset', { email: 'b@example.com' })
    const mails = await house.mails(1)
    assert.equal(mails.length, 1)
    assert.match(mails[0] as string, /^To: b@example\.com/m)
  })

  it('does not come for an address nobody has', async () => {
    await using house = await openHouse({}, [email])
    const heard: string[] = []
    house.latchkey.on('resetPasswordRequest', (request) => heard.push(request.email))
    const asked = next(house, 'resetPasswordRequest')
    await house.post('/users/reset', { email: 'nobody@example.com' })
    await house.post('/users/reset', { email: 'A@Example.com' })
    await asked
    assert.deepEqual(heard, [email])
  })
})
