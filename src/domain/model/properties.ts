import { LatchkeyError } from '../../base/errors.ts'
import { randomUuid } from '../../base/secrets.ts'
import type { PlainObject } from '../../base/values.ts'
import type { PropertyDefinition, PropertyType, Settings } from '../../config/settings.ts'
import { coerceOnWrite } from './coercion.ts'
import { columnProperties } from './user.ts'
import { blank, type Issue, isBlank } from './validation.ts'

export { coerce } from './coercion.ts'

/** Most JSON one user's properties may take, so that no account can fill the disk by many small updates. */
const largestProperties = 100_000

/** Properties read: what they are, what is wrong with declared ones, and which others nobody declared. */
export interface PropertyReading {
  readonly values: PlainObject
  readonly issues: readonly Issue[]
  readonly unknown: readonly Issue[]
}

/**
 * All properties of an account, brought to their declared types.
 * @param given what was sent
 * @param stored what was there already and stays
 * @throws {LatchkeyError} INVALID_LIST, PROPERTY_NAME_NOT_ALLOWED
 */
export function readProperties(
  given: PlainObject,
  stored: PlainObject,
  { user, behaviour }: Pick<Settings, 'user' | 'behaviour'>,
): PropertyReading {
  // Each has its place before it has its value, so that an update leaves the order of properties as it was.
  const values: PlainObject = { ...stored, ...given }
  const faults = new Map<string, Issue>()
  const unknown: Issue[] = []
  for (const [name, value] of Object.entries({ ...given, ...stored, ...given })) {
    const definition = user.properties.get(name)
    if (definition) {
      values[name] = coerceOnWrite(definition, value, behaviour.values)
      if (values[name] === undefined) faults.set(name, complaintAbout(definition, value))
    } else if (Object.hasOwn(given, name)) {
      const fate = fateOf(name, { user, behaviour })
      if (fate === 'refused') unknown.push(undeclared(name))
      if (fate !== 'kept') delete values[name]
    }
  }
  return { values, issues: issuesOf(user.properties, values, faults), unknown }
}

/** What becomes of a property that nobody declared. */
function fateOf(
  name: string,
  { user, behaviour }: Pick<Settings, 'user' | 'behaviour'>,
): 'kept' | 'dropped' | 'refused' {
  const { strict } = user
  if (strict === 'filter' || (strict === true && behaviour.unknownProperties === 'dropped')) return 'dropped'
  if (strict !== false) return 'refused'
  if (behaviour.values === 'checked') return 'kept'
  // LoopBack takes the first kind for its own, and LoopBack 3 fails over the second.
  if (name.startsWith('__')) return 'dropped'
  if (behaviour.values === 'loopback3' && name.includes('.'))
    throw new LatchkeyError('PROPERTY_NAME_NOT_ALLOWED', { values: [name] })
  return 'kept'
}

function undeclared(property: string): Issue {
  return { property, code: 'unknown-property', message: 'is not defined in the model', value: undefined }
}

/** What is wrong with declared properties, in the order of their declaration. */
function issuesOf(
  properties: ReadonlyMap<string, PropertyDefinition>,
  values: PlainObject,
  faults: ReadonlyMap<string, Issue>,
): Issue[] {
  const issues: Issue[] = []
  for (const { name, required } of properties.values()) {
    const fault = faults.get(name)
    if (fault) issues.push(fault)
    else if (required && isBlank(values[name])) issues.push(blank(name, values[name]))
  }
  return issues
}

/** Numbers that are none were worth a complaint; what is kept of them is null. */
export function withoutNaN(values: PlainObject): PlainObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(orNull) : orNull(value),
    ]),
  )
}

function orNull(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}

/** Remembers which columns somebody said are null, because clients see that apart from what was never set. */
export function rememberNulls(
  values: PlainObject,
  said: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, unknown>>,
): PlainObject {
  const remembered = { ...values }
  for (const name of columnProperties) {
    if (columns[name] !== null) delete remembered[name]
    else if (said[name] === null) remembered[name] = null
  }
  return remembered
}

/** What a new user gets who comes without them. */
export function defaultsOf(
  properties: ReadonlyMap<string, PropertyDefinition>,
  given: PlainObject,
  now: Date,
): PlainObject {
  const defaults: PlainObject = {}
  for (const definition of properties.values()) {
    if (Object.hasOwn(given, definition.name)) continue
    const value = defaultOf(definition, now)
    if (value !== undefined) defaults[definition.name] = value
  }
  return defaults
}

function defaultOf({ type, default: value, defaultFn }: PropertyDefinition, now: Date): unknown {
  if (type === 'date' && value === '$now') return now.toISOString()
  if (value !== undefined) return structuredClone(value)
  if (defaultFn === 'uuid') return randomUuid()
  if (defaultFn === 'now') return type === 'number' ? now.getTime() : now.toISOString()
  return undefined
}

/** Refuses properties that together take more room than one account may have. */
export function oversized(properties: PlainObject): Issue[] {
  const tooLarge = JSON.stringify(properties).length > largestProperties
  return tooLarge
    ? [{ property: 'properties', code: 'length.max', message: 'is too long', value: undefined }]
    : []
}

/**
 * Refuses a default that is not of its property's type, before it fails every sign-up.
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function checkDefaults(properties: ReadonlyMap<string, PropertyDefinition>): void {
  for (const definition of properties.values()) {
    const { name, type } = definition
    const value = defaultOf(definition, new Date(0))
    if (value === undefined || coerceOnWrite(definition, value, 'checked') !== undefined) continue
    const option = definition.default === undefined ? 'defaultFn' : 'default'
    throw new LatchkeyError('CONFIGURATION_INVALID', {
      values: [`user.properties.${name}.${option}: ${complaints[type].message}`],
    })
  }
}

function complaintAbout({ name, type }: PropertyDefinition, value: unknown): Issue {
  const shown = type === 'date' ? new Date(Number.NaN) : value
  return { property: name, ...complaints[type], value: shown }
}

const complaints: Record<PropertyType, { code: string; message: string }> = {
  string: { code: 'string', message: 'is not a string' },
  number: { code: 'number', message: 'is not a number' },
  boolean: { code: 'boolean', message: 'is not a boolean' },
  date: { code: 'date', message: 'is not a valid date' },
  object: { code: 'object', message: 'is not an object' },
  array: { code: 'array', message: 'is not an array' },
  any: { code: 'any', message: 'is invalid' },
  geopoint: { code: 'geopoint', message: 'is not a point' },
}
