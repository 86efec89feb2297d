import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type House, linkIn, openHouse } from '../open-house.ts'

const anna = 'anna@example.com'
const noon = new Date('2030-01-01T12:00:00Z')

/** How many tokens in URLs each line of the log tells of. */
function toldIn({ logs }: House): number[] {
  return logs.flatMap(({ level, fields }) =>
    level === 'warn' && 'event' in fields && fields.event === 'tokensInUrls' && 'count' in fields
      ? [fields.count as number]
      : [],
  )
}

describe('a token in the URL', () => {
  it('is counted, and told the log once a minute, never with the token', async () => {
    await using house = await openHouse({}, [anna])
    house.now = noon
    const token = await house.login(anna)
    for (let times = 0; times < 4; times++) await house.get(`/users/1?access_token=${token}`)
    assert.deepEqual(toldIn(house), [1])
    house.now = new Date(noon.getTime() + 60_000)
    await house.get('/users/1', { token })
    assert.deepEqual(toldIn(house), [1])
    await house.latchkey.identify({ headers: {}, url: `/orders?access_token=${token}` })
    assert.deepEqual(toldIn(house), [1, 4])
    const told = house.logs.filter(({ level }) => level === 'warn')
    assert.ok(!JSON.stringify(told).includes(token))
  })

  it('is told at the end if it was not before', async () => {
    const house = await openHouse({}, [anna])
    house.now = noon
    const token = await house.login(anna)
    for (let times = 0; times < 3; times++) await house.get(`/users/1?access_token=${token}`)
    await house[Symbol.asyncDispose]()
    assert.deepEqual(toldIn(house), [1, 2])
  })
})

describe('tokens.allowInQuery: false', () => {
  const options = { tokens: { allowInQuery: false } }

  it('refuses a token in the URL, whoever else says who asks', async () => {
    await using house = await openHouse(options, [anna])
    const token = await house.login(anna)
    const calls: [method: string, path: string][] = [
      ['GET', `/users/1?access_token=${token}`],
      ['GET', '/users/1?access_token='],
      ['GET', `/users/1?access_token[]=${token}`],
      ['POST', `/users/logout?access_token=${token}`],
      ['GET', '/users/1?access%5Ftoken=unknown'],
    ]
    for (const [method, path] of calls) {
      for (const sent of [{}, { token }]) {
        const { status, body } = await house.request(method, path, undefined, sent)
        assert.deepEqual([path, status, body.error.code], [path, 400, 'TOKEN_IN_URL'])
      }
    }
    assert.equal((await house.get('/users/1', { token })).status, 200)
    assert.deepEqual(toldIn(house), [])
  })

  it('holds for an application’s own routes', async () => {
    await using house = await openHouse(options, [anna])
    const token = await house.login(anna)
    const { identify, guards } = house.latchkey
    const url = `http://localhost/orders?access_token=${token}`
    await assert.rejects(identify({ headers: {}, url }), { code: 'TOKEN_IN_URL' })
    const route = guards.fetch(() => new Response('welcome'))
    assert.equal((await route(new Request(url))).status, 400)
  })

  it('leaves mailed links as they are', async () => {
    await using house = await openHouse(options, [anna])
    await house.post('/users/reset', { email: anna })
    const [mail = ''] = await house.mails(1)
    const link = linkIn(mail)
    assert.equal((await house.get(link)).status, 200)
    assert.equal((await house.post(link, { newPassword: 'new' })).status, 204)
  })
})
