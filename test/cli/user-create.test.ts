import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { adminRule } from '../open-house.ts'
import { type Folder, openFolder, run } from './latchkey-process.ts'

const password = 'correct horse battery staple'

/** The same database, opened by this process; the role `admin` is let in everywhere. */
async function open(folder: Folder): Promise<Latchkey & AsyncDisposable> {
  const latchkey = await createLatchkey({
    database: { url: `sqlite:${folder.file('latchkey.db')}` },
    user: { acls: [adminRule] },
    log: { level: 'silent' },
  })
  return { ...latchkey, [Symbol.asyncDispose]: () => latchkey.close() }
}

describe('latchkey user create', { concurrency: true }, () => {
  it('makes the first administrator, who may do what the role opens', async () => {
    using folder = openFolder()
    const args = ['user', 'create', '--email', 'Root@example.com', '--role', 'staff', '--role', 'admin']
    const { status, stdout, stderr } = await run(args, { folder, input: `${password}\n` })
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    assert.deepEqual(JSON.parse(stdout), { email: 'root@example.com', emailVerified: true, id: 1 })

    await using latchkey = await open(folder)
    const url = await latchkey.listen({ port: 0 })
    const { id } = await latchkey.users.login({ email: 'root@example.com', password })
    assert.equal((await fetch(`${url}/api/users`, { headers: { authorization: id } })).status, 200)
  })

  it('makes it in the realm that is named', async () => {
    using folder = openFolder()
    const args = ['user', 'create', '--email', 'ann@example.com', '--realm', 'north']
    const realms = ['--user.realmRequired', 'true', '--user.realmDelimiter', ':']
    const { stdout } = await run([...args, ...realms], { folder, input: password })
    assert.deepEqual(JSON.parse(stdout), {
      realm: 'north',
      email: 'ann@example.com',
      emailVerified: true,
      id: 1,
    })
  })

  it('gives no role that was not asked for, and works while a server runs', async () => {
    using folder = openFolder()
    await using latchkey = await open(folder)
    const url = await latchkey.listen({ port: 0 })
    await run(['user', 'create', '--email', 'ann@example.com'], { folder, input: password })
    const { id } = await latchkey.users.login({ email: 'ann@example.com', password })
    assert.equal((await fetch(`${url}/api/users`, { headers: { authorization: id } })).status, 401)
  })

  it('takes the first line as the password, whatever ends it', async () => {
    using folder = openFolder()
    const args = ['user', 'create', '--email', 'ann@example.com', '--username', 'ann']
    await run(args, { folder, input: ' spaces stay \r\nnot this\r\n' })
    await using latchkey = await open(folder)
    await assert.rejects(latchkey.users.login({ username: 'ann', password: 'spaces stay' }))
    await latchkey.users.login({ username: 'ann', password: ' spaces stay ' })
  })

  it('says in one sentence when the address is taken, and changes nothing', async () => {
    using folder = openFolder()
    await using latchkey = await open(folder)
    await latchkey.users.create({ email: 'ann@example.com', password })
    const args = ['user', 'create', '--email', 'ann@example.com', '--role', 'admin']
    const { status, stdout, stderr } = await run(args, { folder, input: 'another' })
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
    assert.match(stderr, /^latchkey: [^\n]*Email already exists[^\n]*\n$/)
    await latchkey.users.login({ email: 'ann@example.com', password })
  })

  for (const [what, input] of [
    ['no password', ''],
    ['a password far too long', 'x'.repeat(5_000)],
  ] as const) {
    it(`says in one sentence that it got ${what}`, async () => {
      using folder = openFolder()
      const { status, stdout, stderr } = await run(['user', 'create', '--email', 'a@example.com'], {
        folder,
        input,
      })
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
      assert.match(stderr, /^latchkey: [^\n]{1,200}\n$/)
      assert.match(stderr, /password/i)
    })
  }
})
