import {
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Dialect } from './sql/engine.ts'
import { escapedLike } from './sql/like.ts'

const uniqueViolation = '23505'

/** How PostgreSQL says what databases say differently. */
export const postgresDialect: Dialect = {
  writer: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  schema: {
    integer: 'bigint',
    // By code point, as everywhere; and an index serves LIKE.
    text: sql`text collate "C"`,
    flag: 'smallint',
    // Not jsonb, which forgets the order of members and how numbers were written.
    json: 'json',
    // A sequence gives each number once, whatever becomes of it, and keeps no writer waiting for another.
    autoId: (column) => column.generatedByDefaultAsIdentity(),
    tableEnd: sql``,
    keyedTableEnd: sql``,
    indexOrder: sql`nulls first`,
    table: (name) =>
      sql`select 1 from pg_catalog.pg_tables where schemaname = current_schema() and tablename = ${name}`,
    indexes: (table) =>
      sql<{ name: string }>`select indexname as name from pg_catalog.pg_indexes
        where schemaname = current_schema() and tablename = ${table}`,
    catchUpIds: (table) => {
      const sequence = sequenceOf(table)
      return sql`select setval(${sequence}, highest.id) from (select max(id) as id from ${sql.id(table)}) as highest
        where highest.id > coalesce(pg_sequence_last_value(${sequence}::regclass), 0)`
    },
    highestId: (table) =>
      sql<{ id: number | null }>`select pg_sequence_last_value(${sequenceOf(table)}::regclass) as id`,
    raiseIds: (table, id) => [
      sql`select setval(${sequenceOf(table)}, ${sql.lit(id)})
        where ${sql.lit(id)} > coalesce(pg_sequence_last_value(${sequenceOf(table)}::regclass), 0)`,
    ],
    columns: (table) =>
      sql<{ name: string; place: number }>`
        select attname as name, coalesce(array_position(indkey::int2[], attnum) + 1, 0) as place
        from pg_catalog.pg_class as named
        join pg_catalog.pg_attribute on attrelid = named.oid and attnum > 0 and not attisdropped
        left join pg_catalog.pg_index on indrelid = named.oid and indisprimary
        where relname = ${table} and relnamespace = current_schema()::regnamespace order by attnum`,
    holdTables: (tables) => sql`lock table ${sql.join(tables.map((table) => sql.id(table)))} in share mode`,
  },
  // The connection has a time limit for each statement.
  inTime: () => sql<boolean>`true`,
  hold: (rows) => (rows === 'forUpdate' ? sql`for update` : sql`for share`),
  holdFree: () => sql`for update skip locked`,
  operand: ({ column, type }, value) => {
    if (typeof value === 'boolean') return Number(value)
    // Ids are whole numbers; what they are compared with need not be.
    const isOdd = column && type === 'number' && !Number.isSafeInteger(value)
    return isOdd ? sql`${value}::numeric` : value
  },
  direction: (property, descending) => {
    const isNeverNull = property.column && (property.name === 'id' || property.name === 'email')
    return sql.raw(
      `${descending ? 'desc' : 'asc'}${isNeverNull ? '' : ` nulls ${descending ? 'last' : 'first'}`}`,
    )
  },
  window: (limit, skip) => sql`limit ${limit ?? null}::bigint offset ${skip}::bigint`,
  jsonValue: (property) => textOf(property),
  jsonOfType: (property, kinds) => {
    const is = (kind: string) => sql`json_typeof(${jsonAt(property)}) = ${sql.lit(kind)}`
    if (kinds.includes('text')) return sql`case when ${is('string')} then ${textOf(property)} end`
    if (kinds.includes('real'))
      return sql`case when ${is('number')} then (${plainTextOf(property)})::float8 end`
    return sql`case when ${is('boolean')} then (${plainTextOf(property)})::boolean::int end`
  },
  jsonType: (property) =>
    sql`case json_typeof(${jsonAt(property)}) when 'string' then 'text' when 'number' then 'real'
      when 'boolean' then ${plainTextOf(property)} else json_typeof(${jsonAt(property)}) end`,
  jsonLooselyIn: (property, operands) =>
    sql<boolean>`${textOf(property)} in (${sql.join([...new Set(operands.flatMap(looselyEqual))])})`,
  jsonSortKeys: (property) => [
    sql`case json_typeof(${jsonAt(property)}) when 'number' then (${plainTextOf(property)})::float8
      when 'boolean' then (${plainTextOf(property)})::boolean::int end`,
    sql`case json_typeof(${jsonAt(property)}) when 'string' then ${textOf(property)} end`,
  ],

  jsonList: (texts) => sql<string>`coalesce(json_agg(${texts})::text, '[]')`,

  like: (text, pattern) => sql<boolean>`${text} like ${escapedLike(pattern)}`,

  // Collated "C", ILIKE folds ASCII only, so whatever holds anything else, text or pattern, is let through to be judged.
  mayFitIgnoringCase: (text, pattern) =>
    /\P{ASCII}/u.test(pattern)
      ? sql<boolean>`true`
      : sql<boolean>`(${text} ilike ${escapedLike(pattern)} or octet_length(${text}) <> char_length(${text}))`,

  duplicateOf(error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown }
    if (code !== uniqueViolation || typeof constraint !== 'string') return undefined
    const [, name] = /_unique_(email|username)(?:_per_realm)?$/.exec(constraint) ?? []
    return name as 'email' | 'username' | undefined
  },
}

function sequenceOf(table: string): RawBuilder<unknown> {
  return sql`pg_get_serial_sequence(${sql.lit(`"${table.replaceAll('"', '""')}"`)}, 'id')`
}

/**
 * The JSON of a property. A declared one's path stands in the text, so that an index on the same expression is found; a
 * free one's comes from a client and is bound.
 */
function jsonAt({ path, type }: PropertyRef): RawBuilder<unknown> {
  const write = (key: string) => (type === 'undeclared' ? sql`${key}::text` : sql.lit(key))
  return path.reduce<RawBuilder<unknown>>(
    (json, key) =>
      // Only digits name a place in a list: to PostgreSQL -1 and 01 would as well.
      /^(0|[1-9]\d{0,8})$/.test(key) ? sql`${json} #> array[${write(key)}]` : sql`${json} -> ${write(key)}`,
    sql`properties`,
  )
}

/** A text without its quotes, and all else as it is written in JSON; NULL for null. */
function plainTextOf(property: PropertyRef): RawBuilder<unknown> {
  return sql`${jsonAt(property)} #>> '{}'`
}

function textOf(property: PropertyRef): RawBuilder<unknown> {
  return sql`(${plainTextOf(property)}) collate "C"`
}

/** What stands in JSON for the values that JavaScript's == may hold equal to an operand. */
function looselyEqual(operand: unknown): string[] {
  const number = Number(operand)
  const asNumber = Number.isNaN(number) ? [] : [String(number)]
  const asBoolean = number === 1 ? ['true'] : number === 0 ? ['false'] : []
  return [String(operand), ...asNumber, ...asBoolean]
}
