import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { SchemaWords } from './engine.ts'

/** A table as its rows are copied: by name, in the order of its primary key. */
export interface CopiedTable {
  readonly name: string
  readonly columns: readonly string[]
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[]
}

type NamedRow = Readonly<Record<string, unknown>>

/** What a table holds: two are the same where both of these are. */
export interface Content {
  readonly rows: number
  /** SHA-256 over all rows in the order of their key. */
  readonly digest: string
}

/** Rows copied, or compared, at a time: as many as a transaction soon has written. */
const mostRows = 1_000
/** Values in a statement at most: SQLite takes 32,766, PostgreSQL twice that. */
const mostValues = 30_000

/** Reads from the database itself what a table is made of, so that no later column can be forgotten. */
export async function describeTable(
  db: Kysely<unknown>,
  name: string,
  words: SchemaWords,
): Promise<CopiedTable> {
  const { rows } = await words.columns(name).execute(db)
  const key = rows.filter(({ place }) => place > 0).sort((one, other) => one.place - other.place)
  return { name, columns: rows.map((column) => column.name), key: key.map((column) => column.name) }
}

/** The key of the last row there is, as values; undefined of an empty table. */
export async function lastKey(
  db: Kysely<unknown>,
  { name, key }: CopiedTable,
): Promise<readonly unknown[] | undefined> {
  const backwards = sql.join(key.map((column) => sql`${sql.id(column)} desc`))
  const { rows } = await sql<NamedRow>`
    select ${listOf(key)} from ${sql.id(name)} order by ${backwards} limit 1
  `.execute(db)
  return rows[0] && valuesOf(rows[0], key)
}

/** The rows behind a key, or from the first on, in batches of which each fits into one statement. */
export async function* batches(
  db: Kysely<unknown>,
  { name, columns, key }: CopiedTable,
  behind: readonly unknown[] | undefined,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  const most = Math.min(mostRows, Math.floor(mostValues / columns.length))
  const places = key.map((column) => columns.indexOf(column))
  for (let last = behind; ; ) {
    const from = last ? sql`where (${listOf(key)}) > (${sql.join(last)})` : sql``
    const { rows } = await sql<NamedRow>`
      select ${listOf(columns)} from ${sql.id(name)} ${from} order by ${listOf(key)} limit ${sql.lit(most)}
    `.execute(db)
    const batch = rows.map((row) => valuesOf(row, columns))
    if (batch.length > 0) yield batch
    const end = batch.at(-1)
    if (batch.length < most || !end) return
    last = places.map((place) => end[place])
  }
}

/** Writes rows as they are, with their ids. */
export async function insertRows(
  db: Kysely<unknown>,
  { name, columns }: CopiedTable,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const values = rows.map((row) => sql`(${sql.join([...row])})`)
  await sql`insert into ${sql.id(name)} (${listOf(columns)}) values ${sql.join(values)}`.execute(db)
}

export async function countRows(db: Kysely<unknown>, name: string): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${sql.id(name)}`.execute(db)
  return rows[0]?.total ?? 0
}

/** Reads a table through. @param onRows told how many rows more have been read */
export async function contentOf(
  db: Kysely<unknown>,
  table: CopiedTable,
  onRows: (count: number) => void = () => {},
): Promise<Content> {
  const digest = createHash('sha256')
  let count = 0
  for await (const rows of batches(db, table, undefined)) {
    for (const row of rows) digest.update(`${JSON.stringify(row)}\n`)
    count += rows.length
    onRows(rows.length)
  }
  return { rows: count, digest: digest.digest('hex') }
}

function listOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.id(column)))
}

function valuesOf(row: NamedRow, columns: readonly string[]): unknown[] {
  return columns.map((column) => row[column])
}
