import { type CompiledQuery, type Expression, type RawBuilder, sql } from 'kysely'
import type { PropertyRef, Where } from '../../domain/model/query.ts'

/** A row: values in the order of the columns asked for. Objects by name would cost more than the look-up itself. */
export type Row = readonly unknown[]

/** A statement's text and its values, in the order of their placeholders. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** Given with a statement that a filter made, and that may have to look at every row. */
export interface Search {
  /** Aborted when nobody waits for the rows any more. */
  readonly signal?: AbortSignal | undefined
  /** What rows must fit besides. An engine may leave out those that do not, and need not. */
  readonly where?: Where
}

/** All a database owes us. Statements are prepared on first use and kept, by their text. */
export interface Engine {
  readonly dialect: Dialect
  /** Outside a transaction, `all`, `first` and `stream` only read. */
  all(statement: Statement): Promise<Row[]>
  first(statement: Statement, search?: Search): Promise<Row | undefined>
  /** Runs a write; tells how many rows it touched. */
  run(statement: Statement): Promise<number>
  /** Rows in slices, read as they are asked for, from one snapshot. */
  stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]>
  /** Runs the work in one transaction, which is kept when it resolves and undone when it throws. */
  transaction<T>(work: (engine: Engine) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** What databases say differently. Nobody else asks which one it is. */
export interface Dialect {
  /** True while a statement may go on; one that has run for too long ends here with QUERY_TOO_SLOW. */
  inTime(): Expression<boolean>
  /** The value of a property within the JSON document of a user. */
  jsonValue(property: PropertyRef): Expression<unknown>
  /** The same, but NULL where it is of another kind; written so that an index on the same expression is found. */
  jsonOfType(property: PropertyRef, kinds: readonly string[]): Expression<unknown>
  /** Its kind: `null`, `true`, `false`, `integer`, `real`, `text`, `array`, `object`, or SQL's NULL where it is absent. */
  jsonType(property: PropertyRef): Expression<unknown>
  /** True where the text fits a LIKE pattern over its whole length, with regard to case. */
  like(text: Expression<unknown>, pattern: string): RawBuilder<boolean>
  /** True at least where it fits without regard to case; more rows do no harm, fewer would. */
  mayFitIgnoringCase(text: Expression<unknown>, pattern: string): RawBuilder<boolean>
  /** Which name a unique index refused; undefined for any other error. */
  duplicateOf(error: unknown): 'email' | 'username' | undefined
}

/** Stands for a value that comes at run time. */
class Slot {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A placeholder for use in Kysely, to be filled in when the statement runs. */
export function slot<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Slot(name)}`
}

/**
 * Builds a statement once, at start: Kysely writes it, and nothing of Kysely runs per request (building a statement
 * costs several times what running it does).
 * @returns a function that fills in the slots by name
 */
export function fixed<Values extends object>(query: {
  compile(): CompiledQuery
}): (values: Values) => Statement {
  const { sql: text, parameters } = query.compile()
  return (values) => ({
    sql: text,
    parameters: parameters.map((value) =>
      value instanceof Slot ? values[value.name as keyof Values] : value,
    ),
  })
}
