import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse, password, type Reply } from '../open-house.ts'
import { openCluster } from './cluster.ts'
import { longestWaitMs, problemOf } from './traffic.ts'

describe('three hundred clients at once, on four connections', () => {
  it('are served, or told in time to come back', async () => {
    await using cluster = await openCluster()
    await using house = await openHouse({ database: { url: cluster.url }, rateLimit: false })
    const token = await house.adminToken()
    const started = performance.now()
    const requests: Promise<Reply>[] = []
    for (let number = 0; number < 75; number++) {
      requests.push(
        house.get('/users/1', { token }),
        house.find('/users', { where: { email: { like: 'a%' } } }, { token }),
        house.post('/users', { email: `${number}@example.com`, password }),
        house.request('PATCH', '/users/1', { nickname: `${number}` }, { token }),
      )
    }
    const replies = await Promise.all(requests)
    const ms = performance.now() - started
    assert.deepEqual(replies.map(problemOf).filter(Boolean), [])
    assert.ok(ms < longestWaitMs, `${Math.round(ms)} ms`)
    assert.ok(replies.some(({ status }) => status === 200))
    const signedUp = replies.filter(({ status }, index) => index % 4 === 2 && status === 200)
    const [[users]] = (await cluster.query('select count(*)::int from users')) as [[number]]
    assert.equal(users, signedUp.length + 1)
  })
})

describe('a password that is being hashed', () => {
  it('keeps no connection from those who read and write', async () => {
    await using cluster = await openCluster()
    await using house = await openHouse(
      { database: { url: cluster.url, poolSize: 2 }, user: { passwordHash: 'argon2id' } },
      ['ann@example.com'],
    )
    const token = await house.login('ann@example.com')
    let answered = 0
    const hashes = Array.from({ length: 30 }, async (_, number) => {
      const isLogin = number % 2 === 0
      const email = isLogin ? 'ann@example.com' : `${number}@example.com`
      const reply = await house.post(isLogin ? '/users/login' : '/users', { email, password })
      answered++
      return reply
    })
    for (let number = 0; number < 3; number++) {
      const change = await house.request('PATCH', '/users/1', { nickname: `${number}` }, { token })
      assert.equal(change.status, 200)
      assert.equal((await house.get('/users/1', { token })).status, 200)
    }
    assert.ok(answered < hashes.length, 'the reads and writes came last')
    await Promise.all(hashes)
  })
})
