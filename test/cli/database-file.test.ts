import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { createLatchkey, type Latchkey, type UserOptions } from '../../src/index.ts'
import { type Folder, openFolder, run } from './latchkey-process.ts'

function open(folder: Folder, user: UserOptions = {}): Promise<Latchkey> {
  return createLatchkey({
    database: { url: `sqlite:${folder.file('latchkey.db')}` },
    user: { passwordHash: 'bcrypt', saltWorkFactor: 4, ...user },
    log: { level: 'silent' },
  })
}

/** A folder with a database of ours, closed in good order. */
async function withDatabase(): Promise<Folder> {
  const folder = openFolder()
  const latchkey = await open(folder)
  const text = 'x'.repeat(2_000)
  for (let i = 0; i < 20; i++) {
    await latchkey.users.create({ email: `user${i}@example.com`, password: 'bar', text })
  }
  await latchkey.close()
  return folder
}

/** Opening the file fails with one sentence, and leaves the file as it is, and nothing beside it. */
async function assertRefused(folder: Folder, message: RegExp, user?: UserOptions): Promise<void> {
  const before = readFileSync(folder.file('latchkey.db'))
  const opened = open(folder, user).then((latchkey) => latchkey.close())
  await assert.rejects(opened, { code: 'DATABASE_UNUSABLE', message })
  assert.ok(readFileSync(folder.file('latchkey.db')).equals(before), 'the file has changed')
  assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
}

/** The database as another program, or another version, would have left it. */
function alter(folder: Folder, sql: string): void {
  const database = new DatabaseSync(folder.file('latchkey.db'))
  database.exec(sql)
  database.close()
}

describe('the database file', () => {
  it('is its owner’s alone, with all that SQLite lays beside it', async () => {
    using folder = openFolder()
    const latchkey = await open(folder)
    await latchkey.users.create({ email: 'ann@example.com', password: 'bar' })
    const names = readdirSync(folder.path)
    const modes = names.map((name) => statSync(folder.file(name)).mode & 0o777)
    await latchkey.close()
    assert.deepEqual(names.sort(), ['latchkey.db', 'latchkey.db-shm', 'latchkey.db-wal'])
    assert.deepEqual(modes, [0o600, 0o600, 0o600])
  })

  it('is closed to others at a start where it was copied here open to all', async () => {
    using folder = await withDatabase()
    chmodSync(folder.file('latchkey.db'), 0o644)
    await (await open(folder)).close()
    assert.equal(statSync(folder.file('latchkey.db')).mode & 0o777, 0o600)
  })

  it('may be there already, and empty', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.db'), '')
    const latchkey = await open(folder)
    assert.equal(await latchkey.users.count(), 0)
    await latchkey.close()
  })

  it('is refused when it is a text', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.db'), 'Dear diary, today I was mistaken for a database.\n'.repeat(50))
    await assertRefused(folder, /latchkey\.db .*no SQLite database/)
  })

  it('is refused when it is another program’s database', async () => {
    using folder = openFolder()
    alter(
      folder,
      "create table users (id integer primary key, name text); insert into users values (1, 'Ann')",
    )
    await assertRefused(folder, /latchkey\.db .*another program/)
  })

  it('is refused when another program has put its mark on it, and nothing else yet', async () => {
    using folder = openFolder()
    alter(folder, 'pragma application_id = 1234')
    await assertRefused(folder, /latchkey\.db .*another program/)
  })

  it('is refused when a newer version of Latchkey has written it', async () => {
    using folder = await withDatabase()
    alter(folder, "insert into kysely_migration (name, timestamp) values ('999-of-the-future', '2099-01-01')")
    await assertRefused(folder, /newer version of Latchkey .*999-of-the-future/)
  })

  it('is refused when it was made with ids of another kind', async () => {
    using folder = await withDatabase()
    await assertRefused(folder, /^user\.idType: .*integer/, { idType: 'uuid' })
  })

  for (const [what, damage] of [
    ['its first page is damaged', (file: Buffer) => file.fill(0xaa, 100, 4_096)],
    ['every page but its first is damaged', (file: Buffer) => file.fill(0xaa, 4_096)],
    ['its end is cut off', (file: Buffer) => file.subarray(0, 4_096)],
  ] as const) {
    it(`is refused when ${what}`, async () => {
      using folder = await withDatabase()
      const file = folder.file('latchkey.db')
      writeFileSync(file, damage(readFileSync(file)))
      await assertRefused(folder, /latchkey\.db .*damaged/)
    })
  }

  it('is refused at the command line with the sentence and nothing more', async () => {
    using folder = openFolder()
    alter(folder, 'create table users (id integer primary key)')
    const { status, stdout, stderr } = await run(['serve', '--port', '0'], { folder })
    assert.deepEqual({ status, stdout }, { status: 69, stdout: '' })
    assert.match(stderr, /^latchkey: [^\n]*latchkey\.db [^\n]*another program[^\n]*\n$/)
  })
})
