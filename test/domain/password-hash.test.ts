import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import { suggestHashParameters } from '../../src/base/calibration.ts'
import { isRefusal } from '../../src/base/errors.ts'
import { createHashGate, type HashGate } from '../../src/base/hash-gate.ts'
import { type HashParameters, weakestParameters } from '../../src/base/hash-parameters.ts'
import { createLog, type Log } from '../../src/base/log.ts'
import { createPasswordHasher, type PasswordAlgorithm } from '../../src/base/password-hash.ts'
import { createPepper } from '../../src/base/pepper.ts'

const password = 'correct horse battery staple'

describe('hashing a password', () => {
  it('uses Argon2id with the parameters OWASP asks for', async () => {
    const { hasher } = await openHasher('argon2id')
    assert.match(await hasher.hash(password), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('uses bcrypt at the cost that is configured', async () => {
    const { hasher } = await openHasher('bcrypt', 5)
    assert.match(await hasher.hash(password), /^\$2[aby]\$05\$/)
  })

  it('makes another hash of the same password each time', async () => {
    const { hasher } = await openHasher('bcrypt')
    assert.notEqual(await hasher.hash(password), await hasher.hash(password))
  })

  it('refuses what is no password before it hashes anything', async () => {
    const { hasher, gate } = await openHasher('argon2id')
    const halves = ['half a character: \ud800', 'a NUL: \0']
    for (const given of ['', null, undefined, 5, {}, ['x'], ...halves]) {
      const refusal = (error: unknown) => isRefusal(error, 'INVALID_PASSWORD')
      await assert.rejects(hasher.hash(given as string), refusal, String(given))
      assert.throws(() => hasher.check(given as string), refusal)
    }
    assert.equal(gate.runs, 0)
  })

  it('takes 1024 bytes for Argon2id and 72 for bcrypt, counted after normalisation', async () => {
    for (const [algorithm, longest] of [
      ['argon2id', 1_024],
      ['bcrypt', 72],
    ] as const) {
      const { hasher } = await openHasher(algorithm)
      const refusal = (error: unknown) => isRefusal(error, 'PASSWORD_TOO_LONG')
      hasher.check('x'.repeat(longest))
      assert.throws(() => hasher.check('x'.repeat(longest + 1)), refusal)
      // Three bytes as it is typed, two as one letter.
      hasher.check('e\u0301'.repeat(longest / 2))
      assert.throws(() => hasher.check('e\u0301'.repeat(longest / 2 + 1)), refusal)
    }
  })
})

describe('verifying a password', () => {
  it('fits the right one and no other, whichever way it was hashed', async () => {
    const { hasher } = await openHasher('argon2id')
    for (const stored of [await hasher.hash(password), await bcrypt.hash(password, 4)]) {
      assert.equal(await hasher.verify(password, stored), true)
      for (const wrong of ['wrong', ` ${password}`, password.toUpperCase(), stored]) {
        assert.equal(await hasher.verify(wrong, stored), false)
      }
    }
  })

  it('reads every spelling of bcrypt', async () => {
    const { hasher } = await openHasher('argon2id')
    const hash = await bcrypt.hash(password, 4)
    for (const prefix of ['$2a$', '$2b$', '$2y$']) {
      const stored = hash.replace(/^\$2.\$/, prefix)
      assert.equal(await hasher.verify(password, stored), true, prefix)
      assert.equal(await hasher.verify('wrong', stored), false, prefix)
    }
  })

  it('fits nothing to a damaged hash', async () => {
    const { hasher } = await openHasher('argon2id')
    const whole = await hasher.hash(password)
    for (const stored of [
      '',
      password,
      '$argon2id$',
      whole.slice(0, -10),
      '$2b$10$tooshort',
      '$2b$99$',
      '$1$md5',
    ]) {
      assert.equal(await hasher.verify(password, stored), false, stored)
    }
  })

  it('is false at once for what can be nobody’s password', async () => {
    const { hasher, gate } = await openHasher('argon2id')
    const stored = await hasher.hash('x')
    const before = gate.runs
    for (const given of ['', null, undefined, 5, {}, ['x'], 'x'.repeat(1_025), 'x'.repeat(100_000)]) {
      assert.equal(await hasher.verify(given, stored), false)
    }
    assert.equal(gate.runs, before)
  })

  it('tries the text as it was typed after its normal form, and only where they differ', async () => {
    const { hasher, gate } = await openHasher('argon2id')
    const [composed, decomposed] = ['pässwörd', 'pa\u0308sswo\u0308rd']
    const stored = await bcrypt.hash(decomposed, 4)
    assert.equal(await hasher.verify(decomposed, stored), true)
    assert.equal(gate.runs, 2)
    assert.equal(await hasher.verify(composed, stored), false)
    assert.equal(gate.runs, 3)
  })

  it('tells half a character from what stands for one, and a text from the same again behind a NUL', async () => {
    const { hasher } = await openHasher('bcrypt')
    for (const [right, wrong] of [
      ['tulip\ufffd', 'tulip\ud800'],
      ['tulip', 'tulip\0tulip'],
    ] as const) {
      const stored = await hasher.hash(right)
      assert.equal(await hasher.verify(wrong, stored), false)
      assert.equal(await hasher.verify(right, stored), true)
    }
  })
})

describe('a password that is shorter once it is normalised', () => {
  it('fits again, however much shorter', async () => {
    const { hasher } = await openHasher('argon2id')
    // Four bytes as it is typed, one after.
    const bold = '\u{1d41a}'.repeat(1_024)
    assert.equal(await hasher.verify(bold, await hasher.hash(bold)), true)
  })
})

describe('a pepper', () => {
  const [a, b] = ['a', 'b'].map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`) as [
    string,
    string,
  ]

  for (const algorithm of ['argon2id', 'bcrypt'] as const) {
    it(`is mixed into ${algorithm}, which says with which key, and fits nothing without it`, async () => {
      const { hasher } = await openHasher(algorithm, 4, { keys: a })
      const stored = await hasher.hash(password)
      assert.match(stored, algorithm === 'bcrypt' ? /^\$2b\$04\$.{53}#a$/ : /^\$argon2id\$v=19\$.*#a$/)
      assert.equal(await hasher.verify(password, stored), true)
      assert.equal(await hasher.verify('wrong', stored), false)

      const { hasher: other } = await openHasher(algorithm, 4, { keys: `a:${'x'.repeat(43)}` })
      assert.equal(await other.verify(password, stored), false, 'with another key of that name')
      assert.equal(await hasher.verify(password, stored.slice(0, -2)), false, 'without its name')
    })
  }

  it('is HMAC-SHA-256 of the normal form, in base64', async () => {
    const { hasher } = await openHasher('bcrypt', 4, { keys: a })
    const stored = await hasher.hash('ﬁsh')
    const seasoned = createHmac('sha256', Buffer.alloc(32, 'a')).update('fish').digest('base64')
    assert.equal(await bcrypt.verify(seasoned, stored.slice(0, -2)), true)
  })

  it('is brought to hashes without one at the next login, and a new key to those with an old one', async () => {
    const { hasher: plain } = await openHasher('argon2id')
    const { hasher: older } = await openHasher('argon2id', 4, { keys: a })
    const { hasher } = await openHasher('argon2id', 4, { keys: `${b}, ${a}` })
    for (const stored of [await plain.hash(password), await older.hash(password)]) {
      assert.equal(await hasher.verify(password, stored), true)
      const stronger = (await hasher.rehash(password, stored)) as string
      assert.match(stronger, /#b$/)
      assert.equal(await hasher.verify(password, stronger), true)
      assert.equal(await hasher.rehash(password, stronger), undefined)
    }
  })

  it('lets bcrypt take in all of a long password', async () => {
    const { hasher } = await openHasher('bcrypt', 4, { keys: a })
    const long = 'x'.repeat(1_024)
    const stored = await hasher.hash(long)
    assert.equal(await hasher.verify(long, stored), true)
    assert.equal(await hasher.verify(`${long.slice(0, -1)}y`, stored), false)
    assert.throws(() => hasher.check(`${long}x`), /Max length is 1024/)
  })

  it('fits nothing once its key is lost, after the same work, which is logged once', async () => {
    const lines: object[] = []
    const log = { ...createLog('silent'), error: (fields: object) => void lines.push(fields) }
    const { hasher: before } = await openHasher('bcrypt', 4, { keys: a })
    const stored = await before.hash(password)
    const { hasher, gate } = await openHasher('bcrypt', 4, { keys: b, log })
    assert.equal(await hasher.verify(password, stored), false)
    assert.equal(await hasher.verify(password, stored), false)
    assert.equal(gate.runs, 2)
    assert.deepEqual(lines, [{ keyId: 'a' }])
  })

  it('makes no difference to how often an unknown user is hashed for', async () => {
    const { hasher, gate } = await openHasher('bcrypt', 4, { keys: a })
    const stored = await hasher.hash(password)
    for (const wrong of ['wrong', 'wro\u0308ng']) {
      const before = gate.runs
      await hasher.verify(wrong, stored)
      const known = gate.runs - before
      await hasher.verify(wrong, undefined)
      assert.equal(gate.runs - before, 2 * known)
    }
  })
})

describe('the parameters of Argon2id', () => {
  const stronger = { memoryCost: 20_480, timeCost: 3, parallelism: 1 }

  it('are those that are configured, of the decoy too', async () => {
    const { hasher } = await openHasher('argon2id', 4, { argon2: stronger })
    assert.match(await hasher.hash(password), /m=20480,t=3,p=1/)
    const { hasher: weaker } = await openHasher('argon2id')
    const dear = { memoryCost: 77_824, timeCost: 4, parallelism: 1 }
    const { hasher: dearer } = await openHasher('argon2id', 4, { argon2: dear })
    const cheap = await processorTimeOf(() => weaker.verify('wrong', undefined))
    const costly = await processorTimeOf(() => dearer.verify('wrong', undefined))
    assert.ok(costly > 2 * cheap, `${costly} against ${cheap} µs`)
  })

  it('are brought to weaker hashes at the next login', async () => {
    const { hasher: before } = await openHasher('argon2id')
    const { hasher } = await openHasher('argon2id', 4, { argon2: stronger })
    assert.match((await hasher.rehash(password, await before.hash(password))) ?? '', /m=20480,t=3/)
  })

  it('are suggested for a machine: never weaker than the least, and within the time where they can be', async () => {
    const { parameters, ms } = await suggestHashParameters(0.001)
    assert.deepEqual(parameters, weakestParameters)
    assert.ok(ms > 0.001)
    const generous = await suggestHashParameters(2 * ms)
    assert.ok(generous.ms <= 2 * ms || generous.parameters.memoryCost === weakestParameters.memoryCost)
    assert.match(await argon2.hash('x', generous.parameters), /^\$argon2id\$/)
  })
})

describe('refusing somebody there is none of', () => {
  it('takes a turn at the gate, as a wrong password does', async () => {
    const { hasher, gate } = await openHasher('bcrypt')
    const stored = await hasher.hash(password)
    for (const wrong of ['wrong', 'wro\u0308ng']) {
      const turnsFor = async (hash: string | null | undefined) => {
        const before = gate.runs
        assert.equal(await hasher.verify(wrong, hash), false)
        return gate.runs - before
      }
      const turns = await turnsFor(stored)
      assert.equal(await turnsFor(undefined), turns)
      assert.equal(await turnsFor(null), turns, 'nor an account without a password')
    }
  })

  it('fits not even the decoy’s own password', async () => {
    const { hasher } = await openHasher('bcrypt')
    assert.equal(await hasher.verify('a decoy', undefined), false)
  })

  it('costs the processor as much as a wrong password', async () => {
    for (const [algorithm, cost] of [
      ['argon2id', 4],
      ['bcrypt', 9],
    ] as const) {
      const { hasher } = await openHasher(algorithm, cost)
      const stored = await hasher.hash(password)
      const known = await processorTimeOf(() => hasher.verify('wrong', stored))
      const unknown = await processorTimeOf(() => hasher.verify('wrong', undefined))
      assert.ok(unknown > known / 2 && unknown < known * 2, `${algorithm}: ${unknown} against ${known} µs`)
    }
  })

  it('costs what bcrypt does while most accounts have that', async () => {
    const { hasher } = await openHasher('argon2id', 12)
    const asArgon2id = await processorTimeOf(() => hasher.verify('wrong', undefined))
    hasher.expect('bcrypt')
    const asBcrypt = await processorTimeOf(() => hasher.verify('wrong', undefined))
    hasher.expect('argon2id')
    const again = await processorTimeOf(() => hasher.verify('wrong', undefined))
    assert.ok(asBcrypt > 2 * asArgon2id && asBcrypt > 2 * again, `${asArgon2id}, ${asBcrypt}, ${again} µs`)
  })
})

describe('hashing anew after a login', () => {
  const bcryptAt = (cost: number) => bcrypt.hash(password, cost)
  const weakArgon2id = (memoryCost: number, timeCost: number) =>
    argon2.hash(password, { memoryCost, timeCost, parallelism: 1 })

  it('turns bcrypt of any cost into Argon2id', async () => {
    const { hasher } = await openHasher('argon2id')
    for (const cost of [4, 6]) {
      const stronger = await hasher.rehash(password, await bcryptAt(cost))
      assert.match(stronger ?? '', /^\$argon2id\$/)
      assert.equal(await hasher.verify(password, stronger), true)
    }
  })

  it('brings weaker Argon2id up to today’s parameters', async () => {
    const { hasher } = await openHasher('argon2id')
    for (const stored of [await weakArgon2id(8_192, 2), await weakArgon2id(19_456, 1)]) {
      assert.match((await hasher.rehash(password, stored)) ?? '', /m=19456,t=2,p=1/)
    }
  })

  it('leaves alone what is as strong, or stronger', async () => {
    const { hasher, gate } = await openHasher('argon2id')
    for (const stored of [await weakArgon2id(19_456, 2), await weakArgon2id(20_000, 3)]) {
      assert.equal(await hasher.rehash(password, stored), undefined)
    }
    assert.equal(gate.runs, 0)
  })

  it('raises the cost of bcrypt where that is what is configured, and never lowers it', async () => {
    const { hasher } = await openHasher('bcrypt', 5)
    assert.match((await hasher.rehash(password, await bcryptAt(4))) ?? '', /^\$2[aby]\$05\$/)
    for (const cost of [5, 6]) assert.equal(await hasher.rehash(password, await bcryptAt(cost)), undefined)
  })

  it('never goes back from Argon2id to bcrypt', async () => {
    const { hasher } = await openHasher('bcrypt', 5)
    assert.equal(await hasher.rehash(password, await weakArgon2id(19_456, 2)), undefined)
  })

  it('does not cut a long password to what bcrypt can hold', async () => {
    const { hasher } = await openHasher('bcrypt', 5)
    const long = 'x'.repeat(100)
    assert.equal(await hasher.rehash(long, await bcrypt.hash(long, 4)), undefined)
  })

  it('waits behind everybody who wants to get in', async () => {
    const { hasher, gate } = await openHasher('argon2id')
    await hasher.rehash(password, await bcryptAt(4))
    assert.deepEqual(gate.background, [true])
    await hasher.verify(password, await bcryptAt(4))
    assert.deepEqual(gate.background, [true, false])
  })
})

describe('the gate before the hashes', () => {
  it('lets in as many at once as it has slots, and the others in their order', async () => {
    const gate = createHashGate(2)
    const jobs = new Jobs()
    for (const name of ['a', 'b', 'c', 'd']) void gate.run(jobs.named(name))
    await turn()
    assert.deepEqual(jobs.started, ['a', 'b'])
    await jobs.finish('b')
    assert.deepEqual(jobs.started, ['a', 'b', 'c'])
    await jobs.finish('a')
    assert.deepEqual(jobs.started, ['a', 'b', 'c', 'd'])
  })

  it('hands on what a job answers, and frees the slot of one that fails', async () => {
    const gate = createHashGate(1)
    await assert.rejects(
      gate.run(() => Promise.reject(new Error('broken'))),
      /broken/,
    )
    assert.equal(await gate.run(async () => 'hash'), 'hash')
  })

  it('refuses whoever would wait longer than three seconds, and says when to come back', async () => {
    const gate = createHashGate(1)
    const { refusal } = await fill(gate)
    assert.ok(isRefusal(refusal, 'HASHING_BUSY'))
    assert.equal(refusal.kind, 'unavailable')
    assert.ok(Number.isInteger(refusal.retryAfter) && Number(refusal.retryAfter) >= 3)
  })

  it('lets people in again once the queue has gone', async () => {
    const gate = createHashGate(1)
    const { finishAll } = await fill(gate)
    await finishAll()
    assert.equal(await gate.run(async () => 'in'), 'in')
  })

  it('measures as it goes: the quicker the hashes, the longer the queue may be', async () => {
    let ms = 0
    const gate = createHashGate(1, () => ms)
    const hash = async (duration: number) => {
      ms += duration
    }
    for (let times = 0; times < 100; times++) await gate.run(() => hash(100))
    const { length: slow, finishAll } = await fill(gate)
    await finishAll()
    for (let times = 0; times < 15; times++) await gate.run(() => hash(10))
    const { length: quick } = await fill(gate)
    assert.ok(slow >= 30 && slow <= 32, `${slow} hashes of 100 ms in 3 s`)
    assert.ok(quick > 2 * slow, `${quick} after ${slow}`)
  })

  it('lets in twice as many with twice the slots', async () => {
    const { length: single } = await fill(createHashGate(1))
    const { length: double } = await fill(createHashGate(2))
    assert.ok(Math.abs(double - 2 * single) <= 2, `${double} against ${single}`)
  })

  it('lets whoever must be answered first go first', async () => {
    let deadline = 0
    const gate = createHashGate(
      1,
      () => 0,
      () => deadline,
    )
    const jobs = new Jobs()
    for (const [name, by] of Object.entries({ first: 4_000, early: 3_500, late: 4_000, earlier: 3_000 })) {
      deadline = by
      void gate.run(jobs.named(name))
    }
    for (const name of ['first', 'earlier', 'early']) await jobs.finish(name)
    assert.deepEqual(jobs.started, ['first', 'earlier', 'early', 'late'])
  })

  it('refuses whoever could not be answered in time, even where few are waiting', async () => {
    let deadline = 4_000
    const gate = createHashGate(
      1,
      () => 0,
      () => deadline,
    )
    const jobs = new Jobs()
    void gate.run(jobs.named('first'))
    deadline = 1_000
    await assert.rejects(gate.run(jobs.named('second')), { code: 'HASHING_BUSY', retryAfter: 1 })
    await jobs.finish('first')
    assert.deepEqual(jobs.started, ['first'])
  })

  it('refuses whoever waits in vain, because hashes take longer than they did', async () => {
    let ms = 0
    const gate = createHashGate(1, () => ms)
    const jobs = new Jobs()
    void gate.run(jobs.named('first'))
    const second = gate.run(jobs.named('second'))
    ms = 10_000
    const refused = assert.rejects(second, { code: 'HASHING_BUSY' })
    await jobs.finish('first')
    await refused
    assert.deepEqual(jobs.started, ['first'])
    assert.equal(await gate.run(async () => 'in'), 'in')
  })

  it('refuses nothing that runs in the background, and lets everybody else go first', async () => {
    const gate = createHashGate(1)
    const jobs = new Jobs()
    void gate.run(jobs.named('first'))
    void gate.run(jobs.named('background'), true)
    void gate.run(jobs.named('second'))
    await jobs.finish('first')
    assert.deepEqual(jobs.started, ['first', 'second'])
    await jobs.finish('second')
    assert.deepEqual(jobs.started, ['first', 'second', 'background'])

    const full = createHashGate(1)
    const { finishAll } = await fill(full)
    const late = full.run(async () => 'done', true)
    await finishAll()
    assert.equal(await late, 'done')
  })
})

interface Given {
  readonly argon2?: HashParameters
  /** Of the pepper, the present one first. */
  readonly keys?: string
  readonly log?: Log
}

/** A hasher, and the gate it goes through, which counts. */
async function openHasher(algorithm: PasswordAlgorithm, saltWorkFactor = 4, given: Given = {}) {
  const { argon2: parameters = weakestParameters, keys, log = createLog('silent') } = given
  const inner = createHashGate()
  const background: boolean[] = []
  const gate: HashGate = {
    run(job, isBackground = false) {
      background.push(isBackground)
      return inner.run(job, isBackground)
    },
  }
  const hasher = await createPasswordHasher({
    algorithm,
    saltWorkFactor,
    argon2: parameters,
    pepper: createPepper(keys, log),
    gate,
  })
  return {
    hasher,
    gate: {
      background,
      get runs() {
        return background.length
      },
    },
  }
}

/** Jobs that end when they are told to. */
class Jobs {
  readonly started: string[] = []
  readonly #ends = new Map<string, () => void>()

  named(name: string): () => Promise<void> {
    return () => {
      this.started.push(name)
      return new Promise((resolve) => void this.#ends.set(name, resolve))
    }
  }

  async finish(name: string): Promise<void> {
    await turn()
    this.#ends.get(name)?.()
    await turn()
  }
}

/** Sends jobs that do not end to a gate until it refuses one. */
async function fill(gate: HashGate) {
  const { promise: end, resolve } = Promise.withResolvers<void>()
  const accepted: Promise<void>[] = []
  for (;;) {
    const job = gate.run(() => end)
    const refusal = await Promise.race([job.catch((error: unknown) => error), turn()])
    if (refusal !== undefined) {
      const finishAll = async () => {
        resolve()
        await Promise.all(accepted)
      }
      return { refusal, length: accepted.length, finishAll }
    }
    accepted.push(job)
    assert.ok(accepted.length < 100_000, 'the gate refuses nobody')
  }
}

/** Median of the processor time of some runs, in microseconds; other programs' work does not count. */
async function processorTimeOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    times.push(user + system)
  }
  return times.sort((one, other) => one - other)[2] ?? 0
}
