import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { hashSlots } from '../../src/base/hash-gate.ts'
import { createLog } from '../../src/base/log.ts'
import { createRequestScope } from '../../src/base/request-scope.ts'
import { readSettings } from '../../src/config/settings.ts'
import { createAnnouncer } from '../../src/domain/events.ts'
import { shareGate } from '../../src/domain/limits/fair-gate.ts'
import { createLimits } from '../../src/domain/limits/limits.ts'
import type { Storage } from '../../src/domain/storage.ts'
import { openStorage } from '../../src/storage/open.ts'

describe('guesses that come all at once', () => {
  it('leave others their turn, however many come from one address', async () => {
    await using storage = await openCounters()
    const limits = limitsOf(storage)
    const judged: string[] = []
    const verdict = Promise.withResolvers<boolean>()
    const guess = (address: string, number: number): Promise<boolean> =>
      limits.guess('login', { account: { email: `user${number}@example.com` }, address }, () => {
        judged.push(address)
        return verdict.promise
      })
    const flood = Array.from({ length: 60 }, (_, number) => guess('192.0.2.1', number))
    const others = Array.from({ length: 5 }, (_, number) => guess(`198.51.100.${number}`, 100 + number))
    // Who waits too long is turned away, on a slow machine.
    const settled = Promise.allSettled([...flood, ...others])
    const areJudged = () => judged.filter((address) => address !== '192.0.2.1').length === others.length
    while (!areJudged()) await turn()
    const places = judged.length - others.length
    assert.ok(places <= 32, `${places} of one address at once`)
    verdict.resolve(true)
    await settled
  })

  it('are counted and judged a few at a time, from however many addresses they come', async () => {
    await using storage = await openCounters()
    const limits = limitsOf(storage)
    const mostAtOnce = Math.max(64, 4 * hashSlots)
    const verdict = Promise.withResolvers<boolean>()
    let judged = 0
    const guesses = Array.from({ length: mostAtOnce + 40 }, (_, number) => {
      const address = `198.51.${number >> 8}.${number & 255}`
      return limits.guess('login', { account: { email: `user${number}@example.com` }, address }, () => {
        judged++
        return verdict.promise
      })
    })
    // Who waits too long is turned away, on a slow machine.
    const settled = Promise.allSettled(guesses)
    while (judged < mostAtOnce) await turn()
    for (let turns = 0; turns < 20; turns++) await turn()
    assert.equal(judged, mostAtOnce)
    verdict.resolve(true)
    await settled
    assert.equal(await limits.guess('login', newcomer, async () => true), true)
  })
})

describe('hashes that are wanted all at once', () => {
  it('leave others their turn, however many one address wants, for whatever', async () => {
    const requests = createRequestScope()
    const entered: string[] = []
    const open = Promise.withResolvers<void>()
    const gate = shareGate({ run: (job) => job() }, requests)
    const hash = (address: string | undefined, background = false) =>
      requests.run({ requestId: '1', address, deadline: Number.POSITIVE_INFINITY, putOff: () => {} }, () =>
        gate.run(() => {
          entered.push(`${address}${background}`)
          return open.promise
        }, background),
      )
    const flood = Array.from({ length: 60 }, () => hash('192.0.2.1'))
    const settled = Promise.allSettled([
      ...flood,
      hash('192.0.2.2'),
      hash(undefined),
      hash('192.0.2.1', true),
    ])
    const places = () => entered.filter((one) => one === '192.0.2.1false').length
    while (entered.length < places() + 3) await turn()
    assert.equal(places(), 32)
    open.resolve()
    const left = (await settled).filter(({ status }) => status === 'rejected')
    // On a slow machine some are turned away for having waited too long; nobody waits for ever.
    assert.equal(places() + left.length, 60)
  })
})

const newcomer = { account: { email: 'late@example.com' }, address: '192.0.2.7' }

function limitsOf(storage: Storage) {
  return createLimits({
    storage,
    settings: readSettings({}),
    events: createAnnouncer(createLog('silent')),
    clock: () => new Date(),
    afterwards: () => {},
    deadline: () => Number.POSITIVE_INFINITY,
  })
}

async function openCounters() {
  const storage = await openStorage({
    url: 'sqlite::memory:',
    idType: 'integer',
    perRealm: false,
    indexed: [],
  })
  return Object.assign(storage, { [Symbol.asyncDispose]: () => storage.close() })
}
