import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject, toList } from '../../base/values.ts'
import { coerce } from '../model/properties.ts'
import {
  type Comparison,
  type Condition,
  everything,
  type OrderKey,
  type PropertyRef,
  type Where,
} from '../model/query.ts'
import { byDistance, readNearness } from './near.ts'
import { likePattern, regexpPattern } from './pattern.ts'
import type { Vocabulary } from './vocabulary.ts'

const mostConditions = 100
const mostMembers = 1_000
type Group = 'and' | 'or' | 'nor'
const comparisons: ReadonlySet<string> = new Set<Comparison>([
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'inq',
  'nin',
  'like',
  'nlike',
  'ilike',
  'nilike',
  'regexp',
  'exists',
])

/**
 * LoopBack's `where` as a tree. All operators of an object count, and what makes no sense is refused by name.
 * @throws {LatchkeyError} INVALID_WHERE, PROPERTY_NOT_FILTERABLE, OPERATOR_NOT_ALLOWED_IN_QUERY, QUERY_TOO_LARGE
 */
export function parseWhere(where: unknown, vocabulary: Vocabulary): Where {
  return parseConditions(where, vocabulary).where
}

/** The same, and in which order `near` wants to have what is found. */
export function parseConditions(
  where: unknown,
  vocabulary: Vocabulary,
): { where: Where; nearest: readonly OrderKey[] } {
  const parsing: Parsing = { vocabulary, conditions: 0, nearest: [] }
  const isNone = where === undefined || where === null
  return { where: isNone ? everything : parseClause(where, parsing), nearest: parsing.nearest }
}

interface Parsing {
  readonly vocabulary: Vocabulary
  conditions: number
  readonly nearest: OrderKey[]
}

function parseClause(clause: unknown, parsing: Parsing): Where {
  if (!isPlainObject(clause)) invalid(`The where clause ${quote(clause)} is not an object`)
  const parts = Object.entries(clause).map(([name, value]) =>
    isGroup(name) ? parseGroup(name, value, parsing) : parseProperty(name, value, clause, parsing),
  )
  return parts.length === 1 ? (parts[0] as Where) : { all: parts }
}

function isGroup(name: string): name is Group {
  return name === 'and' || name === 'or' || name === 'nor'
}

function parseGroup(name: Group, value: unknown, parsing: Parsing): Where {
  const clauses = listOf(value, `The ${name} operator has invalid clauses ${quote(value)}`)
  // What holds nothing counts as well, or it could be as long as it likes.
  const empty = clauses.filter((clause) => isPlainObject(clause) && Object.keys(clause).length === 0)
  countConditions(parsing, clauses.length === 0 ? 1 : empty.length)
  const parts = clauses.map((clause) => parseClause(clause, parsing))
  return { and: { all: parts }, or: { any: parts }, nor: { none: parts } }[name]
}

function parseProperty(name: string, operand: unknown, clause: object, parsing: Parsing): Where {
  if (name.startsWith('$')) refuseOperator(name, clause)
  const property = parsing.vocabulary.resolve(name)
  if (!property) throw new LatchkeyError('PROPERTY_NOT_FILTERABLE', { values: [name] })
  if (!isPlainObject(operand)) {
    countConditions(parsing, 1)
    return { property, is: 'eq', value: operandOf(property, 'eq', operand, operand, parsing) }
  }

  const entries = Object.entries(operand)
  if (entries.length === 0) invalidClause(property, operand, 'Value is an empty object')
  countConditions(parsing, entries.length)
  if ('near' in operand) return parseNear(property, operand, parsing)
  const conditions = entries.map(([operator, value]): Condition => {
    if (operator.startsWith('$')) refuseOperator(operator, clause)
    if (!comparisons.has(operator)) invalidClause(property, operand, `there is no operator "${operator}"`)
    const is = operator as Comparison
    return { property, is, value: operandOf(property, is, value, operand, parsing) }
  })
  return conditions.length === 1 ? (conditions[0] as Condition) : { all: conditions }
}

function parseNear(property: PropertyRef, operand: PlainObject, { nearest }: Parsing): Condition {
  const near = readNearness(operand)
  if (typeof near === 'string') return invalidClause(property, operand, near)
  if (property.column) invalidClause(property, operand, 'Property is no place')
  nearest.push(byDistance(property, near))
  return { property, is: 'near', value: near }
}

/** @throws {LatchkeyError} QUERY_TOO_LARGE */
export function countConditions(parsing: { conditions: number }, more: number): void {
  parsing.conditions += more
  if (parsing.conditions > mostConditions) {
    throw new LatchkeyError('QUERY_TOO_LARGE', { values: ['conditions', mostConditions] })
  }
}

/** @throws {LatchkeyError} QUERY_TOO_LARGE */
export function countMembers(is: string, { length }: readonly unknown[] | string): void {
  if (length <= mostMembers) return
  throw new LatchkeyError('QUERY_TOO_LARGE', { values: [`members in ${is}`, mostMembers] })
}

/** What a condition compares with, in the property's type. */
function operandOf(
  property: PropertyRef,
  is: Comparison,
  value: unknown,
  clause: unknown,
  { vocabulary }: Parsing,
): unknown {
  const complain = (problem: string): never => invalidClause(property, clause, problem)
  const typed = (member: unknown): unknown => {
    if (member === null) return null
    if (typeof member === 'object') complain(`${quote(member)} is not a value to compare with`)
    if (typeof member === 'string') member = vocabulary.canonical(property, member)
    const result = coerceOperand(property, member)
    return result === undefined ? complain(`${quote(member)} is not of type ${property.type}`) : result
  }
  const list = (): unknown[] => {
    const members = listOf(value, `The ${property.name} property has invalid clause ${quote(clause)}: Error`)
    countMembers(is, members)
    return members.map(typed)
  }
  const pattern = (compile: (text: string) => unknown, expected = 'Expected a string or RegExp'): unknown => {
    if (typeof value !== 'string') return complain(expected)
    try {
      return compile(value)
    } catch (error) {
      return complain((error as Error).message)
    }
  }

  switch (is) {
    case 'between': {
      const bounds = list()
      if (bounds.length !== 2) complain(`Expected precisely 2 values, received ${bounds.length}`)
      return bounds
    }
    case 'inq':
    case 'nin':
      return list()
    case 'like':
    case 'nlike':
      return pattern((text) => ({ text, pattern: likePattern(text, false) }))
    case 'ilike':
    case 'nilike':
      return pattern((text) => ({ text, pattern: likePattern(text, true) }))
    case 'regexp':
      return pattern(regexpPattern, 'Invalid argument, must be a string, regex literal, or RegExp object')
    case 'exists':
      return coerce('boolean', value) ?? complain('Expected true or false')
    default:
      return typed(value)
  }
}

/** Lists and objects hold values of any kind, so what they are compared with keeps its own. */
function coerceOperand({ type }: PropertyRef, value: unknown): unknown {
  const isOfAnyKind = type === 'undeclared' || type === 'array' || type === 'object' || type === 'geopoint'
  return isOfAnyKind ? value : coerce(type, value)
}

function listOf(value: unknown, context: string): readonly unknown[] {
  const list = toList(value)
  if (list) return list
  const isEmpty = isPlainObject(value) && Object.keys(value).length === 0
  return invalid(
    `${context}: Value is ${isEmpty ? 'an empty object' : 'not an array or object with sequential numeric indices'}`,
  )
}

function refuseOperator(name: string, where: object): never {
  throw new LatchkeyError('OPERATOR_NOT_ALLOWED_IN_QUERY', {
    values: [name],
    details: { operators: [name], where },
  })
}

function invalidClause(property: PropertyRef, clause: unknown, problem: string): never {
  return invalid(`The ${property.name} property has invalid clause ${quote(clause)}: ${problem}`)
}

function invalid(message: string): never {
  throw new LatchkeyError('INVALID_WHERE', { values: [message] })
}

/** A value for a message; long ones are cut, because nobody reads a thousand members of a list. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
