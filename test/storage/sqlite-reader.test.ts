import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { openSqlite } from '../../src/storage/sqlite.ts'

const count = 1_000

type SqliteEngine = Awaited<ReturnType<typeof openSqlite>>

/** A file with a thousand notes: more than are read at once. */
async function openNotes(): Promise<SqliteEngine & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const file = join(directory, 'notes.db')
  const engine = await openSqlite(file)
  const database = new DatabaseSync(file)
  database.exec(`create table notes (id integer primary key, text text);
    insert into notes with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    select i, 'note ' || i from n`)
  database.close()
  return {
    ...engine,
    async [Symbol.asyncDispose]() {
      await engine.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const all = { sql: 'select id from notes where latchkey_in_time() order by id', parameters: [] }
/** Goes on for ever, without a row. */
const endless = {
  sql: 'with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n where latchkey_in_time()',
  parameters: [],
}

/** Asks for what has no end. */
async function search(engine: SqliteEngine): Promise<unknown> {
  return engine.first(endless, {})
}

async function lengthOf(engine: SqliteEngine): Promise<number> {
  let length = 0
  for await (const rows of engine.stream(all, {})) length += rows.length
  return length
}

/** The next thread somebody starts. */
async function nextThread(): Promise<Worker> {
  const [worker] = await once(process, 'worker')
  return worker
}

describe('what a search reads elsewhere', () => {
  it('starts its thread with the first long list, and no sooner', async () => {
    await using engine = await openNotes()
    let started = 0
    const note = () => started++
    process.on('worker', note)
    assert.deepEqual(await engine.first({ sql: 'select id from notes where id = 7', parameters: [] }), [7])
    assert.equal(started, 0)
    assert.equal(await lengthOf(engine), count)
    process.off('worker', note)
    assert.equal(started, 1)
  })

  it('sees all that was written before, however often', async () => {
    await using engine = await openNotes()
    // Read halfway, to stay open: its snapshot is its own.
    const old = engine.stream(all, {})[Symbol.asyncIterator]()
    await old.next()
    for (let more = 1; more <= 20; more++) {
      await engine.run({ sql: 'insert into notes (text) values (?)', parameters: ['late'] })
      assert.equal(await lengthOf(engine), count + more)
    }
    let rest = 0
    for (let slice = await old.next(); !slice.done; slice = await old.next()) rest += slice.value.length
    assert.ok(rest < count)
  })

  it('is given up after a while', async () => {
    await using engine = await openNotes()
    await assert.rejects(search(engine), { code: 'QUERY_TOO_SLOW', retryAfter: 5 })
    assert.equal(await lengthOf(engine), count)
  })

  it('ends with its signal, under way or still waiting, and others go on', async () => {
    await using engine = await openNotes()
    const controller = new AbortController()
    const signal = controller.signal
    const searches = Array.from({ length: 20 }, () => engine.first(endless, { signal }))
    const outcomes = Promise.allSettled(searches)
    const list = lengthOf(engine)
    controller.abort(new Error('nobody waits'))
    for (const outcome of await outcomes) {
      assert.equal(outcome.status === 'rejected' && outcome.reason.message, 'nobody waits')
    }
    assert.equal(await list, count)
  })

  it('is refused beyond a bound, and welcome when there is room again', async () => {
    await using engine = await openNotes()
    const lists = Array.from({ length: 40 }, () => engine.stream(all, {})[Symbol.asyncIterator]())
    const begun = await Promise.allSettled(lists.map((list) => list.next()))
    const refused = begun.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    assert.ok(refused.length > 0 && refused.length < 20, `${refused.length} of 40 were refused`)
    for (const { reason } of refused) assert.equal(reason.code, 'DATABASE_BUSY')
    for (const list of lists) await list.return?.()
    assert.equal(await lengthOf(engine), count)
  })

  it('survives its thread: what was half read fails, and the next search gets another one', async () => {
    await using engine = await openNotes()
    const starting = nextThread()
    const [waiting, resting] = [1, 2].map(() => engine.stream(all, {})[Symbol.asyncIterator]())
    await waiting?.next()
    await resting?.next()
    const thread = await starting
    const searching = search(engine)
    const outcome = assert.rejects(searching, { code: /DATABASE_UNAVAILABLE|QUERY_TOO_SLOW/ })
    await thread.terminate()
    await outcome
    await assert.rejects(async () => resting?.next(), { code: 'DATABASE_UNAVAILABLE' })
    assert.equal(await lengthOf(engine), count)
    await assert.rejects(async () => waiting?.next(), { code: 'DATABASE_UNAVAILABLE' })
  })

  it('ends when the database is closed', async () => {
    const engine = await openNotes()
    const list = engine.stream(all, {})[Symbol.asyncIterator]()
    await list.next()
    const searching = assert.rejects(search(engine))
    await engine[Symbol.asyncDispose]()
    await searching
    await assert.rejects(async () => list.next(), { code: 'DATABASE_UNAVAILABLE' })
  })
})
