import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type Folder, openFolder, run, serve } from '../cli/latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4']
const account = JSON.stringify({ email: 'ann@example.com', password: 'bar' })

function post(url: string, path: string, body = account): Promise<Response> {
  return fetch(`${url}/api${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

/** A folder with a database of one account. */
async function withAnn(): Promise<Folder> {
  const folder = openFolder()
  await using server = await serve(cheapHashes, { folder, asNobody: true })
  assert.equal((await post(server.url, '/users')).status, 200)
  server.child.kill('SIGTERM')
  assert.equal(await server.exited, 0)
  return folder
}

/** The start ends with one sentence about the database and its own status, and nothing has changed. */
async function assertNoStart(folder: Folder): Promise<void> {
  const before = readdirSync(folder.path)
  const { status, stdout, stderr } = await run(['serve', '--port', '0'], { folder, asNobody: true })
  assert.deepEqual({ status, stdout }, { status: 69, stdout: '' })
  assert.match(stderr, /^latchkey: database\.url: latchkey\.db cannot be [^\n]+\n$/)
  assert.deepEqual(readdirSync(folder.path), before)
}

describe('a database in a place where nothing may be written', { concurrency: true }, () => {
  it('ends the start when the file is read-only, and is left as it is', async () => {
    using folder = await withAnn()
    const before = readFileSync(folder.file('latchkey.db'))
    chmodSync(folder.file('latchkey.db'), 0o400)
    await assertNoStart(folder)
    assert.ok(readFileSync(folder.file('latchkey.db')).equals(before))
  })

  it('ends the start when the file may not even be read', async () => {
    using folder = await withAnn()
    chmodSync(folder.file('latchkey.db'), 0)
    await assertNoStart(folder)
  })

  it('ends the start when the folder is read-only, with a database in it or without', async () => {
    using full = await withAnn()
    using empty = openFolder()
    for (const folder of [full, empty]) {
      chmodSync(folder.path, 0o500)
      await assertNoStart(folder)
      chmodSync(folder.path, 0o700)
    }
  })

  it('is served on when that happens to a server at work', async () => {
    using folder = openFolder()
    await using server = await serve(cheapHashes, { folder, asNobody: true })
    assert.equal((await post(server.url, '/users')).status, 200)
    for (const name of readdirSync(folder.path)) chmodSync(folder.file(name), 0o400)
    chmodSync(folder.path, 0o500)
    const { id } = (await (await post(server.url, '/users/login')).json()) as { id: string }
    const read = await fetch(`${server.url}/api/users/1`, { headers: { authorization: id } })
    assert.equal(read.status, 200)
    chmodSync(folder.path, 0o700)
  })
})
