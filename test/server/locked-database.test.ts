import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Folder, openFolder, type Server, serve } from '../cli/latchkey-process.ts'

const cheapHashes = ['--user.passwordHash', 'bcrypt', '--user.saltWorkFactor', '4']

/** Five seconds are promised; the rest is for a machine that has other things to do. */
const longestWaitMs = 11_000

/** Another program that holds the database's write lock. */
function lock(folder: Folder): { release(): void } & Disposable {
  const database = new DatabaseSync(folder.file('latchkey.db'), { timeout: 10_000 })
  database.exec('BEGIN IMMEDIATE')
  const release = (): void => {
    if (database.isOpen) database.close()
  }
  return { release, [Symbol.dispose]: release }
}

function send({ url }: Server, method: string, path: string, body?: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: token }
  return fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

const ann = { email: 'ann@example.com', password: 'bar' }
const bob = { email: 'bob@example.com', password: 'bar' }

/** A server with one account, and a token of it. */
async function withAnn(folder: Folder): Promise<{ server: Server; token: string }> {
  const server = await serve(cheapHashes, { folder })
  await send(server, 'POST', '/api/users', ann)
  const login = await send(server, 'POST', '/api/users/login', ann)
  return { server, token: ((await login.json()) as { id: string }).id }
}

describe('while another program holds the database’s lock', { concurrency: true }, () => {
  it('reads and probes are answered, and a write is done as soon as the lock is gone', async () => {
    using folder = openFolder()
    const { server, token } = await withAnn(folder)
    await using _server = server
    using held = lock(folder)

    let isWritten = false
    const write = send(server, 'POST', '/api/users', bob).then((reply) => {
      isWritten = true
      return reply
    })
    assert.equal((await send(server, 'GET', '/health')).status, 200)
    assert.equal((await send(server, 'GET', '/api/users/1', undefined, token)).status, 200)
    assert.equal(isWritten, false)

    held.release()
    assert.equal((await write).status, 200)
  })

  it('writes that have waited long enough are told to come back, however many, and then are welcome', async () => {
    using folder = openFolder()
    const { server, token } = await withAnn(folder)
    await using _server = server
    const sessions: string[] = []
    while (sessions.length < 150) {
      const login = await send(server, 'POST', '/api/users/login', ann)
      sessions.push(((await login.json()) as { id: string }).id)
    }
    using held = lock(folder)

    const started = performance.now()
    let areAnswered = false
    const logouts = Promise.all(
      sessions.map((session) => send(server, 'POST', '/api/users/logout', {}, session)),
    ).finally(() => {
      areAnswered = true
    })
    // Were the event loop blocked by the waiting, one read would take as long as all the writes.
    let reads = 0
    for (; !areAnswered; reads++) {
      assert.equal((await send(server, 'GET', '/api/users/1', undefined, token)).status, 200)
      await pause(50)
    }
    assert.ok(reads > 10, `${reads} reads`)
    for (const reply of await logouts) {
      assert.equal(reply.status, 503)
      assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      assert.partialDeepStrictEqual(await reply.json(), { error: { statusCode: 503, code: 'DATABASE_BUSY' } })
    }
    const ms = performance.now() - started
    assert.ok(ms < longestWaitMs, `it took ${Math.round(ms)} ms`)

    held.release()
    assert.equal((await send(server, 'POST', '/api/users/logout', {}, sessions[0])).status, 204)
  })

  it('a write that came late is not refused with those that came early', async () => {
    using folder = openFolder()
    const { server } = await withAnn(folder)
    await using _server = server
    using held = lock(folder)

    const early = [send(server, 'POST', '/api/users/login', ann)]
    await pause(500)
    early.push(send(server, 'POST', '/api/users/login', ann))
    await pause(3_500)
    const late = send(server, 'POST', '/api/users', bob)
    assert.deepEqual(
      (await Promise.all(early)).map(({ status }) => status),
      [503, 503],
    )

    held.release()
    assert.equal((await late).status, 200)
  })
})
