import { isPlainObject } from '../../../base/values.ts'
import { type Comparison, type Condition, nothing, type PropertyRef, type Where } from '../../model/query.ts'
import type { Quirks } from './quirks.ts'
import { isNone, textOf } from './values.ts'

/**
 * A condition in comparisons a database makes as LoopBack does; undefined where only judging each record is as good.
 * @param operand as `readOperand` leaves it
 */
export function ordinary(property: PropertyRef, operand: unknown, quirks: Quirks): Where | undefined {
  if (property.path.length > 1) return undefined
  if (isNone(operand)) return exists(property, false)
  if (!isScalar(property)) return undefined
  if (!isPlainObject(operand)) return equal(property, operand, quirks)
  const [[is, value] = ['', undefined]] = Object.entries(operand)
  switch (is) {
    case 'inq':
      return { property, is, value: membersThatFit(property, value) }
    case 'nin':
      return quirks.knowsNin ? { property, is, value: membersThatFit(property, value) } : nothing
    case 'neq':
      return isNone(value) ? exists(property, true) : compared(property, is, value)
    case 'gt':
    case 'lt':
      return isNone(value) ? nothing : compared(property, is, value)
    case 'gte':
    case 'lte':
      return isNone(value) ? exists(property, false) : compared(property, is, value)
    case 'between':
      return between(property, value as readonly unknown[])
    default:
      return undefined
  }
}

/**
 * Conditions that let through at least what fits, where it will be judged.
 * @param operand as `readOperand` leaves it
 */
export function atLeast(property: PropertyRef, operand: unknown, quirks: Quirks): Where {
  const everything: Where = { all: [] }
  if (property.path.length > 1) return everything
  if (isPlainObject(operand)) {
    const { regexp, near, inq } = operand
    if (regexp) return exists(property, true)
    return !near && Array.isArray(inq) && !isScalar(property) ? looselyOneOf(property, inq) : everything
  }
  const isPlain = typeof operand !== 'object' && !isScalar(property)
  return isPlain ? looselyOneOf(property, quirks.comparesTexts ? spellings(operand) : [operand]) : everything
}

/** Values whose text an operand's is. */
function spellings(operand: unknown): unknown[] {
  const text = textOf(operand)
  return text === 'true' || text === 'false' ? [text, text === 'true'] : [text]
}

/** Objects are looked for by their text only, which a database does not know. */
function looselyOneOf(property: PropertyRef, members: readonly unknown[]): Where {
  const isKnown = members.every((member) => typeof member !== 'object' || member === null)
  const isText = members.includes('[object Object]')
  return isKnown && !isText ? { property, is: 'inq', value: members } : { all: [] }
}

function isScalar({ column, type }: PropertyRef): boolean {
  return column || type === 'string' || type === 'number' || type === 'boolean' || type === 'date'
}

function exists(property: PropertyRef, value: boolean): Condition {
  return { property, is: 'exists', value }
}

function equal(property: PropertyRef, operand: unknown, { comparesTexts }: Quirks): Where | undefined {
  if (!(comparesTexts && operand instanceof Date)) return compared(property, 'eq', operand)
  // The text of a date ends with its seconds.
  const start = Math.floor(operand.getTime() / 1_000) * 1_000
  return between(property, [new Date(start), new Date(start + 999)])
}

/** Two dates are never the same object, hence never equal in a list; what is not of the type equals nothing. */
function membersThatFit(property: PropertyRef, list: unknown): unknown[] {
  return (list as readonly unknown[]).flatMap((member) => {
    if (isNone(member)) return [null]
    const value = property.type === 'date' ? undefined : comparable(property, member)
    return value === undefined ? [] : [value]
  })
}

function compared(property: PropertyRef, is: Comparison, operand: unknown): Where | undefined {
  const value = comparable(property, operand)
  return value === undefined ? undefined : { property, is, value }
}

function between(property: PropertyRef, bounds: readonly unknown[]): Where | undefined {
  const values = bounds.map((bound) => comparable(property, bound))
  return values.includes(undefined) ? undefined : { property, is: 'between', value: values }
}

/** An operand as it is stored; undefined where it is of another type, or a date that does not sort as text. */
function comparable({ type }: PropertyRef, operand: unknown): unknown {
  if (type !== 'date') return typeof operand === type ? operand : undefined
  if (!(operand instanceof Date)) return undefined
  const year = operand.getUTCFullYear()
  return year >= 0 && year <= 9_999 ? operand.toISOString() : undefined
}
