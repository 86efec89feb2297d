import { LatchkeyError } from '../../base/errors.ts'
import { type AccessType, type MethodNaming, methodCalled, methodNames, ruleNameOf } from './methods.ts'

/** An access rule in LoopBack's form. */
export interface Rule {
  readonly principalType: 'ROLE' | 'USER' | 'APP'
  readonly principalId: string | number
  readonly permission: 'ALLOW' | 'DENY' | 'ALARM' | 'AUDIT'
  /** Absent: any. */
  readonly accessType?: AccessType | '*'
  /** The method or methods it is about; absent: all. */
  readonly property?: string | readonly string[]
}

const everyone = { principalType: 'ROLE', principalId: '$everyone' } as const
const owner = { principalType: 'ROLE', principalId: '$owner' } as const

export interface RuleNaming {
  readonly methods: MethodNaming
  /** Whether everybody, and not the owner only, may have a confirmation mailed again. */
  readonly verifyByEveryone: boolean
}

/** The User model's own rules. */
export function builtInRules({ methods, verifyByEveryone }: RuleNaming): readonly Rule[] {
  const mailer = verifyByEveryone ? everyone : owner
  return [
    { ...everyone, permission: 'DENY' },
    { ...everyone, permission: 'ALLOW', property: 'create' },
    { ...everyone, permission: 'ALLOW', property: 'login' },
    { ...everyone, permission: 'ALLOW', property: 'logout' },
    { ...everyone, permission: 'ALLOW', property: 'confirm' },
    { ...everyone, permission: 'ALLOW', property: 'resetPassword', accessType: 'EXECUTE' },
    { ...mailer, permission: 'ALLOW', property: 'verify', accessType: 'EXECUTE' },
    // Ours, and no door: the one says nothing, the other takes a mailed token.
    { ...everyone, permission: 'ALLOW', property: ['requestVerification', 'undoEmailChange'] },
    { ...owner, permission: 'ALLOW', property: 'deleteById' },
    { ...owner, permission: 'ALLOW', property: 'findById' },
    { ...owner, permission: 'ALLOW', property: ruleNameOf('patchAttributes', methods) },
    { ...owner, permission: 'ALLOW', property: 'replaceById' },
    {
      principalType: 'ROLE',
      principalId: '$authenticated',
      permission: 'ALLOW',
      property: ['changePassword', 'setPassword'],
      accessType: 'EXECUTE',
    },
    // Ours: about whoever asks, and nobody else.
    {
      principalType: 'ROLE',
      principalId: '$authenticated',
      permission: 'ALLOW',
      property: ['findMe', 'findSessions', 'deleteSession', 'deleteSessions'],
    },
  ]
}

/** Roles everybody is in by what they are, not by being granted them. */
const builtInRoles = ['$everyone', '$authenticated', '$unauthenticated', '$owner', '$related']

export function isBuiltInRole(name: string | number): boolean {
  return builtInRoles.includes(String(name))
}

/**
 * Looks over the operator's rules for names that no method has.
 * @param isOwnMethod whether LoopBack has a method that the team added and that is not served here
 * @returns sentences to warn with: an ALLOW that opens nothing
 * @throws {LatchkeyError} CONFIGURATION_INVALID for a DENY that would close nothing, since ignoring it weakens the
 *   rules, and for a built-in role there is none of
 */
export function checkRules(
  rules: readonly Rule[],
  naming: MethodNaming,
  isOwnMethod: (name: string) => boolean = () => false,
): string[] {
  const known = new Set(methodNames.map((method) => ruleNameOf(method, naming)))
  const warnings: string[] = []
  for (const [index, { property = '*', permission, principalType, principalId }] of rules.entries()) {
    if (principalType === 'ROLE' && String(principalId).startsWith('$') && !isBuiltInRole(principalId)) {
      const problem = `user.acls.${index}.principalId: must be one of ${builtInRoles.join(', ')}, or a role of your own`
      throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
    }
    for (const name of [property].flat()) {
      if (name === '*' || known.has(name)) continue
      const problem = `user.acls.${index}.property: ${describeUnknown(name, naming)}`
      const closesNothing = isOwnMethod(name) && methodCalled(name) === undefined
      if (permission === 'DENY' && !closesNothing)
        throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
      warnings.push(`${problem}; the rule has no effect on it`)
    }
  }
  return warnings
}

function describeUnknown(name: string, naming: MethodNaming): string {
  const method = methodCalled(name)
  return method ? `rules know "${name}" as "${ruleNameOf(method, naming)}"` : `there is no method "${name}"`
}
