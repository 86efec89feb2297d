import { defaultScope } from '../model/access-token.ts'
import type { UserId } from '../model/user.ts'
import { type Method, type MethodName, methodNames, methods, ruleNameOf } from './methods.ts'
import { builtInRules, isBuiltInRole, type Rule, type RuleNaming } from './rules.ts'

/** Who asks, reduced to what rules can speak of. */
export interface Principal {
  readonly userId: UserId
  /** Named roles the user is in, granted by id or by verified e-mail. */
  readonly roles: readonly string[]
  /** Of the token: null for an ordinary one. */
  readonly scopes: readonly string[] | null
}

export interface Decision {
  readonly allowed: boolean
  /** A named role or a rule about this very user lets the caller in, not merely being somebody or the owner. */
  readonly trusted: boolean
  /** Set where it is the token that is for something else; whose it is was not even asked. */
  readonly lacksScope?: boolean
}

/** The rules about one method, compiled. */
export interface MethodRules {
  /** Whether a rule names a role beyond the built-in ones; only then are a caller's roles worth looking up. */
  readonly needsRoles: boolean
  /**
   * @param principal undefined for an anonymous caller
   * @param owner the id, as text, of the user the method acts on; undefined where there is none
   */
  decide(principal: Principal | undefined, owner: string | undefined): Decision
}

export interface RuleSettings {
  /** The operator's rules, which follow the built-in ones. */
  readonly acls: readonly Rule[]
  /** What holds where no rule applies. */
  readonly defaultPermission: 'ALLOW' | 'DENY'
  /** Whether `reset-password` tokens and ordinary ones each keep to their own doors. */
  readonly restrictResetPasswordTokenScope: boolean
}

/** Compiles all rules once, to one decision per method. */
export function compileRules(
  settings: RuleSettings,
  naming: RuleNaming,
): Readonly<Record<MethodName, MethodRules>> {
  const rules = [...builtInRules(naming), ...settings.acls]
  const compiled = methodNames.map((method) => [
    method,
    compileMethod(methods[method], ruleNameOf(method, naming.methods), rules, settings),
  ])
  return Object.freeze(Object.fromEntries(compiled))
}

/** @param name by which rules know the method */
function compileMethod(
  method: Method,
  name: string,
  rules: readonly Rule[],
  settings: RuleSettings,
): MethodRules {
  // Strongest first, so that the first whose principal fits decides. A sort is stable: the first of equals stays first.
  const applicable = rules
    .map((rule) => ({ rule, score: scoreOf(rule, name, method) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ rule }) => rule)
  const trusting = applicable.filter(isTrusting)
  const scope = settings.restrictResetPasswordTokenScope ? method.scope : undefined

  return {
    needsRoles: applicable.some(isNamedRole),
    decide(principal, owner) {
      if (principal && !scopeFits(principal.scopes, scope)) return outOfScope
      const winner = applicable.find((rule) => fits(rule, principal, owner))
      if (winner ? winner.permission === 'DENY' : settings.defaultPermission === 'DENY') return denied
      return principal && trusting.some((rule) => fits(rule, principal, owner)) ? trusted : allowed
    },
  }
}

const denied: Decision = Object.freeze({ allowed: false, trusted: false })
const outOfScope: Decision = Object.freeze({ ...denied, lacksScope: true })
const allowed: Decision = Object.freeze({ allowed: true, trusted: false })
const trusted: Decision = Object.freeze({ allowed: true, trusted: true })

/** Whether a token of those scopes opens what asks for one, or for none: then only an ordinary token does. */
export function scopeFits(scopes: readonly string[] | null, scope: string | undefined): boolean {
  return (scopes ?? [defaultScope]).includes(scope ?? defaultScope)
}

function isNamedRole({ principalType, principalId }: Rule): boolean {
  return principalType === 'ROLE' && !isBuiltInRole(principalId)
}

function isTrusting(rule: Rule): boolean {
  return rule.permission !== 'DENY' && (rule.principalType === 'USER' || isNamedRole(rule))
}

function fits(
  { principalType, principalId }: Rule,
  principal: Principal | undefined,
  owner: string | undefined,
): boolean {
  if (principalType === 'USER')
    return principal !== undefined && String(principal.userId) === String(principalId)
  if (principalType === 'APP') return false
  switch (principalId) {
    case '$everyone':
      return true
    case '$authenticated':
      return principal !== undefined
    case '$unauthenticated':
      return principal === undefined
    case '$owner':
      return principal !== undefined && owner !== undefined && String(principal.userId) === owner
    default:
      return principal?.roles.includes(String(principalId)) ?? false
  }
}

/** LoopBack's weight of a rule for a method, 0 where it does not apply: more particular rules beat more general ones. */
function scoreOf(rule: Rule, name: string, method: Method): number {
  const property = propertyScore(rule, name)
  const access = accessScore(rule, method)
  if (property === 0 || access === 0) return 0
  const principal = { USER: 4, APP: 3, ROLE: 2 }[rule.principalType]
  const permission = { DENY: 3, AUDIT: 2, ALARM: 1, ALLOW: 0 }[rule.permission]
  const model = 3
  return ((((model * 4 + property) * 4 + access) * 4 + principal) * 8 + roleScore(rule)) * 4 + permission
}

function propertyScore({ property = '*' }: Rule, name: string): number {
  if (property === '*') return 2
  const names = [property].flat()
  if (names.includes(name)) return 3
  return names.includes('*') ? 2 : 0
}

function accessScore({ accessType = '*' }: Rule, method: Method): number {
  if (accessType === '*') return 2
  // By LoopBack's matching a rule about EXECUTE fits every call as if it named its type.
  return accessType === 'EXECUTE' || accessType === method.accessType ? 3 : 0
}

function roleScore({ principalType, principalId }: Rule): number {
  if (principalType !== 'ROLE') return 0
  const weights: Record<string, number> = {
    $owner: 4,
    $related: 3,
    $authenticated: 2,
    $unauthenticated: 2,
    $everyone: 1,
  }
  // A role may be called anything, also like a member of every object.
  return Object.hasOwn(weights, principalId) ? (weights[principalId] as number) : 5
}
