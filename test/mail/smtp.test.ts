import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Events, LatchkeyOptions } from '../../src/index.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const email = 'foo@bar.com'
const verifying = { user: { emailVerificationRequired: true } } as const

describe('mail over SMTP', () => {
  it('reaches whoever signed up, and its link confirms the address', async () => {
    await using server = await openMailServer()
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    await house.post('/users', { email, password })
    const message = await server.next()
    assert.deepEqual([message.from, message.to], ['accounts@example.com', [email]])
    assert.match(message.text, /^From: accounts@example\.com\r$/m)
    assert.match(message.text, /^To: foo@bar\.com\r$/m)
    assert.match(message.text, /^Subject: Thanks for Registering\r$/m)
    assert.equal((await house.get(linkIn(message.text))).status, 302)
    await house.login(email)
  })

  it('reaches whoever asked for a new password, and its link sets one', async () => {
    await using server = await openMailServer()
    await using house = await openHouse({ mail: mailTo(server) }, [email])
    await house.post('/users/reset', { email })
    const message = await server.next()
    assert.deepEqual(message.to, [email])
    const reply = await house.post(linkIn(message.text), { newPassword: 'a new one' })
    assert.equal(reply.status, 204)
    await house.login(email, 'a new one')
  })

  it('goes to one address, whatever letters that is made of', async () => {
    await using server = await openMailServer()
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    for (const address of ["o'hara+tag=bar.com@example.com", 'jo!#$%&*e@example.com']) {
      assert.equal((await house.post('/users', { email: address, password })).status, 200)
      assert.deepEqual((await server.next()).to, [address])
    }
  })

  it('logs in to the mail server as the URL says', async () => {
    const logins: unknown[] = []
    await using server = await openMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth({ username, password }, _session, callback) {
        logins.push([username, password])
        callback(null, { user: username })
      },
    })
    const mail = { url: `smtp://post:p%40ss@127.0.0.1:${server.port}`, from: 'accounts@example.com' }
    await using house = await openHouse({ mail, ...verifying })
    await house.post('/users', { email, password })
    await server.next()
    assert.deepEqual(logins, [['post', 'p@ss']])
  })
})

describe('a mail server that does not do its work', () => {
  it('fails no sign-up when there is none; the letter waits', async () => {
    const port = await unusedPort()
    await using house = await openHouse({ mail: mailTo({ port }), ...verifying })
    assert.equal((await house.post('/users', { email, password })).status, 200)
    await logged(house, 'a mail could not be sent yet')
    assert.match(JSON.stringify(house.logs), /ECONNREFUSED/)
  })

  it('fails no reset when it refuses the recipient for good; the letter is given up, and that is announced', async () => {
    await using server = await openMailServer({
      onRcptTo: (_address, _session, callback) => callback(new Error('no such mailbox')),
    })
    await using house = await openHouse({ mail: mailTo(server) }, [email])
    const failed = failureOf(house)
    const { status, body } = await house.post('/users/reset', { email })
    assert.deepEqual({ status, body }, { status: 200, body: {} })
    const { letter, to, error } = await failed
    assert.deepEqual({ letter, to }, { letter: 'resetPassword', to: email })
    assert.match(error.message, /no such mailbox/)
  })

  it('keeps nobody waiting when it says nothing', async () => {
    using server = await openSilentServer()
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    const called = server.nextCall()
    assert.equal((await house.post('/users', { email, password })).status, 200)
    assert.equal((await house.post('/users/reset', { email: 'nobody@bar.com' })).status, 200)
    await called
    // It still holds the line, and the house goes on answering.
    assert.equal((await house.get('/users/1', { token: await house.adminToken() })).status, 200)
    server.hangUp()
    await logged(house, 'a mail could not be sent yet')
  })

  it('gets a letter again, under the same name, when it said later', async () => {
    let refusals = 0
    const later = Object.assign(new Error('come back later'), { responseCode: 451 })
    await using server = await openMailServer({
      onMailFrom: (_address, _session, callback) => callback(refusals++ === 0 ? later : null),
    })
    await using house = await openHouse({ mail: mailTo(server) }, [email])
    await house.post('/users/reset', { email })
    await logged(house, 'a mail could not be sent yet')
    house.now = new Date(Date.now() + 60_000)
    // Any letter wakes the postman, who sees that the first is due.
    await house.post('/users/reset', { email })
    const messages = [await server.next(), await server.next()]
    assert.deepEqual(
      messages.map(({ to }) => to),
      [[email], [email]],
    )
  })

  it('loses no letter to a crash: what waited is sent by the next process', async () => {
    const port = await unusedPort()
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
    const database = { url: `sqlite:${join(directory, 'users.db')}` }
    {
      await using house = await openHouse({ database, mail: mailTo({ port }), ...verifying })
      await house.post('/users', { email, password })
      await logged(house, 'a mail could not be sent yet')
    }
    await using server = await openMailServer()
    await using house = await openHouse({ database, mail: mailTo(server), ...verifying })
    house.now = new Date(Date.now() + 60_000)
    await house.post('/users/reset', { email: 'nobody@bar.com' })
    assert.deepEqual((await server.next()).to, [email])
    rmSync(directory, { recursive: true })
  })
})

/** Waits until a line is logged. */
async function logged(house: House, message: string): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!house.logs.some((line) => line.message === message)) {
    assert.ok(performance.now() < deadline, `not logged: ${message}`)
    await pause(10)
  }
}

interface Message {
  /** Of the envelope, as the recipients are. */
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

/** A mail server of its own for one test, without encryption. */
async function openMailServer(options: SMTPServerOptions = {}) {
  const messages: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, callback) {
      text(stream).then((content) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        const message = { from, to: envelope.rcptTo.map(({ address }) => address), text: content }
        const waiter = waiting.shift()
        if (waiter) waiter(message)
        else messages.push(message)
        callback()
      }, callback)
    },
    ...options,
  })
  server.on('error', () => {})
  const port = await listen(server.listen(0, '127.0.0.1'))
  return {
    port,
    /** The next message, once it is there. */
    next: async () => messages.shift() ?? soon(new Promise<Message>((resolve) => void waiting.push(resolve))),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(resolve)),
  }
}

/** A server that takes calls and never says a word. */
async function openSilentServer() {
  const calls: Socket[] = []
  const server = createServer((socket) => void calls.push(socket.on('error', () => {})))
  const port = await listen(server.listen(0, '127.0.0.1'))
  const hangUp = () => {
    server.close()
    for (const socket of calls) socket.destroy()
  }
  return {
    port,
    nextCall: () => soon(once(server, 'connection')),
    /** Ends all calls, and takes no more. */
    hangUp,
    [Symbol.dispose]: hangUp,
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server.listen(0, '127.0.0.1'))
  server.close()
  return port
}

async function listen(server: Server): Promise<number> {
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function mailTo({ port }: { readonly port: number }): NonNullable<LatchkeyOptions['mail']> {
  return { url: `smtp://127.0.0.1:${port}`, from: 'accounts@example.com' }
}

function failureOf(house: House): Promise<Events['mailFailed']> {
  return soon(new Promise((resolve) => house.latchkey.on('mailFailed', resolve)))
}

/** What has not come after so long will not come; the test shall fail then, and not hang. */
async function soon<T>(event: Promise<T>): Promise<T> {
  const late = pause(20_000, undefined, { ref: false }).then(() => assert.fail('nothing came'))
  return Promise.race([event, late])
}
