import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileRules, type Principal, type RuleSettings } from '../../src/domain/access/decide.ts'
import { type MethodName, methodNames } from '../../src/domain/access/methods.ts'
import type { Rule } from '../../src/domain/access/rules.ts'

const nobody = undefined
const anna: Principal = { userId: 1, roles: [], scopes: null }
const bert: Principal = { userId: 2, roles: [], scopes: null }
const root: Principal = { userId: 3, roles: ['admin'], scopes: null }

type Permission = Rule['permission']
type About = Partial<Pick<Rule, 'property' | 'accessType'>>
const rule = (permission: Permission, principalId: string, about: About = {}): Rule => ({
  principalType: 'ROLE',
  principalId,
  permission,
  ...about,
})
const allow = (role: string, property?: Rule['property']) => rule('ALLOW', role, property ? { property } : {})
const deny = (role: string, property?: Rule['property']) => rule('DENY', role, property ? { property } : {})
const user = (permission: Permission, principalId: string | number, about: About = {}): Rule => ({
  principalType: 'USER',
  principalId,
  permission,
  ...about,
})

const naming = { methods: 'loopback3', verifyByEveryone: false } as const
const usual = { defaultPermission: 'ALLOW', restrictResetPasswordTokenScope: true } as const

/** Whether a caller may use a method, on the user with that id if one is named, under these rules. */
function may(
  caller: Principal | undefined,
  method: MethodName,
  {
    owner,
    rules = [],
    ...settings
  }: { owner?: number; rules?: readonly Rule[] } & Partial<RuleSettings> = {},
): boolean {
  return compileRules({ ...usual, acls: rules, ...settings }, naming)[method].decide(
    caller,
    owner === undefined ? undefined : String(owner),
  ).allowed
}

/** The methods a caller may use on anna. */
function open(caller: Principal | undefined, rules: readonly Rule[] = []): MethodName[] {
  return methodNames.filter((method) => may(caller, method, { owner: 1, rules }))
}

const everyones: MethodName[] = [
  'create',
  'login',
  'logout',
  'confirm',
  'requestVerification',
  'undoEmailChange',
  'resetPassword',
]
const users = ['changePassword', 'findMe', 'findSessions', 'deleteSession', 'deleteSessions']
const owners: MethodName[] = ['findById', 'patchAttributes', 'replaceById', 'deleteById', 'verify']
const ordinary = methodNames.filter((method) => method !== 'setPassword')

describe('the built-in rules', () => {
  it('let a stranger sign up, log in and out, confirm and ask for a reset, and nothing else', () => {
    assert.deepEqual(open(nobody).toSorted(), everyones.toSorted())
  })

  it('let a user in addition change a password, and see and end sessions of their own', () => {
    assert.deepEqual(open(bert).toSorted(), [...everyones, ...users].toSorted())
  })

  it('let an owner in addition read, update, replace and delete herself', () => {
    assert.deepEqual(open(anna).toSorted(), [...everyones, ...owners, ...users].toSorted())
  })

  it('know an owner by her id as text', () => {
    const imported: Principal = { userId: 'anna.1', roles: [], scopes: null }
    const { findById } = compileRules({ ...usual, acls: [] }, naming)
    assert.equal(findById.decide(imported, 'anna.1').allowed, true)
    assert.equal(findById.decide(anna, '01').allowed, false)
    assert.equal(findById.decide(anna, 'true').allowed, false)
  })

  it('know no owner where a method acts on no one user', () => {
    assert.equal(may(anna, 'findById'), false)
  })

  it('leave a role without rules at what every user may', () => {
    assert.deepEqual(open(root), open(bert))
  })

  it('leave nothing to the default permission', () => {
    for (const defaultPermission of ['ALLOW', 'DENY'] as const) {
      assert.equal(may(nobody, 'find', { defaultPermission }), false)
      assert.equal(may(nobody, 'create', { defaultPermission }), true)
    }
  })
})

describe('the rules of an operator', () => {
  it('ALLOW $everyone * does nothing: the built-in DENY ties and wins', () => {
    assert.deepEqual(open(nobody, [allow('$everyone')]), open(nobody))
    assert.deepEqual(open(nobody, [allow('$everyone', '*')]), open(nobody))
  })

  it('ALLOW $everyone find opens find, and no other method', () => {
    assert.deepEqual(open(nobody, [allow('$everyone', 'find')]).toSorted(), [...everyones, 'find'].toSorted())
  })

  it('ALLOW $authenticated * opens all to users: the role weighs more than the permission', () => {
    const rules = [allow('$authenticated')]
    assert.deepEqual(open(bert, rules), ordinary)
    assert.deepEqual(open(nobody, rules), open(nobody))
  })

  it('ALLOW $unauthenticated * opens all to strangers, and nothing to users', () => {
    const rules = [allow('$unauthenticated')]
    assert.deepEqual(open(bert, rules), open(bert))
    assert.equal(may(nobody, 'find', { rules }), true)
  })

  it('ALLOW $everyone * READ opens all reading and no writing', () => {
    const rules = [rule('ALLOW', '$everyone', { accessType: 'READ' })]
    for (const method of ['find', 'findOne', 'findById', 'count', 'exists', '__get__accessTokens'] as const) {
      assert.equal(may(nobody, method, { rules }), true, method)
    }
    for (const method of ['patchAttributes', 'deleteById', '__create__accessTokens'] as const) {
      assert.equal(may(nobody, method, { rules }), false, method)
    }
  })

  it('ALLOW $everyone * EXECUTE opens everything', () => {
    const rules = [rule('ALLOW', '$everyone', { accessType: 'EXECUTE' })]
    assert.deepEqual(open(nobody, rules), methodNames)
  })

  it('a rule about another access type does not apply', () => {
    const rules = [rule('ALLOW', '$everyone', { accessType: 'WRITE', property: 'find' })]
    assert.equal(may(nobody, 'find', { rules }), false)
  })

  it('DENY $everyone find beats ALLOW $authenticated *: the property weighs most', () => {
    const rules = [allow('$authenticated'), deny('$everyone', 'find')]
    assert.equal(may(bert, 'find', { rules }), false)
    assert.equal(may(bert, 'count', { rules }), true)
  })

  it('a custom role beats $authenticated on the same property', () => {
    const rules = [deny('$authenticated', 'find'), allow('admin', 'find')]
    assert.equal(may(root, 'find', { rules }), true)
    assert.equal(may(bert, 'find', { rules }), false)
  })

  it('a custom role beats $owner, and $owner beats $authenticated', () => {
    const about = (role: string, permission: Permission) => rule(permission, role, { property: 'exists' })
    const admin: Principal = { ...anna, roles: ['admin'] }
    assert.equal(
      may(admin, 'exists', { owner: 1, rules: [about('$owner', 'DENY'), about('admin', 'ALLOW')] }),
      true,
    )
    const rules = [about('$authenticated', 'DENY'), about('$owner', 'ALLOW')]
    assert.equal(may(anna, 'exists', { owner: 1, rules }), true)
    assert.equal(may(bert, 'exists', { owner: 1, rules }), false)
  })

  it('DENY $owner deleteById beats the built-in ALLOW', () => {
    const rules = [deny('$owner', 'deleteById')]
    assert.equal(may(anna, 'deleteById', { owner: 1, rules }), false)
    assert.equal(may(anna, 'findById', { owner: 1, rules }), true)
  })

  it('a rule about one user beats rules about roles on the same property', () => {
    const rules = [
      allow('admin', 'find'),
      user('DENY', 3, { property: 'find' }),
      user('ALLOW', 2, { property: 'find' }),
    ]
    assert.equal(may(root, 'find', { rules }), false)
    assert.equal(may(bert, 'find', { rules }), true)
    assert.equal(may(anna, 'find', { rules }), false)
  })

  it('a user is named by the id as text or number', () => {
    for (const id of [2, '2'])
      assert.equal(may(bert, 'find', { rules: [user('ALLOW', id, { property: 'find' })] }), true)
  })

  it('a rule about one method beats a rule about one user and all methods', () => {
    const rules = [user('ALLOW', 2), deny('$everyone', 'find')]
    assert.equal(may(bert, 'find', { rules }), false)
    assert.equal(may(bert, 'count', { rules }), true)
  })

  it('a rule that names the access type beats one that does not, on the same property', () => {
    const rules = [
      allow('$everyone', 'find'),
      rule('DENY', '$everyone', { property: 'find', accessType: 'READ' }),
    ]
    assert.equal(may(nobody, 'find', { rules }), false)
    const opposite = [
      deny('$everyone', 'find'),
      rule('ALLOW', '$everyone', { property: 'find', accessType: 'READ' }),
    ]
    assert.equal(may(nobody, 'find', { rules: opposite }), true)
  })

  it('of rules that weigh the same DENY wins, whichever comes first', () => {
    for (const rules of [
      [allow('admin', 'find'), deny('admin', 'find')],
      [deny('admin', 'find'), allow('admin', 'find')],
    ]) {
      assert.equal(may(root, 'find', { rules }), false)
    }
  })

  it('a property may be a list of methods', () => {
    const rules = [allow('$everyone', ['find', 'count'])]
    assert.deepEqual(open(nobody, rules).toSorted(), [...everyones, 'find', 'count'].toSorted())
  })

  it('only the own name of a method counts, not its aliases', () => {
    const aliases = {
      updateAttributes: 'patchAttributes',
      destroyById: 'deleteById',
      upsert: 'patchOrCreate',
    } as const
    for (const [alias, method] of Object.entries(aliases)) {
      assert.equal(may(bert, method, { owner: 1, rules: [allow('$authenticated', alias)] }), false, alias)
      assert.equal(may(bert, method, { owner: 1, rules: [allow('$authenticated', method)] }), true, method)
    }
  })

  it('ALARM and AUDIT allow', () => {
    for (const permission of ['ALARM', 'AUDIT'] as const) {
      assert.equal(
        may(nobody, 'find', { rules: [rule(permission, '$everyone', { property: 'find' })] }),
        true,
      )
    }
  })

  it('an APP is never who calls', () => {
    const rules = [{ principalType: 'APP', principalId: '1', permission: 'ALLOW', property: 'find' }] as const
    assert.equal(may(anna, 'find', { rules }), false)
  })

  it('a role may be called anything, also like a member of every object', () => {
    for (const role of ['constructor', 'toString', '__proto__']) {
      const member: Principal = { userId: 4, roles: [role], scopes: null }
      assert.equal(may(member, 'find', { rules: [allow(role, 'find')] }), true, role)
      assert.equal(may(member, 'create', { rules: [deny(role, 'create')] }), false, role)
    }
  })

  it('nobody is in a role by calling it $related', () => {
    assert.equal(may(anna, 'find', { owner: 1, rules: [allow('$related', 'find')] }), false)
  })
})

describe('the scopes of a token', () => {
  const reset: Principal = { ...anna, scopes: ['reset-password'] }

  it('keep a reset token to setting a password, and log nobody in or out with it', () => {
    assert.deepEqual(open(reset), ['setPassword'])
  })

  it('keep an ordinary token from setting a password without the old one', () => {
    assert.equal(may(anna, 'setPassword'), false)
    assert.equal(may(root, 'setPassword', { rules: [allow('admin')] }), false)
  })

  it('let a token that has several do what each opens', () => {
    const both: Principal = { ...anna, scopes: ['DEFAULT', 'reset-password'] }
    assert.equal(may(both, 'setPassword'), true)
    assert.equal(may(both, 'findById', { owner: 1 }), true)
  })

  it('open nothing where no method knows them', () => {
    assert.deepEqual(open({ ...anna, scopes: ['mail'] }), [])
  })

  it('are not asked for where the setting lifts them: then any session may set a password', () => {
    assert.equal(may(anna, 'setPassword', { restrictResetPasswordTokenScope: false }), true)
    assert.equal(may(nobody, 'setPassword', { restrictResetPasswordTokenScope: false }), false)
  })
})

describe('trust', () => {
  const trusts = (caller: Principal | undefined, rules: readonly Rule[], owner = '1') =>
    compileRules({ ...usual, acls: rules }, naming).patchAttributes.decide(caller, owner).trusted

  it('comes from a named role, or a rule about the caller', () => {
    assert.equal(trusts(root, [allow('admin')]), true)
    assert.equal(trusts(bert, [user('ALLOW', 2)]), true)
  })

  it('does not come from being somebody, anybody or the owner', () => {
    assert.equal(trusts(anna, []), false)
    assert.equal(trusts(bert, [allow('$authenticated')]), false)
    assert.equal(trusts(nobody, [allow('$everyone', 'patchAttributes')]), false)
  })

  it('does not come from a rule about another method, or one that denies', () => {
    const admin: Principal = { ...anna, roles: ['admin'] }
    assert.equal(trusts(admin, [allow('admin', 'find')]), false)
    assert.equal(trusts(admin, [deny('admin', 'patchAttributes')]), false)
  })
})

describe('roles', () => {
  it('are looked up only for methods whose rules name one', () => {
    const needs = (acls: readonly Rule[]) => {
      const rules = compileRules({ ...usual, acls }, naming)
      return methodNames.filter((method) => rules[method].needsRoles)
    }
    assert.deepEqual(needs([]), [])
    assert.deepEqual(needs([allow('$authenticated', 'find'), user('ALLOW', 1)]), [])
    assert.deepEqual(needs([allow('admin', 'find')]), ['find'])
    assert.deepEqual(needs([deny('guest')]), methodNames)
  })
})
