import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, mock } from 'node:test'
import { isRefusal } from '../../src/base/errors.ts'
import { likePattern } from '../../src/domain/filter/pattern.ts'
import type { PropertyRef, Query, Where } from '../../src/domain/model/query.ts'
import type { LoginName, Storage } from '../../src/domain/storage.ts'
import { openStorage } from '../../src/storage/open.ts'
import {
  idsFound,
  insertUsers,
  type Model,
  newUser,
  type Opened,
  ordinary,
  storageContract,
} from './contract.ts'

storageContract('SQLite in memory', async (model) => {
  const storage = await openStorage({ url: 'sqlite::memory:', ...model })
  return { storage, [Symbol.asyncDispose]: () => storage.close() }
})

storageContract('SQLite in a file', openFile)

describe('a SQLite file', () => {
  it('holds, when it is opened again, what was written before it was closed', async () => {
    using folder = openFolder()
    const first = await openStorage({ url: folder.url, ...ordinary })
    const written = first.users.insert(newUser('anna@example.com'))
    await first.close()
    const second = await openStorage({ url: folder.url, ...ordinary })
    assert.deepEqual(await second.users.findById(1), await written)
    await second.close()
  })

  it('goes on counting ids where it stopped', async () => {
    using folder = openFolder()
    const first = await openStorage({ url: folder.url, ...ordinary })
    const [, last] = await insertUsers(first, 2)
    await first.users.delete(last.id)
    await first.close()
    const second = await openStorage({ url: folder.url, ...ordinary })
    assert.equal((await second.users.insert(newUser('next@example.com'))).id, 3)
    await second.close()
  })

  const names: [LoginName, Partial<Model>][] = [
    [{ email: 'user-7@example.com' }, {}],
    [{ username: 'user-7' }, {}],
    [{ email: 'user-7@example.com', realm: 'north' }, { perRealm: true }],
    [{ username: 'user-7', realm: 'north' }, { perRealm: true }],
    [{ email: 'user-7@example.com' }, { perRealm: true }],
  ]
  for (const [name, model] of names) {
    const kind = model.perRealm ? 'where names are unique within a realm' : 'where names are unique'
    it(`finds by ${Object.keys(name).join(' and ')} through an index, ${kind}`, async () => {
      await using file = await openFile({ ...ordinary, ...model })
      await searches(
        file,
        (storage) => storage.users.findByLogin(name),
        /^SEARCH users USING .*INDEX users_unique_/,
      )
    })
  }

  it('finds by a filter on the e-mail address through its index', async () => {
    await using file = await openFile(ordinary)
    const email: PropertyRef = { name: 'email', column: true, type: 'string', path: ['email'] }
    const query: Partial<Query> = { where: { property: email, is: 'eq', value: 'user-7@example.com' } }
    await searches(file, (storage) => idsFound(storage, query), /^SEARCH users USING .*INDEX users_unique_/)
  })

  const byType = {
    number: [7, 9],
    string: ['b', 'd'],
    date: ['2001-01-01T00:00:00.000Z', '2002-01-01T00:00:00.000Z'],
  } as const
  for (const [type, [low, high]] of Object.entries(byType)) {
    const property = { name: 'sought', column: false, type: type as keyof typeof byType, path: ['sought'] }
    const usesIndex = /^SEARCH users USING .*INDEX users_property_/
    const model = { ...ordinary, indexed: [property] }

    it(`finds by a declared ${type} through its index where one is asked for`, async () => {
      await using file = await openFile(model)
      const wheres = [
        { property, is: 'eq', value: low },
        { property, is: 'inq', value: [low, high] },
        { property, is: 'gt', value: low },
        { property, is: 'between', value: [low, high] },
      ] as const
      const order = [{ property, descending: false }]
      for (const where of wheres) {
        await searches(file, (storage) => idsFound(storage, { where, order }), usesIndex)
      }
    })

    it(`has no index for a declared ${type} where none is asked for`, async () => {
      await using file = await openFile(ordinary)
      const query = { where: { property, is: 'eq', value: low } } as const
      await searches(file, (storage) => idsFound(storage, query), /^SCAN users$/)
    })
  }

  it('gains and loses indexes with the settings, and keeps the users', async () => {
    using folder = openFolder()
    const property = { name: "it's", column: false, type: 'string', path: ["it's"] } as const
    for (const [index, indexed] of [[], [property], []].entries()) {
      const storage = await openStorage({ url: folder.url, ...ordinary, indexed })
      await insertUsers(storage, 1, { username: `user-${index}`, email: `${index}@example.com` })
      assert.deepEqual(await idsFound(storage, {}), [1, 2, 3].slice(0, index + 1))
      await storage.close()
      const database = new DatabaseSync(folder.path)
      const indexes = database
        .prepare("select name from sqlite_master where name like 'users_property_%'")
        .all()
      database.close()
      assert.equal(indexes.length, indexed.length)
    }
  })
})

describe('a filter that takes long', () => {
  it('is given up rather than keep everybody else waiting', async () => {
    await using file = await openFile(ordinary)
    const note = Array.from({ length: 60_000 }, (_, index) => 'abcdefg'[(index * index * 31) % 7]).join('')
    await insertUsers(file.storage, 300, { properties: { note } })
    const property: PropertyRef = { name: 'note', column: false, type: 'undeclared', path: ['note'] }
    const any = Array.from({ length: 90 }, (_, index): Where => {
      const text = `%${'a_b_c_d_e'.slice(0, 3 + (index % 7))}%_%zz${index}%`
      return { property, is: 'ilike', value: { text, pattern: likePattern(text, true) } }
    })
    const start = performance.now()
    await idsFound(file.storage, { where: { any } }).catch((error: unknown) =>
      assert.ok(isRefusal(error, 'QUERY_TOO_SLOW'), String(error)),
    )
    const seconds = (performance.now() - start) / 1_000
    assert.ok(seconds < 15, `${seconds} s`)
  })
})

function openFolder(): Disposable & { readonly path: string; readonly url: string } {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const path = join(directory, 'users.db')
  return { path, url: `sqlite:${path}`, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}

async function openFile(model: Model): Promise<Opened> {
  const folder = openFolder()
  const storage = await openStorage({ url: folder.url, ...model })
  return {
    storage,
    async [Symbol.asyncDispose]() {
      await storage.close()
      folder[Symbol.dispose]()
    },
  }
}

/** Checks how SQLite goes about each statement that reads users while the work runs. */
async function searches(
  { storage }: Opened,
  work: (storage: Storage) => Promise<unknown>,
  way: RegExp,
): Promise<void> {
  const prepare = mock.method(DatabaseSync.prototype, 'prepare')
  await work(storage)
  prepare.mock.restore()
  const reads = prepare.mock.calls.filter(({ arguments: [sql] }) => /^select .* from "?users/s.test(sql))
  assert.ok(reads.length > 0, 'nothing was read')
  for (const read of reads) {
    const database = read.this as DatabaseSync
    const [sql] = read.arguments
    const plan = database.prepare(`explain query plan ${sql}`).all()
    assert.match(String(plan[0]?.detail), way, sql)
  }
}
