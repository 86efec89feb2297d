import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, isAlone, openHouse, password, type RequestOptions } from '../open-house.ts'

const email = 'foo@bar.com'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const authorization = (value: string): RequestOptions => ({ headers: { authorization: value } })

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`an access token in the mode ${compatibility}`, () => {
    let house: House
    let token: string
    let other: string
    before(async () => {
      house = await openHouse({ compatibility }, [email, 'bert@bar.com'])
      token = await house.login(email)
      other = await house.login('bert@bar.com')
    })
    after(() => house[Symbol.asyncDispose]())

    const isFound = async (query: string, options?: RequestOptions) =>
      (await house.get(`/users/1${query}`, options)).status === 200

    it('is the first text there is: in the query, X-Access-Token, Authorization', async () => {
      const both = { headers: { 'x-access-token': other, authorization: token } }
      assert.equal(await isFound(`?access_token=${token}`, both), true)
      assert.equal(await isFound('', both), false)
      assert.equal(await isFound('', { headers: { 'x-access-token': '', authorization: token } }), true)
    })

    it('is the first text even when nobody knows it, or it is empty in the query', async () => {
      assert.equal(await isFound('?access_token=unknown', { token }), false)
      assert.equal(
        await isFound('', { headers: { 'x-access-token': 'unknown', authorization: token } }),
        false,
      )
      assert.equal(await isFound('?access_token=', { token }), false)
    })

    it('is no list and no object', async () => {
      assert.equal(await isFound('?access_token[]=unknown', { token }), true)
      assert.equal(await isFound(`?access_token=${other}&access_token=${other}`, { token }), true)
      assert.equal(await isFound('?access_token[a]=unknown', { token }), true)
    })

    it('follows Bearer with a capital, as it is or in base64', async () => {
      assert.equal(await isFound('', authorization(`Bearer ${token}`)), true)
      assert.equal(await isFound('', authorization(`Bearer ${base64(token)}`)), true)
      for (const scheme of ['bearer', 'BEARER', 'Token'])
        assert.equal(await isFound('', authorization(`${scheme} ${token}`)), false, scheme)
      for (const nothing of ['Bearer ', 'Bearer', 'Basic', 'Basic '])
        assert.equal(await isFound('', authorization(nothing)), false, nothing)
    })

    it('is the longer part of what follows Basic', async () => {
      for (const credentials of [token, `${token}:`, `foo:${token}`, `:${token}`])
        assert.equal(await isFound('', authorization(`basic ${base64(credentials)}`)), true, credentials)
    })

    it('is not looked for in the body of a logout', async () => {
      const reply = await house.post('/users/logout', { access_token: token })
      assert.equal(reply.status, 401)
      assert.equal(reply.body.error.message, 'accessToken is required to logout')
      assert.equal(await isFound('', { token }), true)
    })

    it('says once that it has expired, whatever it was sent to, and is unknown from then on', async () => {
      await using late = await openHouse({ compatibility }, [email])
      const paths = ['/users/1', '/users/nothing/here', ...(isAlone ? ['/nothing'] : [])]
      for (const path of paths) {
        const { body } = await late.post('/users/login', { email, password, ttl: 60 })
        late.now = new Date(Date.now() + 61_000)
        const options: RequestOptions = { token: body.id, headers: { accept: 'application/json' } }
        const first = await late.get(path, options)
        const second = await late.get(path, options)
        assert.equal(first.status, 401, path)
        assert.equal(first.body.error.code, 'INVALID_TOKEN')
        assert.notEqual(second.body.error.code, 'INVALID_TOKEN')
        late.now = undefined
      }
    })
  })
}
