import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openSqlite } from '../../src/storage/sqlite.ts'

const statement = (sql: string, ...parameters: unknown[]) => ({ sql, parameters })

describe('a disk that is full', () => {
  it('is told as such, keeps what was there, and is welcome again once there is room', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const engine = await openSqlite(join(folder.path, 'latchkey.db'))
    await engine.exclusively((db) => sql`create table notes (text text)`.execute(db))
    await engine.run(statement('insert into notes values (?)', 'kept'))
    const limit = (pages: number) =>
      engine.exclusively((db) => sql`pragma max_page_count = ${sql.lit(pages)}`.execute(db))
    await limit(1)

    const write = () => engine.run(statement('insert into notes values (?)', 'x'.repeat(100_000)))
    const nested = () =>
      engine.transaction((outer) =>
        outer.transaction((inner) =>
          inner.run(statement('insert into notes values (?)', 'x'.repeat(100_000))),
        ),
      )
    const outcomes = await Promise.allSettled([write(), nested(), write()])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code),
      ['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'],
    )
    assert.deepEqual(await engine.all(statement('select text from notes')), [['kept']])

    await limit(1_000_000)
    await Promise.all([write(), nested()])
    assert.deepEqual(await engine.first(statement('select count(*) from notes')), [3])
    await engine.close()
  })
})
