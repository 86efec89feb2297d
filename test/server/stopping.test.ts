import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../../src/index.ts'
import { openFolder, type Server, serve } from '../cli/latchkey-process.ts'
import { openMailServer } from '../mail/mail-server.ts'
import { connectRaw } from './raw-connection.ts'

/** Ten seconds are promised; the rest is for a machine that has other things to do. */
const longestGoodbyeMs = 15_000
/** Less than the eight that whoever does not finish is given. */
const goodbyeOfFriendsMs = 6_000

async function assertEnds(server: Server, started: number, withinMs: number): Promise<void> {
  assert.equal(await server.exited, 0, server.output())
  const ms = performance.now() - started
  assert.ok(ms < withinMs, `it took ${Math.round(ms)} ms`)
}

async function stopsAccepting({ port }: Server): Promise<void> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port })
    const answered = await once(socket, 'connect').catch(() => undefined)
    socket.destroy()
    if (!answered) return
    await pause(10)
  }
}

describe('a server that is told to stop', { concurrency: true }, () => {
  for (const signals of [['SIGTERM'], ['SIGTERM', 'SIGTERM'], ['SIGINT', 'SIGTERM']] as const) {
    it(`finishes the requests under way on ${signals.join(' and ')}, and takes no others`, async () => {
      using folder = openFolder()
      await using server = await serve([], { folder })
      const body = JSON.stringify({ email: 'ann@example.com', password: 'bar' })
      using connection = await connectRaw(server.url)
      // The server asks for the body, so the request is under way; it comes after the signals.
      connection.send(
        `POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
      )
      await connection.receives(/^HTTP\/1\.1 100 /)

      for (const signal of signals) {
        server.child.kill(signal)
        await stopsAccepting(server)
      }
      const started = performance.now()
      connection.send(body)

      await connection.receives(/HTTP\/1\.1 200 OK.*\{"email":"ann@example\.com","id":1\}$/s)
      await assertEnds(server, started, goodbyeOfFriendsMs)
      assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
      const latchkey = await createLatchkey({ database: { url: `sqlite:${folder.file('latchkey.db')}` } })
      assert.equal(await latchkey.users.count(), 1)
      await latchkey.close()
    })
  }

  it('ends when npm is told to, which hands the signal on', async () => {
    using folder = openFolder()
    const root = join(import.meta.dirname, '..', '..')
    const flags = ['--port', '0', '--database.url', `sqlite:${folder.file('latchkey.db')}`]
    const npm = spawn('npm', ['start', '--', ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    for await (const chunk of npm.stdout.setEncoding('utf8')) {
      output += chunk
      if (output.includes('"msg":"listening"')) break
    }
    const url = /"url":"([^"]+)"/.exec(output)?.[1] as string
    npm.kill('SIGTERM')
    npm.kill('SIGTERM')
    while (await fetch(url).catch(() => undefined)) await pause(20)
    // The last to close the database takes its log away.
    while (readdirSync(folder.path).length > 1) await pause(20)
    assert.deepEqual(readdirSync(folder.path), ['latchkey.db'])
  })

  it('does not wait for connections that idle', async () => {
    using folder = openFolder()
    await using server = await serve([], { folder })
    using silent = await connectRaw(server.url)
    using idle = await connectRaw(server.url)
    idle.send('GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n')
    await idle.receives(/200 OK.*\}$/s)

    const started = performance.now()
    server.child.kill('SIGTERM')
    await assertEnds(server, started, goodbyeOfFriendsMs)
    await Promise.all([silent.closed, idle.closed])
  })

  it('does not wait for ever for requests that never come to their end', async () => {
    using folder = openFolder()
    await using server = await serve([], { folder })
    using halfHead = await connectRaw(server.url)
    halfHead.send('GET /api/users/1 HTTP/1.1\r\nHost: loc')
    using halfBody = await connectRaw(server.url)
    halfBody.send(
      'POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n',
    )
    await halfBody.receives(/^HTTP\/1\.1 100 /)
    halfBody.send('{"email":')

    const started = performance.now()
    server.child.kill('SIGTERM')
    await assertEnds(server, started, longestGoodbyeMs)
  })

  it('does not wait for ever for a mail server that says nothing, and leaves the letter to who comes next', async () => {
    using folder = openFolder()
    await using mailServer = createServer((socket) => {
      socket.on('error', () => {})
      socket.resume().write('220 hello\r\n')
    })
    mailServer.listen(0)
    await once(mailServer, 'listening')
    const { port } = mailServer.address() as AddressInfo
    const flags = (port: number) => [
      ...['--mail.url', `smtp://127.0.0.1:${port}`, '--user.emailVerificationRequired', 'true'],
      ...['--database.url', `sqlite:${folder.file('users.db')}`],
    ]
    await using server = await serve(flags(port), { folder })
    const called = once(mailServer, 'connection')
    const reply = await fetch(`${server.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"email":"ann@example.com","password":"bar"}',
    })
    assert.equal(reply.status, 200)
    await called

    const started = performance.now()
    server.child.kill('SIGTERM')
    await assertEnds(server, started, longestGoodbyeMs)

    await using working = await openMailServer()
    await using _next = await serve(flags(working.port), { folder })
    assert.deepEqual((await working.next()).to, ['ann@example.com'])
  })
})
