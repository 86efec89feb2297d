import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import fastify from 'fastify'
import { methodNames } from '../../src/domain/access/methods.ts'
import { type Identity, LatchkeyError } from '../../src/index.ts'
import { openHouse } from '../open-house.ts'

const email = 'a@example.com'
const root = 'root@example.com'
const as = (token: string) => ({ headers: { authorization: token } })

describe('latchkey.identify', () => {
  it('tells the user, the session and the roles behind a token, wherever it stands', async () => {
    await using house = await openHouse({ roles: { admin: [root] } })
    const { users, tokens, identify } = house.latchkey
    await users.create({ email: root, password: 'a', emailVerified: true })
    await users.grantRole(1, 'clerk')
    const { id: token } = await users.login({ email: root, password: 'a' })
    const identity = (await identify(as(token))) as Identity
    assert.deepEqual(identity.user, { email: root, emailVerified: true, id: 1 })
    assert.deepEqual(identity.roles, ['clerk', 'admin'])
    const [listed] = await tokens.list(1)
    assert.deepEqual(identity.token, { ...listed, created: identity.token.created })
    assert.notEqual(identity.token.id, token)
    assert.deepEqual(await identify({ headers: new Headers({ authorization: `Bearer ${token}` }) }), identity)
    assert.deepEqual(await identify({ headers: {}, url: `/orders?access_token=${token}` }), identity)
  })

  it('gives no role for an address that is not verified', async () => {
    await using house = await openHouse({ roles: { admin: [root] } }, [root])
    assert.deepEqual((await house.latchkey.identify(as(await house.login(root))))?.roles, [])
  })

  it('tells of nobody, and of a session that has expired', async () => {
    await using house = await openHouse({}, [email])
    const { identify } = house.latchkey
    const token = await house.login(email)
    assert.equal(await identify({ headers: {} }), undefined)
    assert.equal(await identify(as('unknown')), undefined)
    house.now = new Date(Date.now() + 3_000_000_000)
    await assert.rejects(identify(as(token)), { code: 'INVALID_TOKEN' })
  })
})

describe('a guard', () => {
  it('answers 401 with a challenge to nobody and 403 to the wrong one, in every host alike', async () => {
    await using house = await openHouse({}, [email])
    const { guards } = house.latchkey
    const app = fastify()
    app.get('/', { preHandler: guards.fastify({ role: ['admin', 'clerk'] }) }, async () => 'welcome')
    const wrapped = guards.fetch(() => new Response('welcome'), { role: ['admin', 'clerk'] })
    const ask = async (headers: Record<string, string>) => {
      const { statusCode, headers: sent, body } = await app.inject({ url: '/', headers })
      const fetched = await wrapped(new Request('http://example.com/', { headers }))
      const challenge = sent['www-authenticate'] ?? null
      assert.deepEqual(
        [fetched.status, fetched.headers.get('www-authenticate'), await fetched.text()],
        [statusCode, challenge, body],
      )
      return [statusCode, challenge]
    }
    assert.deepEqual(await ask({}), [401, 'Bearer'])
    assert.deepEqual(await ask({ authorization: 'unknown' }), [401, 'Bearer error="invalid_token"'])
    const authorization = await house.login(email)
    assert.deepEqual(await ask({ authorization }), [403, null])
    await house.latchkey.users.grantRole(1, 'clerk')
    assert.deepEqual(await ask({ authorization }), [200, null])
    house.now = new Date(Date.now() + 3_000_000_000)
    assert.deepEqual(await ask({ authorization }), [401, 'Bearer error="invalid_token"'])
  })

  it('keeps tokens for one thing to that thing', async () => {
    await using house = await openHouse({}, [email])
    const { guards, tokens } = house.latchkey
    const ordinary = await house.login(email)
    const { id: scoped } = await tokens.create(1, { scopes: ['orders'] })
    const statusOf = async (token: string, scope?: string) => {
      const route = guards.fetch(() => new Response(), scope === undefined ? {} : { scope })
      return (await route(new Request('http://example.com/', as(token)))).status
    }
    assert.deepEqual(await Promise.all([statusOf(ordinary), statusOf(scoped)]), [200, 403])
    assert.deepEqual(
      await Promise.all([statusOf(ordinary, 'orders'), statusOf(scoped, 'orders')]),
      [403, 200],
    )
  })

  for (const [demands, complaint] of [
    [
      { role: '$owner' },
      /^\$owner is for access rules: a guard without a role lets in whoever is logged in$/,
    ],
    [{ role: ['admin', '$authenticated'] }, /^\$authenticated is for access rules/],
    [{ role: [] }, /no roles/],
    [{ role: '' }, /is a name/],
    [{ role: undefined }, /is a name, and not undefined/],
    [{ scope: undefined }, /is a name, and not undefined/],
    [{ roles: 'admin' }, /no "roles"/],
  ] as readonly [object, RegExp][]) {
    it(`cannot be made with ${inspect(demands)}, which lets in everybody or nobody`, async () => {
      await using house = await openHouse()
      const { guards } = house.latchkey
      assert.throws(() => guards.fastify(demands), { name: 'TypeError', message: complaint })
      assert.throws(() => guards.express(demands), { name: 'TypeError', message: complaint })
      assert.throws(() => guards.fetch(() => new Response(), demands), {
        name: 'TypeError',
        message: complaint,
      })
    })
  }

  it('hands a route of Fetch whatever else its host gives it', async () => {
    await using house = await openHouse({}, [email])
    const route = house.latchkey.guards.fetch((_request, { user }, { params }: { params: { id: string } }) =>
      Response.json([user.email, params.id]),
    )
    const reply = await route(new Request('http://example.com/', as(await house.login(email))), {
      params: { id: '7' },
    })
    assert.deepEqual(await reply.json(), [email, '7'])
  })
})

describe('latchkey.as', () => {
  it('has every method that access rules know, but for the stream, which events stand in for', async () => {
    await using house = await openHouse()
    const { users, tokens, sessions } = house.latchkey.as(undefined)
    const verbs: Record<string, unknown> = {
      ...users,
      __get__accessTokens: tokens.list,
      __count__accessTokens: tokens.count,
      __findById__accessTokens: tokens.findById,
      __create__accessTokens: tokens.create,
      __updateById__accessTokens: tokens.update,
      __delete__accessTokens: tokens.deleteAll,
      __destroyById__accessTokens: tokens.delete,
      findSessions: sessions.list,
      deleteSession: sessions.delete,
      deleteSessions: sessions.deleteAll,
    }
    const missing = methodNames.filter((name) => typeof verbs[name] !== 'function')
    assert.deepEqual(missing, ['createChangeStream'])
  })

  it('lets somebody do what HTTP would, and no more', async () => {
    await using house = await openHouse({}, [email, 'b@example.com'])
    const { latchkey } = house
    const me = latchkey.as(await latchkey.identify(as(await house.login(email))))
    const refused = { code: 'AUTHORIZATION_REQUIRED' }
    assert.deepEqual(await me.users.findById(1), { email, id: 1 })
    assert.deepEqual(await me.users.patchAttributes('1', { city: 'Bern' }), { email, id: 1, city: 'Bern' })
    await assert.rejects(me.users.findById(2), refused)
    await assert.rejects(me.users.deleteById(2), refused)
    await assert.rejects(me.users.patchOrCreate({ id: 2, city: 'Bern' }), refused)
    await assert.rejects(me.users.count(), refused)
    await assert.rejects(me.tokens.list(2), refused)
    await assert.rejects(async () => {
      for await (const _ of me.users.find()) assert.fail('a page came')
    }, refused)
    const other = { email: 'c@example.com', password: 'c', emailVerified: true }
    const created = await me.users.create(other)
    assert.equal(created.emailVerified, undefined, 'nobody verifies an address by saying so')
    await me.users.logout()
    assert.equal(await latchkey.tokens.count(1), 0)
  })

  it('lets roles in, and nobody in particular where everybody may', async () => {
    await using house = await openHouse()
    const { latchkey } = house
    const admin = latchkey.as(await latchkey.identify(as(await house.adminToken())))
    assert.equal(await admin.users.count(), 1)
    const nobody = latchkey.as(undefined)
    assert.partialDeepStrictEqual(await nobody.users.create({ email, password: 'a' }), { email })
    await assert.rejects(nobody.users.changePassword({}), LatchkeyError)
  })

  it('takes no identity that was made up', async () => {
    await using house = await openHouse({}, [email])
    const { latchkey } = house
    const identity = (await latchkey.identify(as(await house.login(email)))) as Identity
    assert.throws(() => latchkey.as({ ...identity, roles: ['admin'] }), TypeError)
  })
})
