import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openHouse, password } from '../open-house.ts'
import { connectRaw, type RawConnection } from './raw-connection.ts'

const live = 'GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n'
const halfHead = 'GET /api/users/1 HTTP/1.1\r\nHost: loc'
const halfBody =
  'POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'

/** Sends a character now and then, so that the connection never idles. @returns all that came back, at its end */
async function drip(connection: RawConnection, text: string): Promise<string> {
  connection.send(text)
  const dripping = setInterval(() => connection.send('x'), 100)
  try {
    return await connection.closed
  } finally {
    clearInterval(dripping)
  }
}

/** Resolves once a connection is taken and served. */
async function findsRoom(url: string): Promise<void> {
  for (;;) {
    using connection = await connectRaw(url)
    connection.send(live)
    if (await connection.receives(/^HTTP\/1\.1 200 /).catch(() => undefined)) return
    await pause(20)
  }
}

describe('a client that never comes to the end', { concurrency: true }, () => {
  for (const [of, text] of Object.entries({ 'a head': halfHead, 'a body': halfBody })) {
    it(`of ${of} gets 408, and the connection is over`, async () => {
      await using house = await openHouse({ server: { headersTimeout: 1, requestTimeout: 2 } })
      using connection = await connectRaw(house.url)
      const all = await drip(connection, text)
      assert.match(all, /^HTTP\/1\.1 408 .*x-content-type-options: nosniff.*"statusCode":408,.*\}\}$/s)
    })
  }

  it('keeps nobody else out, also where there are three hundred of them', async () => {
    const patient = { headersTimeout: 600, requestTimeout: 600 }
    await using house = await openHouse({ server: patient }, ['a@example.com'])
    const drippers = await Promise.all(Array.from({ length: 300 }, () => connectRaw(house.url)))
    let over = 0
    const endings = drippers.map((connection, n) =>
      drip(connection, n % 2 === 0 ? halfHead : halfBody).then(() => {
        over++
      }),
    )
    assert.ok(await house.login('a@example.com'))
    assert.equal(over, 0)
    for (const connection of drippers) connection[Symbol.dispose]()
    await Promise.all(endings)
  })
})

describe('a client that', { concurrency: true }, () => {
  it('says nothing at all is hung up on without a word, which might cross with what it is about to ask', async () => {
    await using house = await openHouse({ server: { headersTimeout: 1 } })
    using connection = await connectRaw(house.url)
    assert.equal(await connection.closed, '')
  })

  it('asks nothing more is hung up on', async () => {
    await using house = await openHouse({ server: { keepAliveTimeout: 1 } })
    using connection = await connectRaw(house.url)
    connection.send(live)
    assert.match(await connection.closed, /^HTTP\/1\.1 200 .*Keep-Alive: timeout=1, max=10000\r\n/s)
  })

  it('does not hang up after a refusal holds no place for long', async () => {
    await using house = await openHouse({ server: { headersTimeout: 1, maxConnections: 1 } })
    using connection = await connectRaw(house.url)
    connection.socket.allowHalfOpen = true
    connection.send('nothing like HTTP\r\n\r\n')
    await connection.receives(/^HTTP\/1\.1 400 /)
    await findsRoom(house.url)
  })

  it('does not read what it asked for is hung up on', async () => {
    await using house = await openHouse({ server: { requestTimeout: 1 } })
    using connection = await connectRaw(house.url)
    connection.socket.pause()
    // Until answers fill all that lies between, and requests too: then nothing moves any more.
    const flood = live.repeat(1_000)
    while (!connection.socket.destroyed) {
      if (connection.socket.writableLength < 1_000_000) connection.send(flood)
      await pause(20)
    }
    assert.equal((await house.get(`${house.url}/live`)).status, 200)
  })
})

describe('a client that waits', { concurrency: true }, () => {
  it('for changes is not hung up on while there are none', async () => {
    await using house = await openHouse({ server: { requestTimeout: 2 } })
    const token = await house.adminToken()
    using connection = await connectRaw(house.url)
    connection.send(
      `GET /api/users/change-stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\n\r\n`,
    )
    await connection.receives(/^HTTP\/1\.1 200 .*:ok/s)
    // Longer than others may be silent.
    await pause(4_500)
    await house.post('/users', { email: 'new@example.com', password })
    await connection.receives(/"type":"create"/)
  })

  it('is not hung up on while we have nothing to say yet', async () => {
    await using house = await openHouse({ server: { requestTimeout: 2 } }, ['a@example.com'])
    house.latchkey.hook('beforeLogin', async () => {
      await pause(4_500)
    })
    assert.ok(await house.login('a@example.com'))
  })
})

describe('more connections than may be', () => {
  it('are hung up on, until others are over, and the log says so once', async () => {
    await using house = await openHouse({ server: { maxConnections: 2 } })
    const first = await connectRaw(house.url)
    using _second = await connectRaw(house.url)
    for (let n = 0; n < 5; n++) {
      using refused = await connectRaw(house.url)
      assert.equal(await refused.closed, '')
    }
    const warnings = house.logs.filter(
      ({ message }) => message === 'connections are refused: there are too many',
    )
    assert.deepEqual(
      warnings.map(({ fields }) => fields),
      [{ maxConnections: 2 }],
    )
    first[Symbol.dispose]()
    await findsRoom(house.url)
  })
})
