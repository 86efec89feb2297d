import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../../src/index.ts'
import { type Folder, openFolder, type Server, serve } from '../cli/latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4', '--rateLimit', 'false']

function post({ url }: Server, path: string, body: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: token }
  return fetch(`${url}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Signs up families of three, each in one request, until the server is gone; tells which were acknowledged. */
async function signUpUntilGone(server: Server, worker: number, acknowledged: string[]): Promise<void> {
  for (let n = 0; ; n++) {
    const family = familyOf(`${n}.${worker}.example.com`)
    const accounts = family.map((email) => ({ email, password: 'bar' }))
    const reply = await post(server, '/users', accounts).catch(() => undefined)
    if (reply?.status !== 200) return
    acknowledged.push(...family)
  }
}

function familyOf(domain: string): string[] {
  return ['mother', 'father', 'child'].map((name) => `${name}@${domain}`)
}

async function emailsIn(folder: Folder): Promise<Set<string>> {
  const latchkey = await createLatchkey({ database: { url: `sqlite:${folder.file('latchkey.db')}` } })
  const emails = new Set<string>()
  for await (const page of latchkey.users.find()) for (const { email } of page) emails.add(email as string)
  await latchkey.close()
  return emails
}

describe('a server that is killed', () => {
  it('has kept all that it acknowledged and nothing by halves, also when that happens again and again', async () => {
    using folder = openFolder()
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round++) {
      await using server = await serve(cheapHashes, { folder })
      const enough = acknowledged.length + 150
      let isGone = false
      const workers = Array.from({ length: 20 }, (_, worker) =>
        signUpUntilGone(server, round * 20 + worker, acknowledged),
      )
      const storm = Promise.all(workers).finally(() => {
        isGone = true
      })
      while (acknowledged.length < enough && !isGone) await pause(5)
      server.child.kill('SIGKILL')
      await storm
      assert.ok(acknowledged.length >= enough, server.output())
    }

    const kept = await emailsIn(folder)
    assert.deepEqual(
      acknowledged.filter((email) => !kept.has(email)),
      [],
    )
    const domains = [...kept].map((email) => email.split('@')[1] as string)
    const broken = domains.filter((domain) => !familyOf(domain).every((email) => kept.has(email)))
    assert.deepEqual(broken, [])
    using database = new DatabaseSync(folder.file('latchkey.db'))
    assert.deepEqual(
      database
        .prepare('pragma integrity_check')
        .all()
        .map((row) => row.integrity_check),
      ['ok'],
    )
  })
})

describe('two servers on one file', () => {
  it('may both start first, and see what the other writes', async () => {
    using folder = openFolder()
    const [one, other] = await Promise.all([serve(cheapHashes, { folder }), serve(cheapHashes, { folder })])
    await using _one = one
    await using _other = other
    const emails = Array.from({ length: 20 }, (_, n) => `user${n}@example.com`)
    const replies = await Promise.all(
      emails.map((email, n) =>
        fetch(`${(n % 2 ? one : other).url}/api/users`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password: 'bar' }),
        }),
      ),
    )
    assert.deepEqual(
      replies.map(({ status }) => status),
      emails.map(() => 200),
    )
    const ids = await Promise.all(replies.map(async (reply) => (await reply.json()) as { id: number }))
    assert.equal(new Set(ids.map(({ id }) => id)).size, emails.length)
    assert.deepEqual(await emailsIn(folder), new Set(emails))
  })

  it('give an address to one of many who sign up with it at both at once', async () => {
    using folder = openFolder()
    await using one = await serve(cheapHashes, { folder })
    await using other = await serve(cheapHashes, { folder })
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const email = n % 3 ? 'joe@example.com' : 'JOE@example.com'
        return post(n % 2 ? one : other, '/users', { email, password: 'bar' })
      }),
    )
    const statuses = replies.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [200, ...Array(59).fill(422)])
    assert.deepEqual(await emailsIn(folder), new Set(['joe@example.com']))
  })

  it('end a session for both as soon as one of them does', async () => {
    using folder = openFolder()
    await using one = await serve(cheapHashes, { folder })
    await using other = await serve(cheapHashes, { folder })
    const account = { email: 'ann@example.com', password: 'bar' }
    await post(one, '/users', account)
    for (let round = 0; round < 10; round++) {
      const { id } = (await (await post(one, '/users/login', account)).json()) as { id: string }
      const read = ({ url }: Server) => fetch(`${url}/api/users/1`, { headers: { authorization: id } })
      assert.deepEqual([(await read(one)).status, (await read(other)).status], [200, 200])
      assert.equal((await post(other, '/users/logout', {}, id)).status, 204)
      assert.deepEqual([(await read(one)).status, (await read(other)).status], [401, 401])
    }
  })
})
