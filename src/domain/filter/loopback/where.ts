import { LatchkeyError } from '../../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../../base/values.ts'
import { everything, type Judgement, nothing, type PropertyRef, type Where } from '../../model/query.ts'
import { checkDepth } from '../parse.ts'
import { countConditions, countMembers } from '../where.ts'
import { judgeOf } from './judge.ts'
import { invalid, readList, readOperand } from './operand.ts'
import { atLeast, ordinary } from './ordinary.ts'
import type { Dialect, Quirks } from './quirks.ts'
import { fitsRecord } from './record.ts'

/** A property somebody wants to be near to, as it came. */
export interface Near {
  readonly property: PropertyRef
  readonly operand: PlainObject
}

/**
 * LoopBack's `where` as LoopBack understands it, in the tree every storage reads. `near` holds for everything here.
 * @param hidden what becomes of conditions on properties nobody sees
 * @throws {LatchkeyError} INVALID_WHERE with LoopBack's messages, OPERATOR_NOT_ALLOWED_IN_QUERY, PROPERTY_NOT_FILTERABLE,
 *   QUERY_TOO_LARGE, QUERY_OBJECT_TOO_DEEP
 */
export function parseLoopbackWhere(
  where: unknown,
  dialect: Dialect,
  hidden: 'dropped' | 'refused' = 'dropped',
): Where {
  checkDepth(where)
  return parseConditions(where, dialect, hidden).where
}

/** The same, with what is to be near to what. */
export function parseConditions(
  where: unknown,
  dialect: Dialect,
  hidden: 'dropped' | 'refused' = 'dropped',
): { where: Where; nears: readonly Near[] } {
  const parsing: Parsing = { dialect, hidden, conditions: 0, nears: [] }
  return { where: where === undefined ? everything : parseClause(where, parsing, true), nears: parsing.nears }
}

interface Parsing {
  readonly dialect: Dialect
  readonly hidden: 'dropped' | 'refused'
  conditions: number
  readonly nears: Near[]
}

function parseClause(clause: unknown, parsing: Parsing, isOutermost: boolean): Where {
  const { falsyHolds } = parsing.dialect.quirks
  if (falsyHolds && !clause && (clause !== null || isOutermost)) return everything
  if (!isPlainObject(clause)) return invalid(`The where clause ${JSON.stringify(clause)} is not an object`)
  const parts = Object.entries(clause)
    .filter(([name]) => !isHidden(name, parsing))
    .map(([name, operand]) => parseMember(name, operand, clause, parsing, isOutermost))
  return parts.length === 1 ? (parts[0] as Where) : { all: parts }
}

function isHidden(name: string, { dialect, hidden }: Parsing): boolean {
  const isHidden = dialect.vocabulary.hides(name)
  if (isHidden && hidden === 'refused') {
    throw new LatchkeyError('PROPERTY_NOT_FILTERABLE', { values: [name] })
  }
  return isHidden
}

function parseMember(
  name: string,
  operand: unknown,
  clause: object,
  parsing: Parsing,
  isOutermost: boolean,
): Where {
  countConditions(parsing, 1)
  if (name !== 'and' && name !== 'or' && name !== 'nor') {
    return parseProperty(name, operand, clause, parsing, isOutermost)
  }
  const clauses = readList(operand, parsing.dialect.quirks)
  if (typeof clauses === 'string') {
    // LoopBack's words for null are in quotes here.
    const shown = JSON.stringify(operand ?? 'null')
    return invalid(`The ${name} operator has invalid clauses ${shown}: ${clauses}`)
  }
  countConditions(parsing, clauses.length)
  // The memory connector takes `nor` for a property, which nobody has; what it holds is looked at, and never asked.
  const asked = name === 'nor' ? clauses.filter((inner) => inner !== null) : clauses
  const parts = asked.map((inner) => parseClause(inner, parsing, false))
  return { and: { all: parts }, or: { any: parts }, nor: nothing }[name]
}

function parseProperty(
  name: string,
  given: unknown,
  where: object,
  parsing: Parsing,
  isOutermost: boolean,
): Where {
  const { vocabulary, quirks } = parsing.dialect
  const property = vocabulary.resolve(name) ?? strangerNamed(name)
  const clause =
    typeof given === 'string' && isOutermost && property.column
      ? vocabulary.canonical(property, given)
      : given
  const operand = readOperand({ property, clause, where, quirks })
  checkLists(isPlainObject(operand) ? operand : { eq: operand })
  if (isPlainObject(operand) && 'near' in operand) {
    const counts = quirks.nearAnywhere || (isOutermost && operand.near)
    if (counts) parsing.nears.push({ property, operand })
    if (counts || operand.near) return everything
  }
  const plain = ordinary(property, operand, quirks)
  if (plain) return plain
  return judgement({ property, operand, quirks })
}

/** All that a judgement follows from. */
export interface Question {
  readonly property: PropertyRef
  /** As `readOperand` leaves it. */
  readonly operand: unknown
  readonly quirks: Quirks
}

/** @throws {LatchkeyError} INVALID_WHERE for a pattern that cannot be run */
export function judgement(from: Question): Judgement {
  const { property, operand, quirks } = from
  const judge = judgeOf(operand, quirks)
  return {
    fits: (record) => fitsRecord(record, property, judge),
    atLeast: atLeast(property, operand, quirks),
    from,
  }
}

/** Under `inq` and `nin` a text is the list of its characters. */
function checkLists(operators: PlainObject): void {
  for (const [name, list] of Object.entries(operators)) {
    const isText = typeof list === 'string' && (name === 'inq' || name === 'nin')
    if (isText || Array.isArray(list)) countMembers(name, list)
  }
}

/** What every object has by its prototype is no property of anybody's. */
function strangerNamed(name: string): PropertyRef {
  return { name, column: false, type: 'undeclared', path: name.split('.') }
}
