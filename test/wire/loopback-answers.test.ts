import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type House, itRouting, openHouse, password, type Reply } from '../open-house.ts'

const emails = ['ann@bar.com', 'bert@bar.com']

/** Without this, `fetch` adds `no-cache` to whatever is conditional. */
const asking = { 'cache-control': 'max-age=0' }

/** Express's weak tag of a text. */
function tagOf(text: string): string {
  const digest = createHash('sha1').update(text).digest('base64').slice(0, 27)
  return `W/"${Buffer.byteLength(text).toString(16)}-${digest}"`
}

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`an answer in the mode ${compatibility}`, () => {
    let house: House
    let token: string
    before(async () => {
      house = await openHouse({ compatibility }, emails)
      token = await house.adminToken()
    })
    after(() => house[Symbol.asyncDispose]())

    const get = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
      house.get(path, { token, headers })

    it('has a weak ETag of its text, and may be kept', async () => {
      const { headers, body } = await get('/users/1')
      assert.equal(headers.get('etag'), tagOf(JSON.stringify(body)))
      assert.equal(headers.get('cache-control'), null)
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
      assert.equal(headers.get('vary'), 'Origin')
    })

    it('is 304 for who has it', async () => {
      const etag = (await get('/users/1')).headers.get('etag') as string
      for (const known of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
        const reply = await get('/users/1', { 'if-none-match': known, ...asking })
        assert.equal(reply.status, 304, known)
        assert.equal(reply.body, undefined)
        assert.equal(reply.headers.get('etag'), etag)
        assert.equal(reply.headers.get('content-type'), null)
      }
    })

    it('is whole for who has another one, or wants no cache asked', async () => {
      assert.equal((await get('/users/1', { 'if-none-match': '"other"', ...asking })).status, 200)
      assert.equal((await get('/users/1', { 'if-none-match': '*', 'cache-control': 'no-cache' })).status, 200)
      const date = new Date(0).toUTCString()
      assert.equal(
        (await get('/users/1', { ...asking, 'if-none-match': '*', 'if-modified-since': date })).status,
        200,
      )
    })

    itRouting('varies by origin, also as a refusal and as a page', async () => {
      for (const accept of ['application/json', 'text/html'])
        assert.equal((await house.get('/users', { headers: { accept } })).headers.get('vary'), 'Origin')
      assert.equal((await house.get('/users/%')).headers.get('vary'), 'Origin')
    })

    it('is 304 to reading only', async () => {
      const options = { headers: { 'if-none-match': '*', ...asking } }
      assert.equal((await house.post('/users/login', { email: emails[0], password }, options)).status, 200)
    })

    it('to HEAD is what GET has, without the body', async () => {
      const whole = await get('/users/1/exists')
      const head = await house.request('HEAD', '/users/1/exists', undefined, { token })
      assert.equal(head.status, 200)
      assert.equal(head.body, undefined)
      for (const name of ['etag', 'content-length'])
        assert.equal(head.headers.get(name), whole.headers.get(name))
      const known = await house.request('HEAD', '/users/1/exists', undefined, {
        token,
        headers: { 'if-none-match': '*', ...asking },
      })
      assert.equal(known.status, 304)
    })

    it('to HEAD of one name says whether there is a user of that id', async () => {
      const head = async (name: string) =>
        (await house.request('HEAD', `/users/${name}`, undefined, { token })).status
      assert.equal(await head('1'), 200)
      for (const name of ['99', 'count', 'findOne', 'confirm', 'change-stream'])
        assert.equal(await head(name), 404, name)
    })

    const ways: [accept: string, query: string, status: number][] = [
      ['*/*', '', 200],
      ['application/*', '', 200],
      ['text/html, */*;q=0.1', '', 200],
      ['application/json;q=0, */*', '', 200],
      ['application/javascript', '', 200],
      ['text/*', '', 200],
      ['text/html', '', 406],
      ['application/xml', '', 406],
      ['application/json;q=0', '', 406],
      ['application/json;charset=utf-8', '', 406],
      ['text/html', '?_format=json', 200],
      ['text/html', '?_format=JSON', 200],
      ['*/*', '?_format=', 200],
      ['*/*', '?_format=xml', 406],
      ['*/*', '?_format[]=json', 406],
    ]
    for (const [accept, query, status] of ways) {
      it(`is ${status} to Accept: ${accept} and ${query || 'no _format'}`, async () => {
        const reply = await get(`/users/1${query}`, { accept })
        assert.equal(reply.status, status)
        if (status === 200) return
        assert.equal(reply.body, 'Not Acceptable')
        assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8')
      })
    }

    it('that nobody accepts has been worked for', async () => {
      const options = { headers: { accept: 'text/html' } }
      const reply = await house.post('/users', { email: 'cleo@bar.com', password }, options)
      assert.equal(reply.status, 406)
      assert.equal((await house.post('/users/login', { email: 'cleo@bar.com', password })).status, 200)
    })

    it('without content stays one, whatever is accepted', async () => {
      const own = await house.login('bert@bar.com')
      const reply = await house.post('/users/logout', undefined, {
        token: own,
        headers: { accept: 'text/html' },
      })
      assert.equal(reply.status, 204)
      assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8')
    })
  })
}

describe('a list of many pages in the mode loopback3', () => {
  let house: House
  let token: string
  const count = 600
  before(async () => {
    house = await openHouse({ compatibility: 'loopback3' })
    const filler = 'x'.repeat(500)
    for (let first = 0; first < count; first += 100) {
      const accounts = Array.from({ length: 100 }, (_, index) => ({
        email: `u${first + index}@bar.com`,
        password,
        filler,
      }))
      await house.latchkey.users.createMany(accounts)
    }
    token = await house.adminToken()
  })
  after(() => house[Symbol.asyncDispose]())

  it('comes whole, without an ETag and without a word about caches', async () => {
    const { status, headers, body } = await house.get('/users', { token })
    assert.equal(status, 200)
    assert.equal(body.length, count + 1)
    assert.equal(headers.get('etag'), null)
    assert.equal(headers.get('cache-control'), null)
    assert.equal(headers.get('content-length'), null)
  })

  it('is not begun for who wants no JSON', async () => {
    const reply = await house.get('/users', { token, headers: { accept: 'text/html' } })
    assert.equal(reply.status, 406)
    assert.equal(reply.body, 'Not Acceptable')
    assert.equal((await house.get('/users/count', { token })).status, 200)
  })
})
