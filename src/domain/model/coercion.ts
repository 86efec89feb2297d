import { LatchkeyError } from '../../base/errors.ts'
import { parseCheckedJson } from '../../base/json.ts'
import { isPlainObject, toBoolean, toIsoDate, toNumber } from '../../base/values.ts'
import type { Behaviour } from '../../config/compatibility.ts'
import type { PropertyDefinition, PropertyType } from '../../config/settings.ts'
import { readGivenPoint } from './given-point.ts'
import { checkNames } from './property-names.ts'

type Values = Behaviour['values']

/**
 * A value somebody stores, in its declared type, as the mode has it. Null stays null.
 * @returns undefined where it makes no sense; NaN where LoopBack makes a number that is none
 * @throws {LatchkeyError} INVALID_LIST for what LoopBack cannot make a list of
 */
export function coerceOnWrite(
  { type, items }: Pick<PropertyDefinition, 'type' | 'items'>,
  value: unknown,
  values: Values,
): unknown {
  if (value === null) return null
  const coerceOne =
    values === 'checked' ? checked : (one: PropertyType, given: unknown) => loose(one, given, values)
  const list = coerceOne(type, value)
  if (items === undefined || !Array.isArray(list)) return list
  const members = list.map((member) => coerceMember(items, member, values, coerceOne))
  return members.includes(undefined) ? undefined : members
}

function coerceMember(
  items: PropertyType,
  member: unknown,
  values: Values,
  coerceOne: (type: PropertyType, value: unknown) => unknown,
): unknown {
  if (values === 'checked') return member === null ? null : coerceOne(items, member)
  if (items === 'array' || items === 'any') return member
  if (values === 'loopback3' && Array.isArray(member)) return member
  if (items === 'object') return member ?? {}
  if (items === 'date') return looseMemberDate(member)
  return coerceOne(items, member)
}

/** In a list LoopBack keeps a date that is none, and shows null. */
function looseMemberDate(member: unknown): unknown {
  return member === null ? null : (toIsoDate(new Date(member as string)) ?? null)
}

/** Forms may say much: an empty field is 0 or false, a ticked box is true, a list or a point may come as JSON. */
function checked(type: PropertyType, value: unknown): unknown {
  if (typeof value === 'object') return coerce(type, value)
  if (type === 'number' && (value === '' || typeof value === 'boolean')) return Number(value)
  if (type === 'boolean' && (value === '' || value === 'on')) return value === 'on'
  if (type === 'array' && typeof value === 'string') return coerce('array', fromJson(value))
  return coerce(type, value)
}

/** As LoopBack has it: almost anything becomes a value of the type. */
function loose(type: PropertyType, value: unknown, values: Values): unknown {
  switch (type) {
    case 'string':
      return String(value)
    case 'number':
      return Number(value)
    case 'boolean':
      return value !== 'false' && value !== '0' && Boolean(value)
    case 'date':
      return toIsoDate(new Date(value as string))
    case 'object':
    case 'any':
      // LoopBack does so when it reads, so that its first answer to a text for an object is another than all later ones.
      return typeof value === 'string' ? jsonOrText(value) : value
    case 'array':
      return looseList(value)
    case 'geopoint':
      return readGivenPoint(value, values)
  }
}

function looseList(given: unknown): readonly unknown[] {
  const value = typeof given === 'string' ? fromJson(given) : given
  if (value === undefined)
    throw new LatchkeyError('INVALID_LIST', {
      values: [`could not create List from JSON string: ${JSON.stringify(given)}`],
    })
  const list = value || []
  if (!Array.isArray(list))
    throw new LatchkeyError('INVALID_LIST', { values: [`Items must be an array: ${JSON.stringify(value)}`] })
  return list
}

function jsonOrText(text: string): unknown {
  const value = fromJson(text)
  return value === undefined ? text : value
}

/** What a text says as JSON; undefined where it is none. */
function fromJson(text: string): unknown {
  try {
    const value = parseCheckedJson(text)
    checkNames(value)
    return value
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
    case 'geopoint':
      return readGivenPoint(value, 'checked')
    case 'any':
      return value
  }
}
