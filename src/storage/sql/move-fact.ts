import { type Kysely, sql } from 'kysely'
import { LatchkeyError } from '../../base/errors.ts'

/** Kept in a database that is being filled from another one, until it is whole; its value says from which. */
const name = 'move'

/** Where the accounts come from that are not all here yet; undefined of an ordinary database. */
export async function readMove(db: Kysely<unknown>): Promise<string | undefined> {
  const { rows } = await sql<{ value: string }>`select value from latchkey where name = ${name}`.execute(db)
  return rows[0]?.value
}

export async function noteMove(db: Kysely<unknown>, from: string): Promise<void> {
  await sql`insert into latchkey (name, value) values (${name}, ${from})`.execute(db)
}

export async function endMove(db: Kysely<unknown>): Promise<void> {
  await sql`delete from latchkey where name = ${name}`.execute(db)
}

/** Half of the accounts must not be served as if they were all. @throws {LatchkeyError} DATABASE_UNUSABLE */
export async function refuseUnfinished(db: Kysely<unknown>): Promise<void> {
  const from = await readMove(db)
  if (from === undefined) return
  throw new LatchkeyError('DATABASE_UNUSABLE', {
    values: [
      `database.url: the accounts of ${from} are being moved here and are not all here yet; run latchkey move again until it ends`,
    ],
  })
}
