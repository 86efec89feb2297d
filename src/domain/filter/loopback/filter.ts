import { LatchkeyError } from '../../../base/errors.ts'
import type { PlainObject } from '../../../base/values.ts'
import type { OrderKey, Query } from '../../model/query.ts'
import { checkDepth, type Filter, mostOrderKeys } from '../parse.ts'
import { nearestOf } from './near.ts'
import type { Dialect } from './quirks.ts'
import { parseFields, parseInclude } from './selection.ts'
import { numberOf } from './values.ts'
import { parseConditions } from './where.ts'

/** What LoopBack assumes when something is skipped and no limit is given. */
const limitOfSkip = 100

/**
 * Understands a filter as LoopBack does; what it answers with 500 is refused.
 * @throws {LatchkeyError} INVALID_LIMIT, INVALID_ORDER, INVALID_INCLUDE, and what a bad `where` gets
 */
export function parseLoopbackFilter(filter: PlainObject = {}, dialect: Dialect): Filter {
  const window = windowOf(filter)
  const order = parseOrder(filter.order, dialect)
  const fields = parseFields(filter.fields, dialect)
  checkDepth(filter)
  const { where, nears } = parseConditions(filter.where, dialect)
  const nearest = nearestOf(nears, dialect.quirks)
  const query: Query = {
    where: nearest ? { all: [nearest.where, where] } : where,
    order: nearest ? [nearest.order, ...order] : order,
    ...window,
  }
  return { query, fields, include: parseInclude(filter.include, dialect) }
}

function windowOf({ limit, skip, offset }: PlainObject): Pick<Query, 'skip' | 'limit'> {
  if (!(limit || skip || offset)) return { skip: 0, limit: undefined }
  const [most, skipped] = [numberOf(limit || limitOfSkip), numberOf(skip || offset || 0)]
  if (!(most > 0) || Math.ceil(most) !== most) refuseLimit('limit', limit)
  if (!(skipped >= 0) || Math.ceil(skipped) !== skipped) refuseLimit('offset/skip', skip || offset)
  // Beyond what anybody can count, where databases would stumble.
  return {
    skip: Math.min(skipped, Number.MAX_SAFE_INTEGER),
    limit: Number.isSafeInteger(most) ? most : undefined,
  }
}

function refuseLimit(name: string, value: unknown): never {
  throw new LatchkeyError('INVALID_LIMIT', { values: [name, JSON.stringify(value)] })
}

/** Keys by comma or in a list; hidden properties sort nothing. */
function parseOrder(order: unknown, { vocabulary }: Dialect): OrderKey[] {
  if (!order) return []
  const entries = Array.isArray(order) ? order : [order]
  const keys = entries.flatMap((entry: unknown) => {
    if (typeof entry !== 'string') return refuseOrder(entry, 'is not valid')
    return keysIn(entry).filter((key) => key !== '')
  })
  if (keys.length > mostOrderKeys) {
    throw new LatchkeyError('QUERY_TOO_LARGE', { values: ['order keys', mostOrderKeys] })
  }
  return keys.flatMap((key) => {
    const [name = '', direction] = key.split(/\s+/)
    if (direction !== undefined && !/^(asc|desc)$/i.test(direction)) refuseOrder(key, 'has invalid direction')
    const property = vocabulary.hides(name) ? undefined : vocabulary.resolve(name)
    return property ? [{ property, descending: direction?.toLowerCase() === 'desc' }] : []
  })
}

/** What stands between commas, and the blanks around them: what stands before the first or after the last blank counts. */
function keysIn(entry: string): string[] {
  const [first = '', ...others] = entry.split(',')
  const last = others.pop()
  if (last === undefined) return [first]
  return [first.trimEnd(), ...others.map((key) => key.trim()), last.trimStart()]
}

function refuseOrder(order: unknown, problem: string): never {
  throw new LatchkeyError('INVALID_ORDER', { values: [JSON.stringify(order), problem] })
}
