import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRefusal } from '../../src/base/errors.ts'
import { redactText } from '../../src/base/log.ts'
import type { Latchkey } from '../../src/index.ts'
import { openHouse, password } from '../open-house.ts'

/**
 * More than a request can bring, so that what takes the square of it takes minutes, and what does not a moment: the
 * speed of the machine makes no difference between the two.
 */
const long = 400_000
/** Seconds of work of the processor, whoever else it works for meanwhile. */
const mostSeconds = 10

async function isQuick(work: () => unknown): Promise<void> {
  const before = process.cpuUsage()
  await work()
  const { user } = process.cpuUsage(before)
  assert.ok(user / 1e6 < mostSeconds, `it took ${user / 1e6} seconds`)
}

/** Unicode puts the accents of a letter in order; of so many that takes long. */
const accents = `a${'\u0301'.repeat(long / 2)}${'\u0327'.repeat(long / 2)}`

describe('a text that is made to take long', () => {
  it('is refused in no time as an address, a name or a password', async () => {
    await using house = await openHouse({}, ['ada@example.com'])
    const { users } = house.latchkey
    for (const text of [accents, `${'}'.repeat(long)}x`]) {
      const attempts: [code: string, attempt: () => Promise<unknown>][] = [
        ['VALIDATION_FAILED', () => users.create({ email: text, password })],
        ['VALIDATION_FAILED', () => users.create({ email: 'bob@example.com', username: text, password })],
        ['PASSWORD_TOO_LONG', () => users.create({ email: 'bob@example.com', password: text })],
        ['LOGIN_FAILED', () => users.login({ email: text, password })],
        ['LOGIN_FAILED', () => users.login({ email: 'ada@example.com', password: text })],
        ['PASSWORD_TOO_LONG', () => users.setPassword({ newPassword: text }, 1)],
      ]
      for (const [code, attempt] of attempts)
        await isQuick(() => assert.rejects(attempt, (error) => isRefusal(error, code as never)))
      await isQuick(() => users.resetPassword({ email: text }))
      await isQuick(() => users.requestVerification({ email: text }))
    }
  })

  it('is looked for in no time, as LoopBack understands it', async () => {
    for (const compatibility of ['loopback2', 'loopback3'] as const) {
      await using house = await openHouse({ compatibility }, ['ada@example.com'])
      const find = (filter: object) => isQuick(() => refused(house.latchkey, filter))
      // The cube of it would be minutes already.
      await find({ where: { email: { regexp: `${'/'.repeat(4_000)}\n` } } })
      await find({ order: `a${' '.repeat(long)}b` })
    }
  })

  it('is written to the log in no time', async () => {
    await isQuick(() => redactText('://:'.repeat(long / 2)))
    await isQuick(() => redactText(`@${'://:'.repeat(long / 2)}`))
  })
})

/** Whether it is refused does not matter here. */
async function refused({ users }: Latchkey, filter: object): Promise<void> {
  try {
    for await (const _ of users.find({ ...filter })) break
  } catch (error) {
    assert.ok(isRefusal(error, 'INVALID_WHERE') || isRefusal(error, 'INVALID_ORDER'), String(error))
  }
}
