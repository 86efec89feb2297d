import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse, password, type Reply } from '../open-house.ts'

const anna = 'anna@example.com'
const modes = ['loopback3', 'loopback2'] as const
const where = (conditions: object) => `where=${encodeURIComponent(JSON.stringify(conditions))}`
const everyone = { principalType: 'ROLE', principalId: '$everyone', permission: 'ALLOW' } as const
const owners = { principalType: 'ROLE', principalId: '$owner', permission: 'ALLOW' } as const

function statuses(replies: readonly Reply[]): number[] {
  return replies.map(({ status }) => status)
}

for (const compatibility of modes) {
  describe(`compatibility ${compatibility}`, () => {
    it('says at start what it opens', async () => {
      await using house = await openHouse({ compatibility })
      const warnings = house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
      const risk = 'compatibility: resetAnswers is telling: Anybody can find out who has an account.'
      assert.ok(warnings.includes(risk), warnings.join('\n'))
      assert.match(warnings.join('\n'), /user\.restrictResetPasswordTokenScope is false: /)
    })

    it('tells of a reset whether there is such an account', async () => {
      await using house = await openHouse({ compatibility }, [anna])
      assert.deepEqual(
        statuses([
          await house.post('/users/reset', { email: anna }),
          await house.post('/users/reset', { email: 'nobody@example.com' }),
          await house.post('/users/reset', { email: '' }),
          await house.post('/users/reset', {}),
        ]),
        [204, 404, 404, 400],
      )
      assert.equal((await house.mails(1)).length, 1)
    })

    it('tells of a reset that the address must be proved first', async () => {
      await using house = await openHouse({ compatibility, user: { emailVerificationRequired: true } }, [
        anna,
      ])
      const reply = await house.post('/users/reset', { email: anna })
      assert.partialDeepStrictEqual(reply, {
        status: 401,
        body: { error: { code: 'RESET_FAILED_EMAIL_NOT_VERIFIED', message: 'Email has not been verified' } },
      })
    })

    it('takes many spellings of an id, but not for the owner’s', async () => {
      await using house = await openHouse({ compatibility }, [anna])
      const admin = await house.adminToken()
      for (const id of ['1', '01', '1e0', '1%20', 'true']) {
        const reply = await house.get(`/users/${id}`, { token: admin })
        assert.deepEqual({ id, found: reply.body.id }, { id, found: 1 })
      }
      for (const id of ['abc', '0', '-1', '1.5', '1abc', '9'.repeat(20), 'undefined', '{}', '"1"']) {
        const reply = await house.get(`/users/${encodeURIComponent(id)}`, { token: admin })
        assert.deepEqual({ id, status: reply.status }, { id, status: 404 })
      }
      assert.equal((await house.get('/users/01', { token: await house.login(anna) })).status, 401)
    })

    it('takes an id in the query for the one a rule about owners speaks of', async () => {
      const acls = [{ ...owners, property: 'count' }]
      await using house = await openHouse({ compatibility, user: { acls } }, [anna])
      const token = await house.login(anna)
      assert.deepEqual(
        statuses([
          await house.get('/users/count?id=1', { token }),
          await house.get('/users/count?id=2', { token }),
          await house.get('/users/count', { token }),
        ]),
        [200, 401, 401],
      )
    })

    it('keeps of several new accounts those that can be made', async () => {
      await using house = await openHouse({ compatibility })
      await house.post('/users', [{ email: anna, password }, { email: 'x' }])
      assert.equal(await house.latchkey.users.count(), 1)
    })

    it('names what was wrong with several new accounts up to the last that was refused', async () => {
      await using house = await openHouse({ compatibility })
      const good = (name: string) => ({ email: `${name}@example.com`, password })
      const { body } = await house.post('/users', [good('a'), { email: 'x' }, good('b')])
      assert.deepEqual(
        body.error.details.map((detail: { name: string } | null) => detail?.name),
        [undefined, 'ValidationError'],
      )
    })

    it('wants a whole user of upsertWithWhere, also where it updates one', async () => {
      await using house = await openHouse({ compatibility }, [anna])
      const token = await house.adminToken()
      const path = `/users/upsertWithWhere?${where({ email: anna })}`
      assert.equal((await house.post(path, { city: 'Rome' }, { token })).status, 422)
      const everybody = `/users/upsertWithWhere?${where({})}`
      await house.latchkey.users.create({ email: 'bert@example.com', password })
      assert.equal((await house.post(everybody, { city: 'Rome' }, { token })).status, 422)
      const whole = { email: 'new@example.com', password, city: 'Rome' }
      assert.equal((await house.post(everybody, whole, { token })).status, 400)
      assert.partialDeepStrictEqual((await house.post(path, whole, { token })).body, { id: 1, city: 'Rome' })
    })
  })
}

for (const compatibility of modes) {
  describe(`an upsert in ${compatibility}`, () => {
    it('stores what is no address, but nobody’s name twice, and no user without an address', async () => {
      await using house = await openHouse({ compatibility }, [anna, 'bert@example.com'])
      const token = await house.adminToken()
      const upsert = (body: object) => house.request('PATCH', '/users', body, { token })
      assert.deepEqual((await upsert({ id: 1, email: 'bad' })).body, { email: 'bad', id: 1 })
      const refused = [
        { email: 'bert@example.com' },
        { email: null },
        { email: 5 },
        { email: 'x'.repeat(300) },
      ]
      for (const body of refused) {
        assert.deepEqual({ body, status: (await upsert({ id: 1, ...body })).status }, { body, status: 422 })
      }
    })

    it('says that nothing was sent', async () => {
      await using house = await openHouse({ compatibility }, [anna])
      const token = await house.adminToken()
      const reply = await house.post(`/users/upsertWithWhere?${where({ email: anna })}`, {}, { token })
      assert.equal(reply.body.error.message, 'data object cannot be empty!')
    })
  })

  describe(`rejectPasswordChangesViaPatchOrReplace in ${compatibility}`, () => {
    it('refuses every replacement, and any word of a password', async () => {
      const user = { rejectPasswordChangesViaPatchOrReplace: true }
      await using house = await openHouse({ compatibility, user }, [anna])
      const token = await house.login(anna)
      assert.deepEqual(
        statuses([
          await house.post('/users/1/replace', { email: anna }, { token }),
          await house.request('PATCH', '/users/1', { password: null }, { token }),
          await house.request('PATCH', '/users/1', { city: 'Oslo' }, { token }),
        ]),
        [401, 401, 200],
      )
    })
  })
}

describe('compatibility loopback3', () => {
  const compatibility = 'loopback3'

  it('replaces on PUT', async () => {
    await using house = await openHouse({ compatibility }, [anna])
    const token = await house.login(anna)
    await house.request('PATCH', '/users/1', { city: 'Oslo' }, { token })
    const reply = await house.put('/users/1', { email: anna, password }, { token })
    assert.deepEqual(reply.body, { email: anna, id: 1 })
  })

  it('judges what is to replace a user before it looks for the user', async () => {
    await using house = await openHouse({ compatibility })
    const token = await house.adminToken()
    assert.deepEqual(
      statuses([
        await house.put('/users/99', { age: 1 }, { token }),
        await house.put('/users/99', { email: 'new@example.com', password }, { token }),
      ]),
      [422, 404],
    )
  })

  it('lets everybody have a confirmation mailed again', async () => {
    await using house = await openHouse({ compatibility }, [anna])
    assert.equal((await house.post('/users/1/verify')).status, 204)
    await house.mails(1)
  })
})

describe('compatibility loopback2', () => {
  const compatibility = 'loopback2'

  it('updates on PUT, and leaves sessions alone when a password changes', async () => {
    await using house = await openHouse({ compatibility }, [anna])
    const [token, other] = [await house.login(anna), await house.login(anna)]
    const reply = await house.put('/users/1', { city: 'Oslo', password: 'another one' }, { token })
    assert.partialDeepStrictEqual(reply.body, { email: anna, id: 1, city: 'Oslo' })
    assert.equal((await house.get('/users/1', { token: other })).status, 200)
  })

  it('knows methods by their older names in access rules', async () => {
    const rule = (property: string) => ({ ...everyone, property })
    const open = async (property: string) => {
      await using house = await openHouse({ compatibility, user: { acls: [rule(property)] } }, [anna])
      return (await house.request('PATCH', '/users/1', { city: 'Oslo' })).status
    }
    assert.deepEqual([await open('updateAttributes'), await open('patchAttributes')], [200, 401])
  })
})
