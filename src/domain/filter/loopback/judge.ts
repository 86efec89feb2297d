import { isPlainObject, type PlainObject } from '../../../base/values.ts'
import type { Pattern } from '../pattern.ts'
import { invalid, understood } from './operand.ts'
import { bareExpression, Expression, likeOf } from './patterns.ts'
import type { Quirks } from './quirks.ts'
import { compareLoosely, isNone, looselyEqual, memberOf, textOf } from './values.ts'

/** Whether one value is what a condition asks for. */
export interface Judge {
  readonly test: (value: unknown) => boolean
  /** What holds of a list without members; of others, what holds of one of them. */
  readonly fitsEmptyList: boolean
}

/**
 * What an operand means to LoopBack's memory connector.
 * @throws {LatchkeyError} INVALID_WHERE for a pattern that cannot be run
 */
export function judgeOf(operand: unknown, quirks: Quirks): Judge {
  const operators = isPlainObject(operand) ? operand : {}
  const { neq } = operators
  return {
    test: testOf(operand, operators, quirks),
    fitsEmptyList: neq !== undefined,
  }
}

type Test = Judge['test']

/** The connector's own order: of several operators over an undeclared property, the first of these counts. */
function testOf(operand: unknown, operators: PlainObject, quirks: Quirks): Test {
  const { regexp, near, inq, nin, neq, between } = operators
  if (regexp) return fitsExpression(regexp, quirks)
  if (near) return () => true
  if (inq) return isOneOf(membersOf(inq))
  if (nin && quirks.knowsNin) {
    const isListed = isOneOf(membersOf(nin))
    return (value) => !isListed(value)
  }
  if ('neq' in operators) return (value) => compareLoosely(neq, value) !== 0
  if ('between' in operators) return isBetween(between)
  const equals = equality(operand, quirks)
  const compares = comparison(operators)
  return likeTest(operators, quirks) ?? (compares ? (value) => compares(value) || equals(value) : equals)
}

/** Numbers and the like make LoopBack fail here; to us they fit no expression. */
function fitsExpression(regexp: unknown, quirks: Quirks): Test {
  const expression = regexp instanceof Expression ? regexp : bareExpression(regexp, quirks)
  const pattern = understood(() => expression.compile())
  return (value) => typeof value === 'string' && value !== '' && pattern.test(value)
}

function membersOf(list: unknown): readonly unknown[] {
  if (typeof list === 'string') return list.split('')
  return Array.isArray(list) ? list : []
}

function isOneOf(members: readonly unknown[]): Test {
  return (value) => members.some((member) => looselyEqual(member, value))
}

function isBetween(bounds: unknown): Test {
  if (isNone(bounds)) invalid('The operator between has no values')
  const [low, high] = [memberOf(bounds, '0'), memberOf(bounds, '1')]
  return (value) => compareLoosely(value, low) >= 0 && compareLoosely(value, high) <= 0
}

function likeTest({ like, nlike, ilike, nilike }: PlainObject, quirks: Quirks): Test | undefined {
  const operand = like || nlike || ilike || nilike
  if (!operand) return undefined
  const ignoresCase = !like && !nlike
  const pattern: Pattern = understood(() => likeOf(operand, ignoresCase, quirks))
  const isWanted = Boolean(like || (!nlike && ilike))
  // What is absent is looked at as the text "undefined".
  return (value) => pattern.test(textOf(value)) === isWanted
}

function comparison(operators: PlainObject): Test | undefined {
  const { gt, gte, lt, lte } = operators
  if ('gt' in operators) return (value) => compareLoosely(value, gt) > 0
  if ('gte' in operators) return (value) => compareLoosely(value, gte) >= 0
  if ('lt' in operators) return (value) => compareLoosely(value, lt) < 0
  return 'lte' in operators ? (value) => compareLoosely(value, lte) <= 0 : undefined
}

function equality(operand: unknown, { comparesTexts }: Quirks): Test {
  if (operand === null || operand === undefined) return isNone
  if (comparesTexts) {
    const text = textOf(operand)
    return (value) => !isNone(value) && textOf(value) === text
  }
  if (operand instanceof Date) {
    return (value) =>
      value instanceof Date ? value.getTime() === operand.getTime() : looselyEqual(operand, value)
  }
  return (value) => looselyEqual(operand, value)
}
