import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, openHouse } from '../open-house.ts'
import { connectRaw } from './raw-connection.ts'

const host = 'Host: localhost\r\n'
const json = `${host}Content-Type: application/json\r\n`

/** Sends the text and reads one answer; the connection need not be closed after it. */
async function exchange(house: House, text: string): Promise<{ status: number; head: string; body: string }> {
  using connection = await connectRaw(house.url)
  connection.send(text)
  const [, status, head, body] = await connection.receives(/^HTTP\/1\.1 (\d+) (.*?)\r\n\r\n(.*\}|0\r\n\r\n)/s)
  return { status: Number(status), head: head as string, body: body as string }
}

/** What is sent, and how it is refused. */
const broken: Record<string, readonly [text: string, status: number]> = {
  'no HTTP at all': ['\x16\x03\x01 hello there\r\n\r\n', 400],
  'HTTP/2 without asking': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  'a method nobody knows': [`FROB /api/users HTTP/1.1\r\n${host}\r\n`, 400],
  'a version nobody knows': [`GET /live HTTP/9.9\r\n${host}\r\n`, 400],
  'lines that end half': ['GET /live HTTP/1.1\nHost: localhost\n\n', 400],
  'NUL in a header': [`GET /live HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`, 400],
  'a header over two lines': [`GET /live HTTP/1.1\r\n${host}X: a\r\n b\r\n\r\n`, 400],
  'no Host': ['GET /live HTTP/1.1\r\n\r\n', 400],
  'two Hosts': [`GET /live HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
  'two Hosts at the API': [`GET /api/users/1 HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
  'two lengths of one body': [
    `POST /api/users HTTP/1.1\r\n${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    400,
  ],
  'a length and chunks': [
    `POST /api/users HTTP/1.1\r\n${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'a length that is no number': [`POST /api/users HTTP/1.1\r\n${json}Content-Length: two\r\n\r\n{}`, 400],
  'a chunk that is none': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  'huge headers': [`GET /live HTTP/1.1\r\n${host}X: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  'a huge URL': [`GET /live?${'x'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, 431],
  'very many headers': [`GET /live HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(5_000)}\r\n`, 431],
  'the length of a huge body': [
    `POST /api/users HTTP/1.1\r\n${json}Content-Length: 1000000000\r\n\r\n{`,
    413,
  ],
  'a huge body in chunks': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\n${`fffe\r\n${'x'.repeat(0xfffe)}\r\n`.repeat(2)}`,
    413,
  ],
  'an expectation nobody meets': [
    `POST /api/users HTTP/1.1\r\n${json}Content-Length: 2\r\nExpect: miracles\r\n\r\n{}`,
    417,
  ],
}

describe('a request that is no good HTTP', () => {
  for (const [what, [text, status]] of Object.entries(broken)) {
    it(`is refused with LoopBack’s body, and the next one is served: ${what}`, async () => {
      await using house = await openHouse()
      const reply = await exchange(house, text)
      assert.equal(reply.status, status)
      assert.equal(JSON.parse(reply.body).error.statusCode, status)
      assert.doesNotMatch(reply.body, /stack|node:|HPE_/)
      assert.equal((await house.get(`${house.url}/live`)).status, 200)
    })
  }

  for (const what of ['no HTTP at all', 'no Host', 'huge headers', 'an expectation nobody meets']) {
    it(`is answered with the headers every answer has: ${what}`, async () => {
      await using house = await openHouse()
      const { head } = await exchange(house, broken[what]?.[0] as string)
      for (const header of [
        'content-type: application/json; charset=utf-8',
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        'referrer-policy: no-referrer',
      ]) {
        assert.ok(head.toLowerCase().includes(header), `${header} in ${head}`)
      }
    })
  }

  it('is not what a long URL and many headers are, within 32 KiB', async () => {
    await using house = await openHouse()
    const text = `GET /live?${'x'.repeat(15_000)} HTTP/1.1\r\n${host}X: ${'x'.repeat(15_000)}\r\n\r\n`
    assert.equal((await exchange(house, text)).status, 200)
  })

  it('does not end the server when it ends in the middle', async () => {
    await using house = await openHouse()
    for (const text of [
      'GET /api/us',
      `POST /api/users HTTP/1.1\r\n${json}Content-Length: 99\r\n\r\n{"email":`,
    ]) {
      const connection = await connectRaw(house.url)
      connection.send(text)
      connection.socket.resetAndDestroy()
      await connection.closed
    }
    assert.equal((await house.get(`${house.url}/live`)).status, 200)
    assert.deepEqual(
      house.logs.filter(({ level }) => level === 'error'),
      [],
    )
  })
})
