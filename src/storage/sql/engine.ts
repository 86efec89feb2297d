import {
  type ColumnDefinitionBuilder,
  type CompiledQuery,
  type CreateTableBuilder,
  type Expression,
  type Kysely,
  type Dialect as KyselyDialect,
  type RawBuilder,
  sql,
} from 'kysely'
import type { Awaitable } from '../../base/awaitable.ts'
import { checkText } from '../../base/json.ts'
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
  first(statement: Statement, search?: Search): Awaitable<Row | undefined>
  /** Runs a write; tells how many rows it touched. */
  run(statement: Statement): Promise<number>
  /** Runs a write that answers with rows. Within a transaction it is undone alone when it fails. */
  write(statement: Statement): Promise<Row[]>
  /** The same for what may be lost in a power cut: where that is quicker, it waits for no disk. */
  relaxed(statement: Statement): Promise<Row[]>
  /** Rows in slices, read as they are asked for, from one snapshot. */
  stream(statement: Statement, search: Search): AsyncIterable<readonly Row[]>
  /**
   * Runs the work in one transaction, which is kept when it resolves and undone when it throws. Where databases stop one
   * of two that wait for each other, the work runs again: it must leave nothing behind outside the database.
   */
  transaction<T>(work: (engine: Engine) => Promise<T>): Promise<T>
  /** Within a transaction: lets whoever asks for the same name wait until it is over. */
  takeTurn(name: string): Promise<void>
  close(): Promise<void>
}

/** An engine as it starts. */
export interface RootEngine extends Engine {
  /** Resolves when the database answers. @throws {LatchkeyError} DATABASE_UNAVAILABLE, also where a server takes no writes */
  ping(): Promise<void>
  /** Runs the work in one transaction that nobody else is in, anywhere: for migrations. */
  exclusively<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T>
}

/** What databases say differently. Nobody else asks which one it is. */
export interface Dialect {
  /** How Kysely writes its SQL, without running it. */
  readonly writer: KyselyDialect
  readonly schema: SchemaWords
  /** True while a statement may go on; one that has run for too long ends here with QUERY_TOO_SLOW. */
  inTime(): Expression<boolean>
  /** Ends a SELECT within a transaction: nobody else changes (or, for `share`, may come to own) its rows meanwhile. */
  hold(rows: 'forUpdate' | 'forShare'): RawBuilder<unknown>
  /** The same for rows to be worked off by anybody: those that somebody else holds are left out. */
  holdFree(): RawBuilder<unknown>
  /** An operand as the property is compared with it. */
  operand(property: PropertyRef, value: unknown): unknown
  /** Which of two ends of an order what is NULL belongs to: it comes first, in a descending order last. */
  direction(property: PropertyRef, descending: boolean): RawBuilder<unknown>
  window(limit: number | undefined, skip: number): RawBuilder<unknown>
  /** The value of a property within the JSON document of a user, NULL where it is null or absent; to be judged. */
  jsonValue(property: PropertyRef): Expression<unknown>
  /** The same, but NULL where it is of another kind; written so that an index on the same expression is found. */
  jsonOfType(property: PropertyRef, kinds: readonly string[]): Expression<unknown>
  /** Its kind: `null`, `true`, `false`, `integer`, `real`, `text`, `array`, `object`, or SQL's NULL where it is absent. */
  jsonType(property: PropertyRef): Expression<unknown>
  /** True at least where JavaScript's == holds the value equal to one of the operands, other texts for a number left aside. */
  jsonLooselyIn(property: PropertyRef, operands: readonly unknown[]): RawBuilder<boolean>
  /** What values of one kind are sorted by, one after the other. */
  jsonSortKeys(property: PropertyRef): readonly Expression<unknown>[]
  /** The values of a column of texts, in all rows, as one JSON array; `[]` where there are none. */
  jsonList(texts: Expression<string>): RawBuilder<string>
  /** True where the text fits a LIKE pattern over its whole length, with regard to case. */
  like(text: Expression<unknown>, pattern: string): RawBuilder<boolean>
  /** True at least where it fits without regard to case; more rows do no harm, fewer would. */
  mayFitIgnoringCase(text: Expression<unknown>, pattern: string): RawBuilder<boolean>
  /** Which name a unique index refused; undefined for any other error. */
  duplicateOf(error: unknown): 'email' | 'username' | undefined
}

type ColumnType = Parameters<CreateTableBuilder<string>['addColumn']>[1]

/** How tables are declared, and found. */
export interface SchemaWords {
  /** Whole numbers; instants among them. */
  readonly integer: ColumnType
  readonly text: ColumnType
  readonly flag: ColumnType
  /** A JSON document, kept to the letter. */
  readonly json: ColumnType
  /** Makes a whole number an id that the database gives, and never again. */
  autoId(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder
  /** Ends the declaration of a table; of one whose rows lie in the order of its key. */
  readonly tableEnd: RawBuilder<unknown>
  readonly keyedTableEnd: RawBuilder<unknown>
  /** Ends an index's expression, so that an order by it is found. */
  readonly indexOrder: RawBuilder<unknown>
  /** Selects a row where there is such a table. */
  table(name: string): RawBuilder<unknown>
  /** Selects the `name` of each index of a table. */
  indexes(table: string): RawBuilder<{ name: string }>
  /** Lets ids go on behind the highest there is: some may have come with their accounts, from elsewhere. */
  catchUpIds(table: string): RawBuilder<unknown> | undefined
  /** Selects the highest id ever given in a table with `autoId`; no row, or null, where there was none. */
  highestId(table: string): RawBuilder<{ id: number | null }>
  /** Lets ids go on behind that one, unless they are further already. */
  raiseIds(table: string, id: number): readonly RawBuilder<unknown>[]
  /** Selects a table's columns in their order, each with its place in the primary key: from 1, or 0 outside of it. */
  columns(table: string): RawBuilder<{ name: string; place: number }>
  /** Lets nobody else write to the tables until the transaction is over; undefined where that is so anyhow. */
  holdTables(tables: readonly string[]): RawBuilder<unknown> | undefined
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
  const fill = parameters.map((value) => (value instanceof Slot ? (value.name as keyof Values) : undefined))
  return (values) => {
    const filled = parameters.map((value, place) => {
      const name = fill[place]
      return name === undefined ? value : values[name]
    })
    return checked({ sql: text, parameters: filled })
  }
}

/** A statement as it is, unless it speaks of text that no database keeps. @throws {LatchkeyError} MALFORMED_TEXT */
export function checked(statement: Statement): Statement {
  for (const value of statement.parameters) if (typeof value === 'string') checkText(value)
  return statement
}
