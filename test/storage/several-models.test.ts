import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { DuplicateError, type Storage } from '../../src/domain/storage.ts'
import { type Database, openDatabase } from '../../src/storage/open.ts'
import { administer, openSchema } from '../postgres/schema.ts'
import { insertUsers, type Model, newUser, ordinary, storageContract } from './contract.ts'

/** Where tables are, empty at first. */
interface Place extends AsyncDisposable {
  readonly url: string
  /** Runs statements outside of everything that is tested; rows come as arrays. */
  ask(sql: string): Promise<unknown[][]>
}

const engines: Readonly<Record<string, () => Promise<Place>>> = {
  async SQLite() {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
    const path = join(directory, 'users.db')
    return {
      url: `sqlite:${path}`,
      async ask(sql) {
        using database = new DatabaseSync(path)
        return database
          .prepare(sql)
          .all()
          .map((row) => Object.values(row))
      },
      async [Symbol.asyncDispose]() {
        rmSync(directory, { recursive: true })
      },
    }
  },
  async PostgreSQL() {
    const schema = await openSchema()
    return {
      url: schema.url,
      ask: (sql) => administer(sql, { schema: schema.name }),
      [Symbol.asyncDispose]: () => schema[Symbol.asyncDispose](),
    }
  },
}

function open({ url }: Place, ...names: string[]): Promise<Database> {
  return openDatabase({ url, models: names.map((name) => ({ name, ...ordinary })) })
}

function storageOf({ storages }: Database, name: string): Storage {
  return storages.get(name) as Storage
}

/** Opens, makes an account for each model, and closes. */
async function fill(place: Place, ...names: string[]): Promise<void> {
  const database = await open(place, ...names)
  for (const name of names) await storageOf(database, name).users.insert(newUser(`${name}@example.com`))
  await database.close()
}

/** The addresses each model holds, and what was noted. */
async function contentOf(place: Place, ...names: string[]) {
  const database = await open(place, ...names)
  const emails: Record<string, string[]> = {}
  for (const name of names) {
    emails[name] = []
    for await (const page of storageOf(database, name).users.find(all)) {
      emails[name].push(...page.map(({ email }) => email))
    }
  }
  await database.close()
  return { emails, notes: database.notes }
}

const all = { where: { all: [] }, order: [], skip: 0, limit: undefined }

const tableNames: Readonly<Record<string, string>> = {
  SQLite: "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by 1",
  PostgreSQL:
    'select tablename::text from pg_tables where schemaname = current_schema() order by tablename collate "C"',
}

for (const [engine, openPlace] of Object.entries(engines)) {
  storageContract(`${engine} with another model beside`, async (model) => {
    const place = await openPlace()
    const database = await openDatabase({
      url: place.url,
      models: [
        { name: 'User', ...ordinary },
        { name: 'Customer', ...model },
      ],
    })
    return {
      storage: storageOf(database, 'Customer'),
      async [Symbol.asyncDispose]() {
        await database.close()
        await place[Symbol.asyncDispose]()
      },
    }
  })

  describe(`the tables of several models in ${engine}`, () => {
    it('are each model’s own, down to the numbers of its ids', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer', 'Staff')
      const database = await open(place, 'Customer', 'Staff')
      const [customers, staff] = ['Customer', 'Staff'].map((name) => storageOf(database, name)) as [
        Storage,
        Storage,
      ]
      assert.equal((await customers.users.findById(1))?.email, 'Customer@example.com')
      assert.equal((await staff.users.findById(1))?.email, 'Staff@example.com')
      await customers.roles.grant(1, 'admin')
      assert.deepEqual(await staff.roles.namesOf(1), [])
      await customers.users.delete(1)
      assert.equal(await staff.users.count({ all: [] }), 1)
      await database.close()
    })

    it('follow the name and not the place in the list, in any letter case', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer', 'Staff')
      const { emails, notes } = await contentOf(place, 'staff', 'customer')
      assert.deepEqual(emails, { staff: ['Staff@example.com'], customer: ['Customer@example.com'] })
      assert.deepEqual(notes, [])
    })

    it('leave the plain ones alone where there is no model without a name', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer', 'Staff')
      assert.deepEqual((await place.ask(tableNames[engine] as string)).flat(), [
        ...tablesOf('customer_'),
        'latchkey',
        ...tablesOf('staff_'),
      ])
    })

    it('are of their own kind of ids each, and that stays', async () => {
      await using place = await openPlace()
      const models = [
        { name: 'Customer', ...ordinary },
        { name: 'Staff', ...ordinary, idType: 'uuid' as const },
      ]
      const database = await openDatabase({ url: place.url, models })
      const [user] = await insertUsers(storageOf(database, 'Staff'), 1)
      assert.equal(typeof user.id, 'string')
      await database.close()
      await assert.rejects(open(place, 'Customer', 'Staff'), {
        code: 'DATABASE_UNUSABLE',
        message: /"Staff".*"uuid"/,
      })
    })

    for (const [name, model] of [
      ['email', {}],
      ['username', {}],
      ['email', { perRealm: true }],
    ] as [string, Partial<Model>][]) {
      it(`tell which name is taken even for a model called ${name}${model.perRealm ? ', within a realm' : ''}`, async () => {
        await using place = await openPlace()
        const database = await openDatabase({
          url: place.url,
          models: [{ name, ...ordinary, ...model }],
        })
        const { users } = storageOf(database, name)
        await users.insert(newUser('a@example.com', { username: 'a' }))
        for (const [property, email, username] of [
          ['email', 'a@example.com', 'b'],
          ['username', 'b@example.com', 'a'],
        ] as const) {
          await assert.rejects(users.insert(newUser(email, { username })), (error) => {
            assert.ok(error instanceof DuplicateError)
            return error.property === property
          })
        }
        await database.close()
      })
    }

    it('are made once when two start at the same time', async () => {
      await using place = await openPlace()
      const databases = await Promise.all([1, 2, 3].map(() => open(place, 'Customer', 'Staff', 'User')))
      const [first, second] = databases as [Database, Database, Database]
      await storageOf(first, 'Staff').users.insert(newUser('a@example.com'))
      assert.equal(await storageOf(second, 'Staff').users.count({ all: [] }), 1)
      for (const database of databases) await database.close()
    })
  })

  describe(`a database made with one model that had no name in ${engine}`, () => {
    it('is that of the model when it gets one, and stays it when others come', async () => {
      await using place = await openPlace()
      await fill(place, 'User')
      const alone = await contentOf(place, 'Customer')
      assert.deepEqual(alone.emails, { Customer: ['User@example.com'] })
      assert.match(alone.notes.join(), /"User" are now those of "Customer"/)
      const beside = await contentOf(place, 'Staff', 'Customer')
      assert.deepEqual(beside, { emails: { Staff: [], Customer: ['User@example.com'] }, notes: [] })
    })

    it('is still that when it loses the name again', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer')
      const { emails } = await contentOf(place, 'User')
      assert.deepEqual(emails, { User: ['Customer@example.com'] })
      assert.deepEqual((await contentOf(place, 'User')).notes, [])
    })

    it('is that too when it was made before names were written down', async () => {
      await using place = await openPlace()
      await fill(place, 'User')
      await forgetOwners(place)
      assert.deepEqual((await contentOf(place, 'User', 'Staff')).emails.User, ['User@example.com'])
      await forgetOwners(place)
      assert.deepEqual((await contentOf(place, 'User')).emails.User, ['User@example.com'])
    })

    it('is not opened when several models could be the one: its accounts must not seem gone', async () => {
      await using place = await openPlace()
      await fill(place, 'User')
      const message = /a model without a name.*Customer or Staff/
      await assert.rejects(open(place, 'Customer', 'Staff'), { code: 'DATABASE_UNUSABLE', message })
      assert.deepEqual((await contentOf(place, 'User')).emails.User, ['User@example.com'])
    })

    it('is opened for them when nobody is in it', async () => {
      await using place = await openPlace()
      await (await open(place, 'User')).close()
      const { emails } = await contentOf(place, 'Customer', 'Staff')
      assert.deepEqual(emails, { Customer: [], Staff: [] })
    })

    it('never becomes that of a model which came later', async () => {
      await using place = await openPlace()
      await fill(place, 'User', 'Customer')
      await assert.rejects(open(place, 'Customer', 'Staff'), { code: 'DATABASE_UNUSABLE' })
      await assert.rejects(open(place, 'Staff'), { code: 'DATABASE_UNUSABLE' })
    })
  })

  describe(`a model that is no longer configured in ${engine}`, () => {
    it('is named, and has its accounts when it comes back', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer', 'Staff')
      const { notes } = await contentOf(place, 'Staff')
      assert.match(notes.join(), /"Customer" that is no longer configured.*customer_users/)
      assert.deepEqual((await contentOf(place, 'Customer', 'Staff')).emails.Customer, [
        'Customer@example.com',
      ])
    })

    it('hands nothing to one of another name', async () => {
      await using place = await openPlace()
      await fill(place, 'Customer')
      const { emails, notes } = await contentOf(place, 'Client')
      assert.deepEqual(emails, { Client: [] })
      assert.match(notes.join(), /"Customer" that is no longer configured/)
    })
  })
}

function tablesOf(prefix: string): string[] {
  const names = [
    'access_tokens',
    'counters',
    'kysely_migration',
    'mailed_tokens',
    'outbox',
    'user_roles',
    'users',
  ]
  return names.map((name) => prefix + name)
}

async function forgetOwners({ ask }: Place): Promise<void> {
  await ask("delete from latchkey where name like 'model.%'")
}
