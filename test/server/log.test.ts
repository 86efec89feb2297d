import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Folder, openFolder, type Server, serve } from '../cli/latchkey-process.ts'
import { adminRule, linkIn } from '../open-house.ts'

const headers = { 'content-type': 'application/json' }

function post(url: string, body: object, more: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) })
}

/** Waits until something is there: a line is written, and a mail lies in its folder, after the answer. */
async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1_000; tries++) {
    const found = look()
    if (found !== undefined) return found
    await pause(10)
  }
  throw new Error(`nothing came: ${look}`)
}

describe('the log', () => {
  let folder: Folder
  let server: Server
  let users: string
  let token: string
  let marks = 0
  const secret = 'correct horse: battery/staple'

  before(async () => {
    folder = openFolder()
    const user = { acls: [adminRule], emailVerificationRequired: true }
    const options = { log: { level: 'debug' }, roles: { admin: ['root@example.com'] }, user }
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(options))
    server = await serve([], { folder })
    users = `${server.url}/api/users`
    await post(users, { email: 'root@example.com', password: secret })
    await post(`${users}/login`, { email: 'root@example.com', password: secret })
    const link = linkIn(await eventually(mailed))
    await fetch(link, { redirect: 'manual' })
    const login = await post(`${users}/login`, { email: 'root@example.com', password: secret })
    token = ((await login.json()) as { id: string }).id
    assert.match(token, /^\w{64}$/)
  })

  after(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  function mailed(): string | undefined {
    const [name] = readdirSync(folder.path).includes('mail')
      ? readdirSync(folder.file('mail')).filter((file) => file.endsWith('.eml'))
      : []
    return name && readFileSync(folder.file(`mail/${name}`), 'utf8')
  }

  /** What was logged about one request, which a parameter of its own tells from the others. */
  async function lineOf(method: string, path: string, more: Record<string, string> = {}): Promise<string> {
    const mark = `mark${++marks}end`
    await fetch(`${server.url}${path}${path.includes('?') ? '&' : '?'}${mark}`, {
      method,
      headers: { authorization: token, ...more },
    })
    return eventually(() => lines().find((line) => line.includes(mark)))
  }

  function lines(): string[] {
    return server.output().split('\n')
  }

  function assertNoSecret(text: string, ...secrets: string[]): void {
    for (const one of secrets) {
      const words = one.includes(' ') ? one.split(/\W+/) : []
      for (const form of [one, encodeURIComponent(one), ...words]) {
        assert.ok(!text.includes(form), `${form} in ${text}`)
      }
    }
  }

  it('has a line of JSON for each request: method, URL, status and time', async () => {
    const line = JSON.parse(await lineOf('GET', '/api/users/count'))
    assert.partialDeepStrictEqual(line, { level: 'debug', method: 'GET', status: 200 })
    assert.match(line.url, /^\/api\/users\/count\?/)
    assert.equal(typeof line.ms, 'number')
    assert.ok(!Number.isNaN(Date.parse(line.time)))
  })

  it('tells who signed up, logged in and failed to, by id', async () => {
    await post(`${users}/login`, { email: 'root@example.com', password: 'wrong' })
    for (const event of ['created', 'verified', 'loggedIn', 'loginFailed']) {
      const line = await eventually(() => lines().find((one) => one.includes(`"event":"${event}"`)))
      assert.partialDeepStrictEqual(JSON.parse(line), { level: 'info', event, userId: 1 })
    }
  })

  /** What was logged of an event, on behalf of the request with that answer. */
  async function toldOf(event: string, reply: Response): Promise<Record<string, unknown>> {
    const requestId = reply.headers.get('x-request-id') as string
    const line = await eventually(() =>
      lines().find((one) => one.includes(`"event":"${event}"`) && one.includes(requestId)),
    )
    return JSON.parse(line)
  }

  it('tells of each such event whose account it was, from where, and in which request', async () => {
    const [owner, changed] = ['carl@example.com', 'another horse']
    const patch = (path: string, body: object, authorization: string) =>
      fetch(`${users}${path}`, {
        method: 'PATCH',
        headers: { ...headers, authorization },
        body: JSON.stringify(body),
      })
    const signUp = await post(users, { email: owner, password: secret })
    const { id: userId } = (await signUp.json()) as { id: number }
    // An administrator may vouch for an address.
    await patch(`/${userId}`, { emailVerified: true }, token)
    const login = await post(`${users}/login`, { email: owner, password: secret })
    const { id: authorization } = (await login.json()) as { id: string }
    const failed = await post(`${users}/login`, { email: owner, password: 'wrong' })
    const asked = await post(`${users}/reset`, { email: owner })
    const words = { oldPassword: secret, newPassword: changed }
    const change = await post(`${users}/change-password`, words, { authorization })
    const logout = await post(`${users}/logout`, {}, { authorization })
    const removal = await fetch(`${users}/${userId}`, { method: 'DELETE', headers: { authorization: token } })
    const told = Object.entries({
      created: signUp,
      loggedIn: login,
      loginFailed: failed,
      resetAsked: asked,
      passwordChanged: change,
      loggedOut: logout,
      deleted: removal,
    })
    for (const [event, reply] of told) {
      const line = await toldOf(event, reply)
      assert.partialDeepStrictEqual(line, { level: 'info', event, userId })
      assert.match(String(line.address), /^(127\.0\.0\.1|::1)$/)
      assertNoSecret(JSON.stringify(line), secret, changed, owner)
    }
  })

  it('tells of a reset for an address that nobody has, without the address', async () => {
    const reply = await post(`${users}/reset`, { email: 'nobody@example.com' })
    const line = await toldOf('resetAsked', reply)
    assert.equal('userId' in line, false)
    assertNoSecret(JSON.stringify(line), 'nobody@example.com')
  })

  it('has no line that somebody else has written', async () => {
    const forged = '{"level":"error","msg":"forged"}'
    const name = `x\n${forged}\r\u2028${forged}`
    await post(`${users}/login`, { email: name, password: name })
    await post(users, { email: 'eve@example.com', password: secret, username: name, [name]: name })
    await fetch(`${users}/${encodeURIComponent(name)}`, {
      headers: { 'x-request-id': 'forged', 'user-agent': forged },
    })
    await lineOf('GET', '/live')
    const parsed = lines()
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    assert.ok(parsed.every(({ msg, requestId }) => msg !== 'forged' && requestId !== 'forged'))
  })

  it('has no password, however it came to a request', async () => {
    const before = server.output().length
    await post(`${users}/login`, { email: 'nobody@example.com', password: 'wrong-guess' })
    await post(
      `${users}/change-password`,
      { oldPassword: 'wrong-guess', newPassword: 'brandnew' },
      { authorization: token },
    )
    await post(users, { email: 'no address', password: 'unlucky' })
    await lineOf('GET', '/live')
    assertNoSecret(server.output().slice(before), secret, 'wrong-guess', 'brandnew', 'unlucky')
  })

  it('has no token that came in a header', async () => {
    assertNoSecret(await lineOf('GET', '/api/users/1'), token)
    assertNoSecret(await lineOf('GET', '/api/users/1', { 'x-access-token': token }), token)
    assertNoSecret(await lineOf('GET', '/api/users/1', { authorization: `Bearer ${token}` }), token)
  })

  for (const name of [
    'access_token',
    'access%5Ftoken',
    '%61ccess_token',
    'ACCESS_TOKEN',
    'access_token[]',
    'token',
  ]) {
    it(`has no token that came in the query as ${name}`, async () => {
      assertNoSecret(await lineOf('GET', `/api/users/1?${name}=${token}`), token)
      assertNoSecret(await lineOf('GET', `/elsewhere?uid=1&${name}=${token}`), token)
    })
  }

  it('has no token that stands in a path', async () => {
    const line = await lineOf('DELETE', `/api/users/99/accessTokens/${token}`)
    assertNoSecret(line, token)
    assert.match(line, /accessTokens/)
  })

  it('has no query at all where its escapes are broken', async () => {
    const before = server.output().length
    await fetch(`${server.url}/api/users/1?access_token=${token}&broken=%zz`)
    await fetch(`${server.url}/%zz?access_token=${token}`)
    await lineOf('GET', '/live')
    assertNoSecret(server.output().slice(before), token)
  })

  for (const [what, path] of [
    ['as a parameter', `?email=a@example.com&password=${encodeURIComponent(secret)}`],
    ['in brackets', `?filter[where][password]=${encodeURIComponent(secret)}`],
    ['in a filter', `?filter=${encodeURIComponent(JSON.stringify({ where: { password: secret } }))}`],
    ['in data', `/1?data=${encodeURIComponent(JSON.stringify({ password: secret }))}`],
  ] as const) {
    it(`has no password that came in the query ${what}`, async () => {
      assertNoSecret(await lineOf('PUT', `/api/users${path}`), secret)
    })
  }

  it('has no token that was mailed', async () => {
    const mailedToken = new URL(linkIn(await eventually(mailed))).searchParams.get('token') as string
    assert.ok(mailedToken.length >= 64)
    assertNoSecret(server.output(), mailedToken)
  })

  it('has no line that a request has made up', async () => {
    const forged = '\n{"level":"info","event":"loggedIn","userId":1,"msg":"forged"}\r\n'
    await post(`${users}/login`, { username: forged, password: 'wrong' })
    await post(users, { email: `joe@example.com${forged}`, password: 'wrong' })
    await lineOf('GET', `/api/users/${encodeURIComponent(forged)}`)
    await lineOf('GET', `/elsewhere?${encodeURIComponent(forged)}=1`)
    for (const line of lines().filter((one) => one.includes('forged')))
      assert.equal(typeof JSON.parse(line).url, 'string')
    assert.ok(!lines().some((line) => line.startsWith('{"level":"info","event"')))
  })

  it('has no hash', () => {
    assert.doesNotMatch(server.output(), /\$argon2|\$2[aby]\$/)
  })
})

describe('the log of a mail that could not be sent', () => {
  it('names whom it was for, and neither the link nor the mail server’s password', async () => {
    using folder = openFolder()
    const settings = {
      mail: { url: 'smtp://mailer:Tr0ub4dor@127.0.0.1:1' },
      user: { emailVerificationRequired: true },
    }
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(settings))
    await using server = await serve([], { folder })
    const reply = await post(`${server.url}/api/users`, { email: 'ann@example.com', password: 'bar' })
    assert.equal(reply.status, 200)
    const line = await eventually(() =>
      server
        .output()
        .split('\n')
        .find((text) => text.includes('"error"')),
    )
    assert.match(line, /ann@example\.com/)
    assert.doesNotMatch(server.output(), /Tr0ub4dor|[?&]token=|\w{64}/)
  })
})

describe('the log of a promise that nobody listens to', () => {
  it('tells of it, and the server goes on', async () => {
    using folder = openFolder()
    writeFileSync(
      folder.file('hooks.mjs'),
      `export function created() { void Promise.reject(new Error('of smtp://mailer:Tr0ub4dor@mail')) }`,
    )
    await using server = await serve(['--hooks', folder.file('hooks.mjs')], { folder })
    await post(`${server.url}/api/users`, { email: 'ann@example.com', password: 'bar' })
    await eventually(() => (server.output().includes('rejected unheard') ? true : undefined))
    assert.equal((await fetch(`${server.url}/live`)).status, 200)
    assert.doesNotMatch(server.output(), /Tr0ub4dor/)
  })
})
