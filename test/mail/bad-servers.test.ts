import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { SMTPServerDataStream, SMTPServerOptions } from 'smtp-server'
import { mostAtOnce, openTransport } from '../../src/mail/transport.ts'
import { openFolder, type Server, serve } from '../cli/latchkey-process.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'
import { logged, type Message, mailTo, openMailServer, soon, unusedPort } from './mail-server.ts'

const email = 'foo@bar.com'
const verifying = { user: { emailVerificationRequired: true } } as const

/** Moves the house past any pause, and has its postman look. */
async function later(house: House): Promise<void> {
  house.now = new Date(Date.now() + 5 * 60_000)
  await house.post('/users/reset', { email: 'nobody@bar.com' })
}

describe('a letter in hand', () => {
  it('is sent by the next process, under the same Message-ID, when its own is killed', async () => {
    using folder = openFolder()
    const begun = Promise.withResolvers<string>()
    await using stalling = await openMailServer({
      // It takes everything and never says so.
      onData: (stream) => void idOf(stream).then(begun.resolve),
    })
    const database = { url: `sqlite:${folder.file('users.db')}` }
    {
      await using server = await serveMail(stalling.port, database.url, folder)
      await signUp(server.url, email)
      const id = await soon(begun.promise)
      server.child.kill('SIGKILL')
      await server.exited
      await using working = await openMailServer()
      await using house = await openHouse({ database, mail: mailTo(working), ...verifying })
      await later(house)
      const message = await working.next()
      assert.deepEqual([message.to, messageIdOf(message)], [[email], id])
      assert.equal((await house.get(pathOf(linkIn(message.text)))).status, 302)
    }
  })

  it('is not taken up anew when the clock is put forward meanwhile', async () => {
    const recipients: string[] = []
    const held: (() => void)[] = []
    await using server = await openMailServer({
      onData(stream, { envelope }, reply) {
        const [to] = envelope.rcptTo.map(({ address }) => address)
        recipients.push(to ?? '')
        void stream.resume().once('end', to === email ? () => held.push(reply) : () => reply())
      },
    })
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    await house.post('/users', { email, password })
    await until(() => recipients.length === 1)
    house.now = new Date(Date.now() + 3_600_000)
    for (const next of ['second@bar.com', 'third@bar.com']) {
      await house.post('/users', { email: next, password })
      await until(() => recipients.includes(next))
    }
    assert.deepEqual(recipients, [email, 'second@bar.com', 'third@bar.com'])
    for (const reply of held) reply()
  })

  it('is sent once where two processes share an outbox', async () => {
    using folder = openFolder()
    await using mailServer = await openMailServer()
    const url = `sqlite:${folder.file('users.db')}`
    await using first = await serveMail(mailServer.port, url, folder)
    await using second = await serveMail(mailServer.port, url, folder)
    const addresses = Array.from({ length: 30 }, (_, index) => `user-${index}@bar.com`)
    await Promise.all(
      addresses.map((address, index) => signUp((index % 2 === 0 ? first : second).url, address)),
    )
    const messages: Message[] = []
    for (const _ of addresses) messages.push(await mailServer.next())
    assert.deepEqual(messages.flatMap(({ to }) => to).sort(), addresses.toSorted())
    // Whoever had taken one as well would send it about now.
    await pause(500)
    assert.equal(mailServer.waiting(), 0)
  })
})

describe('a mail server that breaks off', () => {
  const refusals: [what: string, options: (times: () => number) => SMTPServerOptions][] = [
    [
      'says 421 as a greeting',
      (times) => ({ onConnect: (_, reply) => reply(times() < 1 ? code(421) : null) }),
    ],
    [
      'says 451 to the sender',
      (times) => ({ onMailFrom: (_, __, reply) => reply(times() < 1 ? code(451) : null) }),
    ],
    [
      'says 550 to the sender',
      (times) => ({ onMailFrom: (_, __, reply) => reply(times() < 1 ? code(550) : null) }),
    ],
    [
      'says 450 to the recipient',
      (times) => ({ onRcptTo: (_, __, reply) => reply(times() < 1 ? code(450) : null) }),
    ],
  ]
  for (const [what, options] of refusals) {
    it(`loses no letter when it ${what}`, async () => {
      let calls = 0
      await using server = await openMailServer(options(() => calls++))
      await using house = await openHouse({ mail: mailTo(server), ...verifying })
      await house.post('/users', { email, password })
      await logged(house, 'a mail could not be sent yet')
      await later(house)
      assert.deepEqual((await server.next()).to, [email])
    })
  }

  it('loses no letter when it hangs up amid the data, nor when it refuses them for now', async () => {
    const ids: string[] = []
    let tries = 0
    await using server = await openMailServer({
      onData(stream, _session, reply) {
        tries += 1
        if (tries === 1) stream.once('data', server.hangUp)
        else
          void idOf(stream).then((id) => {
            ids.push(id)
            reply(tries === 2 ? code(452) : null)
          })
      },
    })
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    await house.post('/users', { email, password })
    await until(() => ids.length === 2)
    assert.equal(new Set(ids).size, 1)
  })

  it('does not spoil the link of a letter that it took without saying so, and gets again', async () => {
    const links: string[] = []
    await using server = await openMailServer({
      onData(stream, _session, reply) {
        void text(stream).then((content) => {
          links.push(linkIn(content))
          reply(links.length === 1 ? code(452) : null)
        })
      },
    })
    await using house = await openHouse({ mail: mailTo(server) }, [email])
    await house.post('/users/reset', { email })
    await until(() => links.length === 2)
    for (const link of links) assert.equal((await house.get(pathOf(link))).status, 200)
    assert.notEqual(links[0], links[1])
  })

  it('is spared while it takes nothing, however many letters wait', async () => {
    let calls = 0
    await using server = await openMailServer({
      onConnect(_session, reply) {
        calls += 1
        reply(code(421))
      },
    })
    const emails = Array.from({ length: 60 }, (_, index) => `user-${index}@bar.com`)
    await using house = await openHouse({ mail: mailTo(server), ...verifying }, emails)
    await logged(house, 'a mail could not be sent yet')
    await pause(2_000)
    assert.ok(calls <= 30, `${calls} calls`)
    assert.equal((await house.get('/users/1', { token: await house.adminToken() })).status, 200)
  })

  it('is given up on after a day, which is logged and announced', async () => {
    const port = await unusedPort()
    await using house = await openHouse({ mail: mailTo({ port }), ...verifying })
    const failed = new Promise((resolve) => house.latchkey.on('mailFailed', resolve))
    await house.post('/users', { email, password })
    await logged(house, 'a mail could not be sent yet')
    house.now = new Date(Date.now() + 24 * 3_600_000)
    await house.post('/users/reset', { email: 'nobody@bar.com' })
    assert.partialDeepStrictEqual(await soon(failed), { letter: 'verification', to: email })
    await logged(house, 'a mail could not be sent and is given up')
  })
})

describe('a letter that is called back', () => {
  it('does not arrive later, whether it was under way or waited for a connection', async () => {
    const begun = Promise.withResolvers<void>()
    const arrived: string[] = []
    let isOpen = false
    await using server = await openMailServer({
      onRcptTo(_address, _session, reply) {
        begun.resolve()
        if (isOpen) reply()
      },
      onData: (stream, _session, reply) =>
        void idOf(stream).then(
          (id) => {
            arrived.push(id)
            reply()
          },
          () => {},
        ),
    })
    const { url = '', from = '' } = mailTo(server)
    const transport = openTransport(url, from)
    const letter = { to: email, subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' }
    const recall = new AbortController()
    const sendings = Array.from({ length: mostAtOnce + 3 }, (_, index) =>
      transport.send(letter, `early-${index}`, recall.signal),
    )
    await soon(begun.promise)
    recall.abort()
    const outcomes = await Promise.allSettled(sendings)
    assert.ok(outcomes.every(({ status }) => status === 'rejected'))

    isOpen = true
    await transport.send(letter, 'late')
    transport.close()
    assert.deepEqual(arrived, ['<late@example.com>'])
  })
})

describe('one bad recipient', () => {
  it('holds up nobody else, refused or never answered', async () => {
    await using server = await openMailServer({
      onRcptTo({ address }, _session, reply) {
        if (address.startsWith('silent')) return
        reply(address.startsWith('bad') ? code(550) : null)
      },
    })
    await using house = await openHouse({ mail: mailTo(server), ...verifying })
    const good = Array.from({ length: 20 }, (_, index) => `good-${index}@bar.com`)
    for (const address of ['silent@bar.com', ...good.slice(0, 5), 'bad@bar.com', ...good.slice(5)])
      assert.equal((await house.post('/users', { email: address, password })).status, 200)
    const reached: string[] = []
    for (const _ of good) reached.push(...(await server.next()).to)
    assert.deepEqual(reached.sort(), good.toSorted())
    await logged(house, 'a mail could not be sent and is given up')
    server.hangUp()
    await logged(house, 'a mail could not be sent yet')
  })
})

function code(responseCode: number): Error {
  return Object.assign(new Error('not like this'), { responseCode })
}

/** The Message-ID of a letter, as soon as it is there. */
async function idOf(stream: SMTPServerDataStream): Promise<string> {
  let content = ''
  for await (const chunk of stream) content += chunk
  return messageIdOf({ text: content })
}

function messageIdOf({ text }: Pick<Message, 'text'>): string {
  return /^Message-ID: (\S+)\r$/im.exec(text)?.[1] ?? assert.fail('no Message-ID')
}

function pathOf(link: string): string {
  return link.slice(link.indexOf('/api') + '/api'.length)
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!isSo()) {
    assert.ok(performance.now() < deadline, 'it never came to that')
    await pause(10)
  }
}

function serveMail(
  port: number,
  url: string,
  folder: Parameters<typeof serve>[1]['folder'],
): Promise<Server> {
  const flags = ['--mail.url', `smtp://127.0.0.1:${port}`, '--database.url', url]
  return serve([...flags, '--user.emailVerificationRequired', 'true'], { folder })
}

async function signUp(url: string, address: string): Promise<void> {
  const { status } = await fetch(`${url}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: address, password }),
  })
  assert.equal(status, 200)
}
