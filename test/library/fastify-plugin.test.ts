import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type House, openHouse, password } from '../open-house.ts'

/** An application with a parser, hooks, an error handler and routes of its own, and the API beside them. */
async function openApplication(
  house: House,
  prefix = '',
): Promise<{ app: FastifyInstance; seen: string[] } & AsyncDisposable> {
  const app = fastify()
  const seen: string[] = []
  app.addContentTypeParser('text/shout', { parseAs: 'string' }, async (_: FastifyRequest, body: string) =>
    body.toUpperCase(),
  )
  app.addHook('onRequest', async (request) => void seen.push(request.url))
  app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send({ mine: error.message }))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ mine: 'nothing here' }))
  app.get('/orders', async () => ['an order'])
  app.post('/orders', async ({ body }) => ({ body }))
  app.get('/broken', async () => {
    throw new Error('out of order')
  })
  await app.register(house.latchkey.plugin, { prefix })
  return { app, seen, [Symbol.asyncDispose]: () => app.close() }
}

const json = { 'content-type': 'application/json' }

describe('latchkey.plugin in a Fastify application', () => {
  it('serves the API', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house)
    const { app } = application
    const created = await app.inject({
      method: 'POST',
      url: '/api/users',
      payload: { email: 'a@example.com', password },
    })
    assert.deepEqual([created.statusCode, created.json()], [200, { email: 'a@example.com', id: 1 }])
    const login = await app.inject({
      method: 'POST',
      url: '/api/users/login',
      payload: { email: 'a@example.com', password },
    })
    const own = await app.inject({ url: '/api/users/1', headers: { authorization: login.json().id } })
    assert.deepEqual(own.json(), { email: 'a@example.com', id: 1 })
    assert.equal(own.headers['cache-control'], 'no-store')
  })

  it('shares its accounts with the library and with its own server', async () => {
    await using house = await openHouse({}, ['a@example.com'])
    await using application = await openApplication(house)
    const headers = { authorization: await house.login('a@example.com') }
    assert.equal((await application.app.inject({ url: '/api/users/1', headers })).statusCode, 200)
  })

  it('answers its own refusals in LoopBack’s form, whatever the application does with errors', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house)
    const { app } = application
    const codeOf = async (url: string, payload?: string) => {
      const reply = await app.inject({
        method: payload === undefined ? 'GET' : 'POST',
        url,
        headers: json,
        payload,
      })
      return [reply.statusCode, reply.json().error?.code]
    }
    assert.deepEqual(await codeOf('/api/users/1'), [401, 'AUTHORIZATION_REQUIRED'])
    assert.deepEqual(await codeOf('/api/users/1/nothing'), [404, 'METHOD_NOT_FOUND'])
    assert.deepEqual(await codeOf('/api/users', '{'), [400, 'MALFORMED_JSON'])
    assert.deepEqual(await codeOf('/api/users', `"${'x'.repeat(200_000)}"`), [413, 'BODY_TOO_LARGE'])
  })

  it('leaves the application its errors, its pages and its parsers', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house)
    const { app } = application
    const broken = await app.inject('/broken')
    assert.deepEqual([broken.statusCode, broken.json()], [418, { mine: 'out of order' }])
    for (const url of ['/', '/health', '/elsewhere', '/api/other']) {
      assert.deepEqual((await app.inject(url)).json(), { mine: 'nothing here' })
    }
    const orders = await app.inject('/orders')
    assert.deepEqual([orders.json(), orders.headers['cache-control']], [['an order'], undefined])
    const shouted = await app.inject({
      method: 'POST',
      url: '/orders',
      headers: { 'content-type': 'text/shout' },
      payload: 'hi',
    })
    assert.deepEqual(shouted.json(), { body: 'HI' })
    const long = { text: 'x'.repeat(200_000) }
    assert.equal((await app.inject({ method: 'POST', url: '/orders', payload: long })).statusCode, 200)
  })

  it('does not take content types that only the application knows', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house)
    const headers = { 'content-type': 'text/shout' }
    const reply = await application.app.inject({ method: 'POST', url: '/api/users', headers, payload: '{}' })
    assert.equal(reply.statusCode, 415)
  })

  it('runs the application’s hooks for its routes, and its own hooks for no others', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house)
    await application.app.inject('/api/users/1')
    // A token twice is refused by the API; the application may mean what it likes by the same words.
    const orders = await application.app.inject('/orders?access_token=a&access_token=b')
    assert.equal(orders.statusCode, 200)
    assert.deepEqual(application.seen, ['/api/users/1', '/orders?access_token=a&access_token=b'])
  })

  it('may stand below a prefix of the application', async () => {
    await using house = await openHouse()
    await using application = await openApplication(house, '/v1')
    const { app } = application
    assert.equal((await app.inject('/v1/api/users/1')).statusCode, 401)
    assert.deepEqual((await app.inject('/api/users/1')).json(), { mine: 'nothing here' })
  })

  it('leaves closing to whoever opened it', async () => {
    await using house = await openHouse({}, ['a@example.com'])
    {
      await using _application = await openApplication(house)
    }
    assert.equal(await house.latchkey.users.count(), 1)
  })
})
