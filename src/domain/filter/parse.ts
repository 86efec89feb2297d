import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject, toBoolean, toList } from '../../base/values.ts'
import type { Fields, OrderKey, Query } from '../model/query.ts'
import type { Vocabulary } from './vocabulary.ts'
import { parseConditions } from './where.ts'

export const mostOrderKeys = 10
const deepestFilter = 12
/** What LoopBack assumes when something is skipped and no limit is given. */
const limitOfSkip = 100

/** A LoopBack filter, understood. */
export interface Filter {
  readonly query: Query
  readonly fields: Fields
  /** Relations to show within each record, and what of them. */
  readonly include: ReadonlyMap<string, Fields>
}

/**
 * Understands a filter: `where`, `order`, `limit`, `skip` or `offset`, `fields` and `include`; other keys are ignored.
 * @throws {LatchkeyError} naming the spot, for whatever makes no sense
 */
export function parseFilter(filter: PlainObject | undefined, vocabulary: Vocabulary): Filter {
  checkDepth(filter)
  const { where, order, limit, skip, offset, fields, include } = filter ?? {}
  const skipped = readCount('offset/skip', skip) || readCount('offset/skip', offset) || 0
  const limited = readCount('limit', limit) || (skipped > 0 ? limitOfSkip : undefined)
  const conditions = parseConditions(where, vocabulary)
  return {
    query: {
      where: conditions.where,
      order: [...conditions.nearest, ...parseOrder(order, vocabulary)],
      skip: skipped,
      limit: limited,
    },
    fields: parseFields(fields),
    include: parseInclude(include, vocabulary),
  }
}

/** @throws {LatchkeyError} QUERY_OBJECT_TOO_DEEP, before anything recurses into it */
export function checkDepth(value: unknown): void {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepestFilter) throw new LatchkeyError('QUERY_OBJECT_TOO_DEEP', { values: [deepestFilter] })
    level = level.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? Object.values(inner) : [],
    )
  }
}

function readCount(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new LatchkeyError('INVALID_LIMIT', { values: [name, JSON.stringify(value)] })
  }
  return count
}

function parseOrder(order: unknown, vocabulary: Vocabulary): OrderKey[] {
  if (order === undefined || order === null || order === '') return []
  const entries = typeof order === 'string' ? [order] : (toList(order) ?? refuseOrder(order, 'is not valid'))
  if (entries.length > mostOrderKeys) {
    throw new LatchkeyError('QUERY_TOO_LARGE', { values: ['order keys', mostOrderKeys] })
  }
  return entries.map((entry) => {
    if (typeof entry !== 'string') return refuseOrder(entry, 'is not valid')
    const parts = /^(\S+)(?: (asc|desc))?$/i.exec(entry)
    if (!parts) return refuseOrder(entry, 'has invalid direction')
    const name = parts[1] as string
    const property = vocabulary.resolve(name)
    if (!property) throw new LatchkeyError('PROPERTY_NOT_FILTERABLE', { values: [name] })
    return { property, descending: parts[2]?.toLowerCase() === 'desc' }
  })
}

function refuseOrder(order: unknown, problem: string): never {
  throw new LatchkeyError('INVALID_ORDER', { values: [JSON.stringify(order), problem] })
}

function parseFields(fields: unknown): Fields {
  if (fields === undefined || fields === null || fields === '') return undefined
  if (typeof fields === 'string') return { only: new Set([fields]) }
  const refuse = (): never => {
    throw new LatchkeyError('INVALID_FIELDS', { values: [JSON.stringify(fields)] })
  }
  const list = toList(fields)
  if (list) {
    const names = list.map((name) => (typeof name === 'string' ? name : refuse()))
    return names.length > 0 ? { only: new Set(names) } : undefined
  }
  if (!isPlainObject(fields)) return refuse()
  const flags = Object.entries(fields).map(([name, flag]) => ({ name, shown: toBoolean(flag) ?? refuse() }))
  const shown = flags.filter((flag) => flag.shown)
  if (shown.length > 0) return { only: new Set(shown.map(({ name }) => name)) }
  return flags.length > 0 ? { except: new Set(flags.map(({ name }) => name)) } : undefined
}

/** The properties that `fields` leaves of a record. */
export function applyFields(record: PlainObject, fields: Fields): PlainObject {
  if (!fields) return record
  const shows =
    'only' in fields ? (name: string) => fields.only.has(name) : (name: string) => !fields.except.has(name)
  return Object.fromEntries(Object.entries(record).filter(([name]) => shows(name)))
}

function parseInclude(include: unknown, { relations }: Vocabulary): ReadonlyMap<string, Fields> {
  const shown = new Map<string, Fields>()
  for (const { name, fields } of relationsIn(include)) {
    const relation = typeof name === 'string' && Object.hasOwn(relations, name) ? relations[name] : undefined
    if (!relation) throw new LatchkeyError('INVALID_INCLUDE', { values: [JSON.stringify(name)] })
    if (relation === 'shown') shown.set(name as string, parseFields(fields))
  }
  return shown
}

/** `"a"`, `["a"]`, `{ "relation": "a", "scope": { "fields": … } }`, `{ "a": … }`, and lists of these. */
function relationsIn(include: unknown): readonly { name: unknown; fields?: unknown }[] {
  if (include === undefined || include === null || include === '') return []
  const list = toList(include)
  if (list) return list.flatMap(relationsIn)
  if (!isPlainObject(include)) return [{ name: include }]
  if (!('relation' in include)) return Object.keys(include).map((name) => ({ name }))
  const { relation: name, scope } = include
  return [{ name, fields: isPlainObject(scope) ? scope.fields : undefined }]
}
