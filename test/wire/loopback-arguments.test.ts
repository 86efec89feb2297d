import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type House, openHouse, password } from '../open-house.ts'

const emails = ['ann@bar.com', 'bert@bar.com', 'cleo@bar.com']
const broken = '?filter=broken'

for (const compatibility of ['loopback3', 'loopback2'] as const) {
  describe(`arguments in the mode ${compatibility}`, () => {
    let house: House
    let token: string
    before(async () => {
      house = await openHouse({ compatibility }, emails)
      token = await house.adminToken()
    })
    after(() => house[Symbol.asyncDispose]())

    const idsFor = async (query: string, headers: Record<string, string> = {}): Promise<unknown> => {
      const { status, body } = await house.get(`/users${query}`, { token, headers })
      assert.equal(status, 200, JSON.stringify(body))
      return body.map(({ id }: { id: number }) => id)
    }

    it('may stand in a header of their name, unless the query has them', async () => {
      assert.deepEqual(await idsFor('', { filter: '{"where":{"id":2}}' }), [2])
      assert.deepEqual(await idsFor('?filter={"where":{"id":1}}', { filter: '{"where":{"id":2}}' }), [1])
      const { body } = await house.get('/users/count', { token, headers: { where: '{"id":99}' } })
      assert.deepEqual(body, { count: 0 })
    })

    it('may nest five levels deep in brackets; what is deeper finds nothing', async () => {
      assert.deepEqual(await idsFor('?filter[where][or][0][email]=ann@bar.com'), [1])
      assert.deepEqual(await idsFor('?filter[where][and][0][or][0][email]=ann@bar.com'), [])
    })

    it('are read as they came where they are no UTF-8', async () => {
      assert.deepEqual(await idsFor('?filter[where][email]=%ff'), [])
    })

    it('are texts where somebody repeats them, or puts them in brackets', async () => {
      const { body } = await house.get('/users/confirm?uid[]=99&token[]=x')
      assert.equal(body.error.message, 'User not found: 99')
    })
  })
}

describe('an object argument in the mode loopback3', () => {
  let house: House
  let token: string
  before(async () => {
    house = await openHouse({ compatibility: 'loopback3' }, emails)
    token = await house.adminToken()
  })
  after(() => house[Symbol.asyncDispose]())

  it('is refused before permission, in words that do not name it', async () => {
    const { status, body } = await house.get(`/users${broken}`)
    assert.equal(status, 400)
    assert.deepEqual(body.error, { statusCode: 400, name: 'Error', message: 'Value is not an object.' })
  })

  it('has no blanks around it', async () => {
    assert.equal((await house.get('/users?filter=%20{}', { token })).status, 400)
    assert.equal((await house.get('/users?filter={}', { token })).status, 200)
  })

  it('is none where it is empty or null', async () => {
    for (const nothing of ['', 'null'])
      assert.equal((await house.get(`/users?filter=${nothing}`, { token })).status, 200)
  })

  it('is an item of a list, even where it is null', async () => {
    const { body } = await house.post('/users', [5])
    assert.equal(body.error.message, 'Some of array items are not an object.')
    assert.notEqual((await house.post('/users', [null])).status, 400)
  })

  it('has names in its lists, and nothing else', async () => {
    const include = async (list: string) =>
      (await house.post(`/users/login?include=${list}`, { email: 'ann@bar.com', password })).body
    assert.equal((await include('["USER"]')).user.email, 'ann@bar.com')
    assert.equal((await include('[1]')).error.message, 'Value is not a string.')
    assert.equal((await include('[user]')).error.message, 'Cannot parse JSON-encoded array value.')
  })

  it('keeps the texts in brackets as they are', async () => {
    await house.post('/users', { email: 'dora@bar.com', password, member: true })
    const { body } = await house.get('/users?filter[where][member]=true', { token })
    assert.deepEqual(body, [])
  })
})

describe('an object argument in the mode loopback2', () => {
  let house: House
  let token: string
  before(async () => {
    house = await openHouse({ compatibility: 'loopback2' }, emails)
    token = await house.adminToken()
  })
  after(() => house[Symbol.asyncDispose]())

  it('is looked at after permission', async () => {
    assert.equal((await house.get(`/users${broken}`)).status, 401)
    assert.equal(
      (await house.put('/users/1', 'text', { headers: { 'content-type': 'application/json' } })).status,
      400,
    )
    assert.equal((await house.put('/users/1', '5')).status, 401)
  })

  const refused: [sent: string, message: string | RegExp][] = [
    [
      'broken',
      /^invalid value for argument 'filter' of type 'object': broken\. Received type was string\. Error: Unexpected token/,
    ],
    ['', /^invalid value for argument 'filter' of type 'object': \. Received type was string\. Error: /],
    [
      '12',
      "Invalid value for argument 'filter' of type 'object': 12. Received type was converted to number.",
    ],
    [
      'null',
      "Invalid value for argument 'filter' of type 'object': null. Received type was converted to object.",
    ],
    ['[]', 'The query filter [] is not an object'],
  ]
  for (const [sent, message] of refused) {
    it(`is not ${sent || 'empty'}, in words that name it`, async () => {
      const { status, body } = await house.get(`/users?filter=${sent}`, { token })
      assert.equal(status, 400)
      if (typeof message === 'string') assert.equal(body.error.message, message)
      else assert.match(body.error.message, message)
    })
  }

  it('may be a list in a body, of which nothing is known', async () => {
    const { body } = await house.post('/users/login', [{ email: 'ann@bar.com', password }])
    assert.equal(body.error.code, 'USERNAME_EMAIL_REQUIRED')
  })

  it('is named as its method names it when a body is no object', async () => {
    const credentials = await house.post('/users/login', 'null')
    assert.equal(
      credentials.body.error.message,
      "Invalid value for argument 'credentials' of type 'object': null. Received type was converted to object.",
    )
    const data = await house.post('/users', '5')
    assert.equal(
      data.body.error.message,
      "invalid value for argument 'data' of type 'object': 5. Received type was number. Error: data must be object",
    )
  })

  it('has the texts in its brackets guessed, but for those in lists', async () => {
    await house.post('/users', { email: 'dora@bar.com', password, member: true })
    for (const query of ['[member]=true', '[email][inq][]=dora@bar.com']) {
      const { body } = await house.get(`/users?filter[where]${query}&filter[fields][email]=true`, { token })
      assert.deepEqual(body, [{ email: 'dora@bar.com' }], query)
    }
  })

  it('ignores a broken list of relations to include', async () => {
    const { status, body } = await house.post('/users/login?include=[broken]', {
      email: 'ann@bar.com',
      password,
    })
    assert.equal(status, 200)
    assert.equal(body.user, undefined)
  })
})
