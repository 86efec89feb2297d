import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { ModelDefinition } from './model-file.ts'
import type { Translation } from './model-properties.ts'

const builtInRoles = ['$everyone', '$authenticated', '$unauthenticated', '$owner', '$related']
const principalTypes = ['ROLE', 'USER', 'APP']
const known = ['principalType', 'principalId', 'permission', 'accessType', 'property']

/**
 * Translates the access rules of a model file. What LoopBack judges by code of the team's (resolvers of roles) is left
 * out with a note, as long as that opens nothing.
 * @throws {LatchkeyError} CONFIGURATION_INVALID for a rule that closes something and cannot be kept
 */
export function translateAcls(definition: ModelDefinition): Translation {
  const { file, settings } = definition
  const { acls = [] } = settings
  if (!Array.isArray(acls)) refuse(file, 'acls: must be a list of access rules')
  const notes: string[] = []
  const kept = acls.flatMap((raw: unknown, index): PlainObject[] => {
    const where = `acls.${index}`
    if (!isPlainObject(raw)) refuse(file, `${where}: must be an access rule`)
    const rule = ruleOf(definition, raw)
    const lost = unfit(rule)
    if (!lost) return [rule]
    if (lost.isGrave && rule.permission === 'DENY')
      refuse(file, `${where}: ${lost.problem}, so this DENY would close nothing`)
    notes.push(`${file}: ${where}: ${lost.problem}; the rule has no effect`)
    return []
  })
  return { options: { acls: kept }, notes }
}

/**
 * The methods a model file says are code, or come from its relations and scopes: a rule about one that is not served
 * closes nothing here because there is nothing to close.
 */
export function ownMethodsOf({ settings }: ModelDefinition): (name: string) => boolean {
  const { methods, relations, scopes } = settings
  const namesOf = (value: unknown) => (isPlainObject(value) ? Object.keys(value) : [])
  const written = new Set(namesOf(methods).map((name) => name.replace(/^prototype\./, '')))
  const related = new Set([...namesOf(relations), ...namesOf(scopes)])
  return (name) => written.has(name) || related.has(/^__[A-Za-z]+__(.+)$/.exec(name)?.[1] ?? '')
}

function refuse(file: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${file}: ${problem}`] })
}

/** A rule's own keys; with several user models LoopBack names the model where one user is meant. */
function ruleOf({ name }: ModelDefinition, raw: PlainObject): PlainObject {
  const rule = Object.fromEntries(known.filter((key) => raw[key] !== undefined).map((key) => [key, raw[key]]))
  return rule.principalType === name ? { ...rule, principalType: 'USER' } : rule
}

/** Why a rule cannot be kept. */
interface Lost {
  readonly problem: string
  /** Left out, a DENY would let somebody in. */
  readonly isGrave: boolean
}

function unfit({ principalType, principalId, accessType }: PlainObject): Lost | undefined {
  const role = String(principalId)
  if (principalType === 'ROLE' && role.startsWith('$') && !builtInRoles.includes(role)) {
    return {
      problem: `who is ${role} is decided by code of yours in LoopBack, and by nothing here`,
      isGrave: true,
    }
  }
  if (!principalTypes.includes(String(principalType))) {
    return { problem: `nobody who comes to this model is a ${principalType}`, isGrave: false }
  }
  return accessType === 'REPLICATE' ? { problem: 'nothing is replicated here', isGrave: false } : undefined
}
