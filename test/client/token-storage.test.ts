import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient, memoryStorage, type TokenStorage, webStorage } from '../../src/client/index.ts'
import { openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

/** A `localStorage` without a browser. */
function createLocalStorage() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** A client whose requests are written down before they are sent. */
function watchedClient(url: string, tokenStorage?: TokenStorage) {
  const requests: Request[] = []
  const client = createClient({
    url,
    ...(tokenStorage ? { tokenStorage } : {}),
    fetch: (...request) => {
      requests.push(new Request(...request))
      return fetch(...request)
    },
  })
  return { ...client, requests }
}

describe('the token', () => {
  it('goes into the Authorization header, and never into the address', async () => {
    await using house = await openHouse({}, [anna])
    const { users, requests } = watchedClient(`${house.url}/api/users`)
    const { id: token } = await users.login({ email: anna, password })
    await users.findById(1)
    await users.logout()
    assert.deepEqual(
      requests.map(({ headers }) => headers.get('authorization')),
      [null, `Bearer ${token}`, `Bearer ${token}`],
    )
    assert.ok(requests.every(({ url }) => !url.includes(token)))
  })

  it('is forgotten when the server calls it expired', async () => {
    await using house = await openHouse({}, [anna])
    const { users, tokenStorage } = createClient({ url: `${house.url}/api/users` })
    house.now = new Date('2030-01-01T00:00:00Z')
    await users.login({ email: anna, password, ttl: 60 })
    house.now = new Date('2030-01-01T00:02:00Z')
    await assert.rejects(users.findById(1), { statusCode: 401, code: 'INVALID_TOKEN' })
    assert.equal(await tokenStorage.get(), null)
  })

  it('stays where the server only says that it does not open this', async () => {
    await using house = await openHouse({}, [anna])
    const { users, tokenStorage } = createClient({ url: `${house.url}/api/users` })
    const { id: token } = await users.login({ email: anna, password })
    await assert.rejects(users.find(), { statusCode: 401, code: 'AUTHORIZATION_REQUIRED' })
    assert.equal(await tokenStorage.get(), token)
  })

  it('stays when another one, given for a call, has expired', async () => {
    await using house = await openHouse({}, [anna])
    const { users, tokenStorage } = createClient({ url: `${house.url}/api/users` })
    house.now = new Date('2030-01-01T00:00:00Z')
    const { id: old } = await users.login({ email: anna, password, ttl: 60 })
    const { id: token } = await users.login({ email: anna, password })
    house.now = new Date('2030-01-01T00:02:00Z')
    await assert.rejects(users.findById(1, {}, { token: old }), { code: 'INVALID_TOKEN' })
    assert.equal(await tokenStorage.get(), token)
  })

  it('is forgotten by a logout that finds the session over, and kept by one that reaches nobody', async () => {
    const house = await openHouse({}, [anna])
    const { users, tokenStorage } = createClient({ url: `${house.url}/api/users` })
    await tokenStorage.set('unknown')
    await assert.rejects(users.logout(), { statusCode: 401 })
    assert.equal(await tokenStorage.get(), null)

    const { id: token } = await users.login({ email: anna, password })
    await house[Symbol.asyncDispose]()
    await assert.rejects(users.logout(), { name: 'NetworkError' })
    assert.equal(await tokenStorage.get(), token)
  })
})

describe('webStorage', () => {
  it('keeps the session for the next client of the same storage', async () => {
    await using house = await openHouse({}, [anna])
    const url = `${house.url}/api/users`
    const local = createLocalStorage()
    const { id: token } = await createClient({ url, tokenStorage: webStorage(local) }).users.login({
      email: anna,
      password,
    })
    assert.deepEqual([...local.items], [['latchkey.token', token]])

    const { users } = createClient({ url, tokenStorage: webStorage(local) })
    assert.equal((await users.findById(1)).email, anna)
    await users.logout()
    assert.deepEqual([...local.items], [])
  })

  it('takes a key of yours', () => {
    const local = createLocalStorage()
    webStorage(local, 'app.session').set('abc')
    assert.deepEqual([...local.items], [['app.session', 'abc']])
  })
})

describe('a storage of your own', () => {
  it('may take its time', async () => {
    await using house = await openHouse({}, [anna])
    const memory = memoryStorage()
    const { users } = createClient({
      url: `${house.url}/api/users`,
      tokenStorage: { get: async () => memory.get(), set: async (token) => memory.set(token) },
    })
    await users.login({ email: anna, password })
    assert.equal((await users.findById(1)).email, anna)
  })
})
