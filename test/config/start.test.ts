import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createLatchkey, type LatchkeyOptions, type UserOptions } from '../../src/index.ts'
import { type Folder, openFolder } from '../cli/latchkey-process.ts'
import { openHouse } from '../open-house.ts'

const memory = { database: { url: 'sqlite::memory:' } }
const silent = { log: { level: 'silent' } } as const
const everyone = { principalType: 'ROLE', principalId: '$everyone' } as const

/** Of a house whose models have a password policy, unless they say otherwise. */
async function warningsOf({ user = {}, ...options }: LatchkeyOptions): Promise<string[]> {
  const withPolicy = (model: unknown): UserOptions => ({ passwordPolicy: {}, ...(model as UserOptions) })
  const models = Array.isArray(user) ? user.map(withPolicy) : withPolicy(user)
  await using house = await openHouse({ ...options, user: models })
  return house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
}

/** The file of a second user model. */
function staff(folder: Folder): string {
  const file = folder.file('staff.json')
  writeFileSync(file, '{ "name": "Staff", "base": "User", "plural": "staff" }')
  return file
}

describe('the start', () => {
  it('warns of nothing where nothing was changed but the policy for passwords', async () => {
    assert.deepEqual(await warningsOf({}), [])
  })

  it('warns of a missing policy for passwords', async () => {
    await using house = await openHouse()
    const warnings = house.logs.filter(({ level }) => level === 'warn')
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ['user.passwordPolicy is not set: any password will do, also one everybody tries first'],
    )
  })

  for (const [name, user] of Object.entries({
    rolesRequireVerifiedEmail: { rolesRequireVerifiedEmail: false },
    allowEternalTokens: { allowEternalTokens: true },
    restrictResetPasswordTokenScope: { restrictResetPasswordTokenScope: false },
    rejectPasswordChangesViaPatchOrReplace: { rejectPasswordChangesViaPatchOrReplace: false },
  })) {
    it(`warns of what user.${name} opens`, async () => {
      const [warning, ...others] = await warningsOf({ user })
      assert.match(warning ?? '', new RegExp(`^user\\.${name} is (true|false): `))
      assert.deepEqual(others, [])
    })
  }

  for (const [what, options, warning] of [
    [
      'a public server without TLS',
      { server: { publicUrl: 'http://a.example.com' } },
      /^server\.publicUrl is http:/,
    ],
    [
      'any page as the end of a link',
      { redirects: ['/', '/welcome'] },
      /^redirects has "\/": .*https:\/\/a\./,
    ],
    ['another site without TLS', { redirects: ['http://b.example.com'] }, /^redirects has http:\/\/b\./],
    ['letters that nobody gets', { mail: { url: 'directory:mail' } }, /^mail\.url is a folder: /],
    [
      'accounts that do not last',
      { database: { url: 'sqlite::memory:' } },
      /^database\.url is sqlite::memory: /,
    ],
    ['anybody’s word', { server: { trustProxy: true } }, /^server\.trustProxy lets everybody/],
    [
      'anybody’s word, as a network',
      { server: { trustProxy: ['10.0.0.1', '0.0.0.0/0'] } },
      /^server\.trustProxy /,
    ],
  ] as const) {
    it(`warns in public of ${what}, once`, async () => {
      using folder = openFolder()
      const harmless = {
        database: { url: `sqlite:${folder.file('latchkey.db')}` },
        mail: { url: 'smtp://127.0.0.1:1' },
        redirects: ['/welcome'],
        pages: { confirmed: '/' },
      }
      const given: LatchkeyOptions = { ...harmless, ...(options as LatchkeyOptions) }
      const server = { publicUrl: 'https://a.example.com', ...given.server }
      const models = { user: [{}, { model: staff(folder) }] }
      const warnings = await warningsOf({ ...given, ...models, server })
      assert.match(warnings[0] ?? '', warning)
      assert.equal(warnings.length, 1)
      // On the developer's own machine only what is wrong there as well.
      const local = await warningsOf({
        ...given,
        ...models,
        server: { ...given.server, publicUrl: undefined } as never,
      })
      assert.deepEqual(
        local,
        warnings.filter((one) => one.startsWith('server.trustProxy')),
      )
    })
  }

  it('warns of each risk of a compatibility setting, once for all models', async () => {
    using folder = openFolder()
    const warnings = await warningsOf({ compatibility: 'loopback2', user: [{}, { model: staff(folder) }] })
    const owners = warnings.filter((one) => /^compatibility: owners is anywhere: A rule/.test(one))
    assert.equal(owners.length, 1)
    assert.equal(new Set(warnings).size, warnings.length)
  })

  it('warns of a rule that allows a method there is none of', async () => {
    const acls = [{ ...everyone, permission: 'ALLOW', property: ['find', 'fnid'] }] as const
    const [warning, ...others] = await warningsOf({ user: { acls: [...acls] as never } })
    assert.match(warning ?? '', /^user\.acls\.1\.property: .*"fnid"/)
    assert.deepEqual(others, [])
  })

  it('tells the proper name of a method that a rule calls by an older one', async () => {
    const acls = [{ ...everyone, permission: 'ALLOW', property: 'updateAttributes' }]
    const [warning] = await warningsOf({ user: { acls: acls as never } })
    assert.match(warning ?? '', /^user\.acls\.1\.property: .*"updateAttributes".*"patchAttributes"/)
  })

  for (const [what, options, message] of [
    [
      'a rule denies a method there is none of: ignored, it would leave a door open',
      { user: { acls: [{ ...everyone, permission: 'DENY', property: 'deleteByID' }] } },
      /^user\.acls\.0\.property: .*"deleteByID"/,
    ],
    [
      'the default of a property is not of its type',
      { user: { properties: { age: { type: 'number', default: 'old' } } } },
      /^user\.properties\.age\.default: .*number/,
    ],
    [
      'a default is made that is not of its property’s type',
      { user: { properties: { old: { type: 'boolean', defaultFn: 'now' } } } },
      /^user\.properties\.old\.defaultFn: .*boolean/,
    ],
    [
      'a validation has a pattern that is none',
      { user: { validations: [{ property: 'nick', validation: 'format', with: '(' }] } },
      /^user\.validations\.0\.with: not a regular expression/,
    ],
    [
      'a validation has a pattern that could take for ever',
      { user: { validations: [{ property: 'nick', validation: 'format', with: '(a)\\1' }] } },
      /^user\.validations\.0\.with: not a regular expression/,
    ],
    ['an origin has a wildcard, which is none', { redirects: ['https://*.example.com'] }, /^redirects\.0: /],
    [
      'a proxy to trust is no address',
      { server: { trustProxy: 'the load balancer' } },
      /^server\.trustProxy: /,
    ],
    [
      'the database cannot be made',
      { database: { url: 'sqlite:no/such/folder/latchkey.db' } },
      /^database\.url: no\/such\/folder\/latchkey\.db /,
    ],
  ] as const) {
    it(`fails where ${what}`, async () => {
      const starting = async () => {
        const latchkey = await createLatchkey({ ...memory, ...silent, ...(options as LatchkeyOptions) })
        // What only the server needs is found out at the latest when it is asked to serve.
        await latchkey.listen({ port: 0 }).finally(() => latchkey.close())
      }
      await assert.rejects(starting, { message })
    })
  }
})
