import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { openStorage } from '../../src/storage/open.ts'
import { openFolder } from '../cli/latchkey-process.ts'
import { openHouse } from '../open-house.ts'
import { type Model, type Opened, ordinary, storageContract } from '../storage/contract.ts'
import { type Cluster, freePort, openCluster } from './cluster.ts'
import { emptying } from './schema.ts'
import { healthIs, openTraffic } from './traffic.ts'

const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0
const skip = !isInstalled && 'PgBouncer is not installed'

/** A PgBouncer before a server, which hands its connections on after each transaction. */
interface Bouncer extends AsyncDisposable {
  urlOf(database: string): string
}

async function openBouncer({ port: target }: Cluster): Promise<Bouncer> {
  const folder = openFolder()
  const port = await freePort()
  const file = folder.file('pgbouncer.ini')
  writeFileSync(
    file,
    `[databases]
    * = host=127.0.0.1 port=${target} user=postgres
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = ${port}
    unix_socket_dir =
    auth_type = any
    pool_mode = transaction
    default_pool_size = 3
    server_login_retry = 1
    `,
  )
  chmodSync(folder.path, 0o711)
  // PgBouncer refuses to be run by root.
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  if (owner.uid) chownSync(file, owner.uid, owner.gid)
  // It ends when nobody holds its standard input any more: with this process, whatever ends that.
  const script = 'pgbouncer "$0" & cat; kill -KILL $!'
  const bouncer = spawn('sh', ['-c', script, file], { ...owner, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] })
  for await (const line of bouncer.stderr) if (String(line).includes('process up')) break
  return {
    urlOf: (database) => `postgres://postgres@127.0.0.1:${port}/${database}?sslmode=disable`,
    async [Symbol.asyncDispose]() {
      const ended = once(bouncer, 'exit')
      bouncer.stdin.end()
      await ended
      folder[Symbol.dispose]()
    },
  }
}

describe('PostgreSQL behind PgBouncer, which hands connections on between transactions', { skip }, () => {
  const stack = new AsyncDisposableStack()
  let cluster: Cluster
  let bouncer: Bouncer
  before(async () => {
    cluster = stack.use(await openCluster())
    bouncer = stack.use(await openBouncer(cluster))
  })
  after(() => stack.disposeAsync())

  const emptied: string[] = []

  storageContract('behind PgBouncer', async (model: Model): Promise<Opened> => {
    const isOrdinary = model.idType === 'integer'
    const name = (isOrdinary && emptied.pop()) || `test_${randomBytes(8).toString('hex')}`
    const known = await cluster.query(`select 1 from pg_database where datname = '${name}'`)
    if (known.length === 0) await cluster.query(`create database ${name}`)
    const url = bouncer.urlOf(name)
    const storage = await openStorage({ url, preparedStatements: false, ...model })
    return {
      storage,
      async [Symbol.asyncDispose]() {
        await storage.close()
        if (!isOrdinary) return
        await cluster.query(emptying, name)
        emptied.push(name)
      },
    }
  })

  it('is told by name what it wants, where it is not set', async () => {
    const storage = await openStorage({ url: bouncer.urlOf('postgres'), ...ordinary })
    try {
      await assert.rejects(storage.ping(), ({ cause }: Error) =>
        /database\.preparedStatements must be false/.test(String(cause)),
      )
    } finally {
      await storage.close()
    }
  })

  it('is served on after it was killed', async () => {
    await using house = await openHouse({
      database: { url: bouncer.urlOf('postgres'), preparedStatements: false },
      rateLimit: false,
    })
    await using traffic = await openTraffic(house)
    await traffic.served()
    await cluster.kill()
    await traffic.refused()
    await healthIs(house, 503)
    await cluster.start()
    await traffic.served()
    await healthIs(house, 200)
    await traffic.stop()
  })
})
