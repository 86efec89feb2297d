import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { LatchkeyError } from '../../src/base/errors.ts'
import { postgresDialect } from '../../src/storage/postgres-dialect.ts'
import type { Answer, Link } from '../../src/storage/postgres-link.ts'
import { createPool, type Pool } from '../../src/storage/postgres-pool.ts'
import { createTransaction } from '../../src/storage/postgres-transaction.ts'

const answer: Answer = { rows: [], rowCount: 0, command: 'SELECT' }
const never = Number.POSITIVE_INFINITY

/** A connection that answers when the test says so. */
function openLink(): Link & { sent: string[]; answerNext(): void } {
  const sent: string[] = []
  const waiting: (() => void)[] = []
  let settle = () => {}
  return {
    sent,
    isLost: false,
    get waiting() {
      return waiting.length
    },
    query: ({ text }) => {
      sent.push(text)
      return new Promise((resolve) => waiting.push(() => resolve(answer)))
    },
    settled: () => (waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => (settle = resolve))),
    cut: () => {},
    end: async () => {},
    answerNext() {
      waiting.shift()?.()
      if (waiting.length === 0) settle()
    },
  }
}

function poolOver(link: Link, isPipelined: boolean): Pool {
  const open = () => Promise.resolve(link)
  return createPool({ open, size: 1, shared: 0, isPipelined, waitMs: 60_000, idleMs: 60_000 })
}

function readersOf(pool: Pool): Promise<Answer>[] {
  return ['a', 'b', 'c'].map((text) => pool.share((link) => link.query({ text }), never))
}

describe('statements of several clients on one connection', () => {
  it('go out one behind the other, answered or not', async () => {
    const link = openLink()
    const readers = readersOf(poolOver(link, true))
    await turn()
    assert.deepEqual(link.sent, ['a', 'b', 'c'])
    for (const _ of readers) link.answerNext()
    await Promise.all(readers)
  })

  it('wait for the answer to the one before where a pooler may hand them to different servers', async () => {
    const link = openLink()
    const pool = poolOver(link, false)
    const readers = readersOf(pool)
    const alone = pool.alone((own) => own.query({ text: 'begin' }), never)
    for (const expected of ['a', 'ab', 'abc', 'abcbegin']) {
      await turn()
      assert.equal(link.sent.join(''), expected)
      link.answerNext()
    }
    await Promise.all([...readers, alone])
  })
})

describe('a transaction that somebody gives up', () => {
  /** Runs one on a connection that is late with a statement. @returns what went out */
  async function givenUpAt(late: string): Promise<string[]> {
    const link = openLink()
    const impatient: Link = {
      ...link,
      get waiting() {
        return link.sent.includes(late) ? 1 : 0
      },
      query: ({ text }) => {
        link.sent.push(text)
        if (text === late) return Promise.reject(new LatchkeyError('DATABASE_BUSY', { retryAfter: 1 }))
        return Promise.resolve({ ...answer, command: text.toUpperCase() })
      },
    }
    const by = () => performance.now() + 60_000
    const ask = (own: Link) => own.query({ text: 'work' })
    const run = createTransaction({ dialect: postgresDialect, ask, begin: 'begin', by })
    await assert.rejects(
      run(impatient, (engine) => engine.all({ sql: 'work', parameters: [] })),
      { code: 'DATABASE_BUSY' },
    )
    return link.sent
  }

  it('as it begins, or later, is ended, for the connection is somebody else’s next', async () => {
    assert.deepEqual(await givenUpAt('begin'), ['begin', 'rollback'])
    assert.deepEqual(await givenUpAt('work'), ['begin', 'work', 'rollback'])
  })

  it('as it ends has an end', async () => {
    assert.deepEqual(await givenUpAt('commit'), ['begin', 'work', 'commit'])
  })
})
