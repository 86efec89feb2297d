import { type RawBuilder, sql } from 'kysely'
import { likeParts } from '../domain/filter/pattern.ts'
import type { PropertyRef } from '../domain/model/query.ts'
import type { Dialect } from './sql/engine.ts'

const uniqueConstraint = 2_067

/** How SQLite says what databases say differently. */
export const sqliteDialect: Dialect = {
  jsonValue: (property) => jsonCall('json_extract', property),
  jsonType: (property) => jsonCall('json_type', property),

  // GLOB regards case, knows no collation and can use an index; LIKE folds ASCII letters.
  like: (text, pattern) => sql<boolean>`${text} glob ${globOf(pattern)}`,

  // LIKE folds ASCII only, so a text with anything else in it is let through to be judged.
  mayFitIgnoringCase: (text, pattern) =>
    sql<boolean>`(${text} like ${pattern} escape '\\' or ${text} glob ${'*[^\u0001-\u007f]*'})`,

  duplicateOf(error) {
    if (!(error instanceof Error) || (error as { errcode?: number }).errcode !== uniqueConstraint)
      return undefined
    if (error.message.includes('email')) return 'email'
    return error.message.includes('username') ? 'username' : undefined
  },
}

/**
 * A declared property's path stands in the text, so that an index on the same expression is found; its name comes
 * from the configuration and was checked there. A free property's comes from a client and is bound.
 */
function jsonCall(name: 'json_extract' | 'json_type', { path, type }: PropertyRef): RawBuilder<unknown> {
  const jsonPath = `$${path.map((key) => `."${key}"`).join('')}`
  const isDeclared = type !== 'undeclared'
  return sql`${sql.raw(name)}(properties, ${isDeclared ? sql.lit(jsonPath) : sql.val(jsonPath)})`
}

function globOf(pattern: string): string {
  let glob = ''
  for (const { character, special } of likeParts(pattern)) {
    if (special) glob += character === '%' ? '*' : '?'
    else glob += '*?['.includes(character) ? `[${character}]` : character
  }
  return glob
}
