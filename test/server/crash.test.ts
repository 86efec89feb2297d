import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../../src/index.ts'
import { type Folder, openFolder, type Server, serve } from '../cli/latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4']

/** Signs up one account after the other until the server is gone; tells which were acknowledged. */
async function signUpUntilGone({ url }: Server, worker: number, acknowledged: string[]): Promise<void> {
  for (let n = 0; ; n++) {
    const email = `user${n}@${worker}.example.com`
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ email, password: 'bar', worker, n })
    const reply = await fetch(`${url}/api/users`, { method: 'POST', headers, body }).catch(() => undefined)
    if (reply?.status !== 200) return
    acknowledged.push(email)
  }
}

async function emailsIn(folder: Folder): Promise<Set<string>> {
  const latchkey = await createLatchkey({ database: { url: `sqlite:${folder.file('latchkey.db')}` } })
  const emails = new Set<string>()
  for await (const page of latchkey.users.find()) for (const { email } of page) emails.add(email as string)
  await latchkey.close()
  return emails
}

describe('a server that is killed', () => {
  it('has kept every account it acknowledged, also when that happens again and again', async () => {
    using folder = openFolder()
    const acknowledged: string[] = []
    for (let round = 0; round < 2; round++) {
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
})
