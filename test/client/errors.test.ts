import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { catalogue, type ErrorName, LatchkeyError } from '../../src/base/errors.ts'
import { ApiError, createClient, isApiError, NetworkError } from '../../src/client/index.ts'
import { openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

/** Something at an address that is no Latchkey. */
async function serve(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening))
  const { port } = server.address() as AddressInfo
  return {
    client: createClient({ url: `http://localhost:${port}/api/users` }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

describe('ErrorCode', () => {
  it('lists what the catalogue of the server lists', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/client/errors.ts'), 'utf8')
    const listed = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code)
    const codes = Object.keys(catalogue).map((name) => new LatchkeyError(name as ErrorName).code)
    assert.deepEqual(listed.sort(), [...new Set(codes)].sort())
  })
})

describe('a refusal', () => {
  it('is an ApiError with all that the server says', async () => {
    await using house = await openHouse({}, [anna])
    const { users } = createClient({ url: `${house.url}/api/users` })
    await assert.rejects(users.create({ email: anna, password }), (error) => {
      assert.ok(error instanceof ApiError)
      const { message, ...rest } = error
      assert.match(message, /`email` Email already exists/)
      assert.deepEqual(rest, {
        statusCode: 422,
        name: 'ValidationError',
        code: 'VALIDATION_FAILED',
        details: {
          context: 'User',
          codes: { email: ['uniqueness'] },
          messages: { email: ['Email already exists'] },
        },
        retryAfter: undefined,
      })
      assert.ok(isApiError(error, 'LOGIN_FAILED', 'VALIDATION_FAILED'))
      assert.ok(!isApiError(error, 'LOGIN_FAILED'))
      return true
    })
  })

  it('says when to come back', async () => {
    const body = { error: { statusCode: 503, name: 'Error', message: 'busy', code: 'HASHING_BUSY' } }
    await using there = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end(JSON.stringify(body))
    })
    await assert.rejects(there.client.users.login({ email: anna, password }), {
      statusCode: 503,
      code: 'HASHING_BUSY',
      retryAfter: 7,
    })
  })

  it('has no code where a proxy answers in the server’s place', async () => {
    await using there = await serve((_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'))
    await assert.rejects(there.client.users.find(), (error) => {
      assert.ok(isApiError(error))
      assert.partialDeepStrictEqual({ ...error }, { statusCode: 502, code: undefined, details: undefined })
      return true
    })
  })
})

describe('a NetworkError', () => {
  it('says that nobody is there, and why', async () => {
    const left = await serve(() => {})
    await left[Symbol.asyncDispose]()
    await assert.rejects(left.client.users.find(), (error) => {
      assert.ok(error instanceof NetworkError && !isApiError(error))
      return error.cause instanceof Error
    })
  })

  for (const [what, listener] of Object.entries<RequestListener>({
    'a line that breaks': (_, response) =>
      response.writeHead(200, { 'content-length': 99 }).write('[', () => response.destroy()),
    'a page of somebody else’s': (_, response) =>
      response.writeHead(200).end('<h1>Welcome to our hotel</h1>'),
    'a redirect, which would carry the token on': (_, response) =>
      response.writeHead(307, { location: '/elsewhere' }).end(),
  })) {
    it(`stands for ${what}`, async () => {
      await using there = await serve(listener)
      await assert.rejects(there.client.users.find(), NetworkError)
    })
  }

  it('is not what an aborted call ends with', async () => {
    const arrival = Promise.withResolvers<void>()
    await using there = await serve(() => arrival.resolve())
    const leaving = new AbortController()
    const users = there.client.users.find({}, { signal: leaving.signal })
    await arrival.promise
    leaving.abort(new Error('the page is closed'))
    await assert.rejects(users, { message: 'the page is closed' })
    await assert.rejects(there.client.users.find({}, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
