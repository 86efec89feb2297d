import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { type House, itAlone, itReadingBodies, openHouse, password, type Reply } from '../open-house.ts'

const form = 'application/x-www-form-urlencoded'
const account = { email: 'foo@bar.com', password }

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`a body in the mode ${compatibility}`, () => {
    let house: House
    before(async () => {
      house = await openHouse({ compatibility }, [account.email])
    })
    after(() => house[Symbol.asyncDispose]())

    const login = (body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
      house.post('/users/login', body, { headers })

    it('of another type than JSON and forms is none', async () => {
      const text = JSON.stringify(account)
      for (const type of [
        'text/plain',
        'application/vnd.api+json',
        'text/xml',
        'nonsense',
        'multipart/form-data',
      ]) {
        const { status, body } = await login(text, { 'content-type': type })
        assert.equal(status, 400, type)
        assert.equal(body.error.code, 'USERNAME_EMAIL_REQUIRED', type)
      }
      assert.equal((await login(text, { 'content-type': 'APPLICATION/JSON; charset="UTF-8"' })).status, 200)
    })

    it('of another type is none even where it could not be read, and the connection lives on', async () => {
      const { status } = await login('x'.repeat(200_000), {
        'content-type': 'text/plain',
        'content-encoding': 'zip',
      })
      assert.equal(status, 400)
      assert.equal((await login(account)).status, 200)
    })

    it('may be a form', async () => {
      const text = new URLSearchParams(account).toString()
      assert.equal((await login(text, { 'content-type': form })).status, 200)
    })

    it('may be compressed', async () => {
      const text = JSON.stringify(account)
      assert.equal((await login(gzipSync(text), { 'content-encoding': 'gzip' })).status, 200)
      assert.equal((await login(deflateSync(text), { 'content-encoding': 'Deflate' })).status, 200)
    })

    itReadingBodies('may not unfold to more than a body may hold', async () => {
      const bomb = gzipSync(JSON.stringify({ ...account, filler: ' '.repeat(10_000_000) }))
      assert.ok(bomb.length < 50_000)
      const { status, body } = await login(bomb, { 'content-encoding': 'gzip' })
      assert.equal(status, 413)
      assert.equal(body.error.message, 'request entity too large')
    })

    itReadingBodies('compressed badly is refused with what is wrong', async () => {
      const broken = await login('no gzip', { 'content-encoding': 'gzip' })
      assert.equal(broken.status, 400)
      assert.partialDeepStrictEqual(broken.body.error, {
        message: 'incorrect header check',
        code: 'Z_DATA_ERROR',
      })
      const unknown = await login(account, { 'content-encoding': 'bogus' })
      assert.equal(unknown.status, 415)
      assert.equal(unknown.body.error.message, 'unsupported content encoding "bogus"')
    })

    itAlone('that is no JSON is refused before anybody asks whether the path leads anywhere', async () => {
      const headers = { 'content-type': 'application/json' }
      for (const path of ['/users/login', '/users/nothing/here', '/nothing']) {
        const { status, body } = await house.post(path, '{bad', { headers })
        assert.equal(status, 400, path)
        assert.equal(body.error.name, 'SyntaxError', path)
      }
      const outside = await house.post(`${house.url}/elsewhere`, '{bad', { headers })
      assert.equal(outside.status, 404)
    })
  })
}
