import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg, { type Client } from 'pg'
import { createLatchkey, move } from '../../src/index.ts'
import { administer, type EmptySchema, openSchema } from '../postgres/schema.ts'
import { type Folder, openFolder, run, serve, start } from './latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4']
const ann = { email: 'ann@example.com', password: 'bar' }

/** A database as a server would have left it: two accounts, a session, a role, and a third account deleted. */
async function fill(folder: Folder): Promise<string> {
  const latchkey = await createLatchkey({
    database: { url: `sqlite:${folder.file('latchkey.db')}` },
    mail: { url: `directory:${folder.file('mail')}` },
    user: { passwordHash: 'bcrypt', saltWorkFactor: 4 },
    log: { level: 'silent' },
  })
  const { id } = await latchkey.users.create({ ...ann, realm: 'r', nested: { ü: [1.0, 1e21, null, '\\'] } })
  await latchkey.users.create({ ...ann, email: 'bert@example.com', username: 'bert' })
  const last = await latchkey.users.create({ ...ann, email: 'carl@example.com' })
  await latchkey.users.deleteById(last.id)
  await latchkey.users.grantRole(id, 'admin')
  const token = await latchkey.tokens.create(id)
  await latchkey.close()
  return token.id
}

type Rows = Record<string, readonly string[]>

function isData(table: string): boolean {
  return !/^sqlite_|kysely_migration$/.test(table)
}

/** Every table of a SQLite file but for those that say which steps were taken. */
function rowsOfFile(file: string): Rows {
  using database = new DatabaseSync(file, { readOnly: true })
  const names = database.prepare("select name from sqlite_master where type = 'table'").all()
  const tables = names.map(({ name }) => String(name)).filter(isData)
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database
        .prepare(`select * from ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )
}

/** The same of a schema in PostgreSQL; what its driver makes of numbers is undone. */
async function rowsOfSchema({ name: schema }: EmptySchema): Promise<Rows> {
  const found = await administer('select tablename from pg_tables where schemaname = $1', {
    values: [schema],
  })
  const rows: Record<string, string[]> = {}
  for (const table of found.map(([name]) => String(name)).filter(isData)) {
    const columns = await administer(
      `select column_name, data_type from information_schema.columns
       where table_schema = $1 and table_name = $2 order by ordinal_position`,
      { values: [schema, table] },
    )
    const texts = columns.map(([column]) => `${column}::text`).join()
    const content = await administer(`select ${texts} from ${table}`, { schema })
    rows[table] = content
      .map((row) =>
        JSON.stringify(
          Object.fromEntries(
            columns.map(([column, type], index) => {
              const isNumber = /int/.test(String(type)) && row[index] !== null
              return [column, isNumber ? Number(row[index]) : row[index]]
            }),
          ),
        ),
      )
      .sort()
  }
  return rows
}

/** A row for every table there is, with a value in every column, whatever tables and columns a later version has. */
function fillEveryTable(file: string): void {
  using database = new DatabaseSync(file)
  const tables = database.prepare("select name from sqlite_master where type = 'table'").all()
  const names = tables.map(({ name }) => String(name)).filter(isData)
  for (const table of ['users', ...names.filter((name) => name !== 'users')]) {
    const columns = database.prepare('select name, type from pragma_table_info(?)').all(table)
    const values = columns.map(({ name, type }) => {
      if (name === 'user_id' || (table === 'users' && name === 'id')) return 77
      if (name === 'properties') return '{"b":1.50,"a":[]}'
      return type === 'INTEGER' ? 7 : `${table} ${name}`
    })
    const places = values.map(() => '?').join()
    database.prepare(`insert into ${table} values (${places})`).run(...values)
  }
}

describe('latchkey move', { concurrency: true }, () => {
  it('takes every table there is to PostgreSQL and back, row by row, and sessions go on', async () => {
    using folder = openFolder()
    await using schema = await openSchema()
    const token = await fill(folder)
    fillEveryTable(folder.file('latchkey.db'))
    const before = rowsOfFile(folder.file('latchkey.db'))

    const { status, stdout, stderr } = await run(['move', '--to', schema.url], { folder })
    assert.equal(status, 0, stderr)
    assert.deepEqual(await rowsOfSchema(schema), before)
    const moved = Object.entries(before).filter(([table]) => table !== 'latchkey')
    assert.deepEqual(
      JSON.parse(stdout),
      Object.fromEntries(moved.map(([table, rows]) => [table, rows.length])),
    )

    await move({}, { from: schema.url, to: `sqlite:${folder.file('back.db')}` })
    assert.deepEqual(rowsOfFile(folder.file('back.db')), before)

    const onPostgres = ['--database.url', schema.url]
    await using server = await serve([...cheapHashes, ...onPostgres], { folder })
    const read = (id: number) => fetch(`${server.url}/api/users/${id}`, { headers: { authorization: token } })
    assert.equal((await read(1)).status, 200)
  })

  it('gives no id again that was given in the source, also where its account is gone', async () => {
    using folder = openFolder()
    await using schema = await openSchema()
    await fill(folder)
    const file = `sqlite:${folder.file('latchkey.db')}`
    const back = `sqlite:${folder.file('back.db')}`
    await move({}, { from: file, to: schema.url })
    await move({}, { from: schema.url, to: back })
    for (const url of [schema.url, back]) {
      const latchkey = await createLatchkey({ database: { url }, log: { level: 'silent' } })
      const { id } = await latchkey.users.create({ ...ann, email: 'dora@example.com' })
      await latchkey.close()
      assert.equal(id, 4)
    }
  })

  it('takes each of several models along, with ids of either kind', async () => {
    using folder = openFolder()
    await using schema = await openSchema()
    const user = [{}, { model: folder.file('staff.json'), idType: 'uuid' as const }]
    writeFileSync(folder.file('staff.json'), JSON.stringify({ name: 'Staff', base: 'User' }))
    const from = `sqlite:${folder.file('latchkey.db')}`
    const latchkey = await createLatchkey({ database: { url: from }, user, log: { level: 'silent' } })
    await latchkey.users.create(ann)
    await latchkey.models.Staff?.users.create(ann)
    await latchkey.close()
    const before = rowsOfFile(folder.file('latchkey.db'))
    await move({ user }, { from, to: schema.url })
    assert.deepEqual(await rowsOfSchema(schema), before)
    const half = move({}, { from, to: `sqlite:${folder.file('half.db')}` })
    await assert.rejects(half, { code: 'MOVE_FAILED', message: /"Staff" .*not configured/ })
  })

  it('goes on where it was after kill -9, and nobody serves what is not whole', async () => {
    using folder = openFolder()
    await using schema = await openSchema()
    await fill(folder)
    const file = folder.file('latchkey.db')
    {
      using database = new DatabaseSync(file)
      database.exec(
        `with recursive numbers (n) as (select 10 union all select n + 1 from numbers where n < 4000)
         insert into users (id, email) select n, n || '@example.com' from numbers`,
      )
    }
    const before = rowsOfFile(file)
    // Somebody makes it wait within a batch: an account with the same address, of whom is not yet known whether it stays.
    await makeTables(schema)
    const client = new pg.Client({ connectionString: schema.url } as never)
    await client.connect()
    await query(client, 'begin')
    await query(client, "insert into users (id, email, properties) values (-1, '2500@example.com', '{}')")
    const mover = start(['move', '--to', schema.url], { folder })
    while (Number((await administer('select count(*) from users', { schema: schema.name }))[0]?.[0]) < 2_000)
      await pause(10)
    mover.child.kill('SIGKILL')
    await mover.exited
    await query(client, 'rollback')
    await client.end()

    const early = await run(['serve', '--port', '0', '--database.url', schema.url], { folder })
    assert.equal(early.status, 69)
    assert.match(early.stderr, /latchkey\.db are being moved here .*run latchkey move again/)
    const { status, stderr } = await run(['move', '--to', schema.url], { folder })
    assert.equal(status, 0, stderr)
    assert.deepEqual(await rowsOfSchema(schema), before)
  })

  it('ends with an error where the two are not the same in the end', async () => {
    using folder = openFolder()
    await fill(folder)
    const databases = { from: `sqlite:${folder.file('latchkey.db')}`, to: `sqlite:${folder.file('copy.db')}` }
    await move({}, databases)
    {
      using copy = new DatabaseSync(folder.file('copy.db'))
      copy.exec(`update users set realm = 's' where id = 1;
        insert into latchkey values ('move', '${databases.from}')`)
    }
    await assert.rejects(move({}, databases), {
      code: 'MOVE_FAILED',
      message: /^move: users is not what users is/,
    })
  })

  it('refuses while a server has the file open', async () => {
    using folder = openFolder()
    const from = `sqlite:${folder.file('latchkey.db')}`
    const latchkey = await createLatchkey({ database: { url: from }, log: { level: 'silent' } })
    const moved = move({}, { from, to: `sqlite:${folder.file('copy.db')}` })
    await assert.rejects(moved, { code: 'MOVE_FAILED', message: /latchkey\.db is in use: stop the server/ })
    await latchkey.close()
    assert.ok(!existsSync(folder.file('copy.db')))
  })

  for (const [what, args, reason] of [
    ['the target holds other accounts', ['--to', 'sqlite:other.db'], /other\.db holds accounts already/],
    ['the target is the source', ['--to', 'sqlite:./latchkey.db'], /same database/],
    ['the target is in memory', ['--to', 'sqlite::memory:'], /in memory/],
    ['there is no source', ['--from', 'sqlite:none.db', '--to', 'sqlite:x.db'], /no database at none\.db/],
    ['neither is named', [], /--to or --from/],
  ] as const) {
    it(`ends with one sentence when ${what}`, async () => {
      using folder = openFolder()
      await fill(folder)
      const other = await createLatchkey({
        database: { url: `sqlite:${folder.file('other.db')}` },
        log: { level: 'silent' },
      })
      await other.users.create(ann)
      await other.close()
      const { status, stdout, stderr } = await run(['move', ...args], { folder })
      assert.ok(status === 1 || status === 69)
      assert.equal(stdout, '')
      assert.match(stderr, /^latchkey: [^\n]+\n$/)
      assert.match(stderr, reason)
      assert.ok(!existsSync(folder.file('none.db')))
    })
  }
})

/** Tables before there is anything in them, so that somebody can be in the way there. */
async function makeTables({ url }: EmptySchema): Promise<void> {
  const latchkey = await createLatchkey({ database: { url }, log: { level: 'silent' } })
  await latchkey.close()
}

function query(client: Client, text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.query({ text, rowMode: 'array' }, (error, result) => (error ? reject(error) : resolve(result)))
  })
}
