import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientOptions, cookieStorage, createClient } from '../../src/client/index.ts'
import { openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

describe('one’s own sessions', () => {
  it('can be listed, and ended one by one or all but this one', async () => {
    await using house = await openHouse({}, [anna])
    const url = `${house.url}/api/users`
    const [phone, laptop, tablet] = [1, 2, 3].map(() => createClient({ url }))
    for (const client of [phone, laptop, tablet]) await client?.users.login({ email: anna, password })
    assert.equal((await phone?.users.findMe({ fields: ['email'] }))?.email, anna)

    const sessions = (await phone?.sessions.list()) ?? []
    assert.equal(sessions.length, 3)
    const other = sessions.find(({ current }) => !current)
    await phone?.sessions.delete(other?.id ?? '')
    assert.equal((await phone?.sessions.list())?.length, 2)
    await phone?.sessions.deleteAll({ others: true })
    assert.deepEqual(
      (await phone?.sessions.list())?.map(({ current }) => current),
      [true],
    )
    for (const client of [laptop, tablet])
      await assert.rejects(async () => client?.users.findMe(), { statusCode: 401 })
  })

  it('take the stored token with them when all end', async () => {
    await using house = await openHouse({}, [anna])
    const { users, sessions, tokenStorage } = createClient({ url: `${house.url}/api/users` })
    await users.login({ email: anna, password })
    await sessions.deleteAll({ others: true })
    assert.notEqual(await tokenStorage.get(), null)
    await sessions.deleteAll()
    assert.equal(await tokenStorage.get(), null)
  })
})

describe('a session in a cookie', () => {
  async function requestOf(options: Partial<ClientOptions>): Promise<RequestInit> {
    let sent: RequestInit = {}
    const fetch = async (_url: unknown, request: RequestInit = {}) => {
      sent = request
      return Response.json({ id: 'token' })
    }
    const client = createClient({ url: 'http://localhost/users', fetch: fetch as never, ...options })
    await client.users.login({ email: anna, password })
    await client.users.findMe()
    return sent
  }

  it('is the browser’s to keep: the client sends no token', async () => {
    const kept = new Headers((await requestOf({})).headers)
    assert.equal(kept.get('authorization'), 'Bearer token')
    const { headers } = await requestOf({ tokenStorage: cookieStorage() })
    assert.equal(new Headers(headers).has('authorization'), false)
  })

  it('goes to other origins where that is asked for', async () => {
    assert.equal((await requestOf({ credentials: 'include' })).credentials, 'include')
    assert.equal('credentials' in (await requestOf({})), false)
  })
})
