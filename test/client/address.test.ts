import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import { openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

describe('the url of a client', () => {
  it('is wherever the users are', async () => {
    await using house = await openHouse({ rest: { root: '/shop/v2', path: '/customers' } }, [anna])
    const { users } = createClient({ url: new URL(`${house.url}/shop/v2/customers/`) })
    await users.login({ email: anna, password })
    assert.equal((await users.findById(1)).email, anna)
  })

  it('may be a path, which a browser completes', async () => {
    const asked: unknown[] = []
    const fetch = async (address: unknown) => {
      asked.push(address)
      return Response.json([])
    }
    await createClient({ url: '/api/users', fetch }).users.find({ limit: 1 })
    assert.deepEqual(asked, ['/api/users?filter=%7B%22limit%22%3A1%7D'])
  })

  it('has no query, in which somebody might want to put a token', () => {
    assert.throws(() => createClient({ url: 'http://localhost/api/users?access_token=abc' }), TypeError)
  })
})
