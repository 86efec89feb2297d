import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Events } from '../../src/index.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'
import { logged, mailTo, openMailServer, openSilentServer, soon, unusedPort } from './mail-server.ts'

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

  it('goes to no server that offers no encryption, where the URL insists on it', async () => {
    await using server = await openMailServer()
    const { url, from } = mailTo(server)
    await using house = await openHouse({ mail: { url: `${url}?requireTLS=true`, from }, ...verifying })
    await house.post('/users', { email, password })
    await logged(house, 'a mail could not be sent yet')
    assert.match(JSON.stringify(house.logs), /STARTTLS/)
    assert.equal(server.waiting(), 0)
  })

  it('is encrypted from the first byte with smtps://, and goes to nobody whose certificate is not vouched for', async () => {
    const calls: boolean[] = []
    await using server = await openMailServer({
      secure: true,
      onMailFrom(_address, { secure }, reply) {
        calls.push(secure)
        reply()
      },
    })
    const { from } = mailTo(server)
    const url = `smtps://127.0.0.1:${server.port}`
    await using strict = await openHouse({ mail: { url, from }, ...verifying })
    await strict.post('/users', { email, password })
    await logged(strict, 'a mail could not be sent yet')
    assert.match(JSON.stringify(strict.logs), /"originalCode":"CERT_/)
    assert.deepEqual(calls, [])

    await using lax = await openHouse({
      mail: { url: `${url}?tls.rejectUnauthorized=false`, from },
      ...verifying,
    })
    await lax.post('/users', { email, password })
    assert.deepEqual((await server.next()).to, [email])
    assert.deepEqual(calls, [true])
  })
})

describe('mail into a folder', () => {
  it('is its owner’s alone, for it has links that set passwords', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'latchkey-'))
    const folder = join(parent, 'mail')
    const mail = { url: `directory:${folder}`, from: 'accounts@example.com' }
    {
      await using house = await openHouse({ mail }, [email])
      await house.post('/users/reset', { email })
      const hasCome = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.eml'))
      while (!hasCome()) await pause(10)
    }
    const modes = ['.', ...readdirSync(folder)].map((name) => statSync(join(folder, name)).mode & 0o777)
    rmSync(parent, { recursive: true })
    assert.deepEqual(modes, [0o700, 0o600])
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

function failureOf(house: House): Promise<Events['mailFailed']> {
  return soon(new Promise((resolve) => house.latchkey.on('mailFailed', resolve)))
}
