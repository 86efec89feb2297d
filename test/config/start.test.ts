import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLatchkey, type LatchkeyOptions, type UserOptions } from '../../src/index.ts'
import { openHouse } from '../open-house.ts'

const memory = { database: { url: 'sqlite::memory:' } }
const silent = { log: { level: 'silent' } } as const
const everyone = { principalType: 'ROLE', principalId: '$everyone' } as const

/** Of a house that has a password policy, unless it says otherwise. */
async function warningsOf({ user, ...options }: LatchkeyOptions): Promise<string[]> {
  await using house = await openHouse({ ...options, user: { passwordPolicy: {}, ...(user as UserOptions) } })
  return house.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)
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
