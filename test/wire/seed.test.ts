import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse } from '../open-house.ts'

describe('the example of the documentation', () => {
  it('creates a user, logs in for a day, reads itself and logs out', async () => {
    await using house = await openHouse()
    const created = await house.post('/users', { email: 'foo@bar.com', password: 'bar' })
    assert.partialDeepStrictEqual(created, { status: 200, body: { email: 'foo@bar.com', id: 1 } })

    const login = await house.post('/users/login', { email: 'foo@bar.com', password: 'bar', ttl: 86400 })
    assert.partialDeepStrictEqual(login, { status: 200, body: { ttl: 86400, userId: 1 } })
    assert.match(login.body.id, /^[A-Za-z0-9]{64}$/)
    assert.match(login.body.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

    const own = await house.get(`/users/1?access_token=${login.body.id}`)
    assert.deepEqual(own.body, { email: 'foo@bar.com', id: 1 })

    const logout = await house.post(`/Users/logout?access_token=${login.body.id}`)
    assert.equal(logout.status, 204)
    assert.equal((await house.get(`/users/1?access_token=${login.body.id}`)).status, 401)
  })
})
