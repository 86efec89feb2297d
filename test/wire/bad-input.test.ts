import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import {
  type House,
  itAlone,
  itReadingBodies,
  itRouting,
  linkIn,
  openHouse,
  password,
  type Reply,
} from '../open-house.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** One house for all tests: whatever one of them sends, the server must be there for the next. */
let house: House
let anna: string
let admin: string

before(async () => {
  house = await openHouse({ rateLimit: false }, ['anna@example.com'])
  anna = await house.login('anna@example.com')
  admin = await house.adminToken()
})
after(() => house[Symbol.asyncDispose]())

let alreadyLogged = 0
beforeEach(() => {
  alreadyLogged = house.logs.length
})
afterEach(async () => {
  assert.equal((await house.get(`${house.url}/health`)).status, 200)
  const failures = house.logs.slice(alreadyLogged).filter(({ level }) => level === 'error')
  assert.deepEqual(failures, [])
})

/** A refusal in LoopBack's form, and nothing beyond it. */
function isRefused(reply: Reply, status: number, expected: object = {}, what?: string): void {
  assert.equal(reply.status, status, `${what}: ${JSON.stringify(reply.body)}`)
  assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.deepEqual(Object.keys(reply.body), ['error'])
  const { statusCode, name, message, code, details: _, ...rest } = reply.body.error
  assert.deepEqual(rest, {})
  assert.equal(statusCode, status)
  for (const part of [name, message, code]) assert.equal(typeof part, 'string')
  assert.partialDeepStrictEqual(reply.body.error, expected)
}

interface RawRequest {
  readonly method?: string
  /** The whole path, as it is to stand in the request line. */
  readonly path: string
  readonly headers?: Record<string, string>
  /** Sent in chunks, without its length being told, when it is a list. */
  readonly body?: string | readonly string[]
}

/** Sends what `fetch` would put right. */
async function raw({ method = 'POST', path, headers, body = '' }: RawRequest): Promise<Reply> {
  const { hostname, port } = new URL(house.url)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request({ host: hostname, port, method, path, headers, agent: false }, resolve)
  outgoing.on('error', reject)
  if (typeof body === 'string') outgoing.end(body)
  else {
    for (const chunk of body) outgoing.write(chunk)
    outgoing.end()
  }
  const incoming = await promise
  const text = await textOf(incoming)
  return {
    status: incoming.statusCode as number,
    headers: new Headers(incoming.headers as Record<string, string>),
    body: text.startsWith('{') ? JSON.parse(text) : text,
  }
}

const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const nestedLists = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

describe('JSON that is none', () => {
  const broken = ['{', '{bad', '{"a":1,}', "{'a':1}", '[1,2', '{"a":1}{"b":2}', 'undefined', 'NaN', '"\n"']

  itReadingBodies('is refused in the words of the parser', async () => {
    for (const body of broken) {
      let message = ''
      try {
        JSON.parse(body)
      } catch (error) {
        message = (error as Error).message
      }
      isRefused(await house.post('/users', body), 400, { name: 'SyntaxError', message }, body)
    }
  })

  itReadingBodies(
    'is refused wherever a body is read, and before anybody is asked for permission',
    async () => {
      for (const [method, path] of [
        ['POST', '/users'],
        ['PUT', '/users'],
        ['PUT', '/users/1'],
        ['POST', '/users/1/accessTokens'],
        ['POST', '/users/login'],
        ['POST', '/users/logout'],
        ['POST', '/users/reset'],
      ] as const) {
        isRefused(
          await house.request(method, path, '{bad'),
          400,
          { name: 'SyntaxError' },
          `${method} ${path}`,
        )
      }
    },
  )

  itAlone('is refused even on paths that are none', async () => {
    for (const path of ['/users/1/nothing', '/Users/1/nothing', '/Nothing']) {
      isRefused(await house.post(path, '{bad'), 400, { name: 'SyntaxError' }, path)
    }
  })
})

describe('a key that is there twice', () => {
  itReadingBodies('counts as it is written last', async () => {
    const body =
      '{"email":"first@example.com","password":"secret","email":"last@example.com","a":{"b":1,"b":2}}'
    const { status, body: account } = await house.post('/users', body)
    assert.deepEqual([status, account.email, account.a], [200, 'last@example.com', { b: 2 }])
  })
})

describe('a body that is no object', () => {
  itReadingBodies('is refused', async () => {
    for (const body of ['5', '"text"', 'true', 'false', '0', '""', '-1e3']) {
      const expected = { message: 'Value is not an object.' }
      isRefused(await house.post('/users', body), 400, expected, body)
      isRefused(await house.put('/users/1', body, { token: anna }), 400, expected, body)
      isRefused(await house.put('/users', body, { token: admin }), 400, expected, body)
      isRefused(await house.post('/users/login', body), 400, expected, body)
      isRefused(await house.post('/users/1/accessTokens', body, { token: admin }), 400, expected, body)
    }
  })

  itReadingBodies('is refused before anybody is asked for permission', async () => {
    for (const body of ['[]', '5', '"text"']) {
      isRefused(await house.put('/users/1', body), 400, { message: 'Value is not an object.' }, body)
    }
  })
})

describe('the content type', () => {
  it('must be JSON or a form', async () => {
    for (const type of [
      'text/plain',
      'text/xml',
      'application/xml',
      'application/vnd.api+json',
      'application/json-patch+json',
      'application/jsonx',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
    ]) {
      const reply = await house.post('/users', '{}', { headers: { 'content-type': type } })
      isRefused(reply, 415, { name: 'UnsupportedMediaTypeError' }, type)
    }
  })

  itReadingBodies('must be told, and be one', async () => {
    const untold: Record<string, string>[] = [{}, { 'content-type': 'garbage' }, { 'content-type': '' }]
    for (const headers of untold) {
      const reply = await raw({ path: '/api/users', headers, body: '{"email":"joe@example.com"}' })
      isRefused(reply, 415, { name: 'UnsupportedMediaTypeError' }, JSON.stringify(headers))
    }
  })

  itReadingBodies('may be written in any letter case, and say UTF-8 in any of its spellings', async () => {
    for (const type of [
      'Application/JSON',
      'application/json;charset=UTF-8',
      'application/json; charset="utf-8"',
      'application/json; Charset=utf8',
    ]) {
      const reply = await house.post('/users', '{}', { headers: { 'content-type': type } })
      isRefused(reply, 422, { name: 'ValidationError' }, type)
    }
  })

  itReadingBodies('may name no other character set', async () => {
    for (const [charset, shown] of [
      ['bogus', 'BOGUS'],
      ['iso-8859-1', 'ISO-8859-1'],
      ['utf-7', 'UTF-7'],
    ]) {
      const headers = { 'content-type': `application/json; charset=${charset}` }
      isRefused(await house.post('/users', '{}', { headers }), 415, {
        name: 'UnsupportedMediaTypeError',
        message: `unsupported charset "${shown}"`,
      })
    }
  })

  itReadingBodies('may not hide behind an unknown encoding', async () => {
    const reply = await house.post('/users', '{}', { headers: { 'content-encoding': 'bogus' } })
    isRefused(reply, 415, {
      name: 'UnsupportedMediaTypeError',
      message: 'unsupported content encoding "bogus"',
    })
  })
})

describe('text that no database keeps', () => {
  itReadingBodies('is refused when it is not UTF-8', async () => {
    const account = (bytes: number[]) =>
      Buffer.concat([
        Buffer.from('{"email":"joe@example.com","password":"secret","a":"'),
        Buffer.from(bytes),
        Buffer.from('"}'),
      ])
    for (const bytes of [
      [0xff],
      [0x80],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xe2, 0x82],
      [0xf5, 0x80, 0x80, 0x80],
    ]) {
      isRefused(await house.post('/users', account(bytes)), 400, {}, bytes.join())
    }
    for (const text of ['email=joe@example.com&password=%ff', '%c0%af=1', 'a=%E4']) {
      isRefused(await house.post('/users', text, { headers: form }), 400, {}, text)
    }
    isRefused(await house.get('/users/1?filter=%ff', { token: anna }), 400)
    isRefused(await house.get('/users/confirm?uid=1&token=%E0%A4%A'), 400)
  })

  it('takes a percent sign that starts no escape for itself, in a form', async () => {
    const reply = await house.post('/users', 'email=percent@example.com&password=secret&rate=100%', {
      headers: form,
    })
    assert.equal(reply.body.rate, '100%')
  })

  it('is refused when there is a NUL in it, or half a character', async () => {
    for (const escaped of ['\\u0000', '\\ud800', '\\udc00', '\\udc00\\ud800']) {
      for (const body of [
        `{"email":"joe@example.com","password":"secret","a":"x${escaped}"}`,
        `{"email":"joe@example.com","password":"secret","a":[{"b${escaped}":1}]}`,
        `{"email":"joe@example.com","password":"secret${escaped}"}`,
        `{"email":"joe${escaped}@example.com","password":"secret"}`,
        `[{"email":"joe@example.com","password":"secret","username":"${escaped}"}]`,
      ]) {
        isRefused(await house.post('/users', body), 400, {}, body)
      }
      isRefused(await house.put('/users/1', `{"a":"${escaped}"}`, { token: anna }), 400)
      isRefused(await house.post('/users/login', `{"email":"${escaped}","password":"x"}`), 400)
      isRefused(await house.get(`/users?filter={"where":{"a":"${escaped}"}}`, { token: admin }), 400)
      isRefused(await house.put(`/users/1?data={"a":"${escaped}"}`, undefined, { token: anna }), 400)
    }
    isRefused(await house.post('/users', 'email=joe%00@example.com&password=x', { headers: form }), 400)
    isRefused(await house.get('/users?filter[where][a]=%00', { token: admin }), 400)
  })
})

describe('nesting', () => {
  it('of JSON may be 32 levels deep, and no deeper', async () => {
    for (const nested of [nestedObjects, nestedLists]) {
      const deepest = nested(32).replace('{', '{"password":null,')
      isRefused(await house.post('/users', deepest), 422)
      isRefused(await house.post('/users', nested(33)), 400, { code: 'TOO_DEEP' })
    }
  })

  itReadingBodies('a thousand levels deep is refused wherever a body is read', async () => {
    for (const [method, path] of [
      ['POST', '/users'],
      ['PUT', '/users'],
      ['PUT', '/users/1'],
      ['POST', '/users/1/accessTokens'],
      ['POST', '/users/login'],
      ['POST', '/users/logout'],
      ['POST', '/users/reset'],
    ] as const) {
      for (const body of [nestedObjects(1_000), nestedLists(1_000), '['.repeat(50_000)]) {
        isRefused(await house.request(method, path, body), 400, {}, `${method} ${path}`)
      }
    }
  })

  it('cannot be simulated by brackets in a text', async () => {
    const reply = await house.post('/users', { a: '{['.repeat(1_000), b: '\\"{{{{' })
    isRefused(reply, 422, { name: 'ValidationError' })
  })

  itReadingBodies('is bounded in a form, and so is the number of its fields', async () => {
    const deep = `a${'[b]'.repeat(1_000)}=1`
    const wide = Array.from({ length: 5_000 }, (_, index) => `k${index}=1`).join('&')
    const long = Array.from({ length: 5_000 }, () => 'k[]=1').join('&')
    for (const body of [deep, wide, long]) {
      isRefused(await house.post('/users', body, { headers: form }), 400)
    }
  })

  it('is bounded in a query as well', async () => {
    for (const depth of [33, 1_000, 12_000]) {
      const json = nestedLists(depth)
      isRefused(await house.put(`/users/1?data=${json}`, undefined, { token: anna }), 400, {}, `${depth}`)
      isRefused(await house.get(`/users?filter=${json}`, { token: admin }), 400, {}, `${depth}`)
      isRefused(await house.get(`/users/count?where=${json}`, { token: admin }), 400, {}, `${depth}`)
    }
    const brackets = '[a]'.repeat(1_000)
    isRefused(await house.put(`/users/1?data${brackets}=1`, undefined, { token: anna }), 400)
    isRefused(await house.get(`/users?filter${brackets}=1`, { token: admin }), 400)
  })
})

describe('size', () => {
  const account = (length: number) => {
    const body = JSON.stringify({ email: 'joe', note: '' })
    return body.replace('""', `"${'x'.repeat(length - body.length)}"`)
  }

  itReadingBodies('of a body may be 100 kB', async () => {
    const longest = account(102_400)
    isRefused(await house.post('/users', longest), 422)
    isRefused(await house.post('/users', account(102_401)), 413, {
      name: 'PayloadTooLargeError',
      message: 'request entity too large',
    })
  })

  itReadingBodies(
    'of a body counts whatever it is, wherever it goes, and whether or not its length is told',
    async () => {
      const long = 'x'.repeat(200_000)
      isRefused(await house.post('/users', `a=${long}`, { headers: form }), 413)
      isRefused(await house.post('/users/login', { password: long }), 413)
      isRefused(await house.put('/users/1', { a: long }), 413)
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
      const chunks = ['{"a":"', ...Array.from({ length: 15 }, () => 'x'.repeat(10_000)), '"}']
      isRefused(await raw({ path: '/api/users', headers, body: chunks }), 413)
    },
  )

  itAlone('of a body counts even on paths that are none', async () => {
    for (const path of ['/users/1/nothing', '/Users/1/nothing', '/Nothing']) {
      isRefused(await house.post(path, account(102_401)), 413, { name: 'PayloadTooLargeError' }, path)
    }
  })

  itAlone('of a request line and its headers is bounded', async () => {
    const long = 'x'.repeat(40_000)
    for (const reply of [
      await raw({ method: 'GET', path: `/api/users?filter=${long}` }),
      await raw({ method: 'GET', path: '/api/users', headers: { 'x-access-token': long } }),
    ]) {
      assert.equal(reply.status, 431)
      assert.equal(reply.body.error.statusCode, 431)
    }
    const token = 'x'.repeat(20_000)
    isRefused(await house.get('/users/1', { token }), 401, { code: 'AUTHORIZATION_REQUIRED' })
    isRefused(await house.get(`/users/1?access_token=${token}`), 401, { code: 'AUTHORIZATION_REQUIRED' })
  })

  it('of a value is bounded by what it is', async () => {
    const long = 'x'.repeat(90_000)
    for (const property of ['email', 'username', 'realm', 'password']) {
      const sent = { email: 'joe@example.com', password, [property]: long }
      isRefused(await house.post('/users', sent), 422, {}, property)
    }
    isRefused(await house.post('/users/login', { email: 'anna@example.com', password: long }), 401, {
      code: 'LOGIN_FAILED',
    })
    isRefused(await house.post('/users/login', { email: long, password }), 401, { code: 'LOGIN_FAILED' })
    isRefused(await house.get(`/users/confirm?uid=1&token=${'x'.repeat(20_000)}`), 400)
    isRefused(await house.get(`/users/confirm?uid=${'9'.repeat(20_000)}&token=x`), 404)
  })
})

describe('values of a wrong type', () => {
  const strangers: unknown[] = [5, true, {}, { toString: 1 }, [], ['x'], [[]], { $gt: '' }]

  it('are refused when an account is created', async () => {
    for (const property of ['email', 'password', 'username', 'realm']) {
      for (const value of strangers) {
        // A number and a boolean are taken for the text of a name.
        if (property !== 'email' && property !== 'password' && typeof value !== 'object') continue
        const sent = { email: 'joe@example.com', password, [property]: value }
        isRefused(await house.post('/users', sent), 422, {}, `${property} ${JSON.stringify(value)}`)
      }
    }
  })

  it('are refused at login', async () => {
    for (const value of strangers) {
      const what = JSON.stringify(value)
      const email = 'anna@example.com'
      isRefused(await house.post('/users/login', { email: value, password }), 400, {}, what)
      isRefused(await house.post('/users/login', { username: value, password }), 400, {}, what)
      isRefused(await house.post('/users/login', { email, password: value }), 401, {}, what)
      if (typeof value !== 'object') continue
      isRefused(await house.post('/users/login', { email, password, ttl: value }), 400, {}, what)
    }
  })

  it('are refused when a reset is asked for', async () => {
    for (const email of [...strangers, null, undefined]) {
      isRefused(await house.post('/users/reset', { email }), 400, {}, JSON.stringify(email))
    }
    for (const realm of strangers) {
      const reply = await house.post('/users/reset', { email: 'anna@example.com', realm })
      isRefused(reply, 400, {}, JSON.stringify(realm))
    }
  })
})

describe('ids nobody has', () => {
  itRouting('are refused, or found not to exist', async () => {
    for (const id of [
      '01',
      '1e0',
      'true',
      'null',
      '-1',
      '1.5',
      '9'.repeat(400),
      '%00',
      '%27',
      '%F0%9F%92%83',
    ]) {
      const token = admin
      for (const reply of [
        await house.get(`/users/${id}`, { token }),
        await house.put(`/users/${id}`, { age: 1 }, { token }),
        await house.get(`/users/${id}/accessTokens`, { token }),
        await house.post(`/users/${id}/accessTokens`, {}, { token }),
        await house.delete(`/users/${id}/accessTokens`, { token }),
        await house.get(`/users/confirm?uid=${id}&token=x`),
      ]) {
        assert.ok(reply.status === 404 || reply.status === 400, `${id}: ${reply.status}`)
        isRefused(reply, reply.status)
      }
      assert.equal((await house.get(`/users/${id}`)).status, 401)
    }
  })

  it('are refused when they are too long to be one', async () => {
    for (const length of [2_000, 20_000]) {
      const { status } = await house.get(`/users/${'9'.repeat(length)}`, { token: admin })
      assert.ok(status === 400 || status === 404, `${length}: ${status}`)
    }
  })

  itAlone('are named when their escapes are broken', async () => {
    for (const [path, param] of [
      ['/users/%E0%A4%A', '%E0%A4%A'],
      ['/users/%E0%A4%A?x=1', '%E0%A4%A'],
      ['/users/%ff/exists', '%ff'],
      ['/users/1/accessTokens/%', '%'],
    ] as const) {
      const reply = await raw({ method: path.includes('Tokens') ? 'DELETE' : 'GET', path: `/api${path}` })
      isRefused(reply, 400, { name: 'URIError', message: `Failed to decode param '${param}'` }, path)
    }
  })
})

describe('the key __proto__', () => {
  it('is refused in JSON, in forms and in queries, at any depth', async () => {
    const refusals = [
      await house.post('/users', '{"email":"joe@example.com","password":"secret","__proto__":{"x":1}}'),
      await house.post('/users', '{"a":[{"b":{"__proto__":null}}]}'),
      await house.post('/users', '[{"__proto__":1}]'),
      await house.post('/users', '{"\\u005f_proto__":{"x":1}}'),
      await house.post('/users', '__proto__[x]=1', { headers: form }),
      await house.post('/users', 'a[__proto__][x]=1', { headers: form }),
      await house.post('/users', '%5F_proto__=1', { headers: form }),
      await house.post('/users/login', '{"email":"anna@example.com","__proto__":{"password":"x"}}'),
      await house.post('/users/reset', '{"__proto__":{"email":"anna@example.com"}}'),
      await house.put('/users/1', '{"__proto__":{"x":1}}', { token: anna }),
      await house.put('/users/1?data={"__proto__":{"x":1}}', undefined, { token: anna }),
      await house.put('/users/1?data[__proto__][x]=1', undefined, { token: anna }),
      await house.get('/users?filter={"where":{"__proto__":{"x":1}}}', { token: admin }),
      await house.get('/users?filter[where][__proto__][x]=1', { token: admin }),
      await house.get('/users/count?where[__proto__]=1', { token: admin }),
      await house.get('/users/confirm?__proto__[uid]=1&__proto__[token]=x'),
    ]
    for (const [index, reply] of refusals.entries()) {
      assert.ok(reply.status === 400 || reply.status === 422, `${index}: ${reply.status}`)
      isRefused(reply, reply.status)
    }
    assert.equal(Reflect.get({}, 'x'), undefined)
  })
})

describe('methods and paths that are none', () => {
  itRouting('are named in LoopBack’s words, in any spelling of the path', async () => {
    for (const path of ['/users/1/nothing?x=1', '/Users/1/nothing?x=1', '//users/1/nothing?x=1']) {
      isRefused(
        await house.get(path),
        404,
        { message: 'Shared class "User" has no method handling GET /1/nothing?x=1' },
        path,
      )
    }
    isRefused(await house.request('PROPFIND', '/users'), 404, {
      message: 'Shared class "User" has no method handling PROPFIND /',
    })
    isRefused(await house.post('/users/1', {}), 404, {
      message: 'Shared class "User" has no method handling POST /1',
    })
    isRefused(await house.request('DELETE', '/users?x=1'), 404, {
      message: 'Shared class "User" has no method handling DELETE /?x=1',
    })
  })

  itAlone('are named when there is no such model, or when they are nowhere near', async () => {
    isRefused(await house.get('/Nothing'), 404, { message: 'There is no method to handle GET /Nothing' })
    isRefused(await house.get('/AccessTokens'), 404, {
      message: 'There is no method to handle GET /AccessTokens',
    })
    isRefused(await house.get(`${house.url}/elsewhere`), 404, { message: 'Cannot GET /elsewhere' })
    isRefused(await house.post(`${house.url}/users`, {}), 404, { message: 'Cannot POST /users' })
  })

  itAlone('include every verb HTTP knows, and those it does not know', async () => {
    for (const method of ['TRACE', 'MKCOL', 'PURGE', 'M-SEARCH', 'LINK', 'UNLOCK']) {
      isRefused(await raw({ method, path: '/api/users' }), 404, {}, method)
      isRefused(await raw({ method, path: '/api/users/1' }), 404, {}, method)
    }
    isRefused(await raw({ method: 'GIMME', path: '/api/users' }), 400)
  })

  it('do not include a HEAD that follows a mailed link', async () => {
    await using verifying = await openHouse({ user: { emailVerificationRequired: true } })
    await verifying.post('/users', { email: 'joe@example.com', password })
    const link = linkIn((await verifying.mails(1))[0] as string)

    const head = await verifying.request('HEAD', link)
    assert.ok(head.status >= 400, `status ${head.status}`)
    const login = await verifying.post('/users/login', { email: 'joe@example.com', password })
    assert.partialDeepStrictEqual(login.body, { error: { code: 'LOGIN_FAILED_EMAIL_NOT_VERIFIED' } })
    assert.equal((await verifying.get(link)).status, 302)
  })
})

describe('more parameters than anybody needs', () => {
  itReadingBodies('are called too many, and not too deep', async () => {
    await using many = await openHouse()
    const text = Array.from({ length: 1_200 }, (_, index) => `a%5B${index}%5D=1`).join('&')
    const reply = await many.post('/users', text, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'QUERY_TOO_LARGE' } } })
  })
})
