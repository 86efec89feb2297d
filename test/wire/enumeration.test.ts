import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import type { LatchkeyOptions, UserOptions } from '../../src/index.ts'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'

const known = 'anna@example.com'
const unknown = 'nobody@example.com'

/** All of an answer that somebody could learn from. */
function seen({ status, headers, body }: Reply) {
  const { date: _, 'x-request-id': _id, ...others } = Object.fromEntries(headers)
  return { status, headers: others, body }
}

/** Median of the processor time of some runs of each, taken in turn; other programs' work does not count. */
async function processorTimes(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const times: number[][] = works.map(() => [])
  for (let round = 0; round < 9; round++) {
    for (const [index, work] of works.entries()) {
      const before = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(before)
      if (round > 0) times[index]?.push(user + system)
    }
  }
  return times.map((each) => each.sort((one, other) => one - other)[4] ?? 0)
}

/** Far wider than what the benchmark shows, so that a busy machine passes: without the work it would be a tenth. */
function assertAlike([first = 0, ...others]: readonly number[]): void {
  for (const time of others)
    assert.ok(time > first * 0.4 && time < first * 2.5, `${time} against ${first} µs`)
}

describe('a login that fails', () => {
  it('looks the same and takes the same work, whoever it is for', async () => {
    const user = { passwordHash: 'argon2id', emailVerificationRequired: true } as const
    await using house = await openHouse({ user })
    const { users } = house.latchkey
    await users.create({ email: known, username: 'anna', password, emailVerified: true })
    await users.create({ email: 'unproved@example.com', password })
    const attempts = [
      { email: known },
      { email: unknown },
      { email: 'unproved@example.com' },
      { username: 'anna' },
      { username: 'nobody' },
    ].map((name) => () => house.post('/users/login', { ...name, password: 'wrong' }))
    const [first, ...others] = await Promise.all(attempts.map((attempt) => attempt().then(seen)))
    assert.equal(first?.status, 401)
    for (const other of others) assert.deepEqual(other, first)
    assertAlike(await processorTimes(attempts))
  })

  it('does so in the wrong realm, too', async () => {
    const user = { passwordHash: 'argon2id', realmRequired: true, realmDelimiter: ':' } as const
    await using house = await openHouse({ user })
    await house.latchkey.users.create({ email: known, realm: 'one', password })
    const attempts = ['one', 'two'].map(
      (realm) => () => house.post('/users/login', { email: `${realm}:${known}`, password: 'wrong' }),
    )
    const [first, other] = await Promise.all(attempts.map((attempt) => attempt().then(seen)))
    assert.equal(first?.status, 401)
    assert.deepEqual(other, first)
    assertAlike(await processorTimes(attempts))
  })
})

describe('what anybody can ask to be mailed', () => {
  for (const path of ['/users/reset', '/users/verify']) {
    it(`is answered alike at ${path}, whoever has the address`, async () => {
      await using house = await openHouse({ user: { emailVerificationRequired: true } })
      const { users } = house.latchkey
      await users.create({ email: known, password, emailVerified: true })
      await users.create({ email: 'unproved@example.com', password })
      const ask = (email: string) => house.post(path, { email })
      const first = seen(await ask(unknown))
      for (const email of [known, 'unproved@example.com', 'no address']) {
        assert.deepEqual(seen(await ask(email)), first)
      }
    })
  }
})

describe('the work that an answered request leaves behind', () => {
  for (const path of ['/users/reset', '/users/verify']) {
    it(`is the same after ${path}, whoever has the address: who has it is looked up later`, async () => {
      using folder = mkdtempDisposableSync(join(tmpdir(), 'latchkey-'))
      const file = join(folder.path, 'latchkey.db')
      await using house = await openHouse({ database: { url: `sqlite:${file}` } }, [known])
      using database = new DatabaseSync(file, { timeout: 5_000 })
      // A letter to nobody is gone in a moment, so they are counted as they are written.
      database.exec(`create table written (id text);
        create trigger count_letters after insert on outbox begin insert into written values (new.id); end`)
      const written = () => database.prepare('select count(*) as letters from written').get()?.letters
      for (const [index, email] of [unknown, known].entries()) {
        await house.post(path, { email })
        assert.equal(written(), index + 1)
      }
    })
  }
})

describe('a sign-up with a taken address', () => {
  const hiding = { emailVerificationRequired: true, hideExistingAccounts: true } as const

  async function openHiding(user: UserOptions = {}, options: LatchkeyOptions = {}): Promise<House> {
    const house = await openHouse({ ...options, user: { ...hiding, ...user } })
    await house.latchkey.users.create({ email: known, username: 'anna', password, emailVerified: true })
    return house
  }

  it('is told where nothing is to be hidden', async () => {
    await using house = await openHouse({}, [known])
    assert.equal((await house.post('/users', { email: known, password })).status, 422)
  })

  it('is answered as a new one is, with an id from the same sequence that will be nobody’s', async () => {
    await using house = await openHiding()
    const signUp = (email: string) => house.post('/users', { email, password: 'another one', nickname: 'x' })
    const fresh = await signUp('bert@example.com')
    const taken = await signUp(known.toUpperCase())
    const next = await signUp('carla@example.com')
    assert.deepEqual(
      [fresh, taken, next].map(({ status, body }) => [status, body.id]),
      [
        [200, 2],
        [200, 3],
        [200, 4],
      ],
    )
    assert.deepEqual({ ...taken.body, id: 0, email: '' }, { ...fresh.body, id: 0, email: '' })
    const { 'content-length': _, ...headers } = seen(taken).headers
    const { 'content-length': __, ...others } = seen(fresh).headers
    assert.deepEqual(headers, others)
    assert.equal(await house.latchkey.users.count({}), 3)
    assert.equal(await house.latchkey.users.count({ id: 3 }), 0)
  })

  it('has ids of the same kind where they are UUIDs', async () => {
    await using house = await openHiding({ idType: 'uuid' })
    const { status, body } = await house.post('/users', { email: known, password })
    assert.equal(status, 200)
    assert.match(body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })

  it('changes nothing for the owner, who is told by mail, at most five times an hour', async () => {
    await using house = await openHiding()
    const before = await house.latchkey.users.findById(1)
    for (let times = 0; times < 7; times++) await house.post('/users', { email: known, password: 'mine' })
    await house.post('/users', { email: 'bert@example.com', password })
    assert.deepEqual(await house.latchkey.users.findById(1), before)
    await house.mails(6)
    await house.latchkey.close()
    const mails = await house.mails(6)
    const told = mails.filter((mail) => mail.includes('Subject: You already have an account'))
    assert.deepEqual([told.length, mails.length], [5, 6])
    for (const mail of told) assert.match(mail, /^To: anna@example\.com/m)
  })

  it('lets the owner in by the old password, and nobody by the new one', async () => {
    await using house = await openHiding()
    await house.post('/users', { email: known, password: 'mine' })
    assert.equal((await house.post('/users/login', { email: known, password: 'mine' })).status, 401)
    await house.login(known)
  })

  it('is not told by a login, nor by confirming what was never mailed', async () => {
    await using house = await openHiding()
    async function ask(email: string) {
      const { id } = (await house.post('/users', { email, password: 'mine' })).body
      const login = seen(await house.post('/users/login', { email, password: 'mine' }))
      const confirmed = seen(await house.get(`/users/confirm?uid=${id}&token=x`))
      return { login, confirmed, read: (await house.get(`/users/${id}`)).status }
    }
    const ofNobody = await ask('bert@example.com')
    assert.equal(ofNobody.login.body.error.code, 'LOGIN_FAILED')
    assert.equal(ofNobody.confirmed.status, 400)
    assert.deepEqual(await ask(known), ofNobody)
  })

  it('is not told by how many logins are refused before they are stopped', async () => {
    await using house = await openHiding()
    house.now = new Date('2026-01-01T00:00:00Z')
    async function statuses(email: string): Promise<number[]> {
      await house.post('/users', { email, password: 'mine' })
      const found: number[] = []
      for (let times = 0; times < 12; times++)
        found.push((await house.post('/users/login', { email, password: 'mine' })).status)
      return found
    }
    const ofNobody = await statuses('bert@example.com')
    assert.ok(ofNobody.includes(429), ofNobody.join())
    assert.deepEqual(await statuses(known), ofNobody)
  })

  it('takes the same work', async () => {
    await using house = await openHiding({ passwordHash: 'argon2id' })
    let count = 0
    const signUp = (email: string) => house.post('/users', { email, password: 'another one' })
    assertAlike(await processorTimes([() => signUp(known), () => signUp(`new${count++}@example.com`)]))
  })

  it('is judged like any other', async () => {
    await using house = await openHiding({ passwordPolicy: { minLength: 8 } })
    const short = await house.post('/users', { email: known, password: 'short' })
    assert.equal(short.body.error.code, 'PASSWORD_TOO_SHORT')
    const named = await house.post('/users', { email: known, username: 'anna', password })
    assert.deepEqual(named.body.error.details.codes, { username: ['uniqueness'] })
  })

  it('is hidden in a list, beside what is made', async () => {
    await using house = await openHiding()
    const { status, body } = await house.post('/users', [
      { email: known, password },
      { email: 'bert@example.com', password },
    ])
    assert.equal(status, 200)
    assert.deepEqual(
      body.map(({ id, email }: { id: number; email: string }) => [id, email]),
      [
        [2, known],
        [3, 'bert@example.com'],
      ],
    )
    assert.equal(await house.latchkey.users.count({}), 2)
  })

  it('is not told to one of several who sign up with a new address at once', async () => {
    await using house = await openHiding()
    const email = 'bert@example.com'
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => house.post('/users', { email, password })),
    )
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
    assert.equal(new Set(replies.map(({ body }) => body.id)).size, 8)
    assert.equal(await house.latchkey.users.count({ email }), 1)
  })

  it('makes no event', async () => {
    await using house = await openHiding()
    const created: unknown[] = []
    house.latchkey.on('created', ({ user }) => void created.push(user.email))
    await house.post('/users', { email: known, password })
    await house.post('/users', { email: 'bert@example.com', password })
    assert.deepEqual(created, ['bert@example.com'])
  })

  it('is told to the application and to administrators', async () => {
    await using house = await openHiding()
    const token = await house.adminToken()
    assert.equal((await house.post('/users', { email: known, password }, { token })).status, 422)
    await assert.rejects(house.latchkey.users.create({ email: known, password }), {
      code: 'VALIDATION_FAILED',
    })
  })

  it('does not stand in the way of who has the address: their link to confirm it works', async () => {
    await using house = await openHiding()
    const email = 'bert@example.com'
    await house.post('/users', { email, password })
    const [mail = ''] = await house.mails(1)
    assert.equal((await house.get(linkIn(mail))).status, 302)
    await house.login(email)
  })
})
