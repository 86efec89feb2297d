import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'node:tls'
import { createLatchkey } from '../../src/index.ts'
import { type Folder, openFolder, run } from '../cli/latchkey-process.ts'
import { linkIn, openHouse, password } from '../open-house.ts'
import { type Certificate, makeCertificate } from './certificate.ts'
import { connectRaw } from './raw-connection.ts'

/** The files of a certificate, as the configuration names them. */
function keep(folder: Folder, { key, cert }: Certificate): { key: string; cert: string } {
  const files = { key: folder.file('key.pem'), cert: folder.file('cert.pem') }
  writeFileSync(files.key, key)
  writeFileSync(files.cert, cert)
  return files
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Asks trusting this one certificate. */
async function ask(url: string, { cert }: Certificate, body?: object): Promise<Answer> {
  const outgoing = requestOverTls(url, {
    ca: cert,
    agent: false,
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json' },
  })
  outgoing.end(body && JSON.stringify(body))
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: incoming.statusCode, headers: incoming.headers, body: await textOf(incoming) }
}

describe('a server with a certificate', () => {
  it('speaks TLS, says so where it listens, and mails links that do', async () => {
    using folder = openFolder()
    const certificate = makeCertificate()
    await using house = await openHouse({
      server: { tls: keep(folder, certificate) },
      user: { emailVerificationRequired: true },
    })
    assert.match(house.url, /^https:\/\/localhost:\d+$/)
    const account = { email: 'a@example.com', password }
    const { status, headers } = await ask(`${house.url}/api/users`, certificate, account)
    assert.equal(status, 200)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    // Of `localhost` nobody may say that it is for https only.
    assert.equal(headers['strict-transport-security'], undefined)
    const link = linkIn((await house.mails(1))[0] as string)
    assert.ok(link.startsWith(`${house.url}/`), link)
    assert.equal((await ask(link, certificate)).status, 302)
  })

  it('has no answer to plain HTTP and to what is no TLS, and serves on', async () => {
    using folder = openFolder()
    const certificate = makeCertificate()
    await using house = await openHouse({ server: { tls: keep(folder, certificate) } })
    const plain = request(house.url.replace('https:', 'http:'), { agent: false }).end()
    const answered = await once(plain, 'response').catch(() => undefined)
    assert.equal(answered, undefined)
    using garbage = await connectRaw(house.url)
    garbage.send('hello there\r\n\r\n')
    assert.doesNotMatch(await garbage.closed, /HTTP/)
    assert.equal((await ask(`${house.url}/live`, certificate)).status, 200)
    assert.deepEqual(
      house.logs.filter(({ level }) => level === 'error'),
      [],
    )
  })

  it('tells what is wrong with HTTP within TLS', async () => {
    using folder = openFolder()
    const certificate = makeCertificate()
    await using house = await openHouse({
      server: { tls: keep(folder, certificate), publicUrl: 'https://accounts.example.com' },
    })
    const { port } = new URL(house.url)
    const socket = connect({ port: Number(port), host: 'localhost', ca: certificate.cert })
    socket.end('GET /live HTTP/9.9\r\n\r\n')
    const text = await textOf(socket)
    assert.match(text, /^HTTP\/1\.1 400 /)
    assert.match(text, /strict-transport-security: max-age=31536000/)
  })

  it('hangs up on who does not come to the end of a handshake', async () => {
    using folder = openFolder()
    const tls = keep(folder, makeCertificate())
    await using house = await openHouse({ server: { tls, headersTimeout: 1 } })
    using silent = await connectRaw(house.url)
    assert.equal(await silent.closed, '')
  })

  it('takes a new certificate without a restart, once key and certificate fit together', async () => {
    using folder = openFolder()
    const [old, renewed] = [makeCertificate(), makeCertificate()]
    const files = keep(folder, old)
    await using house = await openHouse({ server: { tls: files } })
    const url = `${house.url}/live`
    assert.equal((await ask(url, old)).status, 200)

    writeFileSync(files.key, renewed.key)
    while (!house.logs.some(({ level }) => level === 'error')) await pause(20)
    assert.equal((await ask(url, old)).status, 200)

    writeFileSync(files.cert, renewed.cert)
    while (!house.logs.some(({ message }) => message === 'the certificate was read anew')) await pause(20)
    assert.equal((await ask(url, renewed)).status, 200)
    await assert.rejects(ask(url, old))
  })
})

describe('a certificate that cannot be used', () => {
  it('ends the start with what is wrong', async () => {
    using folder = openFolder()
    const files = keep(folder, { key: makeCertificate().key, cert: makeCertificate().cert })
    for (const [tls, message] of [
      [files, /^server\.tls: key and certificate cannot be used: .*mismatch/],
      [{ ...files, key: folder.file('none.pem') }, /^server\.tls\.key: cannot be read: ENOENT/],
    ] as const) {
      const database = { url: 'sqlite::memory:' }
      const latchkey = await createLatchkey({ database, server: { tls, port: 0 } })
      await assert.rejects(latchkey.listen(), { code: 'CONFIGURATION_INVALID', message })
      await latchkey.close()
    }
  })

  it('is looked for beside the configuration that names it', async () => {
    using folder = openFolder()
    using elsewhere = openFolder()
    writeFileSync(
      elsewhere.file('latchkey.config.json'),
      JSON.stringify({ server: { port: 0, tls: { key: 'key.pem', cert: 'cert.pem' } } }),
    )
    const config = elsewhere.file('latchkey.config.json')
    const { status, stderr } = await run(['serve', '--config', config], { folder })
    assert.equal(status, 1)
    assert.ok(stderr.includes(elsewhere.file('key.pem')), stderr)
  })
})
