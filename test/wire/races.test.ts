import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type House, linkIn, openHouse, password, type Reply } from '../open-house.ts'
import { openSchema } from '../postgres/schema.ts'

const email = 'anna@example.com'
const unlimited = { rateLimit: false, user: { emailVerificationRequired: true } } as const

/** Two Latchkeys on one database. */
async function openPair() {
  const stack = new AsyncDisposableStack()
  const database = { url: await openPlace(stack) }
  const one = stack.use(await openHouse({ ...unlimited, database }))
  const other = stack.use(await openHouse({ ...unlimited, database }))
  return { one, other, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function openPlace(stack: AsyncDisposableStack): Promise<string> {
  if (process.env.TEST_ENGINE === 'postgres') return stack.use(await openSchema()).url
  const folder = stack.use(mkdtempDisposableSync(join(tmpdir(), 'latchkey-')))
  return `sqlite:${join(folder.path, 'latchkey.db')}`
}

/** The same request so many times at once, to both in turn. */
function crowd(
  count: number,
  { one, other }: { one: House; other: House },
  send: (house: House, n: number) => Promise<Reply>,
): Promise<Reply[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => send(n % 2 === 0 ? one : other, n)))
}

const statusesOf = (replies: readonly Reply[]) => new Set(replies.map(({ status }) => status))
const won = (replies: readonly Reply[]) => replies.filter(({ status }) => status < 300)

/** Who has signed up, with a session, a link that confirms, and one that sets a new password. */
async function signUp({ one }: { one: House }) {
  const { body } = await one.post('/users', { email, password })
  const link = new URL(linkIn((await one.mails(1))[0] as string))
  const confirmation = `/users/confirm?uid=${body.id}&token=${link.searchParams.get('token')}`
  const { promise, resolve } = Promise.withResolvers<string>()
  one.latchkey.on('resetPasswordRequest', ({ accessToken }) => resolve(accessToken.id))
  await one.latchkey.users.resetPassword({ email })
  const session = (await one.latchkey.tokens.create(body.id)).id
  return { id: body.id as number, confirmation, session, resetToken: await promise }
}

/** What an account’s owner, a thief and a mail scanner may do in one moment. */
async function everythingAtOnce(
  pair: { one: House; other: House },
  { id, confirmation, session: token, resetToken }: Awaited<ReturnType<typeof signUp>>,
) {
  const [confirms, resets, changes, moves, logins] = await Promise.all([
    crowd(6, pair, (house) => house.get(confirmation)),
    crowd(6, pair, (house, n) =>
      house.post('/users/reset-password', { newPassword: `reset ${n}` }, { token: resetToken }),
    ),
    crowd(6, pair, (house, n) =>
      house.post('/users/change-password', { oldPassword: password, newPassword: `changed ${n}` }, { token }),
    ),
    crowd(6, pair, (house, n) => house.put(`/users/${id}`, { email: `anna${n}@example.com` }, { token })),
    crowd(12, pair, (house) => house.post('/users/login', { email, password })),
  ])
  return { confirms, resets, changes, moves, logins }
}

/** Whether a login tells that the password is right. */
function isRight({ status, body }: Reply): boolean {
  return status === 200 || body.error.code === 'LOGIN_FAILED_EMAIL_NOT_VERIFIED'
}

describe('two hundred who sign up at once with one address, at two servers', () => {
  it('become one account', async () => {
    await using pair = await openPair()
    const replies = await crowd(200, pair, (house, n) =>
      house.post('/users', { email: n % 3 === 0 ? email.toUpperCase() : email, password: `number ${n}` }),
    )
    // A machine of few cores sends some away before it hashes.
    for (const { status, body } of replies) assert.ok([200, 422, 503].includes(status), JSON.stringify(body))
    assert.equal(won(replies).length, 1)
    assert.equal(await pair.other.latchkey.users.count(), 1)
    const winner = replies.findIndex(({ status }) => status === 200)
    assert.ok(isRight(await pair.other.post('/users/login', { email, password: `number ${winner}` })))
  })
})

describe('an account to which everything happens at once, at two servers', () => {
  it('is left whole, with one password, one address, and no session of before', async () => {
    for (let round = 0; round < 3; round++) {
      await using pair = await openPair()
      const account = await signUp(pair)
      const { confirms, resets, changes, moves, logins } = await everythingAtOnce(pair, account)
      for (const one of [confirms, resets, changes, moves, logins]) {
        for (const status of statusesOf(one)) assert.ok(status < 500, JSON.stringify(one))
      }
      for (const once of [confirms, resets, changes]) assert.ok(won(once).length <= 1)

      const { latchkey } = pair.other
      assert.equal(await latchkey.users.count(), 1)
      const user = await latchkey.users.findById(account.id)
      const addresses = [email, ...moves.map((_, n) => `anna${n}@example.com`)]
      assert.ok(addresses.includes(user.email as string))
      // Nobody has read a mail to the new one.
      if (user.email !== email) assert.notEqual(user.emailVerified, true)

      const passwords = [
        password,
        ...resets.map((_, n) => `reset ${n}`),
        ...changes.map((_, n) => `changed ${n}`),
      ]
      const right: string[] = []
      for (const candidate of passwords) {
        const reply = await pair.one.post('/users/login', { email: user.email, password: candidate })
        if (isRight(reply)) right.push(candidate)
      }
      assert.equal(right.length, 1, right.join())
      if (right[0] === password) assert.deepEqual([won(resets), won(changes)], [[], []])
      else {
        for (const { body } of won(logins)) {
          assert.equal((await pair.one.get(`/users/${account.id}`, { token: body.id })).status, 401)
        }
      }

      const { confirmation, resetToken: token } = account
      if (won(confirms).length) assert.equal((await pair.one.get(confirmation)).status, 400)
      if (won(resets).length) {
        const again = await pair.one.post('/users/reset-password', { newPassword: 'again' }, { token })
        assert.equal(again.status, 401)
      }
    }
  })

  it('is gone if that includes its end, and so is every token of it', async () => {
    for (let round = 0; round < 3; round++) {
      await using pair = await openPair()
      const account = await signUp(pair)
      await pair.one.get(account.confirmation)
      const { id } = account
      const token = (await pair.one.latchkey.tokens.create(id)).id
      const admin = await pair.one.adminToken()
      const [{ logins }, made, deletions] = await Promise.all([
        everythingAtOnce(pair, { ...account, session: token }),
        crowd(6, pair, (house) => house.post(`/users/${id}/accessTokens`, {}, { token: admin })),
        crowd(4, pair, (house) => house.delete(`/users/${id}`, { token: admin })),
      ])
      const counts = deletions.map(({ body }) => body.count as number)
      assert.equal(
        counts.reduce((sum, count) => sum + count),
        1,
      )

      const tokens = [token, account.resetToken, ...won([...logins, ...made]).map(({ body }) => body.id)]
      for (const dead of tokens) {
        const { status } = await pair.other.get('/users/me', { token: dead })
        assert.equal(status, 401)
        const setting = pair.other.post('/users/reset-password', { newPassword: 'new' }, { token: dead })
        assert.equal((await setting).status, 401)
      }
      assert.equal((await pair.other.get(`/users/${id}`, { token: admin })).status, 404)
      assert.equal((await pair.other.post('/users/login', { email, password })).status, 401)
      const next = await pair.other.post('/users', { email, password })
      assert.ok(next.body.id > id, 'an id came back')
    }
  })
})

describe('many who change to one address at once, at two servers', () => {
  it('leave it to one of them', async () => {
    await using pair = await openPair()
    const { users, tokens } = pair.one.latchkey
    const sessions: { id: unknown; token: string }[] = []
    for (let n = 0; n < 10; n++) {
      const { id } = await users.create({ email: `user${n}@example.com`, password, emailVerified: true })
      sessions.push({ id, token: (await tokens.create(id)).id })
    }
    const replies = await crowd(10, pair, (house, n) => {
      const { id, token } = sessions[n] as (typeof sessions)[number]
      return house.put(`/users/${id}`, { email }, { token })
    })
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(9).fill(422)])
    assert.equal(await users.count({ email }), 1)
    assert.equal(await users.count(), 10)
  })
})
