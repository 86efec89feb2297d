import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../../src/index.ts'
import { type Folder, openFolder, run, type Server, serve } from './latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4']
const ann = { email: 'ann@example.com', password: 'bar' }

function post({ url }: Server, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

function pairOf(n: number): string[] {
  return [`one${n}@example.com`, `two${n}@example.com`]
}

/** Signs up pairs, each in one request, until it is told to stop. */
function startSignUps(server: Server): { readonly done: number; stop(): Promise<void> } {
  const state = { done: 0, isStopped: false }
  const storm = (async () => {
    while (!state.isStopped) {
      const reply = await post(
        server,
        '/users',
        pairOf(state.done).map((email) => ({ email, password: 'bar', note: 'x'.repeat(5_000) })),
      )
      assert.equal(reply.status, 200)
      state.done++
    }
  })()
  return {
    get done() {
      return state.done
    },
    async stop() {
      state.isStopped = true
      await storm
    },
  }
}

async function emailsIn(file: string): Promise<Set<string>> {
  const latchkey = await createLatchkey({ database: { url: `sqlite:${file}` }, log: { level: 'silent' } })
  const emails = new Set<string>()
  for await (const page of latchkey.users.find()) for (const { email } of page) emails.add(email as string)
  await latchkey.close()
  return emails
}

async function withDatabase(): Promise<Folder> {
  const folder = openFolder()
  const latchkey = await createLatchkey({
    database: { url: `sqlite:${folder.file('latchkey.db')}` },
    user: { passwordHash: 'bcrypt', saltWorkFactor: 4 },
    log: { level: 'silent' },
  })
  await latchkey.users.create({ ...ann, note: 'x'.repeat(50_000) })
  await latchkey.close()
  return folder
}

describe('latchkey backup', { concurrency: true }, () => {
  it('copies while a server writes: all that was acknowledged before, nothing by halves, and tokens log in', async () => {
    using folder = openFolder()
    await using server = await serve(cheapHashes, { folder })
    assert.equal((await post(server, '/users', ann)).status, 200)
    const { id } = (await (await post(server, '/users/login', ann)).json()) as { id: string }
    const signUps = startSignUps(server)
    while (signUps.done < 20) await pause(5)

    const before = signUps.done
    const { status, stdout } = await run(['backup', 'copy.db'], { folder })
    const after = signUps.done
    await signUps.stop()
    assert.equal(status, 0)
    const copy = folder.file('copy.db')
    assert.deepEqual(JSON.parse(stdout), { file: copy, bytes: statSync(copy).size })
    assert.equal(statSync(copy).mode & 0o777, 0o600)
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith('copy')),
      ['copy.db'],
    )
    assert.ok(after > before, 'the server went on')

    await using restored = await serve([...cheapHashes, '--database.url', 'sqlite:copy.db'], { folder })
    const read = await fetch(`${restored.url}/api/users/1`, { headers: { authorization: id } })
    assert.equal(read.status, 200)
    const kept = await emailsIn(copy)
    for (let n = 0; n < before; n++)
      assert.ok(
        pairOf(n).every((email) => kept.has(email)),
        `pair ${n}`,
      )
    assert.equal((kept.size - 1) % 2, 0)
  })

  it('never writes over a file', async () => {
    using folder = await withDatabase()
    writeFileSync(folder.file('copy.db'), 'precious')
    const { status, stdout, stderr } = await run(['backup', 'copy.db'], { folder })
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
    assert.match(stderr, /^latchkey: [^\n]*copy\.db exists[^\n]*\n$/)
    assert.equal(readFileSync(folder.file('copy.db'), 'utf8'), 'precious')
  })

  it('begins anew where an earlier one was cut short', async () => {
    using folder = await withDatabase()
    writeFileSync(folder.file('copy.db.part'), 'half a database')
    assert.equal((await run(['backup', 'copy.db'], { folder })).status, 0)
    assert.deepEqual(await emailsIn(folder.file('copy.db')), new Set([ann.email]))
    assert.deepEqual(readdirSync(folder.path).sort(), ['copy.db', 'latchkey.db'])
  })

  it('refuses a database with damage, wherever it is, and leaves no copy', async () => {
    using folder = await withDatabase()
    truncateSync(folder.file('latchkey.db'), statSync(folder.file('latchkey.db')).size - 8_192)
    const { status, stderr } = await run(['backup', 'copy.db'], { folder })
    assert.ok(status === 1 || status === 69)
    assert.match(stderr, /^latchkey: [^\n]*damaged[^\n]*\n$/)
    assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
  })

  for (const [what, args, reason] of [
    ['there is no database', ['copy.db'], /no database at latchkey\.db/],
    ['the database is in memory', ['copy.db', '--database.url', 'sqlite::memory:'], /SQLite file/],
    ['no file is named', [], /one file/],
    ['two files are named', ['copy.db', 'copy2.db'], /one file/],
  ] as const) {
    it(`ends with one sentence when ${what}, and makes nothing`, async () => {
      using folder = openFolder()
      const { status, stdout, stderr } = await run(['backup', ...args], { folder })
      assert.ok(status === 1 || status === 69)
      assert.equal(stdout, '')
      assert.match(stderr, /^latchkey: [^\n]+\n$/)
      assert.match(stderr, reason)
      assert.deepEqual(readdirSync(folder.path), [])
    })
  }

  it('refuses another program’s database', async () => {
    using folder = openFolder()
    const database = new DatabaseSync(folder.file('latchkey.db'))
    database.exec('create table users (id integer primary key)')
    database.close()
    const { status, stderr } = await run(['backup', 'copy.db'], { folder })
    assert.equal(status, 69)
    assert.match(stderr, /another program/)
    assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
  })

  it('says so where the copy cannot be made', async () => {
    using folder = await withDatabase()
    const { status, stderr } = await run(['backup', 'nowhere/copy.db'], { folder })
    assert.equal(status, 1)
    assert.match(stderr, /^latchkey: [^\n]*nowhere\/copy\.db cannot be made[^\n]*\n$/)
  })
})
