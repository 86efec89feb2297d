import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openSqlite } from '../../src/storage/sqlite.ts'

describe('a file that another program has locked', () => {
  it('keeps nobody waiting beyond their time, however many wait before them who have more', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const file = join(folder.path, 'latchkey.db')
    let deadline = Number.POSITIVE_INFINITY
    const engine = await openSqlite(file, () => deadline)
    await engine.exclusively((db) => sql`create table notes (text text)`.execute(db))
    const write = () => engine.run({ sql: `insert into notes values ('x')`, parameters: [] })
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')

    let settled = 0
    // More than share a commit.
    const patient = Array.from({ length: 100 }, () => write().finally(() => settled++))
    deadline = performance.now()
    await assert.rejects(write(), { code: 'DATABASE_BUSY', retryAfter: 1 })
    assert.equal(settled, 0)

    other.exec('ROLLBACK')
    other.close()
    await Promise.all(patient)
    assert.deepEqual(await engine.first({ sql: 'select count(*) from notes', parameters: [] }), [100])
    await engine.close()
  })
})
