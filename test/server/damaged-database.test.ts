import assert from 'node:assert/strict'
import { truncateSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createLatchkey } from '../../src/index.ts'
import { openFolder, serve } from '../cli/latchkey-process.ts'

const everybodyCounts = [
  { principalType: 'ROLE', principalId: '$everyone', permission: 'ALLOW', property: 'count' },
]

describe('a database that is damaged while it is served', () => {
  it('is answered with 503, and the server lives on', async () => {
    using folder = openFolder()
    const latchkey = await createLatchkey({
      database: { url: `sqlite:${folder.file('latchkey.db')}` },
      user: { passwordHash: 'bcrypt', saltWorkFactor: 4 },
      log: { level: 'silent' },
    })
    // More than SQLite keeps in memory, so that it must read what is gone.
    const accounts = Array.from({ length: 100 }, (_, n) => ({
      email: `${n}@example.com`,
      password: 'bar',
      note: 'x'.repeat(60_000),
    }))
    await latchkey.users.createMany(accounts)
    await latchkey.close()

    await using server = await serve(['--user.acls', JSON.stringify(everybodyCounts)], { folder })
    truncateSync(folder.file('latchkey.db'), 8_192)
    const where = encodeURIComponent('{"note":"y"}')
    for (let n = 0; n < 2; n++) {
      const reply = await fetch(`${server.url}/api/users/count?where=${where}`)
      assert.equal(reply.status, 503)
      assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
      assert.doesNotMatch(await reply.text(), /malformed|disk/)
    }
    assert.equal((await fetch(`${server.url}/live`)).status, 200)
  })
})
