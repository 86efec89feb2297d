import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, openHouse, password } from '../open-house.ts'

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`filters over HTTP, ${compatibility}`, () => {
    let house: House
    let token: string

    before(async () => {
      house = await openHouse({ compatibility, user: { properties: { age: 'number' } } })
      for (const [name, age] of [
        ['ann', 30],
        ['ben', 20],
        ['cat', 25],
      ]) {
        await house.latchkey.users.create({ email: `${name}@example.com`, password, age, size: age })
      }
      token = await house.adminToken()
    })

    after(() => house[Symbol.asyncDispose]())

    async function found(query: string): Promise<string[]> {
      const { status, body } = await house.get(`/users?${query}`, { token })
      assert.equal(status, 200, JSON.stringify(body))
      const names = body.map(({ email }: { email: string }) => email.split('@')[0])
      return names.filter((name: string) => name !== 'admin')
    }

    it('take the first operator of an object only', async () => {
      assert.deepEqual(await found('filter={"where":{"age":{"gt":20,"lt":30}}}'), ['ann', 'cat'])
    })

    it('find by a part of a text', async () => {
      assert.deepEqual(await found('filter={"where":{"email":{"like":"nn"}}}'), ['ann'])
    })

    it('read brackets, and brackets of numbers as a list', async () => {
      assert.deepEqual(await found('filter[where][age][inq][0]=20&filter[where][age][inq][1]=30'), [
        'ann',
        'ben',
      ])
      assert.deepEqual(await found('filter[where][size]=25'), ['cat'])
      assert.deepEqual(await found('filter[order]=age%20DESC&filter[limit]=2&filter[where][id][lt]=4'), [
        'ann',
        'cat',
      ])
    })

    it('overlook conditions on what nobody sees, and never show it', async () => {
      assert.deepEqual(await found('filter={"where":{"password":"x"},"order":"password DESC"}'), [
        'ann',
        'ben',
        'cat',
      ])
      const { body } = await house.find('/users', { fields: ['password', 'age'] }, { token })
      assert.deepEqual(body[0], { age: 30 })
    })

    it('count', async () => {
      const { body } = await house.get('/users/count?where={"age":{"gte":"25","lt":30}}', { token })
      assert.deepEqual(body, { count: 2 })
    })

    it('find one, whatever the limit says', async () => {
      const filter = { order: 'age', skip: 2, limit: -1 }
      const { body } = await house.find('/users/findOne', filter, { token })
      assert.equal(body.email, 'cat@example.com')
    })

    it('leave of one user the fields asked for, and look at nothing else', async () => {
      const filter = { where: { id: 2 }, fields: ['email'], order: 5, limit: -1 }
      const { body } = await house.find('/users/1', filter, { token })
      assert.deepEqual(body, { email: 'ann@example.com' })
      assert.equal((await house.find('/users/1', { include: 'nope' }, { token })).status, 400)
    })

    it('choose among the sessions of a user', async () => {
      await house.login('ann@example.com')
      const path = '/users/1/accessTokens'
      const kept = await house.find(path, { where: { ttl: { gt: '5', lt: 1 } }, include: 'user' }, { token })
      assert.equal(kept.body.length, 1)
      assert.equal(kept.body[0].user.email, 'ann@example.com')
      assert.deepEqual((await house.find(path, { where: { userId: '2' } }, { token })).body, [])
    })

    it('are refused in the words of LoopBack', async () => {
      const refusals: readonly [query: string, message: string][] = [
        [
          'filter={"where":{"age":{"between":[1]}}}',
          'The age property has invalid clause {"between":[1]}: Expected precisely 2 values, received 1',
        ],
        ['filter[where]=x', 'The where clause "x" is not an object'],
        ['filter[limit]=0', 'The limit parameter "0" is not valid'],
        ['filter[order]=age%20UP', 'The order "age UP" has invalid direction'],
      ]
      for (const [query, message] of refusals) {
        const { status, body } = await house.get(`/users?${query}`, { token })
        assert.deepEqual({ status, message: body.error.message }, { status: 400, message }, query)
      }
    })
  })
}
