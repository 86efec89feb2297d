import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from '../open-house.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { assertKept, healthIs, openTraffic, until } from './traffic.ts'

/** Both servers, the first one first. */
function urlOf(one: Cluster, other: Cluster): string {
  return one.url.replace(`:${one.port}/`, `:${one.port},127.0.0.1:${other.port}/`)
}

describe('a URL with several hosts', { concurrency: true }, () => {
  const ends = { 'is killed': 'kill', 'falls silent': 'freeze' } as const
  for (const [what, end] of Object.entries(ends)) {
    it(`leads to the standby once that is promoted, when the primary ${what}`, async () => {
      await using primary = await openCluster()
      await using standby = await openCluster({ follows: primary })
      await until(async () => (await followers(primary)) === 1, 'the standby follows')
      // From now on what is acknowledged is on both.
      await primary.set('synchronous_standby_names', '*')
      await using house = await openHouse({ database: { url: urlOf(primary, standby) }, rateLimit: false })
      await using traffic = await openTraffic(house)
      await traffic.served()

      await primary[end]()
      await traffic.refused()
      await healthIs(house, 503)
      await standby.query('select pg_promote()')
      await traffic.served()
      await healthIs(house, 200)

      await traffic.stop()
      const emails = await standby.query('select email from users')
      assertKept(emails.flat() as string[], traffic.acknowledged)
      assert.ok(traffic.acknowledged.length > 0)
    })
  }

  it('leads from a server that takes no more writes to one that does', async () => {
    await using one = await openCluster()
    await using other = await openCluster({ follows: one })
    await using house = await openHouse({ database: { url: urlOf(one, other) }, rateLimit: false }, [
      'ann@example.com',
    ])
    await until(async () => (await other.query('select 1 from users')).length === 1, 'the account is on both')
    await one.set('default_transaction_read_only', 'on')
    await other.query('select pg_promote()')
    await until(async () => (await house.post('/users/login', credentials)).status === 200, 'a login')
    await healthIs(house, 200)
    assert.equal((await other.query('select 1 from access_tokens')).length, 1)
  })
})

const credentials = { email: 'ann@example.com', password: 'correct horse battery staple' }

async function followers(primary: Cluster): Promise<number> {
  const streams = await primary.query(`select 1 from pg_stat_replication where state = 'streaming'`)
  return streams.length
}
