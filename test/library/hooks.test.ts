import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type House, openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

function refusal(statusCode: number, code: string, message: string): Error {
  return Object.assign(new Error(message), { statusCode, code })
}

describe('a hook', () => {
  it('may change what an account is made of, on the wire and off it, one or several', async () => {
    await using house = await openHouse()
    house.latchkey.hook('beforeCreate', async ({ data, model, caller }) => {
      assert.deepEqual([model, caller], ['User', undefined])
      data.plan = 'free'
    })
    assert.equal((await house.post('/users', { email: anna, password })).body.plan, 'free')
    const two = [
      { email: 'b@example.com', password },
      { email: 'c@example.com', password },
    ]
    assert.deepEqual(
      (await house.post('/users', two)).body.map(({ plan }: { plan: string }) => plan),
      ['free', 'free'],
    )
    assert.equal((await house.latchkey.users.create({ email: 'd@example.com', password })).plan, 'free')
  })

  it('changes nothing that a client could not: the same checks follow', async () => {
    await using house = await openHouse()
    house.latchkey.hook('beforeCreate', ({ data }) => {
      data.email = 'no address'
    })
    assert.equal((await house.post('/users', { email: anna, password })).status, 422)
  })

  it('refuses with a status and a code of its own', async () => {
    await using house = await openHouse()
    house.latchkey.hook('beforeCreate', () => {
      throw refusal(403, 'CLOSED', 'Nobody may sign up today')
    })
    const { status, body } = await house.post('/users', { email: anna, password })
    assert.deepEqual(
      [status, body.error],
      [403, { statusCode: 403, name: 'Error', message: 'Nobody may sign up today', code: 'CLOSED' }],
    )
    assert.equal(await house.latchkey.users.count(), 0)
  })

  it('that fails is a failure of ours: logged, and told bare', async () => {
    await using house = await openHouse()
    house.latchkey.hook('beforeCreate', () => {
      throw new Error('the database of plans is down: secret')
    })
    const { status, body } = await house.post('/users', { email: anna, password })
    assert.deepEqual([status, body.error.message], [500, 'Internal Server Error'])
    assert.ok(house.logs.some(({ level }) => level === 'error'))
  })

  it('sees who asks, whom it is about, and what shall become of them', async () => {
    await using house = await openHouse({}, [anna])
    const seen: unknown[] = []
    house.latchkey.hook('beforeUpdate', ({ user, caller, data, isReplacement }) => {
      seen.push([user.email, caller?.id, { ...data }, isReplacement])
      data.city = 'Oslo'
    })
    const token = await house.login(anna)
    const patched = await house.request('PATCH', '/users/1', { age: 5 }, { token })
    assert.deepEqual(patched.body, { email: anna, id: 1, age: 5, city: 'Oslo' })
    await house.latchkey.users.updateAll({}, { age: 6 })
    assert.deepEqual(seen, [
      [anna, 1, { age: 5 }, false],
      [anna, undefined, { age: 6 }, false],
    ])
  })

  it('may keep an account from being deleted, a session from being opened and a password from being set', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    house.latchkey.hook('beforeDelete', ({ user }) => {
      throw refusal(409, 'HAS_ORDERS', `${user.email} has orders`)
    })
    house.latchkey.hook('beforeLogin', ({ credentials }) => {
      if (credentials.email === 'ANNA') credentials.email = anna
      if (credentials.device === 'old') throw refusal(426, 'TOO_OLD', 'Update the app')
    })
    house.latchkey.hook('beforePasswordChange', ({ newPassword }) => {
      if (newPassword.includes('123')) throw refusal(422, 'TOO_SIMPLE', 'No rows of digits')
    })
    assert.equal((await house.delete('/users/1', { token })).status, 409)
    assert.equal((await house.post('/users/login', { email: anna, password, device: 'old' })).status, 426)
    assert.equal((await house.post('/users/login', { email: 'ANNA', password })).status, 200)
    const change = { oldPassword: password, newPassword: 'abc123' }
    assert.equal((await house.post('/users/change-password', change, { token })).status, 422)
    await house.login(anna)
  })

  it('may look at a request for a new password', async () => {
    await using house = await openHouse({}, [anna])
    house.latchkey.hook('beforeResetPassword', ({ options }) => {
      options.email = anna
    })
    await house.post('/users/reset', { email: 'somebody@example.com' })
    assert.match((await house.mails(1))[0] ?? '', /^To: anna@example\.com\r$/m)
  })
})

describe('a module of hooks', () => {
  it('brings hooks and listeners to a server', async () => {
    await using house = await openWith(`
      export function beforeCreate({ data }) { data.plan = 'free' }
      export function created({ user }) { globalThis.createdByHook = user.plan }
    `)
    await house.post('/users', { email: anna, password })
    assert.equal((globalThis as { createdByHook?: string }).createdByHook, 'free')
  })

  it('is refused when an export is called like nothing that happens', async () => {
    await assert.rejects(openWith('export function beforeCraete() {}'), /hooks: .*"beforeCraete"/)
    await assert.rejects(openWith('export const created = 5'), /hooks: .*must be a function/)
    await assert.rejects(openWith('this is no module'), /hooks: .*cannot be loaded/)
  })
})

async function openWith(source: string): Promise<House> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const hooks = join(directory, 'hooks.mjs')
  writeFileSync(hooks, source)
  try {
    return await openHouse({ hooks })
  } finally {
    rmSync(directory, { recursive: true })
  }
}
