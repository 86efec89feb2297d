import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { UserOptions } from '../../src/index.ts'
import { type House, itAlone, linkIn, openHouse, password } from '../open-house.ts'
import { connectRaw } from '../server/raw-connection.ts'

const anna = 'anna@example.com'
const bert = 'bert@example.com'
const root = 'root@example.com'
type Rule = NonNullable<UserOptions['acls']>[number]

describe('the built-in rules', () => {
  const credentials = { email: bert, password }
  const newcomer = () => ({ email: `${randomUUID()}@example.com`, password })
  type Answers = readonly [anonymous: number, other: number, owner: number, admin: number]
  const nobody: Answers = [401, 401, 401, 200]
  const everybody: Answers = [200, 200, 200, 200]
  const owner: Answers = [401, 401, 200, 200]

  // Each line is asked in this order, of user 1: by nobody, by another, by the owner, by an administrator.
  const lines: [method: string, path: string, answers: Answers, body?: object | (() => object)][] = [
    ['POST', '/users', everybody, newcomer],
    ['GET', '/users', nobody],
    ['PUT', '/users', nobody, newcomer],
    ['PUT', '/users', nobody, { id: 1, nickname: 'Anna' }],
    ['GET', '/users/1', owner],
    ['PUT', '/users/1', owner, { nickname: 'Anna' }],
    ['GET', '/users/1/accessTokens', nobody],
    ['POST', '/users/1/accessTokens', nobody, {}],
    ['DELETE', '/users/1/accessTokens', [401, 401, 401, 204]],
    ['DELETE', '/users/1/accessTokens/unknown', [401, 401, 401, 404]],
    ['GET', '/users/confirm', [400, 400, 400, 400]],
    ['GET', '/users/count', nobody],
    ['GET', '/users/1/exists', nobody],
    ['GET', '/users/findOne', nobody],
    ['POST', '/users/login', everybody, credentials],
    ['POST', '/users/logout', [401, 204, 204, 204]],
    ['POST', '/users/reset', everybody, { email: anna }],
    ['POST', '/users/change-password', [401, 400, 400, 400], {}],
    ['POST', '/users/reset-password', [401, 401, 401, 401], { newPassword: 'new' }],
    ['GET', '/users/reset-password', [401, 401, 401, 401]],
    ['GET', '/users/99', [401, 401, 401, 404]],
    ['GET', '/users/99/exists', nobody],
    ['DELETE', '/users/99', nobody],
    ['DELETE', '/users/1', owner],
  ]
  let house: House
  before(async () => {
    house = await openHouse({}, [anna, bert])
    await house.adminToken()
  })
  after(() => house[Symbol.asyncDispose]())

  for (const [method, path, answers, body] of lines) {
    const [nobodys, others, owners, admins] = answers
    it(`answer ${method} ${path}: ${nobodys} to nobody, ${others} to another, ${owners} to the owner, ${admins} to an administrator`, async () => {
      const statuses: number[] = []
      for (const email of [undefined, bert, anna, 'admin@example.com']) {
        const token = email && (await house.login(email))
        const sent = typeof body === 'function' ? body() : body
        statuses.push((await house.request(method, path, sent, { token })).status)
      }
      assert.deepEqual(statuses, answers)
    })
  }

  it('refuse in LoopBack’s words', async () => {
    await using house = await openHouse({}, [anna, bert])
    for (const options of [{}, { token: await house.login(bert) }]) {
      const { body } = await house.get('/users/1', options)
      assert.deepEqual(body, {
        error: {
          statusCode: 401,
          name: 'Error',
          message: 'Authorization Required',
          code: 'AUTHORIZATION_REQUIRED',
        },
      })
    }
  })

  it('know an owner by the one spelling of her id', async () => {
    await using house = await openHouse({}, [anna])
    const token = await house.login(anna)
    for (const id of ['01', '1.0', '1e0', '%201', 'true', '+1']) {
      assert.equal((await house.get(`/users/${id}`, { token })).status, 401, id)
      assert.equal((await house.put(`/users/${id}`, { nickname: 'Anna' }, { token })).status, 401, id)
    }
    assert.equal((await house.get('/users/1', { token })).status, 200)
  })

  it('take nobody’s word for who the owner is', async () => {
    await using house = await openHouse({}, [anna, bert])
    const token = await house.login(bert)
    const claims = { id: 2, userId: 2 }
    assert.equal((await house.put('/users/1', claims, { token })).status, 401)
    assert.equal((await house.get('/users/1?id=2&userId=2', { token })).status, 401)
  })
})

describe('a path that is spelt in another way', () => {
  itAlone('opens nothing that the rules close, and finds nobody else', async () => {
    await using house = await openHouse({}, [anna, bert])
    const token = await house.login(bert)
    for (const path of [
      '/api/users/2/../1',
      '/api/users/2/%2e%2e/1',
      '/api/users/2%2f..%2f1',
      '/api//users//1',
      '/API/Users/1/',
      '/api/users/1;2',
      '/api/users/%31',
      '/api/users/1%00',
      '/api/users/1?id=2',
      '/api/users/./1',
      '/api/users/2\\..\\1',
      'http://elsewhere/api/users/1',
    ]) {
      using connection = await connectRaw(house.url)
      connection.send(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\nConnection: close\r\n\r\n`,
      )
      assert.match(await connection.closed, /^HTTP\/1\.1 40[014] (?!.*anna@example\.com)/s, path)
    }
  })
})

describe('the operator’s rules', () => {
  const everyone = { principalType: 'ROLE', principalId: '$everyone' } as const
  const authenticated = { principalType: 'ROLE', principalId: '$authenticated' } as const
  const unauthenticated = { principalType: 'ROLE', principalId: '$unauthenticated' } as const
  const owner = { principalType: 'ROLE', principalId: '$owner' } as const
  const admin = { principalType: 'ROLE', principalId: 'admin' } as const
  const allow = { permission: 'ALLOW' } as const
  const deny = { permission: 'DENY' } as const

  type Answers = Partial<Record<'anonymous' | 'anna' | 'bert' | 'admin', number>>
  const cases: [sentence: string, rules: Rule[], answers: Record<string, Answers>][] = [
    [
      'open nothing by letting everyone do everything: the built-in refusal weighs more',
      [{ ...everyone, ...allow }],
      { 'GET /users': { anonymous: 401, anna: 401 }, 'GET /users/1': { anonymous: 401, bert: 401 } },
    ],
    [
      'open one method by its name',
      [{ ...everyone, ...allow, property: 'find' }],
      { 'GET /users': { anonymous: 200, anna: 200 }, 'GET /users/count': { anonymous: 401, anna: 401 } },
    ],
    [
      'open several by a list of names',
      [{ ...everyone, ...allow, property: ['find', 'count'] }],
      {
        'GET /users': { anonymous: 200 },
        'GET /users/count': { anonymous: 200 },
        'GET /users/findOne': { anonymous: 401 },
      },
    ],
    [
      'open everything to whoever is logged in',
      [{ ...authenticated, ...allow }],
      {
        'GET /users': { anonymous: 401, anna: 200 },
        'GET /users/1': { anonymous: 401, bert: 200 },
        'PUT /users/1': { anonymous: 401, bert: 200 },
        'GET /users/1/accessTokens': { bert: 200 },
      },
    ],
    [
      'open all reading by access type, and no writing',
      [{ ...everyone, ...allow, accessType: 'READ' }],
      {
        'GET /users': { anonymous: 200 },
        'GET /users/1': { anonymous: 200 },
        'GET /users/1/accessTokens': { anonymous: 200 },
        'PUT /users/1': { anonymous: 401, bert: 401 },
        'POST /users/1/accessTokens': { bert: 401 },
      },
    ],
    [
      'open all writing by access type, and no reading',
      [{ ...authenticated, ...allow, accessType: 'WRITE' }],
      { 'PUT /users/1': { bert: 200 }, 'GET /users': { bert: 401 } },
    ],
    [
      'open everything by EXECUTE, which fits every call as LoopBack reads it',
      [{ ...everyone, ...allow, accessType: 'EXECUTE' }],
      { 'GET /users': { anonymous: 200 }, 'PUT /users/1': { anonymous: 200 } },
    ],
    [
      'close a method by name against whoever may do everything',
      [
        { ...authenticated, ...allow },
        { ...everyone, ...deny, property: 'find' },
      ],
      { 'GET /users': { anna: 401, admin: 401 }, 'GET /users/count': { anna: 200, admin: 200 } },
    ],
    [
      'let a refusal win over a permission of the same weight, in whatever order they stand',
      [
        { ...everyone, ...deny, property: 'find' },
        { ...everyone, ...allow, property: 'find' },
      ],
      { 'GET /users': { anonymous: 401, anna: 401 } },
    ],
    [
      'let a named role win over being logged in',
      [
        { ...authenticated, ...deny, property: 'find' },
        { ...admin, ...allow, property: 'find' },
      ],
      { 'GET /users': { anna: 401, admin: 200 } },
    ],
    [
      'take from an owner what the built-in rules give',
      [{ ...owner, ...deny, property: 'deleteById' }],
      { 'DELETE /users/1': { anna: 401 }, 'GET /users/1': { anna: 200 } },
    ],
    [
      'give an owner more',
      [{ ...owner, ...allow, property: '__get__accessTokens' }],
      { 'GET /users/1/accessTokens': { anonymous: 401, anna: 200, bert: 401 } },
    ],
    [
      'know an owner by the id in the body, too, where there is none in the path',
      [{ ...owner, ...allow, property: 'patchOrCreate' }],
      { 'PUT /users': { anonymous: 401, anna: 200, bert: 401 } },
    ],
    [
      'speak of one user by a number',
      [{ principalType: 'USER', principalId: 2, ...allow, property: 'find' }],
      { 'GET /users': { anna: 401, bert: 200 } },
    ],
    [
      'speak of one user by a text, and let that win over any role',
      [
        { principalType: 'USER', principalId: '2', ...allow, property: 'find' },
        { ...authenticated, ...deny, property: 'find' },
        { ...admin, ...deny, property: 'find' },
      ],
      { 'GET /users': { anna: 401, bert: 200, admin: 401 } },
    ],
    [
      'speak of those who are not logged in',
      [
        { ...unauthenticated, ...allow, property: 'find' },
        { ...unauthenticated, ...deny, property: 'confirm' },
      ],
      { 'GET /users': { anonymous: 200, anna: 401 }, 'GET /users/confirm': { anonymous: 401, anna: 400 } },
    ],
    [
      'speak of somebody in a role nobody has, in vain',
      [{ principalType: 'ROLE', principalId: 'auditor', ...allow, property: 'find' }],
      { 'GET /users': { anonymous: 401, anna: 401, admin: 200 } },
    ],
    [
      'let in by AUDIT and ALARM as by ALLOW',
      [
        { ...everyone, permission: 'AUDIT', property: 'find' },
        { ...everyone, permission: 'ALARM', property: 'count' },
      ],
      { 'GET /users': { anonymous: 200 }, 'GET /users/count': { anonymous: 200 } },
    ],
    [
      'need method and access type to fit',
      [
        { ...everyone, ...allow, property: 'find', accessType: 'WRITE' },
        { ...everyone, ...allow, property: 'count', accessType: 'READ' },
      ],
      { 'GET /users': { anonymous: 401 }, 'GET /users/count': { anonymous: 200 } },
    ],
    [
      'weigh less than a built-in one that names the access type',
      [{ ...everyone, ...deny, property: ['resetPassword', 'logout'] }],
      { 'POST /users/reset': { anonymous: 200 }, 'POST /users/logout': { anna: 401 } },
    ],
    [
      'weigh more than a built-in one when they name the access type too',
      [{ ...everyone, ...deny, property: 'resetPassword', accessType: 'EXECUTE' }],
      { 'POST /users/reset': { anonymous: 401, anna: 401 } },
    ],
    [
      'open nothing by another name of a method',
      [
        { ...owner, ...allow, property: 'updateAttributes' },
        { ...owner, ...deny, property: 'patchAttributes' },
      ],
      { 'PUT /users/1': { anna: 401 } },
    ],
  ]
  for (const [sentence, acls, answers] of cases) {
    it(sentence, async () => {
      await using house = await openHouse({ user: { acls } }, [anna, bert])
      const tokens = {
        anonymous: undefined,
        anna: await house.login(anna),
        bert: await house.login(bert),
        admin: await house.adminToken(),
      }
      for (const [line, expected] of Object.entries(answers)) {
        const [method = '', path = ''] = line.split(' ')
        const body = method === 'GET' || method === 'DELETE' ? undefined : { id: 1, email: anna }
        for (const [caller, status] of Object.entries(expected)) {
          const reply = await house.request(method, path, body, {
            token: tokens[caller as keyof typeof tokens],
          })
          assert.equal(reply.status, status, `${line} by ${caller}`)
        }
      }
    })
  }

  it('are warned of where they open a method that does not exist', async () => {
    await using house = await openHouse({ user: { acls: [{ ...owner, ...allow, property: 'upsert' }] } })
    const warnings = house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
    assert.match(warnings.join(), /user\.acls\.1\.property.*"upsert".*"patchOrCreate"/)
  })

  it('stop the start where they would close a method that does not exist', async () => {
    for (const property of ['destroyById', 'nothing']) {
      await assert.rejects(
        openHouse({ user: { acls: [{ ...owner, ...deny, property }] } }),
        (error: Error) => error.message.includes('user.acls.1.property') && error.message.includes(property),
      )
    }
  })
})

describe('aclErrorStatus', () => {
  it('401 is the answer by default, whoever asks', async () => {
    await using house = await openHouse({}, [anna, bert])
    assert.equal((await house.get('/users/1', { token: await house.login(bert) })).status, 401)
  })

  it('403 tells whoever is logged in that she may not', async () => {
    await using house = await openHouse({ user: { aclErrorStatus: 403 } }, [anna, bert])
    const token = await house.login(bert)
    for (const path of ['/users/1', '/users', '/users/99']) {
      assert.deepEqual((await house.get(path, { token })).body, {
        error: { statusCode: 403, name: 'Error', message: 'Access Denied', code: 'ACCESS_DENIED' },
      })
    }
  })

  it('404 hides from whoever is logged in what she may not see', async () => {
    await using house = await openHouse({ user: { aclErrorStatus: 404 } }, [anna, bert])
    const token = await house.login(bert)
    for (const [path, id] of [
      ['/users/1', '1'],
      ['/users/99', '99'],
      ['/users', 'undefined'],
    ] as const) {
      assert.deepEqual((await house.get(path, { token })).body, {
        error: {
          statusCode: 404,
          name: 'Error',
          message: `could not find User with id ${id}`,
          code: 'MODEL_NOT_FOUND',
        },
      })
    }
  })

  it('is 401 to whoever is not, whatever the setting', async () => {
    for (const aclErrorStatus of [403, 404] as const) {
      await using house = await openHouse({ user: { aclErrorStatus } }, [anna])
      for (const options of [{}, { token: 'unknown' }]) {
        const reply = await house.get('/users/1', options)
        assert.partialDeepStrictEqual(reply, {
          status: 401,
          body: { error: { code: 'AUTHORIZATION_REQUIRED' } },
        })
      }
    }
  })
})

describe('a role by e-mail', () => {
  const roles = { admin: [root] }
  const verifying = { roles, user: { emailVerificationRequired: true } }
  const mayFind = async (house: House, token: string) => (await house.get('/users', { token })).status === 200

  it('is not for whoever merely signs up with the address', async () => {
    await using house = await openHouse({ roles })
    await house.post('/users', { email: root, password, emailVerified: true })
    assert.equal(await mayFind(house, await house.login(root)), false)
  })

  it('is for whoever proved to read its mail', async () => {
    await using house = await openHouse(verifying)
    await house.post('/users', { email: root, password })
    await house.get(linkIn((await house.mails(1))[0] ?? ''))
    assert.equal(await mayFind(house, await house.login(root)), true)
  })

  it('is for an account the operator made', async () => {
    await using house = await openHouse({ roles: { admin: ['Root@Example.COM'] } })
    await house.latchkey.users.create({ email: root, password, emailVerified: true })
    assert.equal(await mayFind(house, await house.login(root)), true)
  })

  it('goes with the address, at once, and does not come back with it unproved', async () => {
    await using house = await openHouse({ roles })
    await house.latchkey.users.create({ email: root, password, emailVerified: true })
    const token = await house.login(root)
    assert.equal(await mayFind(house, token), true)
    await house.put('/users/1', { email: 'elsewhere@example.com' }, { token })
    assert.equal(await mayFind(house, token), false)
    await house.put('/users/1', { email: root }, { token })
    assert.equal(await mayFind(house, token), false)
  })

  it('does not pass to whoever changes to the address', async () => {
    await using house = await openHouse({ roles })
    await house.latchkey.users.create({ email: anna, password, emailVerified: true })
    const token = await house.login(anna)
    assert.equal((await house.put('/users/1', { email: root }, { token })).status, 200)
    assert.equal(await mayFind(house, token), false)
  })

  it('is for one address, not for those that look like it', async () => {
    await using house = await openHouse({ roles: { admin: ['rené@example.com'] } })
    await house.latchkey.users.create({ email: 'renÉ@example.com', password, emailVerified: true })
    assert.equal(await mayFind(house, await house.login('renÉ@example.com')), false)
    await house.latchkey.users.create({ email: 'rené@example.com', password, emailVerified: true })
    assert.equal(await mayFind(house, await house.login('rené@example.com')), true)
  })

  it('is for one spelling of the address where letter case counts', async () => {
    await using house = await openHouse({ roles, user: { caseSensitiveEmail: true } })
    await house.latchkey.users.create({ email: 'ROOT@example.com', password, emailVerified: true })
    await house.latchkey.users.create({ email: root, password, emailVerified: true })
    assert.equal(await mayFind(house, await house.login('ROOT@example.com')), false)
    assert.equal(await mayFind(house, await house.login(root)), true)
  })

  it('may be one of several', async () => {
    const acls: Rule[] = [
      { principalType: 'ROLE', principalId: 'clerk', permission: 'ALLOW', property: 'count' },
    ]
    await using house = await openHouse({ roles: { clerk: [anna, root], admin: [root] }, user: { acls } })
    for (const email of [anna, root]) {
      await house.latchkey.users.create({ email, password, emailVerified: true })
    }
    const [clerk, both] = [await house.login(anna), await house.login(root)]
    assert.equal((await house.get('/users/count', { token: clerk })).status, 200)
    assert.equal(await mayFind(house, clerk), false)
    assert.equal((await house.get('/users/count', { token: both })).status, 200)
    assert.equal(await mayFind(house, both), true)
  })

  it('needs no proof with rolesRequireVerifiedEmail false, of which the log warns', async () => {
    await using house = await openHouse({ roles, user: { rolesRequireVerifiedEmail: false } })
    await house.post('/users', { email: root, password })
    assert.equal(await mayFind(house, await house.login(root)), true)
    const warnings = house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
    assert.match(warnings.join(), /rolesRequireVerifiedEmail/)
  })

  it('keeps needing it on a server that others can reach', async () => {
    const server = { publicUrl: 'https://accounts.example.com' }
    await assert.rejects(
      openHouse({ server, roles, user: { rolesRequireVerifiedEmail: false } }),
      /user\.rolesRequireVerifiedEmail/,
    )
  })
})

describe('a role by id', () => {
  it('stays with the account, whatever its address becomes', async () => {
    await using house = await openHouse({}, [anna])
    await house.latchkey.users.grantRole(1, 'admin')
    const token = await house.login(anna)
    await house.put('/users/1', { email: 'new@example.com' }, { token })
    assert.equal((await house.get('/users', { token })).status, 200)
  })

  it('does not pass to the next account when its own is deleted', async () => {
    await using house = await openHouse({}, [anna])
    await house.latchkey.users.grantRole(1, 'admin')
    await house.latchkey.users.deleteById(1)
    await house.latchkey.users.create({ email: anna, password })
    assert.equal((await house.get('/users', { token: await house.login(anna) })).status, 401)
  })
})

describe('scopes of a token', () => {
  const tokenFor = async (house: House, scopes: string[]) =>
    (await house.latchkey.tokens.create(1, { scopes })).id

  it('keep it from everything that does not ask for them, what is open to everyone included', async () => {
    await using house = await openHouse({}, [anna])
    const token = await tokenFor(house, ['reports'])
    assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.equal((await house.post('/users/login', { email: anna, password }, { token })).status, 401)
    assert.equal((await house.post('/users/logout', undefined, { token })).status, 401)
  })

  it('are DEFAULT for an ordinary one', async () => {
    await using house = await openHouse({}, [anna])
    for (const scopes of [['DEFAULT'], ['reports', 'DEFAULT'], []]) {
      const token = await tokenFor(house, scopes)
      assert.equal((await house.get('/users/1', { token })).status, 200)
    }
  })

  it('open reset-password by its own name', async () => {
    await using house = await openHouse({}, [anna])
    const token = await tokenFor(house, ['reset-password'])
    const reply = await house.post('/users/reset-password', { newPassword: 'new' }, { token })
    assert.equal(reply.status, 204)
  })

  it('do not matter to reset-password where restrictResetPasswordTokenScope is off', async () => {
    await using house = await openHouse({ user: { restrictResetPasswordTokenScope: false } }, [anna])
    const token = await house.login(anna)
    const reply = await house.post('/users/reset-password', { newPassword: 'new' }, { token })
    assert.equal(reply.status, 204)
    const warnings = house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
    assert.match(warnings.join(), /restrictResetPasswordTokenScope/)
  })
})
