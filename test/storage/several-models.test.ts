import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { DuplicateError, type Storage } from '../../src/domain/storage.ts'
import { type Database, openDatabase } from '../../src/storage/open.ts'
import { insertUsers, type Model, newUser, ordinary, storageContract } from './contract.ts'

storageContract('SQLite with another model beside', async (model) => {
  const database = await openDatabase({
    url: 'sqlite::memory:',
    models: [
      { name: 'User', ...ordinary },
      { name: 'Customer', ...model },
    ],
  })
  return { storage: storageOf(database, 'Customer'), [Symbol.asyncDispose]: () => database.close() }
})

function openFolder(): Disposable & { open(...names: string[]): Promise<Database>; readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const path = join(directory, 'users.db')
  return {
    path,
    open: (...names) => open(path, ...names),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  }
}

function open(path: string, ...names: string[]): Promise<Database> {
  return openDatabase({ url: `sqlite:${path}`, models: names.map((name) => ({ name, ...ordinary })) })
}

function storageOf({ storages }: Database, name: string): Storage {
  return storages.get(name) as Storage
}

/** Opens, makes an account for each model, and closes. */
async function fill(folder: ReturnType<typeof openFolder>, ...names: string[]): Promise<void> {
  const database = await folder.open(...names)
  for (const name of names) await storageOf(database, name).users.insert(newUser(`${name}@example.com`))
  await database.close()
}

/** The addresses each model holds, and what was noted. */
async function contentOf(folder: ReturnType<typeof openFolder>, ...names: string[]) {
  const database = await folder.open(...names)
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

function tablesIn(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare("select name from sqlite_master where type = 'table' order by name").all()
  database.close()
  return rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'))
}

describe('the tables of several models', () => {
  it('are each model’s own, down to the numbers of its ids', async () => {
    using folder = openFolder()
    await fill(folder, 'Customer', 'Staff')
    const database = await folder.open('Customer', 'Staff')
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
    using folder = openFolder()
    await fill(folder, 'Customer', 'Staff')
    const { emails, notes } = await contentOf(folder, 'staff', 'customer')
    assert.deepEqual(emails, { staff: ['Staff@example.com'], customer: ['Customer@example.com'] })
    assert.deepEqual(notes, [])
  })

  it('leave the plain ones alone where there is no model without a name', async () => {
    using folder = openFolder()
    await fill(folder, 'Customer', 'Staff')
    assert.deepEqual(tablesIn(folder.path), [...tablesOf('customer_'), 'latchkey', ...tablesOf('staff_')])
  })

  it('are of their own kind of ids each, and that stays', async () => {
    using folder = openFolder()
    const models = [
      { name: 'Customer', ...ordinary },
      { name: 'Staff', ...ordinary, idType: 'uuid' as const },
    ]
    const database = await openDatabase({ url: `sqlite:${folder.path}`, models })
    const [user] = await insertUsers(storageOf(database, 'Staff'), 1)
    assert.equal(typeof user.id, 'string')
    await database.close()
    await assert.rejects(folder.open('Customer', 'Staff'), {
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
      const database = await openDatabase({
        url: 'sqlite::memory:',
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
    using folder = openFolder()
    const databases = await Promise.all([1, 2, 3].map(() => folder.open('Customer', 'Staff', 'User')))
    const [first, second] = databases as [Database, Database, Database]
    await storageOf(first, 'Staff').users.insert(newUser('a@example.com'))
    assert.equal(await storageOf(second, 'Staff').users.count({ all: [] }), 1)
    for (const database of databases) await database.close()
  })
})

describe('a database made with one model that had no name', () => {
  it('is that of the model when it gets one, and stays it when others come', async () => {
    using folder = openFolder()
    await fill(folder, 'User')
    const alone = await contentOf(folder, 'Customer')
    assert.deepEqual(alone.emails, { Customer: ['User@example.com'] })
    assert.match(alone.notes.join(), /"User" are now those of "Customer"/)
    const beside = await contentOf(folder, 'Staff', 'Customer')
    assert.deepEqual(beside, { emails: { Staff: [], Customer: ['User@example.com'] }, notes: [] })
  })

  it('is still that when it loses the name again', async () => {
    using folder = openFolder()
    await fill(folder, 'Customer')
    const { emails } = await contentOf(folder, 'User')
    assert.deepEqual(emails, { User: ['Customer@example.com'] })
    assert.deepEqual((await contentOf(folder, 'User')).notes, [])
  })

  it('is that too when it was made before names were written down', async () => {
    using folder = openFolder()
    await fill(folder, 'User')
    forgetOwners(folder.path)
    assert.deepEqual((await contentOf(folder, 'User', 'Staff')).emails.User, ['User@example.com'])
    forgetOwners(folder.path)
    assert.deepEqual((await contentOf(folder, 'User')).emails.User, ['User@example.com'])
  })

  it('is not opened when several models could be the one: its accounts must not seem gone', async () => {
    using folder = openFolder()
    await fill(folder, 'User')
    const message = /a model without a name.*Customer or Staff/
    await assert.rejects(folder.open('Customer', 'Staff'), { code: 'DATABASE_UNUSABLE', message })
    assert.deepEqual((await contentOf(folder, 'User')).emails.User, ['User@example.com'])
  })

  it('is opened for them when nobody is in it', async () => {
    using folder = openFolder()
    await (await folder.open('User')).close()
    const { emails } = await contentOf(folder, 'Customer', 'Staff')
    assert.deepEqual(emails, { Customer: [], Staff: [] })
  })

  it('never becomes that of a model which came later', async () => {
    using folder = openFolder()
    await fill(folder, 'User', 'Customer')
    await assert.rejects(folder.open('Customer', 'Staff'), { code: 'DATABASE_UNUSABLE' })
    await assert.rejects(folder.open('Staff'), { code: 'DATABASE_UNUSABLE' })
  })
})

describe('a model that is no longer configured', () => {
  it('is named, and has its accounts when it comes back', async () => {
    using folder = openFolder()
    await fill(folder, 'Customer', 'Staff')
    const { notes } = await contentOf(folder, 'Staff')
    assert.match(notes.join(), /"Customer" that is no longer configured.*customer_users/)
    assert.deepEqual((await contentOf(folder, 'Customer', 'Staff')).emails.Customer, ['Customer@example.com'])
  })

  it('hands nothing to one of another name', async () => {
    using folder = openFolder()
    await fill(folder, 'Customer')
    const { emails, notes } = await contentOf(folder, 'Client')
    assert.deepEqual(emails, { Client: [] })
    assert.match(notes.join(), /"Customer" that is no longer configured/)
  })
})

function tablesOf(prefix: string): string[] {
  const names = ['access_tokens', 'kysely_migration', 'mailed_tokens', 'outbox', 'user_roles', 'users']
  return names.map((name) => prefix + name)
}

function forgetOwners(path: string): void {
  const database = new DatabaseSync(path)
  database.exec("delete from latchkey where name like 'model.%'")
  database.close()
}
