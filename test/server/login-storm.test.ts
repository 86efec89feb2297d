import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse, password } from '../open-house.ts'

describe('three hundred logins at once', () => {
  it('are each answered, some with 503 and when to come back, and reads are served meanwhile', async () => {
    await using house = await openHouse({ user: { passwordHash: 'argon2id' } }, ['a@example.com'])
    const token = await house.login('a@example.com')

    let answered = 0
    const logins = Array.from({ length: 300 }, async () => {
      const reply = await house.post('/users/login', { email: 'a@example.com', password })
      answered++
      return reply
    })
    for (let n = 0; n < 10; n++) {
      assert.equal((await house.get('/users/1', { token })).status, 200)
      assert.equal((await house.get(`${house.url}/health`)).status, 200)
    }
    assert.ok(answered < logins.length, 'the reads came last')

    let opened = 0
    for (const { status, headers, body } of await Promise.all(logins)) {
      if (status === 200) opened++
      else {
        assert.deepEqual([status, body.error.code], [503, 'HASHING_BUSY'])
        assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      }
    }
    assert.ok(opened > 0)
    await house.login('a@example.com')
  })
})
