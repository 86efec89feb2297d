import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openFolder } from '../cli/latchkey-process.ts'
import { type House, openHouse } from '../open-house.ts'

const extra = 100_000

/** Nobody fits, and every user is looked at so often that it takes as long as it may. */
const heavy = {
  or: Array.from({ length: 90 }, (_, n) => ({ email: { like: `%a%b%c%d%e%f%/${n}%` } })),
}
const heavyPath = `/users/count?where=${encodeURIComponent(JSON.stringify(heavy))}`

describe(`searches among ${extra} users`, () => {
  const folder = openFolder()
  let house: House
  let token: string

  before(async () => {
    const file = folder.file('latchkey.db')
    house = await openHouse({ database: { url: `sqlite:${file}` } })
    token = await house.adminToken()
    const database = new DatabaseSync(file)
    database.exec(`insert into users (email, properties)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${extra})
      select 'abcdefabcdefabcdefabcdef' || i || '@example.com', '{}' from n`)
    database.close()
  })

  after(async () => {
    await house[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  function ask(path: string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${house.url}/api${path}`, {
      headers: { authorization: token },
      ...(signal ? { signal } : {}),
    })
  }

  it('keep nobody else waiting', async () => {
    let isOver = false
    const search = ask(heavyPath).finally(() => {
      isOver = true
    })
    let reads = 0
    for (; !isOver; reads++) assert.equal((await house.get('/users/1', { token })).status, 200)
    // On the event loop it would let one pass before it, and one after.
    assert.ok(reads > 10, `${reads} reads`)
    const { status, headers } = await search
    if (status !== 200) {
      assert.equal(status, 503)
      assert.equal(headers.get('retry-after'), '5')
    }
  })

  it('are over when those who asked hang up', async () => {
    for (let round = 0; round < 2; round++) {
      const controller = new AbortController()
      const searches = Array.from({ length: 25 }, () => ask(heavyPath, controller.signal).catch(() => {}))
      await pause(200)
      controller.abort()
      await Promise.all(searches)
    }
    // Were any of them still there, this one would wait for its turn in vain.
    const where = JSON.stringify({ email: { like: '%abcdef99999@%' } })
    const { status, body } = await house.get(`/users/count?where=${encodeURIComponent(where)}`, { token })
    assert.deepEqual({ status, body }, { status: 200, body: { count: 1 } })
    const failed = house.logs.filter(({ level }) => level === 'error')
    assert.deepEqual(
      new Set([503, ...failed.map(({ fields }) => Reflect.get(fields, 'status'))]),
      new Set([503]),
    )
  })

  it('are refused beyond a bound', async () => {
    const controller = new AbortController()
    let busy = 0
    const searches = Array.from({ length: 60 }, async () => {
      const reply = await ask(heavyPath, controller.signal).catch(() => undefined)
      if (!reply || reply.status === 200) return
      assert.equal(reply.status, 503)
      assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      const { error } = (await reply.json()) as { error: { code: string } }
      if (error.code === 'DATABASE_BUSY') busy++
      if (busy === 20) controller.abort()
    })
    await Promise.all(searches)
    assert.ok(busy >= 20, `${busy} were refused`)
    assert.equal((await house.get('/users/1', { token })).status, 200)
  })

  it('see what has been written before', async () => {
    for (let n = 0; n < 3; n++) {
      const { count } = (await house.get('/users/count', { token })).body
      await house.latchkey.users.create({ email: `late${n}@example.com`, password: 'bar' })
      assert.equal((await house.get('/users/count', { token })).body.count, count + 1)
    }
  })
})
