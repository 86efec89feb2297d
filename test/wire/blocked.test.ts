import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLatchkey } from '../../src/index.ts'
import { openFolder } from '../cli/latchkey-process.ts'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'

/** All that an answer tells, but for what tells every request from the next. */
function tellings({ status, body, headers }: Reply): unknown {
  const lasting = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id')
  return { status, body, headers: lasting }
}

async function recipients(house: House, mails: number): Promise<string[]> {
  return (await house.mails(mails)).map((mail) => /^To: (.*)\r$/m.exec(mail)?.[1] as string)
}

describe('a blocked account', () => {
  it('is answered at login as an unknown one is', async () => {
    await using house = await openHouse({}, [anna])
    const { id } = (await house.latchkey.users.findAccount(anna))?.user ?? {}
    await house.latchkey.users.block(id)
    const strange = await house.post('/users/login', { email: 'nobody@example.com', password })
    for (const secret of [password, 'wrong', '', 7]) {
      const reply = await house.post('/users/login', { email: anna, password: secret })
      const nobody = await house.post('/users/login', { email: 'nobody@example.com', password: secret })
      assert.deepEqual(tellings(reply), tellings(nobody))
    }
    assert.equal(strange.status, 401)
  })

  it('is answered so after the work of one hash, also before it has confirmed its address', async () => {
    const user = { passwordHash: 'argon2id', emailVerificationRequired: true } as const
    await using house = await openHouse({ user }, [anna])
    await house.latchkey.users.block(1)
    const workOf = async (email: string) => {
      const before = process.cpuUsage()
      assert.equal((await house.post('/users/login', { email, password })).body.error.code, 'LOGIN_FAILED')
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const work = { blocked: 0, unknown: 0 }
    for (let round = 0; round < 6; round++) {
      work.unknown += await workOf('nobody@example.com')
      work.blocked += await workOf(anna)
    }
    const ratio = work.blocked / work.unknown
    assert.ok(ratio > 0.4 && ratio < 2.5, `${ratio}`)
  })

  it('has no session any more, at once and in every process, nor when it is let in again', async () => {
    using folder = openFolder()
    const database = { url: `sqlite:${folder.file('latchkey.db')}` }
    await using house = await openHouse({ database }, [anna, bert])
    const other = await createLatchkey({ database, log: { level: 'silent' } })
    try {
      const [token, unharmed] = [await house.login(anna), await house.login(bert)]
      const identify = (one: string) => other.identify({ headers: { authorization: one } })
      assert.equal((await identify(token))?.user.email, anna)
      await house.latchkey.users.block(1)
      assert.equal((await house.get('/users/1', { token })).status, 401)
      assert.equal(await identify(token), undefined)
      assert.equal((await identify(unharmed))?.user.email, bert)

      const made = await house.latchkey.tokens.create(1)
      assert.equal(await identify(made.id), undefined, 'nor one that is made for it')
      await other.users.unblock(1)
      assert.equal((await house.get('/users/1', { token })).status, 401)
      assert.equal((await house.get('/users/1', { token: made.id })).status, 401)
      assert.equal((await house.get('/users/1', { token: await house.login(anna) })).status, 200)
    } finally {
      await other.close()
    }
  })

  it('gets no mail that opens anything, and what it got opens nothing', async () => {
    await using house = await openHouse({ user: { emailVerificationRequired: true } }, [anna, bert])
    const [link] = (await house.mails(2)).map(linkIn).filter((one) => one.includes('uid=1&'))
    await house.post('/users/reset', { email: anna })
    const reset = new URL(linkIn((await house.mails(3)).at(-1) as string)).searchParams.get('access_token')
    await house.latchkey.users.block(1)
    assert.equal((await house.get(link as string)).status, 400)
    const set = { newPassword: 'another one' }
    assert.equal((await house.post('/users/reset-password', set, { token: reset as string })).status, 401)

    const replies: unknown[] = []
    for (const [sent, letters] of [
      ['reset', 4],
      ['verify', 5],
    ] as const) {
      for (const email of [anna, bert]) replies.push(tellings(await house.post(`/users/${sent}`, { email })))
      await house.mails(letters)
    }
    assert.deepEqual(replies[0], replies[1])
    assert.deepEqual(replies[2], replies[3])
    // Whatever was due before this one has been sent by then, or never is.
    await house.post('/users/reset', { email: bert })
    const newest = (await recipients(house, 6)).slice(3)
    assert.deepEqual(newest, [bert, bert, bert])
  })

  it('is told so where LoopBack tells who has an account', async () => {
    await using house = await openHouse({ compatibility: 'loopback3' }, [anna])
    await house.latchkey.users.block(1)
    const reply = await house.post('/users/reset', { email: anna })
    assert.deepEqual([reply.status, reply.body.error.code], [404, 'EMAIL_NOT_FOUND'])
  })

  it('makes no token for an application that mails resets itself', async () => {
    await using house = await openHouse({}, [anna, bert])
    const heard: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    house.latchkey.on('resetPasswordRequest', ({ email }) => {
      heard.push(email)
      if (email === bert) resolve()
    })
    await house.latchkey.users.block(1)
    for (const email of [anna, bert]) await house.post('/users/reset', { email })
    await promise
    assert.deepEqual(heard, [bert])
    assert.deepEqual(await house.latchkey.tokens.list(1), [])
  })

  it('shows nothing of it over HTTP, not even to an administrator, and cannot be opened there', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.adminToken()
    const before = await house.get('/users/1', { token })
    await house.latchkey.users.block(1)
    assert.deepEqual((await house.get('/users/1', { token })).body, before.body)
    assert.deepEqual((await house.get('/users', { token })).body[0], before.body)
    for (const name of ['blockedAt', 'blocked', 'blocked_at'])
      await house.request('PATCH', '/users/1', { [name]: null }, { token })
    assert.equal((await house.post('/users/login', { email: anna, password })).status, 401)
    const blocked = await house.find('/users', { where: { blockedAt: { neq: null } } }, { token })
    assert.deepEqual(blocked.body, [])
  })

  it('does not come of what somebody says at sign-up', async () => {
    await using house = await openHouse()
    const blockedAt = '2026-11-22T10:00:00.000Z'
    await house.post('/users', { email: anna, password, blockedAt, blocked: true })
    await house.login(anna)
    assert.equal((await house.latchkey.users.findAccount(anna))?.blockedAt, null)
  })

  it('cannot be blocked where there is none', async () => {
    await using house = await openHouse()
    for (const id of [99, 'x', undefined])
      await assert.rejects(house.latchkey.users.block(id), { code: 'MODEL_NOT_FOUND' })
  })
})
