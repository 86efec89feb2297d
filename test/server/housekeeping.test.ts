import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openHouse, password } from '../open-house.ts'

describe('what has had its time', () => {
  it('is cleared away: strangers could fill the database with it, and addresses would stay for ever', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
    const file = join(folder.path, 'latchkey.db')
    const options = { database: { url: `sqlite:${file}` }, user: { emailVerificationRequired: true } }
    using database = new DatabaseSync(file, { timeout: 5_000 })
    const left = () =>
      ['access_tokens', 'mailed_tokens', 'outbox', 'counters'].filter(
        (table) => database.prepare(`select count(*) as rows from ${table}`).get()?.rows !== 0,
      )
    {
      await using house = await openHouse(options, ['anna@example.com'])
      house.now = new Date(Date.now() - 4 * 24 * 60 * 60_000)
      await house.post('/users', { email: 'bert@example.com', password })
      await house.post('/users/reset', { email: 'anna@example.com' })
      await house.post('/users/login', { email: 'nobody@example.com', password })
      await house.mails(2)
    }
    assert.deepEqual(left(), ['access_tokens', 'mailed_tokens', 'outbox', 'counters'])
    await using _again = await openHouse(options)
    // It is done in the background, from the start on.
    for (let attempt = 0; left().length > 0; attempt++) {
      assert.ok(attempt < 1_000, `${left()} are not empty`)
      await pause(10)
    }
  })
})
