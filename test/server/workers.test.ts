import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../../src/index.ts'
import { type Folder, openFolder, run, type Server, serve, start } from '../cli/latchkey-process.ts'
import { openSchema } from '../postgres/schema.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4', '--rateLimit', 'false']
const ann = { email: 'ann@example.com', password: 'bar' }

/** On a connection of its own, which any worker may take. */
function send({ url }: Server, method: string, path: string, body?: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: token, connection: 'close' }
  return fetch(`${url}/api${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

/** Waits until so many workers serve, those included that have died since. */
async function serveBy(count: number, server: Server): Promise<void> {
  while (server.output().split('"listening"').length <= count) await pause(20)
}

async function serveByWorkers(count: number, args: readonly string[], folder: Folder): Promise<Server> {
  const server = await serve(['--workers', String(count), ...cheapHashes, ...args], { folder })
  await serveBy(count, server)
  return server
}

function workersOf({ child }: Server): number[] {
  return execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)
}

/** Which workers wrote lines of an event. */
function writers(server: Server, event: string): Set<number> {
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
  return new Set(lines.map((line) => (JSON.parse(line) as { worker: number }).worker))
}

async function emailsIn(url: string): Promise<string[]> {
  const latchkey = await createLatchkey({ database: { url }, log: { level: 'silent' } })
  const emails: string[] = []
  for await (const page of latchkey.users.find()) emails.push(...page.map(({ email }) => email as string))
  await latchkey.close()
  return emails
}

/** Signs up accounts one after another, also when a connection breaks; tells which were acknowledged. */
async function signUp(
  server: Server,
  name: string,
  acknowledged: string[],
  stop: AbortSignal,
): Promise<void> {
  for (let n = 0; !stop.aborted; n++) {
    const email = `${name}${n}@example.com`
    const reply = await send(server, 'POST', '/users', { email, password: 'bar' }).catch(() => undefined)
    if (reply?.status === 200) acknowledged.push(email)
    else assert.equal(reply, undefined)
  }
}

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`latchkey serve --workers on ${engine}`, { concurrency: 2 }, () => {
    async function openPlace(folder: Folder) {
      if (engine === 'PostgreSQL') return openSchema()
      return { url: `sqlite:${folder.file('latchkey.db')}`, [Symbol.asyncDispose]: async () => {} }
    }

    it('ends sessions in all of them at once, by a logout and by a change of password', async () => {
      using folder = openFolder()
      await using place = await openPlace(folder)
      await using server = await serveByWorkers(2, ['--database.url', place.url], folder)
      await send(server, 'POST', '/users', ann)
      const login = async (password: string) =>
        (await (await send(server, 'POST', '/users/login', { ...ann, password })).json()) as { id: string }
      const statuses = async (token: string) => {
        const many = Array.from({ length: 20 }, () => send(server, 'GET', '/users/1', undefined, token))
        return [...new Set((await Promise.all(many)).map(({ status }) => status))]
      }
      while (writers(server, 'loggedIn').size < 2) await Promise.all([login('bar'), login('bar')])
      const { id: left } = await login('bar')
      const { id: kept } = await login('bar')
      assert.deepEqual(await statuses(left), [200])
      assert.equal((await send(server, 'POST', '/users/logout', {}, left)).status, 204)
      assert.deepEqual(await statuses(left), [401])
      assert.deepEqual(await statuses(kept), [200])

      const { id: changing } = await login('bar')
      const passwords = { oldPassword: 'bar', newPassword: 'baz' }
      assert.equal((await send(server, 'POST', '/users/change-password', passwords, changing)).status, 204)
      assert.deepEqual(await statuses(kept), [401])
      assert.deepEqual(await statuses((await login('baz')).id), [200])
    })

    it('may be started three times at once, and each for the first time', async () => {
      using folder = openFolder()
      await using place = await openPlace(folder)
      const args = [...cheapHashes, '--database.url', place.url]
      const servers = await Promise.all([1, 2, 3].map(() => serve(args, { folder })))
      for (const [n, server] of servers.entries()) {
        const reply = await send(server, 'POST', '/users', { ...ann, email: `${n}@example.com` })
        assert.equal(((await reply.json()) as { id: number }).id, n + 1)
      }
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    })

    it('sends each letter once', async () => {
      using folder = openFolder()
      await using place = await openPlace(folder)
      const mail = [
        '--mail.url',
        `directory:${folder.file('mail')}`,
        '--user.emailVerificationRequired',
        'true',
      ]
      await using server = await serveByWorkers(3, ['--database.url', place.url, ...mail], folder)
      const emails = Array.from({ length: 30 }, (_, n) => `user${n}@example.com`)
      await Promise.all(emails.map((email) => send(server, 'POST', '/users', { email, password: 'bar' })))
      const letters = () => readdirSync(folder.file('mail')).filter((name) => name.endsWith('.eml'))
      while (letters().length < emails.length) await pause(20)
      server.child.kill('SIGTERM')
      await server.exited

      const read = (name: string) => readFileSync(folder.file(`mail/${name}`), 'utf8')
      const recipients = letters().map((name) => /^To: (.*)\r$/m.exec(read(name))?.[1])
      assert.deepEqual(recipients.sort(), emails.sort())
    })

    it('goes on when one is killed, puts another in its place, and keeps all that was acknowledged', async () => {
      using folder = openFolder()
      await using place = await openPlace(folder)
      await using server = await serveByWorkers(2, ['--database.url', place.url], folder)
      const acknowledged: string[] = []
      const stop = new AbortController()
      const storm = Promise.all(
        Array.from({ length: 8 }, (_, n) => signUp(server, `${n}-`, acknowledged, stop.signal)),
      )
      for (const round of [1, 2, 3]) {
        const enough = acknowledged.length + 30
        // Where the storm ends early, it says why.
        while (acknowledged.length < enough) await Promise.race([pause(5), storm])
        const [victim] = workersOf(server)
        process.kill(victim as number, 'SIGKILL')
        await serveBy(2 + round, server)
      }
      stop.abort()
      await storm
      server.child.kill('SIGTERM')
      assert.equal(await server.exited, 0)
      const kept = new Set(await emailsIn(place.url))
      assert.deepEqual(
        acknowledged.filter((email) => !kept.has(email)),
        [],
      )
    })
  })
}

describe('latchkey serve --workers', { concurrency: 2 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`ends with all of them, and well, by ${signal}`, async () => {
      using folder = openFolder()
      await using server = await serveByWorkers(2, [], folder)
      const workers = workersOf(server)
      assert.equal(workers.length, 2)
      server.child.kill(signal)
      assert.equal(await server.exited, 0)
      for (const worker of workers) assert.throws(() => process.kill(worker, 0), { code: 'ESRCH' })
      // Of two that close at once, neither may be the last, who clears up; whoever opens the file next does.
      const database = new DatabaseSync(join(folder.path, 'latchkey.db'))
      assert.equal(database.prepare('PRAGMA quick_check').get()?.quick_check, 'ok')
      database.close()
      assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
    })
  }

  for (const [what, args, status, reason] of [
    ['an option is wrong', ['--user.ttl', 'soon'], 1, /user\.ttl/],
    ['the database is in memory', ['--database.url', 'sqlite::memory:'], 1, /server\.workers: must be 1/],
    ['the database cannot be made', ['--database.url', 'sqlite:no/such/folder.db'], 69, /folder\.db/],
  ] as const) {
    it(`ends with one sentence, said once, when ${what}`, async () => {
      using folder = openFolder()
      const outcome = await run(['serve', '--workers', '3', '--port', '0', ...args], { folder })
      assert.deepEqual({ ...outcome, stderr: '' }, { status, stdout: '', stderr: '' })
      assert.match(outcome.stderr, /^latchkey: [^\n]+\n$/)
      assert.match(outcome.stderr, reason)
    })
  }

  it('gives up, as the worker did, when one dies again and again at its start', async () => {
    using folder = openFolder()
    writeFileSync(
      folder.file('latchkey.config.mjs'),
      `import cluster from 'node:cluster'
       if (cluster.worker?.id > 1) process.exit(7)
       export default {}`,
    )
    await using server = start(['serve', '--workers', '2', '--port', '0'], { folder })
    assert.equal(await server.exited, 7)
    assert.equal(server.output().split('a worker has died (7)').length, 5)
  })
})
