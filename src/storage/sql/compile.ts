import { type Expression, type RawBuilder, sql } from 'kysely'
import type { Condition, Nearness, OrderKey, PropertyRef, Where } from '../../domain/model/query.ts'
import { haversine, mayBeNear } from './distance.ts'
import type { Dialect } from './engine.ts'

/**
 * A filter in SQL. It lets through at least the rows that fit; where it is `exact` also no others. What SQL cannot
 * say exactly (values of mixed types, regular expressions, case beyond ASCII) is judged by `matches` row by row.
 */
export interface Narrowing {
  readonly expression: RawBuilder<boolean>
  readonly exact: boolean
}

const anything: Narrowing = { expression: sql<boolean>`true`, exact: false }
const nothing: Narrowing = { expression: sql<boolean>`false`, exact: true }

export function compileWhere(where: Where, dialect: Dialect): Narrowing {
  if ('all' in where) return joined(where.all, ' and ', sql<boolean>`true`, dialect)
  if ('any' in where) return joined(where.any, ' or ', sql<boolean>`false`, dialect)
  if ('none' in where) {
    const inner = joined(where.none, ' or ', sql<boolean>`false`, dialect)
    // The opposite of too many rows would be too few.
    return inner.exact ? { expression: not(inner.expression), exact: true } : anything
  }
  if ('fits' in where) return { expression: compileWhere(where.atLeast, dialect).expression, exact: false }
  return compileCondition(where, dialect)
}

function joined(
  parts: readonly Where[],
  word: string,
  empty: RawBuilder<boolean>,
  dialect: Dialect,
): Narrowing {
  const compiled = parts.map((part) => compileWhere(part, dialect))
  if (compiled.length === 0) return { expression: empty, exact: true }
  const expressions = compiled.map(({ expression }) => expression)
  return {
    expression: sql<boolean>`(${sql.join(expressions, sql.raw(word))})`,
    exact: compiled.every(({ exact }) => exact),
  }
}

/** NULL compared with anything is unknown, and so is its opposite; to us it does not fit, hence its opposite does. */
function not(expression: Expression<boolean>): RawBuilder<boolean> {
  return sql<boolean>`not coalesce(${expression}, false)`
}

function compileCondition(condition: Condition, dialect: Dialect): Narrowing {
  const { property, is, value } = condition
  switch (is) {
    case 'exists':
      return compileExists(property, value === true, dialect)
    case 'neq':
      return opposite({ ...condition, is: 'eq' }, dialect)
    case 'nin':
      return opposite({ ...condition, is: 'inq' }, dialect)
    case 'nlike':
      return opposite({ ...condition, is: 'like' }, dialect)
    case 'nilike':
    case 'regexp':
      return anything
    case 'near':
      return mayBeNear(property, value as Nearness, dialect)
    default:
      return isTyped(property) ? compileTyped(condition, dialect) : compileLoose(condition, dialect)
  }
}

function opposite(condition: Condition, dialect: Dialect): Narrowing {
  const inner = compileCondition(condition, dialect)
  return inner.exact ? { expression: not(inner.expression), exact: true } : anything
}

/** Columns and declared scalars hold values of one type, which SQL compares as we do. */
function isTyped({ column, type }: PropertyRef): boolean {
  return column || ['string', 'number', 'boolean', 'date'].includes(type)
}

/** Each step of digits doubles the paths to look at; whoever needs many is judged row by row. */
const mostPlaces = 3
/** Of each step SQL asks whether a list stands there, by all the steps before it. */
const mostSteps = 8

function isReachable(property: PropertyRef): boolean {
  return property.column || (property.path.length <= mostSteps && hasFewPlaces(property))
}

function hasFewPlaces({ path }: PropertyRef): boolean {
  return path.filter((key) => /^\d+$/.test(key)).length <= mostPlaces
}

/** True where a list stands on the way to a nested property: it stands for its members, which JSON paths do not see. */
function leadsThroughList({ column, path }: PropertyRef, dialect: Dialect): RawBuilder<boolean> {
  const kinds = column
    ? []
    : path.slice(0, -1).map((name, index) => {
        const way: PropertyRef = { name, column, type: 'undeclared', path: path.slice(0, index + 1) }
        return sql<boolean>`${dialect.jsonType(way)} = 'array'`
      })
  return kinds.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(kinds, sql.raw(' or '))})`
}

/** A property's value, or SQL's NULL where it is absent, null or, for a declared one, of another type. */
export function storedValue(property: PropertyRef, dialect: Dialect): Expression<unknown> {
  if (property.column) return sql.ref(columnOf(property))
  return isTyped(property) ? dialect.jsonOfType(property, kindsOf(property)) : dialect.jsonValue(property)
}

function kindsOf({ type }: PropertyRef): readonly string[] {
  if (type === 'number') return ['integer', 'real']
  return type === 'boolean' ? ['true', 'false'] : ['text']
}

function columnOf({ name }: PropertyRef): string {
  return name === 'emailVerified' ? 'email_verified' : name
}

function compileExists(property: PropertyRef, exists: boolean, dialect: Dialect): Narrowing {
  if (!isReachable(property)) return anything
  const value = storedValue(property, dialect)
  if (!exists) return { expression: sql<boolean>`${value} is null`, exact: property.path.length === 1 }
  const present = sql<boolean>`${value} is not null`
  if (property.path.length === 1) return { expression: present, exact: true }
  return { expression: sql<boolean>`(${present} or ${leadsThroughList(property, dialect)})`, exact: false }
}

function compileTyped({ property, is, value: operand }: Condition, dialect: Dialect): Narrowing {
  const value = storedValue(property, dialect)
  const bound = (given: unknown) => dialect.operand(property, given)
  const isText = property.type === 'string' || property.type === 'date'
  const fits = (comparison: RawBuilder<boolean>, exact = true): Narrowing => ({
    expression: sql<boolean>`(${comparison})`,
    exact,
  })
  switch (is) {
    case 'eq':
      return operand === null
        ? compileExists(property, false, dialect)
        : fits(sql`${value} = ${bound(operand)}`)
    case 'inq': {
      const members = operand as unknown[]
      const present = fits(sql`${value} in ${listOf(members.filter((member) => member !== null).map(bound))}`)
      if (!members.includes(null)) return present
      return { expression: sql<boolean>`(${present.expression} or ${value} is null)`, exact: true }
    }
    case 'between': {
      const [low, high] = operand as unknown[]
      return fits(sql`${value} between ${bound(low)} and ${bound(high)}`)
    }
    case 'like':
      if (!isText) return nothing
      return fits(dialect.like(value, (operand as { text: string }).text))
    case 'ilike':
      if (!isText) return nothing
      return fits(dialect.mayFitIgnoringCase(value, (operand as { text: string }).text), false)
    default:
      return fits(sql`${value} ${comparator(is)} ${bound(operand)}`)
  }
}

/**
 * Undeclared properties hold anything and compare as JavaScript does, so SQL only leaves out rows that cannot fit:
 * values of the operand's own kind that differ. Texts that may be numbers, and lists, are judged one by one.
 */
function compileLoose({ property, is, value: operand }: Condition, dialect: Dialect): Narrowing {
  if (!isReachable(property)) return anything
  const value = storedValue(property, dialect)
  const orJudged = (expression: RawBuilder<boolean>, kinds: readonly string[] = ['array']): Narrowing => ({
    expression: sql<boolean>`(${expression} or ${dialect.jsonType(property)} in ${listOf(kinds)} or ${leadsThroughList(property, dialect)})`,
    exact: false,
  })
  switch (is) {
    case 'eq':
    case 'inq': {
      const members = is === 'eq' ? [operand] : (operand as unknown[])
      const fits = looselyIn(property, members, dialect)
      const mayBeText = members.some((member) => typeof member === 'number' || typeof member === 'boolean')
      const orAbsent = members.includes(null) ? sql<boolean>`(${fits} or ${value} is null)` : fits
      return orJudged(orAbsent, mayBeText ? ['text', 'array'] : ['array'])
    }
    case 'like':
      return orJudged(dialect.like(value, (operand as { text: string }).text))
    case 'ilike':
      return orJudged(dialect.mayFitIgnoringCase(value, (operand as { text: string }).text))
    default:
      return orJudged(sql<boolean>`${value} is not null`, [])
  }
}

function looselyIn(
  property: PropertyRef,
  members: readonly unknown[],
  dialect: Dialect,
): RawBuilder<boolean> {
  const operands = members.filter((member) => member !== null)
  return operands.length === 0 ? sql<boolean>`false` : dialect.jsonLooselyIn(property, operands)
}

function listOf(values: readonly unknown[]): RawBuilder<unknown> {
  return values.length === 0 ? sql`(null)` : sql`(${sql.join(values)})`
}

function comparator(is: Condition['is']): RawBuilder<unknown> {
  return sql.raw({ gt: '>', gte: '>=', lt: '<', lte: '<=' }[is as string] as string)
}

/** Order keys in SQL: absent values first, then booleans, numbers, texts and the rest; ties go by id. */
export function compileOrder(order: readonly OrderKey[], dialect: Dialect): RawBuilder<unknown> {
  const keys = order
    .filter(({ property }) => property.column || hasFewPlaces(property))
    .flatMap((key) => compileOrderKey(key, dialect))
  return sql`order by ${sql.join([...keys, sql`id`])}`
}

function compileOrderKey({ property, descending, from }: OrderKey, dialect: Dialect): RawBuilder<unknown>[] {
  if (from) return [sql`${haversine(property, from, dialect)} nulls last`]
  const direction = dialect.direction(property, descending)
  const value = storedValue(property, dialect)
  if (isTyped(property)) return [sql`${value} ${direction}`]
  const rank = sql`case ${dialect.jsonType(property)}
    when 'true' then 1 when 'false' then 1 when 'integer' then 2 when 'real' then 2 when 'text' then 3
    when 'array' then 4 when 'object' then 4 else 0 end`
  return [rank, ...dialect.jsonSortKeys(property)].map((key) => sql`${key} ${direction}`)
}
