import {
  DummyDriver,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { likeParts } from '../domain/filter/pattern.ts'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Dialect } from './sql/engine.ts'
import { escapedLike } from './sql/like.ts'

const uniqueConstraint = 2_067

/** How SQLite says what databases say differently. */
export const sqliteDialect: Dialect = {
  writer: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  schema: {
    integer: 'integer',
    text: 'text',
    flag: 'integer',
    json: 'text',
    // AUTOINCREMENT, so that the id of a deleted user never comes back and old references stay dead.
    autoId: (column) => column.autoIncrement(),
    tableEnd: sql`strict`,
    keyedTableEnd: sql`strict, without rowid`,
    indexOrder: sql``,
    table: (name) => sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,
    indexes: (table) =>
      sql<{ name: string }>`select name from sqlite_master where type = 'index' and tbl_name = ${table}`,
    // AUTOINCREMENT minds them by itself.
    catchUpIds: () => undefined,
    highestId: (table) => sql<{ id: number }>`select seq as id from sqlite_sequence where name = ${table}`,
    raiseIds: (table, id) => [
      sql`insert into sqlite_sequence (name, seq) select ${table}, 0
        where not exists (select 1 from sqlite_sequence where name = ${table})`,
      sql`update sqlite_sequence set seq = ${id} where name = ${table} and seq < ${id}`,
    ],
    columns: (table) =>
      sql<{
        name: string
        place: number
      }>`select name, pk as place from pragma_table_info(${table}) order by cid`,
    // There is one writer, and it is us.
    holdTables: () => undefined,
  },
  inTime: () => sql<boolean>`latchkey_in_time()`,
  // There is one writer: whatever a transaction reads is held.
  hold: () => sql``,
  holdFree: () => sql``,
  operand: (_property, value) => bound(value),
  direction: (_property, descending) => sql.raw(descending ? 'desc' : 'asc'),
  window: (limit, skip) => sql`limit ${limit ?? -1} offset ${skip}`,
  jsonValue: (property) => jsonCall('json_extract', property),
  jsonOfType: (property, kinds) =>
    sql`case when ${jsonCall('json_type', property)} in (${sql.join(kinds.map((kind) => sql.lit(kind)))})
      then ${jsonCall('json_extract', property)} end`,
  jsonType: (property) => jsonCall('json_type', property),
  jsonLooselyIn: (property, operands) =>
    sql<boolean>`${jsonCall('json_extract', property)} in (${sql.join(operands.flatMap(looselyEqual))})`,
  jsonSortKeys: (property) => [
    sql`case when ${jsonCall('json_type', property)} in ('array', 'object') then null
      else ${jsonCall('json_extract', property)} end`,
  ],

  jsonList: (texts) => sql<string>`json_group_array(${texts})`,

  // GLOB regards case, knows no collation and can use an index; LIKE folds ASCII letters.
  like: (text, pattern) => sql<boolean>`${text} glob ${globOf(pattern)}`,

  // LIKE folds ASCII only, so whatever holds anything else, text or pattern, is let through to be judged.
  mayFitIgnoringCase: (text, pattern) =>
    /\P{ASCII}/u.test(pattern)
      ? sql<boolean>`1`
      : sql<boolean>`(${text} like ${escapedLike(pattern)} escape '\\' or ${text} glob ${'*[^\u0001-\u007f]*'})`,

  duplicateOf(error) {
    if (!(error instanceof Error) || (error as { errcode?: number }).errcode !== uniqueConstraint)
      return undefined
    // "…: customer_users.email", or "…: index 'customer_users_unique_email_per_realm'": models may be called anything.
    const [, name] = /(?:\.|_unique_)(email|username)(?:_per_realm'?)?$/.exec(error.message) ?? []
    return name as 'email' | 'username' | undefined
  },
}

/**
 * A declared property's path stands in the text, so that an index on the same expression is found; its name comes
 * from the configuration and was checked there. A free property's comes from a client and is bound.
 */
function jsonCall(name: 'json_extract' | 'json_type', { path, type }: PropertyRef): RawBuilder<unknown> {
  const write = type === 'undeclared' ? sql.val : sql.lit
  const calls = jsonPaths(path).map((jsonPath) => sql`${sql.raw(name)}(properties, ${write(jsonPath)})`)
  return calls.length === 1 ? (calls[0] as RawBuilder<unknown>) : sql`coalesce(${sql.join(calls)})`
}

/** A step of digits may name a member of an object or a place in a list; of the two paths at most one exists. */
function jsonPaths(path: readonly string[]): string[] {
  return path.reduce<string[]>(
    (starts, key) => {
      const label = `.${JSON.stringify(key)}`
      const steps = /^(0|[1-9]\d{0,8})$/.test(key) ? [label, `[${key}]`] : [label]
      return starts.flatMap((start) => steps.map((step) => start + step))
    },
    ['$'],
  )
}

/** JSON's true and false come out of SQLite as 1 and 0, and so do our boolean columns. */
function bound(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  // JavaScript writes integers beyond 2^53 rounded, to the digits that tell them apart; SQLite reads every digit.
  const isRounded =
    Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 63
  return isRounded ? BigInt(String(value)) : value
}

/** The numbers and texts that JavaScript's == may hold equal to an operand. */
function looselyEqual(operand: unknown): unknown[] {
  if (typeof operand !== 'string') return [bound(operand)]
  const number = Number(operand)
  return Number.isNaN(number) ? [operand] : [operand, bound(number)]
}

function globOf(pattern: string): string {
  let glob = ''
  for (const { character, special } of likeParts(pattern)) {
    if (special) glob += character === '%' ? '*' : '?'
    else glob += '*?['.includes(character) ? `[${character}]` : character
  }
  return glob
}
