import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, openHouse, password } from '../open-house.ts'

const places = {
  bern: { lat: 46.95, lng: 7.44 },
  basel: { lat: 47.56, lng: 7.59 },
  auckland: { lat: -36.85, lng: 174.76 },
  suva: { lat: -18.14, lng: -178.44 },
  nowhere: null,
}

for (const compatibility of ['documented', 'loopback3', 'loopback2'] as const) {
  describe(`where.place.near, ${compatibility}`, () => {
    let house: House
    let token: string

    before(async () => {
      house = await openHouse({ compatibility, user: { properties: { place: 'geopoint' } } })
      for (const [name, place] of Object.entries(places)) {
        await house.latchkey.users.create({ email: `${name}@example.com`, password, place })
      }
      token = await house.adminToken()
    })

    after(() => house[Symbol.asyncDispose]())

    async function found(place: object, filter: object = {}): Promise<string[]> {
      const { status, body } = await house.find('/users', { where: { place }, ...filter }, { token })
      assert.equal(status, 200, JSON.stringify(body))
      return body.map(({ email }: { email: string }) => email.split('@')[0])
    }

    it('finds everybody who is somewhere, the nearest first', async () => {
      assert.deepEqual(await found({ near: '47,7.5' }), ['bern', 'basel', 'suva', 'auckland'])
      assert.deepEqual(await found({ near: { lat: -36, lng: 175 } }), ['auckland', 'suva', 'basel', 'bern'])
    })

    it('takes a place as an object, a list or a text', async () => {
      for (const near of [{ lat: '47.5', lng: 7.5 }, [47.5, 7.5], '47.5, 7.5']) {
        assert.deepEqual(await found({ near }, { limit: 1 }), ['basel'])
      }
    })

    it('measures miles, or the unit asked for', async () => {
      const bounds: readonly [maxDistance: number, unit: string | undefined][] = [
        [38, undefined],
        [43, undefined],
        [68, 'kilometers'],
        [69, 'kilometers'],
        [68_000, 'meters'],
        [69_000, 'meters'],
        [223_000, 'feet'],
        [227_000, 'feet'],
        [0.0107, 'radians'],
        [0.0109, 'radians'],
        [0.61, 'degrees'],
        [0.63, 'degrees'],
      ]
      for (const [index, [maxDistance, unit]] of bounds.entries()) {
        const names = await found({ near: places.bern, maxDistance, ...(unit && { unit }) })
        assert.deepEqual(names, index % 2 === 0 ? ['bern'] : ['bern', 'basel'], `${maxDistance} ${unit}`)
      }
    })

    it('looks across the line where the days meet', async () => {
      assert.deepEqual(await found({ near: '-18,179', maxDistance: 300 }), ['suva'])
    })

    it('counts with skip, limit and other conditions, and comes before every order', async () => {
      assert.deepEqual(await found({ near: '47,7.5' }, { skip: 1, limit: 2 }), ['basel', 'suva'])
      assert.deepEqual(await found({ near: '47,7.5' }, { order: 'email DESC', limit: 1 }), ['bern'])
      const where = { place: { near: '47,7.5' }, email: { neq: 'bern@example.com' } }
      const { body } = await house.find('/users', { where, limit: 1 }, { token })
      assert.equal(body[0].email, 'basel@example.com')
    })

    it('refuses what is no place, and no unit', async () => {
      for (const place of [{ near: '91,0' }, { near: 'there' }, { near: 5 }, { near: '0,0', unit: 'ells' }]) {
        const { status, body } = await house.find('/users', { where: { place } }, { token })
        assert.equal(status, 400, JSON.stringify(place))
        assert.match(body.error.message, /place property/)
      }
    })
  })
}

describe('where.place.near in a condition of ours', () => {
  it('is one among others: it may stand under or, and it counts', async () => {
    await using house = await openHouse({ user: { properties: { place: 'geopoint' } } })
    for (const [name, place] of Object.entries(places)) {
      await house.latchkey.users.create({ email: `${name}@example.com`, password, place })
    }
    const near = { place: { near: places.bern, maxDistance: 50, minDistance: 10 } }
    assert.equal(await house.latchkey.users.count(near), 1)
    assert.equal(await house.latchkey.users.count({ or: [near, { email: 'nowhere@example.com' }] }), 2)
    assert.equal(await house.latchkey.users.count({ nor: [near] }), 4)
    for (const where of [
      { place: { near: '0,0', maxDistance: -1 } },
      { place: { near: '0,0', gt: 1 } },
      { email: { near: '0,0' } },
    ]) {
      await assert.rejects(house.latchkey.users.count(where), { code: 'INVALID_WHERE' })
    }
  })
})
