import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { openFolder } from '../cli/latchkey-process.ts'
import { type House, openHouse, password } from '../open-house.ts'

for (const [where, count] of [
  ['in a file', 3_000],
  ['in memory', 600],
] as const) {
  describe(`GET /users with ${count} users ${where}`, () => {
    const folder = openFolder()
    let house: House
    let token: string

    before(async () => {
      house = await openHouse(
        where === 'in a file' ? { database: { url: `sqlite:${folder.file('latchkey.db')}` } } : {},
      )
      const accounts = Array.from({ length: count }, (_, n) => ({
        email: `user${n}@example.com`,
        password,
        note: 'x'.repeat(500),
      }))
      for (let n = 0; n < count; n += 100) await house.latchkey.users.createMany(accounts.slice(n, n + 100))
      token = await house.adminToken()
    })

    after(async () => {
      await house[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    })

    it('streams all of them as one JSON array, in order', async () => {
      const { status, headers, body } = await house.get('/users', { token })
      assert.equal(status, 200)
      assert.equal(headers.get('content-length'), null)
      assert.deepEqual(
        body.map(({ id }: { id: number }) => id),
        Array.from({ length: count + 1 }, (_, n) => n + 1),
      )
    })

    it('streams several lists at once, while others write', async () => {
      const lists = Array.from({ length: 5 }, () => house.find('/users', { fields: ['id'] }, { token }))
      const login = await house.post('/users/login', { email: 'user0@example.com', password })
      assert.equal(login.status, 200)
      for (const { body } of await Promise.all(lists)) assert.equal(body.length, count + 1)
    })

    it('is not harmed by clients who hang up midway', async () => {
      for (let n = 0; n < 10; n++) {
        const asked = request(`${house.url}/api/users`, { headers: { authorization: token } }).end()
        asked.on('error', () => {})
        const [response] = await once(asked, 'response')
        await once(response, 'readable')
        asked.destroy()
      }
      assert.equal((await house.post('/users/login', { email: 'user0@example.com', password })).status, 200)
      assert.equal((await house.get('/users/count', { token })).body.count, count + 1)
      assert.equal((await house.get('/users', { token })).body.length, count + 1)
      assert.deepEqual(
        house.logs.filter(({ level }) => level === 'error'),
        [],
      )
    })
  })
}
