import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { openFolder, serve } from '../cli/latchkey-process.ts'
import { type Cluster, openCluster, prepareCluster } from './cluster.ts'
import { until } from './traffic.ts'
import { openWire } from './wire.ts'

const cheap = { passwordHash: 'bcrypt', saltWorkFactor: 4 } as const

/** Starts, and keeps what is said meanwhile. */
function start(url: string, warnings: string[], signal?: AbortSignal): Promise<Latchkey> {
  const silent = () => {}
  const log = {
    ...{ error: silent, info: silent, debug: silent, isLevelEnabled: () => false },
    warn: (_fields: object, message: string) => void warnings.push(message),
  }
  return createLatchkey({ database: { url }, user: cheap }, { log, ...(signal && { signal }) })
}

async function close(houses: readonly Latchkey[]): Promise<void> {
  await Promise.all(houses.map((house) => house.close()))
}

const waiting = 'the database is not there yet: waiting for it'

describe('a start before the database is there', () => {
  it('waits for it, and so do several, who make its tables once', async () => {
    await using cluster = await prepareCluster()
    const warnings: string[] = []
    const starts = Promise.all([1, 2, 3].map(() => start(cluster.url, warnings)))
    await until(() => warnings.filter((warning) => warning === waiting).length >= 3, 'all three wait')
    await cluster.start()
    const houses = await starts
    const [one, two, three] = houses as [Latchkey, Latchkey, Latchkey]
    const { id } = await one.users.create({ email: 'ann@example.com', password: 'bar' })
    const session = await two.users.login({ email: 'ann@example.com', password: 'bar' })
    assert.equal(session.userId, id)
    assert.equal(await three.users.count(), 1)
    await close(houses)
  })

  it('serves as soon as it is there, without being started anew', async () => {
    await using cluster = await prepareCluster()
    using folder = openFolder()
    const starting = serve(['--database.url', cluster.url], { folder })
    await cluster.start()
    await using server = await starting
    assert.equal((await fetch(`${server.url}/health`)).status, 200)
    server.child.kill('SIGTERM')
    assert.equal(await server.exited, 0)
  })

  it('may be called off', async () => {
    const cluster = await prepareCluster()
    const warnings: string[] = []
    const calledOff = new AbortController()
    const starting = start(cluster.url, warnings, calledOff.signal)
    await until(() => warnings.includes(waiting), 'it waits')
    calledOff.abort()
    await assert.rejects(starting, { name: 'AbortError' })
  })
})

describe('a start that the database leaves half way', () => {
  const moments: readonly [moment: string, pattern: RegExp, tag: string][] = [
    ['a table is made', /create table "users"/, 'CREATE TABLE'],
    ['all is done', /commit/, 'COMMIT'],
  ]
  for (const [moment, pattern, tag] of moments) {
    it(`begins anew when that happens as ${moment}`, async () => {
      await using cluster = await openCluster()
      await using wire = await openWire(cluster.url)
      const cut = wire.loseAnswerTo(pattern, tag)
      const house = await start(wire.url, [])
      await cut
      await house.users.create({ email: 'ann@example.com', password: 'bar' })
      await house.close()
      assert.deepEqual(await emailsIn(cluster), ['ann@example.com'])
    })
  }

  it('waits where it finds one that may only be read', async () => {
    await using cluster = await openCluster()
    await cluster.set('default_transaction_read_only', 'on')
    const warnings: string[] = []
    const starting = start(cluster.url, warnings)
    await until(() => warnings.includes(waiting), 'it waits')
    await cluster.set('default_transaction_read_only', 'off')
    const house = await starting
    await house.users.create({ email: 'ann@example.com', password: 'bar' })
    await house.close()
  })
})

async function emailsIn(cluster: Cluster): Promise<unknown[]> {
  return (await cluster.query('select email from users')).flat()
}
