import assert from 'node:assert/strict'
import { once } from 'node:events'
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
  'chunks and a length': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'two lengths in one line': [`POST /api/users HTTP/1.1\r\n${json}Content-Length: 2, 2\r\n\r\n{}`, 400],
  'a length with a sign': [`POST /api/users HTTP/1.1\r\n${json}Content-Length: +2\r\n\r\n{}`, 400],
  'a length beyond all numbers': [
    `POST /api/users HTTP/1.1\r\n${json}Content-Length: 99999999999999999999999\r\n\r\n{}`,
    400,
  ],
  'chunks that are not the last coding': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'a coding nobody knows': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'a blank before a colon': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'a lone carriage return': [`GET /live HTTP/1.1\r\n${host}X: a\rContent-Length: 5\r\n\r\n`, 400],
  'a chunk whose length is beyond all numbers': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  'a length that is no number': [`POST /api/users HTTP/1.1\r\n${json}Content-Length: two\r\n\r\n{}`, 400],
  'a chunk that is none': [
    `POST /api/users HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  'huge headers': [`GET /live HTTP/1.1\r\n${host}X: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  'a huge URL': [`GET /live?${'x'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, 431],
  'ten thousand headers': [`GET /live HTTP/1.1\r\n${host}${'A:\r\n'.repeat(10_000)}\r\n`, 431],
  'more headers than there are kinds of': [`GET /live HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(100)}\r\n`, 431],
  'many headers at the API': [`GET /api/users/1 HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(3_000)}\r\n`, 431],
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

  for (const what of [
    'lines that end half',
    'a header over two lines',
    'two lengths of one body',
    'a length and chunks',
    'chunks and a length',
    'chunks that are not the last coding',
    'a blank before a colon',
  ]) {
    it(`hides no second request: ${what}`, async () => {
      await using house = await openHouse()
      using connection = await connectRaw(house.url)
      connection.send(`${broken[what]?.[0]}GET /live HTTP/1.1\r\n${host}\r\n`)
      const all = await connection.closed
      assert.equal(all.match(/HTTP\/1\.1 /g)?.length, 1, all)
      assert.match(all, /^HTTP\/1\.1 400 /)
    })
  }

  it('is not what a hundred headers are', async () => {
    await using house = await openHouse()
    const text = `GET /live HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(99)}\r\n`
    assert.equal((await exchange(house, text)).status, 200)
  })

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

describe('a body of a gigabyte', () => {
  const gigabyte = 2 ** 30
  /** More than what fits between two programs, and very much less than was announced. */
  const mostSent = 64 * 2 ** 20

  /** Sends what is announced for as long as anybody takes it. @returns how much that was, and what came back */
  async function pour(house: House, head: string): Promise<{ sent: number; received: string }> {
    using connection = await connectRaw(house.url)
    const { socket } = connection
    connection.send(`${head}\r\n`)
    let isOver = false
    void connection.closed.then(() => {
      isOver = true
    })
    const isChunked = /chunked/i.test(head)
    const piece = 'x'.repeat(0xfff0)
    const text = isChunked ? `fff0\r\n${piece}\r\n` : piece
    let sent = 0
    while (!isOver && sent < gigabyte) {
      sent += text.length
      if (socket.write(text)) await new Promise(setImmediate)
      else await Promise.race([once(socket, 'drain'), connection.closed]).catch(() => {})
    }
    return { sent, received: await connection.closed }
  }

  const length = `Content-Length: ${gigabyte}\r\n`
  const chunked = 'Transfer-Encoding: chunked\r\n'
  const text = `${host}Content-Type: text/plain\r\n`
  for (const [what, head, compatibility = 'documented'] of [
    ['as JSON', `POST /api/users HTTP/1.1\r\n${json}${length}`],
    ['in chunks', `POST /api/users HTTP/1.1\r\n${json}${chunked}`],
    ['where there is none', `GET /live HTTP/1.1\r\n${host}${length}`],
    ['in chunks where there is none', `GET /api/users/1 HTTP/1.1\r\n${host}${chunked}`],
    ['after a path that is broken', `POST /api/users/%zz HTTP/1.1\r\n${json}${length}`],
    ['that LoopBack would ignore', `POST /api/users/login HTTP/1.1\r\n${text}${length}`, 'loopback3'],
    ['in chunks that LoopBack would ignore', `POST /api/users HTTP/1.1\r\n${text}${chunked}`, 'loopback3'],
  ] as const) {
    it(`is not read to its end: ${what}`, async () => {
      await using house = await openHouse({ compatibility })
      const { sent, received } = await pour(house, head)
      assert.ok(sent < mostSent, `${sent} bytes were taken`)
      // What was on its way may be lost with the connection, but nothing else may have been said.
      if (received !== '') assert.match(received, /^HTTP\/1\.1 [24]\d\d .*connection: close/is)
      assert.equal((await house.get(`${house.url}/live`)).status, 200)
    })
  }
})
