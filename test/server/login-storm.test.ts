import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, openHouse, password, type Reply } from '../open-house.ts'

const email = 'anna@example.com'
const slowHashes = { user: { passwordHash: 'argon2id' } } as const

/** Has six hundred send something at once; meanwhile others read, and are served before the last of them. */
async function storm(house: House, send: (n: number) => Promise<Reply>): Promise<readonly Reply[]> {
  const token = (await house.latchkey.tokens.create(1)).id
  let answered = 0
  const replies = Array.from({ length: 600 }, async (_, n) => {
    const reply = await send(n)
    answered++
    return reply
  })
  for (let n = 0; n < 10; n++) {
    assert.equal((await house.get('/users/1', { token })).status, 200)
    assert.equal((await house.get(`${house.url}/health`)).status, 200)
  }
  assert.ok(answered < replies.length, 'the reads came last')
  return Promise.all(replies)
}

/** Turned away for a reason, and told when to come back. */
function isPutOff({ status, headers, body }: Reply, code: 'HASHING_BUSY' | 'TOO_MANY_ATTEMPTS'): void {
  assert.deepEqual([status, body.error.code], [code === 'HASHING_BUSY' ? 503 : 429, code])
  assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
}

describe('six hundred at once', () => {
  it('who log in are each let in, or told when to come back', async () => {
    await using house = await openHouse(slowHashes, [email])
    await house.login(email)
    const replies = await storm(house, () => house.post('/users/login', { email, password }))
    const others = replies.filter(({ status }) => status !== 200)
    assert.ok(others.length < replies.length)
    for (const reply of others) isPutOff(reply, 'HASHING_BUSY')
    // Each has a line of its own, and none is a fault of ours.
    const putOff = house.logs.filter(({ message }) => message === 'a request was put off')
    assert.equal(putOff.length, others.length)
    assert.ok(putOff.every(({ level }) => level === 'warn'))
    await house.login(email)
  })

  it('who guess are each refused, or told when to come back', async () => {
    await using house = await openHouse(slowHashes, [email])
    const replies = await storm(house, (n) =>
      house.post('/users/login', { email: n % 2 ? email : `user${n}@example.com`, password: `guess ${n}` }),
    )
    let refused = 0
    for (const reply of replies) {
      if (reply.status === 401) refused++
      else isPutOff(reply, reply.status === 429 ? 'TOO_MANY_ATTEMPTS' : 'HASHING_BUSY')
    }
    assert.ok(refused > 0)
    assert.ok(refused < replies.length, 'nobody was stopped')
  })

  it('who sign up each have an account, or are told when to come back', async () => {
    await using house = await openHouse({ ...slowHashes, rateLimit: false }, [email])
    const replies = await storm(house, (n) =>
      house.post('/users', { email: `user${n}@example.com`, password }),
    )
    const others = replies.filter(({ status }) => status !== 200)
    for (const reply of others) isPutOff(reply, 'HASHING_BUSY')
    assert.equal(await house.latchkey.users.count(), 1 + replies.length - others.length)
    assert.ok(others.length < replies.length)
  })
})
