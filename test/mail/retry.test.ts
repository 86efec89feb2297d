import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pauseAfter } from '../../src/mail/retry.ts'

const minuteMs = 60_000

describe('the pause before a letter is tried again', () => {
  it('grows from a second, and stays short enough for mail to be out within a minute of a short outage', () => {
    const pauses = Array.from({ length: 12 }, (_, index) => pauseAfter(index + 1, 5 * minuteMs, 0.5))
    assert.deepEqual(pauses.slice(0, 6), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
    assert.deepEqual(new Set(pauses.slice(6)), new Set([30_000]))
  })

  it('is a twentieth of the letter’s age in a long outage', () => {
    assert.equal(pauseAfter(40, 60 * minuteMs, 0.5), 3 * minuteMs)
    assert.equal(pauseAfter(2_000, 20 * 60 * minuteMs, 0.5), 60 * minuteMs)
  })

  it('is a quarter shorter or longer by chance', () => {
    assert.deepEqual([pauseAfter(3, 0, 0), pauseAfter(3, 0, 1)], [3_000, 5_000])
    const pauses = Array.from({ length: 100 }, () => pauseAfter(3, 0))
    assert.ok(pauses.every((pause) => pause >= 3_000 && pause <= 5_000))
    assert.ok(new Set(pauses).size > 1)
  })
})
