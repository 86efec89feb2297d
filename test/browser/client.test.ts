import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { LatchkeyOptions } from '../../src/index.ts'
import { type House, openHouse, password } from '../open-house.ts'
import { launch, skip, visit } from './chromium.ts'

const email = 'foo@bar.com'

/** An application with the API at `/api`, the client's own files at `/client`, and an empty page. */
function applicationOf({ latchkey }: House): RequestListener {
  return (request, response) =>
    latchkey.handler(request, response, () => {
      const { url = '' } = request
      if (url.startsWith('/moved')) {
        response.writeHead(302, { location: '/api/users' }).end()
      } else if (url.startsWith('/client/')) {
        const source = readFileSync(join(import.meta.dirname, '../../src/client', basename(url)), 'utf8')
        response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(source))
      } else {
        response.setHeader('content-security-policy', "default-src 'self'")
        response.setHeader('content-type', 'text/html').end('<!doctype html>')
      }
    })
}

/** Runs a program in the page, with the client in reach. @returns what it returns, as JSON brings it */
function runIn(page: Page, program: string, url = '/api/users'): Promise<unknown> {
  return page.evaluate(`(async () => {
    const { createClient, webStorage, isApiError, NetworkError } = await import('/client/index.ts')
    const { users } = createClient({ url: '${url}', tokenStorage: webStorage(localStorage) })
    ${program}
  })()`)
}

describe('the client, in Chromium', { skip }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  async function open(emails: readonly string[] = [], options: LatchkeyOptions = {}) {
    const house = await openHouse(options, emails)
    const server = createServer(applicationOf(house)).listen(0, 'localhost')
    await once(server, 'listening')
    const visitor = await visit(browser)
    await visitor.page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    return {
      ...visitor,
      house,
      async [Symbol.asyncDispose]() {
        await visitor[Symbol.asyncDispose]()
        server.close()
        server.closeAllConnections()
        await house[Symbol.asyncDispose]()
      },
    }
  }

  it('keeps a session in localStorage, over a reload, till the logout', async () => {
    await using opened = await open()
    const { page, complaints } = opened
    const credentials = JSON.stringify({ email, password })
    await runIn(page, `await users.create(${credentials}); await users.login(${credentials})`)
    await page.reload()
    assert.deepEqual(await runIn(page, 'return users.findById(1, { fields: ["email"] })'), { email })
    assert.equal(await page.evaluate('localStorage.length'), 1)

    await runIn(page, 'await users.logout()')
    assert.equal(await page.evaluate('localStorage.length'), 0)
    const refusal = 'return users.findById(1).catch((error) => [isApiError(error), error.code])'
    assert.deepEqual(await runIn(page, refusal), [true, 'AUTHORIZATION_REQUIRED'])
    assert.deepEqual(complaints, [])
  })

  it('keeps a session in a cookie that no script sees, over a reload, till the logout', async () => {
    await using opened = await open([email], { tokens: { cookie: 'only' } })
    const { page, house } = opened
    const run = (program: string) =>
      page.evaluate(`(async () => {
        const { createClient, cookieStorage } = await import('/client/index.ts')
        const { users, sessions } = createClient({ url: '/api/users', tokenStorage: cookieStorage() })
        ${program}
      })()`)
    await run(`await users.login(${JSON.stringify({ email, password })})`)
    await page.reload()
    assert.deepEqual(await run('return [(await users.findMe()).email, document.cookie]'), [email, ''])
    await run('await users.patchAttributes(1, { city: "Bern" })')
    assert.equal((await house.latchkey.users.findById(1)).city, 'Bern')
    assert.deepEqual(await run('return (await sessions.list()).map(({ current }) => current)'), [true])
    await run('await users.logout()')
    assert.equal(await run('return users.findMe().catch(({ statusCode }) => statusCode)'), 401)
  })

  it('changes nothing by the cookie for a page of another origin', async () => {
    await using opened = await open([email], { tokens: { cookie: 'on' } })
    await using other = await open()
    const { page, house } = opened
    await runIn(page, `await users.login(${JSON.stringify({ email, password })})`)
    const url = JSON.stringify(new URL('/api/users/logout', page.url()).href)
    // To a browser two ports are one site: the cookie goes along.
    await page.goto(other.page.url())
    const form = `const form = document.createElement('form')
      Object.assign(form, { method: 'POST', action: ${url} })
      document.body.append(form)
      form.submit()`
    const [answer] = await Promise.all([page.waitForResponse(/logout/), page.evaluate(form)])
    assert.match(await answer.text(), /ORIGIN_NOT_ALLOWED/)
    assert.equal((await house.latchkey.tokens.list(1)).length, 1)
  })

  it('finds users, and hears of their changes', async () => {
    await using opened = await open([email])
    const token = JSON.stringify(await opened.house.adminToken())
    const program = `
      localStorage.setItem('latchkey.token', ${token})
      const changes = await users.changes()
      await users.patchAttributes(1, { nickname: 'ü' })
      const found = await users.find({ where: { nickname: 'ü' }, fields: ['id'] })
      for await (const { type, data } of changes) return [found, type, data.nickname]`
    assert.deepEqual(await runIn(opened.page, program), [[{ id: 1 }], 'update', 'ü'])
  })

  it('follows no redirect, which a browser hides', async () => {
    await using opened = await open()
    const program = 'return users.count().catch((error) => error instanceof NetworkError && error.message)'
    const message = 'The server redirects elsewhere; give the client the address it leads to'
    assert.equal(await runIn(opened.page, program, '/moved'), message)
  })
})
