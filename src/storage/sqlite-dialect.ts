import { type RawBuilder, sql } from 'kysely'
import { likeParts } from '../domain/filter/pattern.ts'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Dialect } from './sql/engine.ts'

const uniqueConstraint = 2_067

/** How SQLite says what databases say differently. */
export const sqliteDialect: Dialect = {
  inTime: () => sql<boolean>`latchkey_in_time()`,
  jsonValue: (property) => jsonCall('json_extract', property),
  jsonOfType: (property, kinds) =>
    sql`case when ${jsonCall('json_type', property)} in (${sql.join(kinds.map((kind) => sql.lit(kind)))})
      then ${jsonCall('json_extract', property)} end`,
  jsonType: (property) => jsonCall('json_type', property),

  // GLOB regards case, knows no collation and can use an index; LIKE folds ASCII letters.
  like: (text, pattern) => sql<boolean>`${text} glob ${globOf(pattern)}`,

  // LIKE folds ASCII only, so whatever holds anything else, text or pattern, is let through to be judged.
  mayFitIgnoringCase: (text, pattern) =>
    /\P{ASCII}/u.test(pattern)
      ? sql<boolean>`1`
      : sql<boolean>`(${text} like ${likeOf(pattern)} escape '\\' or ${text} glob ${'*[^\u0001-\u007f]*'})`,

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

/** The pattern with every escape written so that SQLite takes it too: a lone backslash at the end would fit nothing. */
function likeOf(pattern: string): string {
  let like = ''
  for (const { character, special } of likeParts(pattern)) {
    like += special || !'%_\\'.includes(character) ? character : `\\${character}`
  }
  return like
}

function globOf(pattern: string): string {
  let glob = ''
  for (const { character, special } of likeParts(pattern)) {
    if (special) glob += character === '%' ? '*' : '?'
    else glob += '*?['.includes(character) ? `[${character}]` : character
  }
  return glob
}
