import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openHouse, password, type Reply } from '../open-house.ts'
import { connectRaw } from '../server/raw-connection.ts'
import { openCluster } from './cluster.ts'
import { longestWaitMs, problemOf } from './traffic.ts'
import { openWire } from './wire.ts'

/** Less than any single statement may take, and more than two of them may take together. */
const slowMs = 3_000

describe('a line on which each answer takes three seconds', () => {
  it('has nobody wait for one after the other', async () => {
    await using cluster = await openCluster()
    await using wire = await openWire(cluster.url)
    await using house = await openHouse({ database: { url: wire.url } }, [
      'ann@example.com',
      'bob@example.com',
    ])
    const token = await house.login('ann@example.com')
    const admin = await house.adminToken()
    wire.delay(slowMs)

    const started = performance.now()
    const storm = Array.from({ length: 10 }, (_, number) => [
      house.post('/users/login', { email: 'ann@example.com', password }),
      house.post('/users/login', { email: 'bob@example.com', password: 'guess' }),
      house.post('/users/login', { email: `${number}@example.com`, password }),
      house.post('/users', { email: `${number}@example.com`, password }),
      house.post('/users/reset', { email: 'bob@example.com' }),
      house.post('/users/1/verify', {}, { token }),
      house.post('/users/change-password', { oldPassword: password, newPassword: 'another one' }, { token }),
      house.request('PATCH', '/users/1', { nickname: `${number}` }, { token }),
      house.get('/users/2', { token: admin }),
    ])
    const replies: Reply[] = await Promise.all(storm.flat())
    const ms = performance.now() - started
    assert.deepEqual(
      replies.map(problemOf),
      replies.map(() => undefined),
    )
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [503])
    assert.ok(ms < longestWaitMs, `${Math.round(ms)} ms`)

    wire.delay(0)
    await house.login('bob@example.com')
  })
})

/** Longer than a request may wait for us. */
const longMs = 4_500

describe('time that others take', { concurrency: true }, () => {
  it('is not ours: a body may come slowly', async () => {
    await using cluster = await openCluster()
    await using house = await openHouse({ database: { url: cluster.url } }, ['ann@example.com'])
    using connection = await connectRaw(house.url)
    const token = await house.login('ann@example.com')
    const body = JSON.stringify({ nickname: 'Ann' })
    const head = `PATCH /api/users/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\nContent-Type: application/json\r\n`
    connection.send(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`)
    await pause(longMs)
    connection.send(body.slice(9))
    await connection.receives(/^HTTP\/1\.1 200 /)
  })

  it('is not ours: the application’s hooks may think it over, and ask us meanwhile', async () => {
    await using cluster = await openCluster()
    await using house = await openHouse({ database: { url: cluster.url } }, ['ann@example.com'])
    const token = await house.login('ann@example.com')
    house.latchkey.hook('beforeUpdate', async () => {
      await pause(longMs)
      await house.latchkey.users.findById(1)
    })
    const reply = await house.request('PATCH', '/users/1', { nickname: 'Ann' }, { token })
    assert.equal(reply.status, 200)
  })
})
