import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg, { type Client } from 'pg'
import type { User } from '../../src/domain/model/user.ts'
import type { Storage } from '../../src/domain/storage.ts'
import { openStorage } from '../../src/storage/open.ts'
import { openHouse, password } from '../open-house.ts'
import { insertUsers, newUser, ordinary } from '../storage/contract.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { assertKept, healthIs, openTraffic } from './traffic.ts'
import { openWire } from './wire.ts'

const mostConnections = 20

/** All requests are refused while the database is hurt, and served again once it has been healed; nothing is lost. */
async function survive(cluster: Cluster, url: string, hurts: readonly Hurt[]): Promise<void> {
  await using house = await openHouse({ database: { url }, rateLimit: false })
  await using traffic = await openTraffic(house)
  await traffic.served()
  for (const { hurt, heal } of hurts) {
    await hurt()
    await traffic.refused()
    await healthIs(house, 503)
    await heal()
    await traffic.served()
    await healthIs(house, 200)
  }
  await traffic.stop()
  const emails = await cluster.query('select email from users')
  assertKept(emails.flat() as string[], traffic.acknowledged)
}

interface Hurt {
  hurt(): unknown
  heal(): unknown
}

describe('a PostgreSQL in trouble', { concurrency: 2 }, () => {
  it('may be killed again and again, and keeps all that was acknowledged', async () => {
    await using cluster = await openCluster()
    const killed = { hurt: cluster.kill, heal: cluster.start }
    await survive(cluster, cluster.url, [killed, killed])
  })

  it('may be stopped, in whatever way', async () => {
    await using cluster = await openCluster()
    const stopped = (mode: 'fast' | 'immediate') => ({ hurt: () => cluster.stop(mode), heal: cluster.start })
    await survive(cluster, cluster.url, [stopped('immediate'), stopped('fast')])
  })

  it('may freeze', async () => {
    await using cluster = await openCluster()
    await survive(cluster, cluster.url, [{ hurt: cluster.freeze, heal: cluster.thaw }])
  })

  it('may be behind a line that has gone dead', async () => {
    await using cluster = await openCluster()
    await using wire = await openWire(cluster.url)
    await survive(cluster, wire.url, [{ hurt: wire.silence, heal: wire.mend }])
  })

  it('may have no connection left for us', async () => {
    await using cluster = await openCluster({ settings: { max_connections: mostConnections } })
    const greedy: Client[] = []
    await survive(cluster, cluster.url, [
      {
        hurt: () => takeAll(cluster, greedy),
        heal: () => Promise.all(greedy.map((client) => client.end())),
      },
    ])
  })
})

describe('a server whose PostgreSQL is frozen', () => {
  it('can be stopped all the same', async () => {
    await using cluster = await openCluster()
    const house = await openHouse({ database: { url: cluster.url }, rateLimit: false }, ['ann@example.com'])
    cluster.freeze()
    await house.latchkey.close()
    cluster.thaw()
    await house[Symbol.asyncDispose]()
  })
})

describe('a PostgreSQL that may only be read', () => {
  it('is read, and writes are told to come back until they are welcome', async () => {
    await using cluster = await openCluster()
    await using house = await openHouse({ database: { url: cluster.url }, rateLimit: false })
    await using traffic = await openTraffic(house)
    await traffic.served()
    await cluster.set('default_transaction_read_only', 'on')
    await traffic.refused('login', 'signUp')
    await traffic.served('read', 'list')
    await healthIs(house, 503)
    await cluster.set('default_transaction_read_only', 'off')
    await traffic.served()
    await healthIs(house, 200)
    await traffic.stop()
  })
})

describe('a line that is cut while a COMMIT is under way', () => {
  it('is no reason to do again what may have been done', async () => {
    await using cluster = await openCluster()
    await using wire = await openWire(cluster.url)
    await using storage = await openStorageAt(wire.url)
    let runs = 0
    const cut = wire.loseAnswerTo(/commit/, 'COMMIT')
    const work = storage.transaction(async (transaction) => {
      runs++
      await transaction.users.insert(newUser('ann@example.com'))
    })
    await assert.rejects(work, { code: 'DATABASE_UNAVAILABLE' })
    await cut
    assert.equal(runs, 1)
    assert.deepEqual(await cluster.query('select id::int, email from users'), [[1, 'ann@example.com']])
  })

  it('gives a login 503, and leaves one session', async () => {
    await using cluster = await openCluster()
    await using wire = await openWire(cluster.url)
    await using house = await openHouse({ database: { url: wire.url }, rateLimit: false }, [
      'ann@example.com',
    ])
    const cut = wire.loseAnswerTo(/insert into "access_tokens"/, 'INSERT 0 1')
    const reply = await house.post('/users/login', { email: 'ann@example.com', password })
    assert.deepEqual([reply.status, reply.headers.get('retry-after')], [503, '1'])
    await cut
    assert.deepEqual(await cluster.query('select count(*)::int from access_tokens'), [[1]])
    await house.login('ann@example.com')
  })
})

describe('two transactions', () => {
  it('that wait for each other both come about in the end', async () => {
    await using cluster = await openCluster({ settings: { deadlock_timeout: '50ms' } })
    await using storage = await openStorageAt(cluster.url)
    const [one, other] = await insertUsers(storage, 2)
    const rename = (first: User, second: User, name: string) => ({
      before: ({ users }: Storage) => users.update(first.id, { username: `${name}-1` }),
      after: ({ users }: Storage) => users.update(second.id, { username: `${name}-2` }),
    })
    await assertMeet(storage, [rename(one, other, 'ann'), rename(other, one, 'bob')])
    const names = [one, other].map(async ({ id }) => (await storage.users.findById(id))?.username)
    const outcome = (await Promise.all(names)).join()
    assert.ok(['bob-2,bob-1', 'ann-1,ann-2'].includes(outcome), outcome)
  })

  it('that cannot be put in a row both come about in the end', async () => {
    await using cluster = await openCluster()
    const isolation = encodeURIComponent('-c default_transaction_isolation=serializable')
    await using storage = await openStorageAt(`${cluster.url}&options=${isolation}`)
    const join = (email: string) => ({
      before: ({ users }: Storage) => users.count({ all: [] }),
      after: ({ users }: Storage) => users.insert(newUser(email)),
    })
    await assertMeet(storage, [join('ann@example.com'), join('bob@example.com')])
    assert.equal(await storage.users.count({ all: [] }), 2)
  })
})

interface Work {
  before(storage: Storage): Promise<unknown>
  after(storage: Storage): Promise<unknown>
}

/** Runs two transactions that wait for each other half way, and checks that the database let only one go on at first. */
async function assertMeet(storage: Storage, works: readonly Work[]): Promise<void> {
  let runs = 0
  const both = Promise.withResolvers<void>()
  const transactions = works.map(({ before, after }) =>
    storage.transaction(async (transaction) => {
      await before(transaction)
      if (++runs === works.length) both.resolve()
      await both.promise
      await after(transaction)
    }),
  )
  await Promise.all(transactions)
  assert.ok(runs > works.length, `${runs} runs`)
}

async function openStorageAt(url: string): Promise<Storage & AsyncDisposable> {
  const storage = await openStorage({ url, ...ordinary })
  return { ...storage, [Symbol.asyncDispose]: () => storage.close() }
}

/** Takes every connection there is, those of others among them. */
async function takeAll({ url: connectionString }: Cluster, taken: Client[]): Promise<void> {
  // Until each one is taken: of those that are just being opened the server does not say yet whose they are.
  while (taken.length < mostConnections) {
    const client = new pg.Client({ connectionString } as never)
    client.on('error', () => {})
    const isIn = await client.connect().then(
      () => true,
      () => false,
    )
    if (isIn) taken.push(client)
    else await new Promise((done) => taken[0]?.query({ text: endOurs }, done))
  }
}

const endOurs = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey'`
