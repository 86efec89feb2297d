import { LatchkeyError } from '../../base/errors.ts'
import { parseCheckedJson } from '../../base/json.ts'
import { isPlainObject, type PlainObject, toBoolean, toIsoDate, toNumber } from '../../base/values.ts'
import type { PropertyDefinition, PropertyType, UserSettings } from '../../config/settings.ts'
import { readPoint } from './geo-point.ts'
import { blank, type Issue } from './validation.ts'

/** Most JSON one user's properties may take, so that no account can fill the disk by many small updates. */
const largestProperties = 100_000

const forbiddenNames: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'toJSON',
])

/**
 * Refuses names that would become members of every JavaScript object, at any depth.
 * @throws {LatchkeyError} PROPERTY_NAME_NOT_ALLOWED
 */
export function checkNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (forbiddenNames.has(name)) throw new LatchkeyError('PROPERTY_NAME_NOT_ALLOWED', { values: [name] })
    checkNames(inner)
  }
}

/** Values brought to their declared types, and what is wrong with the rest. Null stays null. */
export function readProperties(
  given: PlainObject,
  { properties, strict }: Pick<UserSettings, 'properties' | 'strict'>,
): { values: PlainObject; issues: Issue[] } {
  const values: PlainObject = {}
  const issues: Issue[] = []
  for (const [name, value] of Object.entries(given)) {
    const definition = properties.get(name)
    if (!definition && strict) {
      issues.push({
        property: name,
        code: 'unknown-property',
        message: 'is not defined in the model',
        value: undefined,
      })
      continue
    }
    const typed = definition && value !== null ? coerceOnWrite(definition.type, value) : value
    if (typed === undefined && definition) issues.push(complaintAbout(definition, value))
    else values[name] = typed
  }
  return { values, issues }
}

/** What a new user gets who comes without them. */
export function defaultsOf(
  properties: ReadonlyMap<string, PropertyDefinition>,
  given: PlainObject,
): PlainObject {
  const defaults: PlainObject = {}
  for (const { name, default: value } of properties.values()) {
    if (value !== undefined && !Object.hasOwn(given, name)) defaults[name] = structuredClone(value)
  }
  return defaults
}

/** Required properties that a whole user lacks. */
export function missingProperties(
  properties: ReadonlyMap<string, PropertyDefinition>,
  whole: PlainObject,
): Issue[] {
  return [...properties.values()]
    .filter(
      ({ name, required }) =>
        required && (whole[name] === undefined || whole[name] === null || whole[name] === ''),
    )
    .map(({ name }) => blank(name, whole[name]))
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
  for (const { name, type, default: value } of properties.values()) {
    if (value === undefined || value === null || coerceOnWrite(type, value) !== undefined) continue
    throw new LatchkeyError('CONFIGURATION_INVALID', {
      values: [`user.properties.${name}.default: ${complaints[type].message}`],
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

/**
 * A value somebody stores, in its declared type. As LoopBack has it, forms may say much: an empty field is 0 or false,
 * a ticked box is true, a list may come as JSON. Undefined where it makes no sense all the same.
 */
function coerceOnWrite(type: PropertyType, value: unknown): unknown {
  if (typeof value === 'object') return coerce(type, value)
  if (type === 'number' && (value === '' || typeof value === 'boolean')) return Number(value)
  if (type === 'boolean' && (value === '' || value === 'on')) return value === 'on'
  if (type === 'array' && typeof value === 'string') return listFromJson(value)
  return coerce(type, value)
}

function listFromJson(text: string): unknown {
  try {
    const list = parseCheckedJson(text)
    checkNames(list)
    return coerce('array', list)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A value in a declared type; undefined where it makes no sense. */
export function coerce(type: PropertyType, value: unknown): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'object' ? undefined : String(value)
    case 'number':
      return toNumber(value)
    case 'boolean':
      return toBoolean(value)
    case 'date':
      return toIsoDate(value)
    case 'object':
      return isPlainObject(value) ? value : undefined
    case 'array':
      return Array.isArray(value) ? value : undefined
    case 'any':
      return value
    case 'geopoint':
      return readPoint(value)
  }
}
