import { LatchkeyError } from '../../../base/errors.ts'
import { isPlainObject } from '../../../base/values.ts'
import type { PropertyRef } from '../../model/query.ts'
import { Expression, readExpression } from './patterns.ts'
import type { Quirks } from './quirks.ts'
import { isNone, isObject, numberOf, primitiveOf, textOf } from './values.ts'

/** Where an operand stands, for what is said when it makes no sense. */
export interface Place {
  readonly property: PropertyRef
  /** The whole condition of the property, as it came. */
  readonly clause: unknown
  /** What it is a member of, as it came. */
  readonly where: object
  readonly quirks: Quirks
}

/**
 * What a condition compares with, brought to the property's type as LoopBack does it: a value, a list, or an object
 * of the one operator that counts. Properties without a type keep what came.
 * @throws {LatchkeyError} INVALID_WHERE, OPERATOR_NOT_ALLOWED_IN_QUERY
 */
export function readOperand(place: Place): unknown {
  const { property, clause, quirks } = place
  if (isNone(clause) || ['undeclared', 'array', 'geopoint'].includes(property.type)) return clause
  const operator = isPlainObject(clause)
    ? quirks.operators.find((name) => Object.hasOwn(clause, name))
    : undefined
  const given = operator === undefined ? clause : (clause as Record<string, unknown>)[operator]
  const operand = coerceAll(checked(operator, given, place), place)
  return operator === undefined || operator === 'eq' ? operand : { [operator]: operand }
}

/** A list, also one that a query string wrote as an object; else the sentence that says why it is none. */
export function readList(value: unknown, { emptyObjectIsList }: Quirks): readonly unknown[] | string {
  if (Array.isArray(value)) return value
  const strange = 'Value is not an array or object with sequential numeric indices'
  if (!isPlainObject(value)) return strange
  const members = Object.values(value)
  if (members.length === 0 && !emptyObjectIsList) return 'Value is an empty object'
  return members.every((_member, index) => Object.hasOwn(value, String(index))) ? members : strange
}

export function invalid(message: string): never {
  throw new LatchkeyError('INVALID_WHERE', { values: [message] })
}

function checked(operator: string | undefined, operand: unknown, place: Place): unknown {
  const { property, clause, quirks } = place
  const about = `The ${property.name} property has invalid clause ${JSON.stringify(clause)}`
  switch (operator) {
    case 'inq':
    case 'nin':
    case 'between': {
      const list = readList(operand, quirks)
      if (typeof list === 'string') return invalid(`${about}: Error: ${list}`)
      const isPair = operator !== 'between' || list.length === 2
      return isPair ? list : invalid(`${about}: Expected precisely 2 values, received ${list.length}`)
    }
    case 'like':
    case 'nlike':
    case 'ilike':
    case 'nilike':
      return typeof operand === 'string' ? operand : invalid(`${about}: Expected a string or RegExp`)
    case 'regexp': {
      if (typeof operand === 'string') return understood(() => readExpression(operand, quirks))
      return invalid('Invalid argument, must be a string, regex literal, or RegExp object')
    }
    default:
      return operand
  }
}

/** What the work makes; a pattern that is none, or that we do not run, is refused. */
export function understood<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    return invalid((error as Error).message)
  }
}

function coerceAll(operand: unknown, place: Place): unknown {
  if (operand instanceof Expression) return operand
  const list = readList(operand, place.quirks)
  if (typeof list !== 'string') {
    return list.map((member) => (isNone(member) ? member : coerceOne(member, place.property.type)))
  }
  if (isNone(operand)) return operand
  if (place.quirks.refusesDollar) refuseDollar(operand, place)
  return coerceOne(operand, place.property.type)
}

function refuseDollar(operand: unknown, { where }: Place): void {
  const operators = isPlainObject(operand) ? Object.keys(operand).filter((name) => name.startsWith('$')) : []
  if (operators.length === 0) return
  throw new LatchkeyError('OPERATOR_NOT_ALLOWED_IN_QUERY', {
    values: [operators.join(', ')],
    details: { operators, where },
  })
}

function coerceOne(value: unknown, type: PropertyRef['type']): unknown {
  switch (type) {
    case 'string':
      return textOf(value)
    case 'number': {
      const number = numberOf(value)
      return Number.isNaN(number) ? value : number
    }
    case 'boolean':
      return value === 'true' || value === '1' || (value !== 'false' && value !== '0' && Boolean(value))
    case 'date':
      return readDate(value)
    case 'object':
      return isObject(value) ? value : Object(value)
    default:
      return value
  }
}

function readDate(value: unknown): Date {
  const date = new Date(primitiveOf(value) as string | number)
  return Number.isNaN(date.getTime()) ? invalid(`Invalid date: ${textOf(value)}`) : date
}
