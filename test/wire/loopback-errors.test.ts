import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, itAlone, itReadingBodies, itRouting, openHouse, password } from '../open-house.ts'

const email = 'foo@bar.com'
const json = { 'content-type': 'application/json' }

describe('a refusal in the mode loopback3', () => {
  let house: House
  let token: string
  before(async () => {
    house = await openHouse({ compatibility: 'loopback3' }, [email])
    token = await house.login(email)
  })
  after(() => house[Symbol.asyncDispose]())

  it('has the code that LoopBack gives it', async () => {
    const { status, body } = await house.get('/users')
    assert.equal(status, 401)
    assert.deepEqual(body.error, {
      statusCode: 401,
      name: 'Error',
      message: 'Authorization Required',
      code: 'AUTHORIZATION_REQUIRED',
    })
  })

  const uncoded: [what: string, method: string, path: string, body: unknown][] = [
    ['a logout without a token', 'POST', '/users/logout', undefined],
    ['an invalid account', 'POST', '/users', {}],
    ['a body that is no object', 'POST', '/users', '5'],
    ['a body that is no JSON', 'POST', '/users', '{bad'],
    ['a body that is too large', 'POST', '/users', JSON.stringify('x'.repeat(110_000))],
    ['a path that leads nowhere', 'GET', '/users/1/nothing', undefined],
    ['an argument that is missed', 'GET', '/users/confirm', undefined],
  ]
  itAlone('has no code for a model there is none of', async () => {
    assert.equal('code' in (await house.get('/nothing')).body.error, false)
  })

  for (const [what, method, path, sent] of uncoded) {
    const itHere = typeof sent === 'string' ? itReadingBodies : it
    itHere(`has no code for ${what}`, async () => {
      const { body } = await house.request(method, path, sent, { headers: { ...json } })
      assert.equal('code' in body.error, false)
      assert.ok(body.error.message)
    })
  }

  it('challenges nobody, has no ETag and says nothing about caches', async () => {
    const { headers } = await house.get('/users')
    for (const name of ['www-authenticate', 'etag', 'cache-control'])
      assert.equal(headers.get(name), null, name)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  })

  const wishes: [accept: string, query: string, type: string][] = [
    ['*/*', '', 'application/json; charset=utf-8'],
    ['image/png', '', 'application/json; charset=utf-8'],
    ['text/xml', '', 'application/json; charset=utf-8'],
    ['application/json, text/html', '', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.8', '', 'text/html; charset=utf-8'],
    ['text/html', '?_format=json', 'application/json; charset=utf-8'],
    ['*/*', '?_format=html', 'text/html; charset=utf-8'],
  ]
  for (const [accept, query, type] of wishes) {
    it(`comes as ${type} to Accept: ${accept} and ${query || 'no _format'}`, async () => {
      const { status, headers } = await house.get(`/users${query}`, { headers: { accept } })
      assert.equal(status, 401)
      assert.equal(headers.get('content-type'), type)
    })
  }

  itAlone('puts nothing of the request into a page but text', async () => {
    const { body } = await house.get(`${house.url}/<script>`, { headers: { accept: 'text/html' } })
    assert.doesNotMatch(body, /<script>/)
  })

  itAlone('repeats the path as it was asked for', async () => {
    const messageOf = async (method: string, path: string) =>
      (await house.request(method, path, undefined, { token })).body.error.message
    assert.equal(
      await messageOf('GET', '//users/1//nothing/?x=1'),
      'Shared class "User" has no method handling GET /1/nothing/?x=1',
    )
    assert.equal(await messageOf('DELETE', '/USERS'), 'Shared class "User" has no method handling DELETE /')
    assert.equal(await messageOf('GET', '/Nothing/?x=1'), 'There is no method to handle GET /Nothing/?x=1')
    assert.equal(await messageOf('GET', `${house.url}/elsewhere?x=1`), 'Cannot GET /elsewhere?x=1')
  })

  itRouting(
    'is for an id whose escapes are broken, and elsewhere for a path that leads nowhere',
    async () => {
      const { status, body } = await house.get('/users/%E0%A4%A')
      assert.equal(status, 400)
      assert.equal(body.error.message, "Failed to decode param '%E0%A4%A'")
      for (const path of ['/users/%E0%A4%A/nothing', '/%E0%A4%A', `${house.url}/%E0%A4%A`])
        assert.equal((await house.get(path)).status, 404, path)
    },
  )

  itRouting('takes an id of any length for one nobody has', async () => {
    assert.equal((await house.get(`/users/${'x'.repeat(3_000)}`)).status, 401)
  })
})

describe('a refusal in the mode loopback2', () => {
  let house: House
  before(async () => {
    house = await openHouse({ compatibility: 'loopback2' }, [email])
  })
  after(() => house[Symbol.asyncDispose]())

  it('has a status beside the statusCode, an ETag, and comes as JSON to everybody', async () => {
    const { status, headers, body } = await house.get('/users', { headers: { accept: 'text/html' } })
    assert.equal(status, 401)
    assert.deepEqual(body.error, {
      name: 'Error',
      status: 401,
      message: 'Authorization Required',
      statusCode: 401,
      code: 'AUTHORIZATION_REQUIRED',
    })
    assert.match(headers.get('etag') ?? '', /^W\//)
  })

  it('has no statusCode for a logout without a token', async () => {
    const { body } = await house.post('/users/logout')
    assert.deepEqual(body.error, { name: 'Error', status: 401, message: 'accessToken is required to logout' })
  })

  it('has two blanks in the words for a path that leads nowhere', async () => {
    const { body } = await house.get('/users/1/nothing')
    assert.equal(body.error.message, 'Shared class  "User" has no method handling GET /1/nothing')
  })

  it('does not repeat a password that is too long', async () => {
    const long = 'secret'.repeat(20)
    const { status, body } = await house.post('/users', { email: 'bert@bar.com', password: long })
    assert.equal(status, 422)
    assert.equal(body.error.code, 'PASSWORD_TOO_LONG')
    assert.doesNotMatch(JSON.stringify(body), /secretsecret/)
  })

  itReadingBodies('tells of a body what the parser knew, but does not repeat the body', async () => {
    const broken = await house.post('/users', '{"password":"secret"', { headers: json })
    assert.partialDeepStrictEqual(broken.body.error, {
      expose: true,
      type: 'entity.parse.failed',
      status: 400,
    })
    assert.equal('body' in broken.body.error, false)
    const charset = await house.post('/users', '{}', {
      headers: { 'content-type': 'application/json; charset=Bogus' },
    })
    assert.partialDeepStrictEqual(charset.body.error, {
      message: 'unsupported charset "BOGUS"',
      charset: 'bogus',
      type: 'charset.unsupported',
    })
  })

  itAlone('outside the root comes as a page, as JSON or as text', async () => {
    const answer = (accept: string) => house.get(`${house.url}/elsewhere`, { headers: { accept } })
    assert.equal((await answer('*/*')).headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal((await answer('text/plain')).body, 'Error: Cannot GET /elsewhere')
    const { body } = await answer('application/json')
    assert.deepEqual(body, { error: { message: 'Cannot GET /elsewhere', status: 404 } })
  })

  it('for an expired token is told by the application, too', async () => {
    await using late = await openHouse({ compatibility: 'loopback2' }, [email])
    const { body: session } = await late.post('/users/login', { email, password, ttl: 60 })
    late.now = new Date(Date.now() + 61_000)
    const { body } = await late.get('/users', { token: session.id, headers: { accept: 'application/json' } })
    assert.deepEqual(body, {
      error: { message: 'Invalid Access Token', status: 401, statusCode: 401, code: 'INVALID_TOKEN' },
    })
  })
})
