import type { PlainObject } from '../../base/values.ts'
import type { Condition, OrderKey, PropertyRef, Where } from '../model/query.ts'
import type { Pattern } from './pattern.ts'

/**
 * Judges one record by a filter. This is what a filter *means*: where a database cannot say it exactly, it narrows
 * the rows down and this has the last word, so that every engine answers alike.
 */
export function matches(where: Where, record: PlainObject): boolean {
  if ('all' in where) return where.all.every((part) => matches(part, record))
  if ('any' in where) return where.any.some((part) => matches(part, record))
  if ('none' in where) return !where.none.some((part) => matches(part, record))
  return judge(where, valueAt(record, where.property.path))
}

/** Sorts records as a query's order says: absent values first, then booleans, numbers, texts and the rest. */
export function compareRecords(order: readonly OrderKey[], one: PlainObject, other: PlainObject): number {
  for (const { property, descending } of order) {
    const difference = compareForOrder(valueAt(one, property.path), valueAt(other, property.path))
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

/** A list on the way stands for all its members, unless the path names one by its place. */
function valueAt(value: unknown, path: PropertyRef['path']): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, key)) return valueAt((value as PlainObject)[key], rest)
  if (!Array.isArray(value)) return undefined
  const found = value.map((member) => valueAt(member, path)).filter((member) => member !== undefined)
  return found.length > 0 ? found.flat() : undefined
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
  }
}

function fitsPattern(value: unknown, pattern: Pattern): boolean {
  return typeof value === 'string' && pattern.test(value)
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
