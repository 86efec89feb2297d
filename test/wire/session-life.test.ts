import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'
const noon = new Date('2030-01-01T12:00:00Z')
const afterNoon = (seconds: number) => new Date(noon.getTime() + seconds * 1_000)
const day = 86_400

/** The status of reading oneself so many seconds after noon. */
async function statusAt(house: House, seconds: number, token: string): Promise<number> {
  house.now = afterNoon(seconds)
  return (await house.get('/users/me', { token })).status
}

async function loginAtNoon(house: House, ttl?: number): Promise<string> {
  house.now = noon
  return (await house.post('/users/login', { email: anna, password, ttl })).body.id
}

describe('tokens.idleTimeout', () => {
  it('ends a session that nobody has used for so long, to the second', async () => {
    await using house = await openHouse({ tokens: { idleTimeout: 1_800 } }, [anna])
    const token = await loginAtNoon(house)
    assert.equal(await statusAt(house, 1_799, token), 200)
    assert.equal(await statusAt(house, 1_799 + 1_799, token), 200)
    house.now = afterNoon(1_799 + 1_799 + 1_800)
    const { status, body } = await house.get('/users/me', { token })
    assert.deepEqual([status, body.error.code], [401, 'INVALID_TOKEN'])
  })

  it('does not lengthen the life that the login asked for', async () => {
    await using house = await openHouse({ tokens: { idleTimeout: 60 } }, [anna])
    const token = await loginAtNoon(house, 100)
    assert.equal(await statusAt(house, 50, token), 200)
    assert.equal(await statusAt(house, 99, token), 200)
    assert.equal(await statusAt(house, 100, token), 401)
  })

  it('ends eternal sessions too, and those that nobody has used at all', async () => {
    const user = { allowEternalTokens: true }
    await using house = await openHouse({ user, tokens: { idleTimeout: 60 } }, [anna])
    const token = await loginAtNoon(house, -1)
    const { id: unused } = await house.latchkey.tokens.create(1)
    assert.equal(await statusAt(house, 59, token), 200)
    assert.equal(await statusAt(house, 60, unused), 401)
    assert.equal(await statusAt(house, 59 + 60, token), 401)
  })

  it('leaves a mailed link as long as it has', async () => {
    await using house = await openHouse({ tokens: { idleTimeout: 60 } }, [anna])
    house.now = noon
    await house.post('/users/reset', { email: anna })
    const [mail = ''] = await house.mails(1)
    house.now = afterNoon(300)
    const token = new URL(linkIn(mail)).searchParams.get('access_token') as string
    const reply = await house.post('/users/reset-password', { newPassword: 'new' }, { token })
    assert.equal(reply.status, 204)
  })

  it('counts what another server on the same database has seen', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const options = {
      database: { url: `sqlite:${join(directory.path, 'latchkey.db')}` },
      tokens: { idleTimeout: 600 },
    }
    await using one = await openHouse(options, [anna])
    await using other = await openHouse(options)
    const token = await loginAtNoon(one)
    assert.equal(await statusAt(one, 500, token), 200)
    await written(options.database.url, afterNoon(500))
    assert.equal(await statusAt(other, 1_099, token), 200)
    await written(options.database.url, afterNoon(1_099))
    assert.equal(await statusAt(one, 1_698, token), 200)
    assert.equal(await statusAt(other, 2_400, token), 401)
  })

  it('is not fooled by a clock that was a year ahead', async () => {
    await using house = await openHouse({ tokens: { idleTimeout: 60 } }, [anna])
    const token = await loginAtNoon(house)
    house.now = afterNoon(365 * day)
    const ahead = await house.login(anna)
    assert.equal(await statusAt(house, 365 * day, ahead), 200)
    assert.equal(await statusAt(house, 10, ahead), 401)
    assert.equal(await statusAt(house, 10, token), 200)
  })

  it('lets a clock be set back a little', async () => {
    await using house = await openHouse({ tokens: { idleTimeout: 60 } }, [anna])
    const token = await loginAtNoon(house)
    assert.equal(await statusAt(house, -299, token), 200)
    assert.equal(await statusAt(house, -299 + 60, token), 401)
  })
})

describe('tokens.sliding', () => {
  it('lets a session live for its ttl from its last use', async () => {
    await using house = await openHouse({ tokens: { sliding: true } }, [anna])
    const token = await loginAtNoon(house, 600)
    for (const seconds of [599, 1_198, 1_797]) assert.equal(await statusAt(house, seconds, token), 200)
    assert.equal(await statusAt(house, 1_797 + 600, token), 401)
  })

  it('never lets it live longer than maxTTL', async () => {
    await using house = await openHouse({ user: { maxTTL: 1_000 }, tokens: { sliding: true } }, [anna])
    const token = await loginAtNoon(house, 600)
    assert.equal(await statusAt(house, 500, token), 200)
    assert.equal(await statusAt(house, 999, token), 200)
    assert.equal(await statusAt(house, 1_000, token), 401)
  })

  it('is off unless asked for', async () => {
    await using house = await openHouse({}, [anna])
    const token = await loginAtNoon(house, 600)
    assert.equal(await statusAt(house, 599, token), 200)
    assert.equal(await statusAt(house, 600, token), 401)
  })

  it('does not lengthen the life of a mailed link by looking at its page', async () => {
    await using house = await openHouse({ tokens: { sliding: true } }, [anna])
    house.now = noon
    await house.post('/users/reset', { email: anna })
    const [mail = ''] = await house.mails(1)
    const token = new URL(linkIn(mail)).searchParams.get('access_token') as string
    for (const [seconds, status] of [
      [899, 200],
      [900, 401],
    ] as const) {
      house.now = afterNoon(seconds)
      assert.equal((await house.get('/users/reset-password', { token })).status, status)
    }
  })

  it('keeps a session in use when the purge comes by', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const options = {
      database: { url: `sqlite:${join(directory.path, 'latchkey.db')}` },
      tokens: { sliding: true },
    }
    let token: string
    {
      await using house = await openHouse(options, [anna])
      token = await loginAtNoon(house, 2 * day)
      assert.equal(await statusAt(house, day, token), 200)
      assert.equal(await statusAt(house, 2.5 * day, token), 200)
      assert.equal(await statusAt(house, 4 * day, token), 200)
    }
    // A purge comes at every start.
    await using later = await openHouse(options)
    later.now = afterNoon(5.5 * day)
    assert.equal((await later.get('/users/me', { token })).status, 200)
  })
})

describe('the last use of a session', () => {
  it('is written down once a minute, however often it is used', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const url = `sqlite:${join(directory.path, 'latchkey.db')}`
    {
      await using house = await openHouse({ database: { url } }, [anna])
      const token = await loginAtNoon(house)
      await Promise.all([1, 30, 59].map((seconds) => statusAt(house, seconds, token)))
      assert.equal(await statusAt(house, 59, token), 200)
    }
    assert.equal(lastUsedIn(url), noon.getTime())
  })

  it('is safe when the house is closed right after it', async () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const url = `sqlite:${join(directory.path, 'latchkey.db')}`
    {
      await using house = await openHouse({ database: { url } }, [anna])
      assert.equal(await statusAt(house, 3_600, await loginAtNoon(house)), 200)
    }
    assert.equal(lastUsedIn(url), afterNoon(3_600).getTime())
  })
})

function lastUsedIn(url: string): unknown {
  using database = new DatabaseSync(url.replace('sqlite:', ''), { readOnly: true, timeout: 5_000 })
  return database.prepare('select max(last_used_at) as at from access_tokens').get()?.at
}

/** Resolves once the database says that a token was last used at the instant. */
async function written(url: string, at: Date): Promise<void> {
  const deadline = performance.now() + 20_000
  while (lastUsedIn(url) !== at.getTime()) {
    if (performance.now() > deadline) throw new Error('the use was not written down')
    await pause(20)
  }
}
