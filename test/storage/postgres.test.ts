import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import pg, { type QueryConfig } from 'pg'
import type { PropertyRef } from '../../src/domain/model/query.ts'
import type { LoginName, Storage } from '../../src/domain/storage.ts'
import { type Database, openDatabase, openStorage } from '../../src/storage/open.ts'
import { administer, type EmptySchema, openSchema, openUsedSchema } from '../postgres/schema.ts'
import {
  idsFound,
  insertUsers,
  type Model,
  newUser,
  type Opened,
  ordinary,
  storageContract,
} from './contract.ts'

storageContract('PostgreSQL', open)

storageContract('PostgreSQL without prepared statements', (model) => open(model, unprepared))

const unprepared = { poolSize: 2, preparedStatements: false }

async function open(
  model: Model,
  connections: Partial<typeof unprepared> = {},
): Promise<Opened & { schema: EmptySchema }> {
  const schema = await (model.idType === 'integer' ? openUsedSchema() : openSchema())
  const storage = await openStorage({ url: schema.url, ...model, ...connections })
  return {
    storage,
    schema,
    async [Symbol.asyncDispose]() {
      await storage.close()
      await schema[Symbol.asyncDispose]()
    },
  }
}

describe('a PostgreSQL database', () => {
  it('finishes what is under way before it is closed, and goes on counting ids where it stopped', async () => {
    await using schema = await openSchema()
    const first = await openStorage({ url: schema.url, ...ordinary })
    const [, last] = await insertUsers(first, 2)
    const deleted = first.users.delete(last.id)
    await first.close()
    assert.equal(await deleted, true)
    const second = await openStorage({ url: schema.url, ...ordinary })
    assert.equal((await second.users.insert(newUser('next@example.com'))).id, 3)
    await second.close()
  })

  it('goes on behind the ids of accounts that came from elsewhere', async () => {
    await using schema = await openSchema()
    await (await openStorage({ url: schema.url, ...ordinary })).close()
    await administer(
      `insert into ${schema.name}.users (id, email, properties) values (1000, 'moved@example.com', '{}')`,
    )
    const storage = await openStorage({ url: schema.url, ...ordinary })
    assert.equal((await storage.users.insert(newUser('next@example.com'))).id, 1_001)
    await storage.close()
  })

  it('is made once when several start at the same time', async () => {
    await using schema = await openSchema()
    const models = ['User', 'Customer'].map((name) => ({ name, ...ordinary }))
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase({ url: schema.url, models })))
    const [first, second] = databases as [Database, Database, Database]
    await first.storages.get('Customer')?.users.insert(newUser('a@example.com'))
    assert.equal(await second.storages.get('Customer')?.users.count({ all: [] }), 1)
    assert.equal(await second.storages.get('User')?.users.count({ all: [] }), 0)
    for (const database of databases) await database.close()
  })

  it('gains and loses indexes with the settings, and keeps the users', async () => {
    await using schema = await openSchema()
    const property = { name: "it's", column: false, type: 'string', path: ["it's"] } as const
    for (const [index, indexed] of [[], [property], []].entries()) {
      const storage = await openStorage({ url: schema.url, ...ordinary, indexed })
      await storage.users.insert(newUser(`${index}@example.com`))
      assert.equal((await idsFound(storage, {})).length, index + 1)
      await storage.close()
      const [[indexes] = []] = await administer(
        `select count(*)::int from pg_indexes where schemaname = '${schema.name}' and indexname like 'users_property%'`,
      )
      assert.equal(indexes, indexed.length)
    }
  })

  it('is found behind servers that are away, or speak no TLS', async () => {
    await using schema = await openSchema()
    const several = new URL(schema.url)
    several.searchParams.set('sslmode', 'prefer')
    const url = several.href
      .replaceAll('+', '%20')
      .replace(several.host, `127.0.0.1:1,[::1]:1,${several.host}`)
    const storage = await openStorage({ url, ...ordinary })
    assert.deepEqual(await insertUsers(storage, 1), [await storage.users.findById(1)])
    await storage.close()
  })

  it('is refused in plain words where waiting for it does not help', async () => {
    await using schema = await openSchema()
    const other = (change: (url: URL) => void) => {
      const url = new URL(schema.url)
      change(url)
      return url.href.replaceAll('+', '%20')
    }
    const refused: readonly [url: string, problem: RegExp][] = [
      [
        other((url) => {
          url.pathname = '/nowhere'
        }),
        /^database\.url: .*"nowhere" does not exist/,
      ],
      [other((url) => url.searchParams.set('sslmode', 'maybe')), /^database\.url: has sslmode=maybe/],
      [other((url) => url.searchParams.set('nonsense', '1')), /^database\.url: has a parameter "nonsense"/],
      [other((url) => url.searchParams.set('target_session_attrs', 'standby')), /^database\.url: has target/],
      [
        other((url) => url.searchParams.set('options', '-c search_path=nowhere')),
        /^database\.url: no schema/,
      ],
    ]
    for (const [url, message] of refused)
      await assert.rejects(openStorage({ url, ...ordinary }), { code: 'DATABASE_UNUSABLE', message })
  })
})

describe('a look-up in PostgreSQL', () => {
  const sought = (type: 'number' | 'string' | 'date'): PropertyRef => ({
    name: 'sought',
    column: false,
    type,
    path: ['sought'],
  })
  const byName: [LoginName, Partial<Model>][] = [
    [{ email: 'user-7@example.com' }, {}],
    [{ username: 'user-7' }, {}],
    [{ email: 'user-7@example.com', realm: 'north' }, { perRealm: true }],
    [{ username: 'user-7', realm: 'north' }, { perRealm: true }],
    [{ email: 'user-7@example.com' }, { perRealm: true }],
  ]
  for (const [name, model] of byName) {
    const where = model.perRealm ? ' where names are unique within a realm' : ''
    it(`by ${Object.keys(name).join(' and ')} goes through an index${where}`, async () => {
      await searches(model, ({ users }) => users.findByLogin(name), /users_unique_/)
    })
  }

  it('of a token goes through two indexes, in one statement', async () => {
    await searches(
      {},
      async ({ tokens }) => tokens.findWithUser('digest-7'),
      /access_tokens_pkey.*users_pkey/s,
    )
    await searches({}, async ({ tokens }) => tokens.findWithUser('digest-7', true), /user_roles_primary_key/)
  })

  it('of a list in the order of ids, or of addresses, goes through an index', async () => {
    const email: PropertyRef = { name: 'email', column: true, type: 'string', path: ['email'] }
    await searches({}, (storage) => idsFound(storage, { limit: 10 }), /users_pkey/)
    const order = [{ property: email, descending: true }]
    await searches(
      {},
      (storage) => idsFound(storage, { limit: 10, order }),
      /Backward using users_unique_email/,
    )
  })

  const byType = {
    number: [7, 9],
    string: ['b7', 'b9'],
    date: ['2001-01-01T00:00:07.000Z', '2001-01-01T00:00:09.000Z'],
  } as const
  for (const [type, [low, high]] of Object.entries(byType)) {
    it(`by a declared ${type} goes through its index where one is asked for`, async () => {
      const property = sought(type as keyof typeof byType)
      const wheres = [
        { property, is: 'eq', value: low },
        { property, is: 'inq', value: [low, high] },
        { property, is: 'between', value: [low, high] },
      ] as const
      for (const where of wheres) {
        const order = [{ property, descending: false }]
        const read = (storage: Storage) => idsFound(storage, { where, order })
        await searches({ indexed: [property] }, read, /users_property_/, low)
      }
    })
  }
})

/** Checks how PostgreSQL goes about each statement that reads while the work runs, where there are many users. */
async function searches(
  model: Partial<Model>,
  work: (storage: Storage) => Promise<unknown>,
  way: RegExp,
  value: unknown = 0,
): Promise<void> {
  await using opened = await open({ ...ordinary, ...model })
  const { storage, schema } = opened
  const like = typeof value === 'number' ? 'number' : `to_json(replace('${value}', '7', number::text))`
  await administer(`
    insert into ${schema.name}.users (email, username, realm, properties)
      select 'user-' || number || '@example.com', 'user-' || number, 'north', json_build_object('sought', ${like})
      from generate_series(1, 3000) as number;
    insert into ${schema.name}.access_tokens (id, user_id, ttl, created_at)
      select 'digest-' || id, id, 60, 0 from ${schema.name}.users;
    insert into ${schema.name}.user_roles (user_id, role) select id, 'staff' from ${schema.name}.users;
    analyze ${schema.name}.users; analyze ${schema.name}.access_tokens; analyze ${schema.name}.user_roles`)
  const query = mock.method(pg.Client.prototype, 'query')
  await work(storage)
  query.mock.restore()
  const asked = query.mock.calls.map(({ arguments: [question] }) => question as QueryConfig)
  const reads = asked.filter(({ text }) => /^select .* from/s.test(text))
  assert.equal(reads.length, 1)
  for (const { text, values = [] } of reads) {
    const plan = await administer(`explain ${text}`, { values, schema: schema.name })
    assert.match(plan.flat().join('\n'), way, text)
    assert.doesNotMatch(plan.flat().join('\n'), /Seq Scan/, text)
  }
}
