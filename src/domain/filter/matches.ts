import type { PlainObject } from '../../base/values.ts'
import { distanceOf, type GeoPoint, haversineOf, storedPoint } from '../model/geo-point.ts'
import type { Condition, Nearness, OrderKey, PropertyRef, Where } from '../model/query.ts'
import type { Pattern } from './pattern.ts'

/**
 * Judges one record by a filter. This is what a filter *means*: where a database cannot say it exactly, it narrows
 * the rows down and this has the last word, so that every engine answers alike.
 */
export function matches(where: Where, record: PlainObject, beforeEach: () => void = () => {}): boolean {
  if ('all' in where) return where.all.every((part) => matches(part, record, beforeEach))
  if ('any' in where) return where.any.some((part) => matches(part, record, beforeEach))
  if ('none' in where) return !where.none.some((part) => matches(part, record, beforeEach))
  beforeEach()
  if ('fits' in where) return where.fits(record)
  return judge(where, ofItsType(valueAt(record, where.property.path), where.property))
}

/** Sorts records as a query's order says: absent values first, then booleans, numbers, texts and the rest. */
export function compareRecords(order: readonly OrderKey[], one: PlainObject, other: PlainObject): number {
  for (const { property, descending, from } of order) {
    const [key, otherKey] = [sortKey(one, property), sortKey(other, property)]
    const difference = from ? compareDistances(from, key, otherKey) : compareForOrder(key, otherKey)
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

/** A declared property may still hold a value of another type, from before it was declared: it counts as absent. */
function ofItsType(value: unknown, { type, column }: PropertyRef): unknown {
  const kind = { number: 'number', boolean: 'boolean', string: 'string', date: 'string' }[type as string]
  return column || kind === undefined || typeof value === kind ? value : undefined
}

/** What a record is sorted by: a list on the way has no place of its own in an order. */
function sortKey(record: PlainObject, property: PropertyRef): unknown {
  let value: unknown = record
  for (const key of property.path) value = memberOf(value, key)
  return ofItsType(value, property)
}

/** A list on the way stands for all its members, unless the path names one by its place. */
function valueAt(value: unknown, path: PropertyRef['path']): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const member = memberOf(value, key)
  if (member !== undefined || !Array.isArray(value)) return valueAt(member, rest)
  const found = value.map((inner) => valueAt(inner, path)).filter((inner) => inner !== undefined)
  return found.length > 0 ? found.flat() : undefined
}

/** A property as JSON has it: what a prototype brings, and the length of a list, are none. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.prototype.propertyIsEnumerable.call(value, key) ? (value as PlainObject)[key] : undefined
}

function judge({ property: { type }, is, value: operand }: Condition, value: unknown): boolean {
  switch (is) {
    case 'eq':
      return equals(value, operand, type)
    case 'neq':
      return !equals(value, operand, type)
    case 'inq':
      return (operand as unknown[]).some((member) => equals(value, member, type))
    case 'nin':
      return !(operand as unknown[]).some((member) => equals(value, member, type))
    case 'gt':
      return compare(value, operand) > 0
    case 'gte':
      return compare(value, operand) >= 0
    case 'lt':
      return compare(value, operand) < 0
    case 'lte':
      return compare(value, operand) <= 0
    case 'between': {
      const [low, high] = operand as [unknown, unknown]
      return compare(value, low) >= 0 && compare(value, high) <= 0
    }
    case 'like':
    case 'ilike':
      return fitsPattern(value, (operand as { pattern: Pattern }).pattern)
    case 'nlike':
    case 'nilike':
      return !fitsPattern(value, (operand as { pattern: Pattern }).pattern)
    case 'regexp':
      return fitsPattern(value, operand as Pattern)
    case 'exists':
      return (value !== undefined && value !== null) === operand
    case 'near':
      return isNear(value, operand as Nearness)
  }
}

function fitsPattern(value: unknown, pattern: Pattern): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isNear(
  value: unknown,
  { from, unit, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Nearness,
): boolean {
  const point = storedPoint(value)
  if (!point) return false
  const distance = distanceOf(haversineOf(from, point), unit)
  return distance >= atLeast && distance <= atMost
}

/** Nearest first; what is nowhere comes last. */
function compareDistances(from: GeoPoint, one: unknown, other: unknown): number {
  const [distance, otherDistance] = [one, other].map((value) => {
    const point = storedPoint(value)
    // Farther than anything on Earth.
    return point ? haversineOf(from, point) : 2
  }) as [number, number]
  return distance - otherDistance
}

function equals(value: unknown, operand: unknown, type: PropertyRef['type']): boolean {
  if (Array.isArray(value)) return value.some((member) => equals(member, operand, type))
  if (value === undefined || value === null) return operand === null
  if (operand === null || typeof value === 'object') return false
  if (typeof value === typeof operand) return value === operand
  // As JavaScript's == has it, but only where no type was declared: 30 equals "30", true equals 1 and not "true".
  return isLoose(type) && Number(value) === Number(operand)
}

function isLoose(type: PropertyRef['type']): boolean {
  return type === 'undeclared' || type === 'array' || type === 'any'
}

/** NaN, for which no comparison holds, where two values have no order. */
function compare(value: unknown, operand: unknown): number {
  if (value === undefined || value === null || operand === null) return Number.NaN
  if (typeof value === 'object') return Number.NaN
  if (typeof value === 'string' && typeof operand === 'string') return compareTexts(value, operand)
  return Number(value) - Number(operand)
}

/** By code point, as databases sort UTF-8; JavaScript's own order differs beyond the basic plane. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other))
}

function compareForOrder(one: unknown, other: unknown): number {
  const rank = rankOf(one) - rankOf(other)
  if (rank !== 0) return rank
  if (typeof one === 'string') return compareTexts(one, other as string)
  if (typeof one === 'number' || typeof one === 'boolean') return Number(one) - Number(other)
  return 0
}

function rankOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  return { boolean: 1, number: 2, string: 3 }[typeof value as string] ?? 4
}
