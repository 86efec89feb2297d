import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { adminRule, type House, openHouse, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'

function challengeIn({ headers }: Reply): string | null {
  return headers.get('www-authenticate')
}

describe('WWW-Authenticate', () => {
  it('says what a refused request lacks', async () => {
    await using house = await openHouse({}, [anna])
    house.now = new Date('2030-01-01T12:00:00Z')
    const { id: orders } = await house.latchkey.tokens.create(1, { scopes: ['orders'] })
    const { id: expired } = await house.latchkey.tokens.create(1, { ttl: 1 })
    const ordinary = await house.login(anna)
    house.now = new Date('2030-01-01T12:00:01Z')
    for (const [token, path, status, challenge] of [
      [undefined, '/users/1', 401, 'Bearer'],
      ['unknown', '/users/1', 401, 'Bearer error="invalid_token"'],
      [expired, '/users/1', 401, 'Bearer error="invalid_token"'],
      [ordinary, '/users', 401, 'Bearer'],
      [orders, '/users/1', 401, 'Bearer error="insufficient_scope"'],
      [ordinary, '/users/reset-password', 401, 'Bearer error="insufficient_scope"'],
      [ordinary, '/users/1', 200, null],
    ] as const) {
      const reply = await house.get(path, { token })
      assert.deepEqual([path, reply.status, challengeIn(reply)], [path, status, challenge])
    }
  })

  it('tells a 403 by scope from another', async () => {
    await using house = await openHouse({ user: { aclErrorStatus: 403 } }, [anna])
    const { id: orders } = await house.latchkey.tokens.create(1, { scopes: ['orders'] })
    const scoped = await house.get('/users/1', { token: orders })
    assert.deepEqual([scoped.status, challengeIn(scoped)], [403, 'Bearer error="insufficient_scope"'])
    const ordinary = await house.get('/users', { token: await house.login(anna) })
    assert.deepEqual([ordinary.status, challengeIn(ordinary)], [403, null])
  })

  it('says nothing where a user is hidden', async () => {
    await using house = await openHouse({ user: { aclErrorStatus: 404 } }, [anna])
    const { id: token } = await house.latchkey.tokens.create(1, { scopes: ['orders'] })
    const reply = await house.get('/users/1', { token })
    assert.deepEqual([reply.status, challengeIn(reply)], [404, null])
  })

  it('comes from a guard of the application’s own, too', async () => {
    await using house = await openHouse({}, [anna])
    const { guards, tokens } = house.latchkey
    const route = guards.fetch(() => new Response(), { scope: 'orders' })
    const ask = async (authorization: string) => {
      const { status, headers } = await route(
        new Request('http://localhost/', { headers: { authorization } }),
      )
      return [status, headers.get('www-authenticate')]
    }
    assert.deepEqual(await ask(await house.login(anna)), [403, 'Bearer error="insufficient_scope"'])
    assert.deepEqual(await ask((await tokens.create(1, { scopes: ['orders'] })).id), [200, null])
  })
})

describe('every endpoint', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reference/endpoints.md'), 'utf8')
  const endpoints = [...page.matchAll(/^\| `([A-Z]+) (\/\S*)`/gm)].map(([, verb = '', path = '']) => ({
    verb,
    path: `/users${path.replace('{id}', '1').replace(/\{\w+\}/, 'none')}`,
  }))
  let house: House
  let tokens: string[]
  before(async () => {
    // Whoever may do everything, but for what the token is not for.
    const user = { acls: [{ ...adminRule, principalId: '$authenticated' }] }
    house = await openHouse({ user }, [anna])
    tokens = []
    for (const scopes of [['orders'], ['reset-password']])
      tokens.push((await house.latchkey.tokens.create(1, { scopes })).id)
  })
  after(() => house[Symbol.asyncDispose]())

  it('is in the manual', () => assert.ok(endpoints.length > 35))

  for (const { verb, path } of endpoints) {
    it(`${verb} ${path} is closed to tokens for something else`, async () => {
      for (const token of tokens) {
        if (token === tokens[1] && path.endsWith('/reset-password')) continue
        const reply = await house.request(verb, path, undefined, { token })
        assert.deepEqual([reply.status, challengeIn(reply)], [401, 'Bearer error="insufficient_scope"'])
      }
    })

    it(`${verb} ${path} says no-store and no-referrer, refusing or not`, async () => {
      const replies = [
        await house.request(verb, path),
        await house.request(verb, path, undefined, { token: 'unknown' }),
        await house.request(verb, path, undefined, { token: tokens[0] }),
      ]
      for (const { headers } of replies) {
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(headers.get('referrer-policy'), 'no-referrer')
      }
    })
  }
})
