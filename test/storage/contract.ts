import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { regexpPattern } from '../../src/domain/filter/pattern.ts'
import type { AccessToken } from '../../src/domain/model/access-token.ts'
import { everything, type PropertyRef, type Query, type Where } from '../../src/domain/model/query.ts'
import type { NewUser, User, UserId } from '../../src/domain/model/user.ts'
import { DuplicateError, type MailedToken, type Storage } from '../../src/domain/storage.ts'

/** What a backend is told when it opens. */
export interface Model {
  readonly idType: 'integer' | 'uuid'
  readonly perRealm: boolean
  readonly indexed: readonly PropertyRef[]
}

export const ordinary: Model = { idType: 'integer', perRealm: false, indexed: [] }

/** An empty storage; disposing of it closes it and leaves nothing behind. */
export interface Opened extends AsyncDisposable {
  readonly storage: Storage
}

/** What every backend owes the domain, as `src/domain/storage.ts` promises it. */
export function storageContract(name: string, open: (model: Model) => Promise<Opened>): void {
  describe(`${name} as a storage`, () => {
    let opened: Opened
    let storage: Storage
    beforeEach(async () => {
      opened = await open(ordinary)
      storage = opened.storage
    })
    afterEach(() => opened[Symbol.asyncDispose]())

    describe('users', () => {
      it('comes back from the storage as it went in', async () => {
        const account = newUser('anna@example.com', {
          realm: 'north',
          username: 'anna',
          emailVerified: false,
          passwordHash: '$2b$04$hash',
          properties: {
            text: 'é \u{1f511} "\'\\',
            number: 0.1,
            yes: true,
            none: null,
            list: [1, { a: [] }],
            '': '',
          },
        })
        const inserted = await storage.users.insert(account)
        assert.deepEqual(inserted, { ...account, id: 1, blockedAt: null })
        assert.deepEqual(await storage.users.findById(1), inserted)
      })

      it('keeps what was never said apart from what is false or empty', async () => {
        const user = await storage.users.insert(newUser('anna@example.com'))
        assert.deepEqual(await storage.users.findById(user.id), {
          id: 1,
          email: 'anna@example.com',
          realm: null,
          username: null,
          emailVerified: null,
          passwordHash: null,
          properties: {},
          blockedAt: null,
        })
      })

      it('refuses text that no database keeps, rather than keep another', async () => {
        const unkept = ['a\0b', 'a\ud800b', '\udfffa']
        const refused = { code: 'MALFORMED_TEXT' }
        for (const text of unkept) {
          for (const given of [{ username: text }, { properties: { text } }, { properties: { [text]: 1 } }])
            await assert.rejects(storage.users.insert(newUser('anna@example.com', given)), refused)
          await assert.rejects(storage.users.findByLogin({ username: text }), refused)
          await assert.rejects(storage.users.count({ property: realm, is: 'eq', value: text }), refused)
        }
        const looksLikeIt = { text: '\\u0000 \\\\ud800', '\\u0000': '\uffff\u0001' }
        const { id } = await storage.users.insert(newUser('anna@example.com', { properties: looksLikeIt }))
        assert.deepEqual((await storage.users.findById(id))?.properties, looksLikeIt)
      })

      it('is blocked from an instant on, and no longer, whatever else is changed', async () => {
        const [anna, bert] = await insertUsers(storage, 2)
        const blockedAt = new Date('2026-11-22T10:00:00.123Z')
        assert.equal(await storage.users.setBlocked(anna.id, blockedAt), true)
        await storage.users.update(anna.id, { username: 'anna' })
        assert.deepEqual((await storage.users.findById(anna.id))?.blockedAt, blockedAt)
        assert.deepEqual((await storage.users.findByLogin({ email: anna.email }))?.blockedAt, blockedAt)
        assert.equal((await storage.users.findById(bert.id))?.blockedAt, null)
        assert.equal(await storage.users.setBlocked(anna.id, null), true)
        assert.equal((await storage.users.findById(anna.id))?.blockedAt, null)
        assert.equal(await storage.users.setBlocked(99, blockedAt), false)
      })

      it('knows nobody by an id that was never given', async () => {
        assert.equal(await storage.users.findById(1), undefined)
      })

      it('never gives the id of a deleted user to another', async () => {
        const [first, second] = await insertUsers(storage, 2)
        await storage.users.delete(second.id)
        await storage.users.delete(first.id)
        const next = await storage.users.insert(newUser('next@example.com'))
        assert.equal(next.id, 3)
      })

      for (const property of ['email', 'username'] as const) {
        it(`refuses a second account with the same ${property}, by name`, async () => {
          const anna = newUser('anna@example.com', { username: 'anna' })
          await storage.users.insert(anna)
          const namesake = {
            ...newUser('bert@example.com', { username: 'bert' }),
            [property]: anna[property],
          }
          await assert.rejects(storage.users.insert(namesake), isDuplicate(property))
        })

        it(`refuses a change of ${property} to one that another account has`, async () => {
          const anna = await storage.users.insert(newUser('anna@example.com', { username: 'anna' }))
          const bert = await storage.users.insert(newUser('bert@example.com', { username: 'bert' }))
          const update = storage.users.update(bert.id, { [property]: anna[property] })
          await assert.rejects(update, isDuplicate(property))
          assert.deepEqual(await storage.users.findById(bert.id), bert)
        })
      }

      it('lets one of many who sign up at once with one address in, and no other', async () => {
        const attempts = Array.from({ length: 20 }, () => storage.users.insert(newUser('anna@example.com')))
        const outcomes = await Promise.allSettled(attempts)
        const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
        assert.equal(refusals.length, 19)
        for (const { reason } of refusals) assert.ok(isDuplicate('email')(reason))
      })

      it('does not compare names that are absent or empty', async () => {
        await storage.users.insert(newUser('a@example.com'))
        await storage.users.insert(newUser('b@example.com'))
        await storage.users.insert(newUser('c@example.com', { username: '' }))
        await storage.users.insert(newUser('d@example.com', { username: '' }))
        assert.equal(await storage.users.count(everything), 4)
      })

      it('compares names letter by letter', async () => {
        await storage.users.insert(newUser('anna@example.com', { username: 'anna' }))
        await storage.users.insert(newUser('Anna@example.com', { username: 'Anna' }))
        assert.equal(await storage.users.count(everything), 2)
      })

      it('keeps names unique over all realms', async () => {
        await storage.users.insert(newUser('anna@example.com', { realm: 'north' }))
        const elsewhere = newUser('anna@example.com', { realm: 'south' })
        await assert.rejects(storage.users.insert(elsewhere), isDuplicate('email'))
      })

      it('keeps names unique within each realm where the settings say so', async () => {
        await using perRealm = await open({ ...ordinary, perRealm: true })
        const { users } = perRealm.storage
        const realms = ['north', 'south', null]
        for (const realm of realms)
          await users.insert(newUser('anna@example.com', { realm, username: 'anna' }))
        for (const realm of realms) {
          await assert.rejects(users.insert(newUser('anna@example.com', { realm })), isDuplicate('email'))
          const namesake = newUser('other@example.com', { realm, username: 'anna' })
          await assert.rejects(users.insert(namesake), isDuplicate('username'))
        }
      })

      it('makes ids that are UUIDs in the order of their making', async () => {
        await using other = await open({ ...ordinary, idType: 'uuid' })
        const ids = (await insertUsers(other.storage, 20)).map(({ id }) => String(id))
        for (const id of ids)
          assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        assert.deepEqual(ids.toSorted(), ids)
        assert.equal(new Set(ids).size, 20)
        assert.equal((await other.storage.users.findById(ids[3] as string))?.email, 'user-3@example.com')
      })

      it('finds who logs in by e-mail or username, in a realm if one is named', async () => {
        const anna = await storage.users.insert(
          newUser('anna@example.com', { username: 'anna', realm: 'north' }),
        )
        for (const name of [{ email: 'anna@example.com' }, { username: 'anna' }]) {
          assert.deepEqual(await storage.users.findByLogin(name), anna)
          assert.deepEqual(await storage.users.findByLogin({ ...name, realm: 'north' }), anna)
          assert.equal(await storage.users.findByLogin({ ...name, realm: 'south' }), undefined)
        }
        assert.equal(await storage.users.findByLogin({ email: 'anna' }), undefined)
        assert.equal(await storage.users.findByLogin({ username: 'anna@example.com' }), undefined)
      })

      it('changes what an update names and leaves the rest', async () => {
        const anna = await storage.users.insert(
          newUser('anna@example.com', { username: 'anna', properties: { age: 30 } }),
        )
        const changed = await storage.users.update(anna.id, {
          email: 'anna@example.org',
          emailVerified: true,
        })
        assert.deepEqual(changed, { ...anna, email: 'anna@example.org', emailVerified: true })
        assert.deepEqual(await storage.users.findById(anna.id), changed)
      })

      it('updates nobody where there is nobody', async () => {
        assert.equal(await storage.users.update(1, { username: 'anna' }), undefined)
      })

      it('loses neither of two updates that are made at once', async () => {
        const anna = await storage.users.insert(newUser('anna@example.com'))
        await Promise.all([
          storage.users.update(anna.id, { username: 'anna' }),
          storage.users.update(anna.id, { emailVerified: true }),
        ])
        assert.deepEqual(await storage.users.findById(anna.id), {
          ...anna,
          username: 'anna',
          emailVerified: true,
        })
      })

      it('says it changed a user who is deleted only if that came first', async () => {
        const anna = await storage.users.insert(newUser('anna@example.com'))
        const [deleted, updated] = await Promise.all([
          storage.users.delete(anna.id),
          storage.users.update(anna.id, { username: 'anna' }),
        ])
        assert.equal(deleted, true)
        // Two connections may come in either order; whoever came first, nobody is left.
        if (updated) assert.equal(updated.username, 'anna')
        assert.equal(await storage.users.findById(anna.id), undefined)
        assert.equal(await storage.users.update(anna.id, { username: 'bert' }), undefined)
      })

      it('replaces a password hash only while the old one is still there', async () => {
        const anna = await storage.users.insert(newUser('anna@example.com', { passwordHash: 'old' }))
        const outcomes = await Promise.all(
          ['one', 'two'].map((hash) => storage.users.replacePasswordHash(anna.id, 'old', hash)),
        )
        assert.deepEqual(outcomes.toSorted(), [false, true])
        const winner = outcomes[0] ? 'one' : 'two'
        assert.equal((await storage.users.findById(anna.id))?.passwordHash, winner)
      })

      it('gives a first password hash to an account that has none, once', async () => {
        const anna = await storage.users.insert(newUser('anna@example.com'))
        assert.equal(await storage.users.replacePasswordHash(anna.id, null, 'first'), true)
        assert.equal(await storage.users.replacePasswordHash(anna.id, null, 'second'), false)
        assert.equal(await storage.users.replacePasswordHash(99, null, 'third'), false)
      })

      it('deletes a user with all tokens, mailed tokens and roles', async () => {
        const [anna, bert] = await insertUsers(storage, 2)
        for (const { id } of [anna, bert]) {
          await storage.tokens.insert(newToken(id, `session-${id}`))
          await storage.mailedTokens.insert(newMailedToken(id, `mailed-${id}`))
          await storage.roles.grant(id, 'admin')
        }
        assert.equal(await storage.users.delete(anna.id), true)
        assert.equal(await storage.users.findById(anna.id), undefined)
        assert.equal(await storage.tokens.findWithUser(`session-${anna.id}`), undefined)
        assert.deepEqual(await storage.tokens.findByUser(anna.id), [])
        assert.deepEqual(await storage.roles.namesOf(anna.id), [])
        assert.equal(
          await storage.mailedTokens.consume(newMailedToken(anna.id, `mailed-${anna.id}`), noon),
          undefined,
        )

        assert.equal((await storage.tokens.findByUser(bert.id)).length, 1)
        assert.deepEqual(await storage.roles.namesOf(bert.id), ['admin'])
        const berts = newMailedToken(bert.id, `mailed-${bert.id}`)
        assert.equal((await storage.mailedTokens.consume(berts, noon))?.email, berts.email)
      })

      it('deletes nobody twice', async () => {
        const [anna] = await insertUsers(storage, 1)
        const outcomes = await Promise.all([storage.users.delete(anna.id), storage.users.delete(anna.id)])
        assert.deepEqual(outcomes.toSorted(), [false, true])
      })

      it('tells how many of its accounts have a bcrypt hash', async () => {
        const hashes = ['$2a$10$a', '$2b$10$b', '$argon2id$c', null]
        for (const [index, passwordHash] of hashes.entries()) {
          await storage.users.insert(newUser(`user-${index}@example.com`, { passwordHash }))
        }
        const { bcrypt, other } = await storage.users.samplePasswordHashes()
        // It may look at an account twice, but not at more of one kind than of the other.
        assert.equal(bcrypt / other, 2)
      })
    })

    describe('a list of users', () => {
      it('goes by id where nothing else is asked', async () => {
        await insertUsers(storage, 30)
        assert.deepEqual(await idsFound(storage, {}), numbersUpTo(30))
      })

      it('brings five thousand users page by page, each once', async () => {
        await insertUsers(storage, 5_000)
        const ids: UserId[] = []
        let pages = 0
        for await (const page of storage.users.find(queryFor({}))) {
          assert.ok(page.length > 0 && page.length <= 1_000, `a page of ${page.length}`)
          pages++
          ids.push(...page.map(({ id }) => id))
        }
        assert.deepEqual(ids, numbersUpTo(5_000))
        assert.ok(pages >= 5)
      })

      it('counts skip and limit over the pages, also where users are judged one by one', async () => {
        await insertUsers(storage, 1_000)
        const everybody: Where = { property: email, is: 'regexp', value: regexpPattern('@') }
        for (const where of [everything, everybody]) {
          assert.deepEqual(
            await idsFound(storage, { where, skip: 490, limit: 300 }),
            numbersUpTo(790).slice(490),
          )
          assert.deepEqual(await idsFound(storage, { where, skip: 990 }), numbersUpTo(1_000).slice(990))
          assert.deepEqual(await idsFound(storage, { where, skip: 1_000, limit: 1 }), [])
          assert.equal(await storage.users.count(where), 1_000)
        }
      })

      it('can be left in the middle', async () => {
        await insertUsers(storage, 1_000)
        for (let time = 0; time < 20; time++) {
          for await (const [user] of storage.users.find(queryFor({}))) {
            assert.equal(user?.id, 1)
            break
          }
        }
        assert.equal(await storage.users.count(everything), 1_000)
      })

      it('does not hold up writers', async () => {
        await insertUsers(storage, 1_000)
        let listed = 0
        for await (const page of storage.users.find(queryFor({}))) {
          listed += page.length
          await storage.users.insert(newUser(`late-${listed}@example.com`))
          if (listed > 2_000) break
        }
        assert.ok(listed >= 1_000)
      })

      it('may be read several at a time', async () => {
        await insertUsers(storage, 600)
        const lists = await Promise.all(numbersUpTo(5).map(() => idsFound(storage, {})))
        for (const ids of lists) assert.deepEqual(ids, numbersUpTo(600))
      })
    })

    describe('access tokens', () => {
      let anna: User
      let bert: User
      beforeEach(async () => {
        ;[anna, bert] = await insertUsers(storage, 2, { passwordHash: 'hash' })
      })

      it('are found by their digest together with their user', async () => {
        const token = newToken(anna.id, 'digest', { ttl: 60, scopes: ['reset-password'] })
        await storage.tokens.insert(token)
        assert.deepEqual(await storage.tokens.findWithUser('digest'), { token, user: anna })
        const withRoles = async () => (await storage.tokens.findWithUser('digest', true))?.granted
        assert.deepEqual(await withRoles(), [])
        for (const role of ['a,b', 'c"d']) await storage.roles.grant(anna.id, role)
        assert.deepEqual((await withRoles())?.toSorted(), ['a,b', 'c"d'])
        assert.equal(await storage.tokens.findWithUser('another'), undefined)
      })

      it('are found, and made at login, only while their user is not blocked', async () => {
        await storage.tokens.insert(newToken(anna.id, 'digest'))
        await storage.users.setBlocked(anna.id, new Date())
        assert.equal(await storage.tokens.findWithUser('digest'), undefined)
        assert.equal(await storage.tokens.insertForLogin(newToken(anna.id, 'late'), anna), false)
        await storage.users.setBlocked(anna.id, null)
        assert.equal((await storage.tokens.findWithUser('digest'))?.user.id, anna.id)
        assert.equal(await storage.tokens.findWithUser('late'), undefined)
      })

      it('may last for ever', async () => {
        const token = newToken(anna.id, 'eternal', { ttl: -1 })
        await storage.tokens.insert(token)
        assert.deepEqual((await storage.tokens.findWithUser('eternal'))?.token, token)
      })

      it('are not made for a user who does not exist', async () => {
        await assert.rejects(storage.tokens.insert(newToken(99, 'digest')))
        assert.equal(await storage.tokens.findOfUser(99, 'digest'), undefined)
      })

      it('that set a new password are ended alone: all of a user, or those made before an instant', async () => {
        const { tokens } = storage
        const at = (minute: number) => ({ createdAt: minutesAfterNoon(minute) })
        const resets = ['reset-password']
        await tokens.insert(newToken(anna.id, 'session', at(0)))
        await tokens.insert(newToken(anna.id, 'named', { ...at(0), scopes: ['password'] }))
        await tokens.insert(newToken(anna.id, 'early', { ...at(1), scopes: resets }))
        await tokens.insert(newToken(anna.id, 'late', { ...at(2), scopes: ['DEFAULT', ...resets] }))
        await tokens.insert(newToken(bert.id, 'hers', { ...at(1), scopes: resets }))
        const left = async () => (await tokens.findByUser(anna.id)).map(({ id }) => id)
        await tokens.deleteResets(anna.id, minutesAfterNoon(2))
        assert.deepEqual(await left(), ['named', 'session', 'late'])
        await tokens.deleteResets(anna.id)
        assert.deepEqual(await left(), ['named', 'session'])
        assert.equal((await tokens.findByUser(bert.id)).length, 1)
      })

      it('are made at login only while the password that was checked, and the address, still hold', async () => {
        assert.equal(await storage.tokens.insertForLogin(newToken(anna.id, 'first'), anna), true)
        assert.equal(
          await storage.tokens.insertForLogin(newToken(anna.id, 'second'), {
            ...anna,
            passwordHash: 'older',
          }),
          false,
        )
        assert.equal(
          await storage.tokens.insertForLogin(newToken(anna.id, 'moved'), {
            ...anna,
            email: 'old@example.com',
          }),
          false,
        )
        assert.equal(await storage.tokens.insertForLogin(newToken(99, 'third'), anna), false)
        assert.deepEqual(
          (await storage.tokens.findByUser(anna.id)).map(({ id }) => id),
          ['first'],
        )
        assert.equal(await storage.tokens.findWithUser('third'), undefined)
      })

      it('are listed oldest first', async () => {
        for (const [digest, minute] of [
          ['b', 2],
          ['c', 3],
          ['a', 1],
        ] as const) {
          await storage.tokens.insert(newToken(anna.id, digest, { createdAt: minutesAfterNoon(minute) }))
        }
        await storage.tokens.insert(newToken(bert.id, 'd'))
        const digests = (await storage.tokens.findByUser(anna.id)).map(({ id }) => id)
        assert.deepEqual(digests, ['a', 'b', 'c'])
      })

      it('belong to one user', async () => {
        const token = newToken(anna.id, 'digest')
        await storage.tokens.insert(token)
        assert.deepEqual(await storage.tokens.findOfUser(anna.id, 'digest'), token)
        assert.equal(await storage.tokens.findOfUser(bert.id, 'digest'), undefined)
      })

      it('remember when and from where they were used, whatever a use does not say', async () => {
        const visit = { address: '192.0.2.1', agent: 'Browser' }
        await storage.tokens.insertForLogin({ ...newToken(anna.id, 'a'), lastUsedAt: noon, ...visit }, anna)
        for (const digest of ['b', 'c']) await storage.tokens.insert(newToken(anna.id, digest))
        const usedAt = minutesAfterNoon(3)
        await storage.tokens.markUsed([
          { id: 'a', usedAt, expiresAt: null, agent: 'Phone' },
          { id: 'b', usedAt, expiresAt: null, ...visit },
          { id: 'gone', usedAt, expiresAt: null },
        ])
        const seen = (await storage.tokens.findByUser(anna.id)).map(({ id, lastUsedAt, address, agent }) => [
          id,
          lastUsedAt,
          address,
          agent,
        ])
        assert.deepEqual(seen, [
          ['a', usedAt, '192.0.2.1', 'Phone'],
          ['b', usedAt, '192.0.2.1', 'Browser'],
          ['c', null, undefined, undefined],
        ])
        assert.deepEqual((await storage.tokens.findWithUser('a'))?.token.lastUsedAt, usedAt)
        await storage.tokens.markUsed([{ id: 'b', usedAt: minutesAfterNoon(4), expiresAt: null }])
        const latest = async (most: number) =>
          (await storage.tokens.findLatestOfUser(anna.id, most)).map(({ id }) => id)
        assert.deepEqual(
          [await latest(2), await latest(9)],
          [
            ['b', 'a'],
            ['b', 'a', 'c'],
          ],
        )
        assert.equal(await storage.tokens.findWithUser('gone'), undefined)
      })

      it('are removed by when a use, or a change, said that they expire', async () => {
        for (const id of ['used', 'changed', 'left']) {
          await storage.tokens.insert(newToken(anna.id, id, { ttl: 60 }))
        }
        const expiresAt = minutesAfterNoon(30)
        await storage.tokens.markUsed([{ id: 'used', usedAt: noon, expiresAt }])
        await storage.tokens.update(newToken(anna.id, 'changed', { ttl: 60 }), expiresAt)
        assert.equal(await storage.tokens.purgeExpired(minutesAfterNoon(29), 10), 1)
        assert.equal(await storage.tokens.findWithUser('left'), undefined)
        assert.equal(await storage.tokens.purgeExpired(expiresAt, 10), 2)
      })

      it('end once', async () => {
        await storage.tokens.insert(newToken(anna.id, 'digest'))
        const outcomes = await Promise.all([storage.tokens.delete('digest'), storage.tokens.delete('digest')])
        assert.deepEqual(outcomes.toSorted(), [false, true])
        assert.equal(await storage.tokens.findWithUser('digest'), undefined)
      })

      it('of one user end together, all or but for one', async () => {
        for (const digest of ['a', 'b', 'c']) await storage.tokens.insert(newToken(anna.id, digest))
        await storage.tokens.insert(newToken(bert.id, 'd'))
        await storage.tokens.deleteByUser(anna.id, 'b')
        assert.deepEqual(
          (await storage.tokens.findByUser(anna.id)).map(({ id }) => id),
          ['b'],
        )
        await storage.tokens.deleteByUser(anna.id)
        assert.deepEqual(await storage.tokens.findByUser(anna.id), [])
        assert.equal((await storage.tokens.findByUser(bert.id)).length, 1)
      })

      it('that expired are removed in batches, and no others', async () => {
        for (let number = 0; number < 5; number++) {
          await storage.tokens.insert(newToken(anna.id, `expired-${number}`, { ttl: 60 }))
        }
        await storage.tokens.insert(newToken(anna.id, 'alive', { ttl: 600 }))
        await storage.tokens.insert(newToken(anna.id, 'eternal', { ttl: -1 }))
        const purged: number[] = []
        for (let time = 0; time < 4; time++) {
          purged.push(await storage.tokens.purgeExpired(minutesAfterNoon(5), 2))
        }
        assert.deepEqual(purged, [2, 2, 1, 0])
        const left = (await storage.tokens.findByUser(anna.id)).map(({ id }) => id)
        assert.deepEqual(left, ['alive', 'eternal'])
      })
    })

    describe('mailed tokens', () => {
      let anna: User
      let bert: User
      beforeEach(async () => {
        ;[anna, bert] = await insertUsers(storage, 2)
      })

      it('are good once, however many come at once', async () => {
        const token = newMailedToken(anna.id, 'digest')
        await storage.mailedTokens.insert(token)
        const outcomes = await Promise.all(
          numbersUpTo(10).map(() => storage.mailedTokens.consume(token, noon)),
        )
        assert.equal(outcomes.filter(Boolean).length, 1)
      })

      it('are good for their user and purpose, tell the address they prove, and are not used up by others', async () => {
        const token = newMailedToken(anna.id, 'digest')
        await storage.mailedTokens.insert(token)
        for (const wrong of [{ id: 'another' }, { userId: bert.id }, { purpose: 'undoEmail' } as const]) {
          assert.equal(await storage.mailedTokens.consume({ ...token, ...wrong }, noon), undefined)
        }
        const { email, expiresAt } = token
        assert.deepEqual(await storage.mailedTokens.consume(token, noon), { email, expiresAt })
      })

      it('are good until they expire', async () => {
        const token = newMailedToken(anna.id, 'digest', minutesAfterNoon(1))
        await storage.mailedTokens.insert(token)
        assert.equal(await storage.mailedTokens.consume(token, minutesAfterNoon(1)), undefined)
        const justBefore = new Date(minutesAfterNoon(1).getTime() - 1)
        assert.ok(await storage.mailedTokens.consume(token, justBefore))
      })

      it('of one user and purpose are withdrawn together', async () => {
        const tokens = ['a', 'b'].map((digest) => newMailedToken(anna.id, digest))
        const others = [
          newMailedToken(bert.id, 'c'),
          { ...newMailedToken(anna.id, 'd'), purpose: 'undoEmail' as const },
        ]
        for (const token of [...tokens, ...others]) await storage.mailedTokens.insert(token)
        await storage.mailedTokens.deleteByUser(anna.id, 'verification')
        for (const token of tokens) assert.equal(await storage.mailedTokens.consume(token, noon), undefined)
        for (const other of others) assert.ok(await storage.mailedTokens.consume(other, noon))
      })

      it('tell when they end, each and the last of a purpose, and are withdrawn from an end on', async () => {
        const ends = [1, 2, 2, 3].map(minutesAfterNoon)
        const tokens = ends.map((end, index) => newMailedToken(anna.id, `${index}`, end))
        for (const token of tokens) await storage.mailedTokens.insert(token)
        await storage.mailedTokens.insert(newMailedToken(bert.id, 'b', minutesAfterNoon(9)))
        assert.deepEqual(await storage.mailedTokens.expiryOf('0'), minutesAfterNoon(1))
        assert.equal(await storage.mailedTokens.expiryOf('unknown'), undefined)
        assert.deepEqual(await storage.mailedTokens.lastExpiry(anna.id, 'verification'), minutesAfterNoon(3))
        assert.equal(await storage.mailedTokens.lastExpiry(anna.id, 'undoEmail'), undefined)

        await storage.mailedTokens.deleteByUser(anna.id, 'verification', minutesAfterNoon(2))
        const left = await Promise.all(tokens.map(({ id }) => storage.mailedTokens.expiryOf(id)))
        assert.deepEqual(left, [minutesAfterNoon(1), undefined, undefined, undefined])
        assert.ok(await storage.mailedTokens.expiryOf('b'))
      })

      it('that expired are removed in batches, and no others', async () => {
        for (const digest of ['a', 'b', 'c']) {
          await storage.mailedTokens.insert(newMailedToken(anna.id, digest, minutesAfterNoon(1)))
        }
        const alive = newMailedToken(anna.id, 'd')
        await storage.mailedTokens.insert(alive)
        assert.equal(await storage.mailedTokens.purgeExpired(minutesAfterNoon(2), 2), 2)
        assert.equal(await storage.mailedTokens.purgeExpired(minutesAfterNoon(2), 2), 1)
        assert.equal(await storage.mailedTokens.purgeExpired(minutesAfterNoon(2), 2), 0)
        assert.ok(await storage.mailedTokens.consume(alive, minutesAfterNoon(2)))
      })
    })

    describe('the outbox', () => {
      const letter = { name: 'verification', email: 'anna@example.com' } as const

      it('hands a letter out as it went in, once it is due, and counts the tries', async () => {
        const [anna] = await insertUsers(storage, 1)
        const whole = { ...letter, userId: anna.id, realm: 'north', language: 'de, en;q=0.5' }
        await storage.outbox.add(whole, noon)
        assert.deepEqual(await storage.outbox.claim(new Date(noon.getTime() - 1), minutesAfterNoon(1), 5), [])
        const [first] = await storage.outbox.claim(noon, minutesAfterNoon(1), 5)
        assert.partialDeepStrictEqual(first, { ...whole, createdAt: noon, attempts: 1 })
        const [second] = await storage.outbox.claim(minutesAfterNoon(1), minutesAfterNoon(2), 5)
        assert.deepEqual(second, { ...first, attempts: 2 })
      })

      it('hands each letter to one only, however many ask at once', async () => {
        for (const _ of numbersUpTo(20)) await storage.outbox.add(letter, noon)
        const hands = await Promise.all(
          numbersUpTo(8).map(() => storage.outbox.claim(noon, minutesAfterNoon(1), 5)),
        )
        const ids = hands.flat().map(({ id }) => id)
        assert.deepEqual([ids.length, new Set(ids).size], [20, 20])
      })

      it('keeps a letter that is put off until then, and tells when the next is due', async () => {
        assert.equal(await storage.outbox.nextDue(), undefined)
        await storage.outbox.add(letter, noon)
        const [claimed] = await storage.outbox.claim(noon, minutesAfterNoon(1), 5)
        await storage.outbox.postpone(claimed?.id as string, minutesAfterNoon(5))
        assert.deepEqual(await storage.outbox.nextDue(), minutesAfterNoon(5))
        assert.deepEqual(await storage.outbox.claim(minutesAfterNoon(4), minutesAfterNoon(9), 5), [])
        assert.equal((await storage.outbox.claim(minutesAfterNoon(5), minutesAfterNoon(9), 5)).length, 1)
      })

      it('keeps a letter that is about to go with the user it turned out to be for', async () => {
        const [anna] = await insertUsers(storage, 1)
        await storage.outbox.add(letter, noon)
        const [claimed] = await storage.outbox.claim(noon, minutesAfterNoon(1), 5)
        await storage.outbox.markReady(claimed?.id as string, anna.id, noon)
        await storage.users.delete(anna.id)
        assert.equal(await storage.outbox.nextDue(), undefined)
      })

      it('remembers for a while what was sent, and sends it no more', async () => {
        await storage.outbox.add(letter, noon)
        const [claimed] = await storage.outbox.claim(noon, minutesAfterNoon(1), 5)
        await storage.outbox.markSent(claimed?.id as string, noon)
        assert.deepEqual(await storage.outbox.claim(minutesAfterNoon(9), minutesAfterNoon(10), 5), [])
        assert.equal(await storage.outbox.purgeSent(new Date(noon.getTime() - 1), 5), 0)
        assert.equal(await storage.outbox.purgeSent(noon, 5), 1)
      })

      it('drops a letter nobody needs, and those about a user who is deleted', async () => {
        const [anna] = await insertUsers(storage, 1)
        await storage.outbox.add(letter, noon)
        await storage.outbox.add({ ...letter, userId: anna.id }, noon)
        const [first] = (await storage.outbox.claim(noon, noon, 5)).filter(
          ({ userId }) => userId === undefined,
        )
        await storage.outbox.remove(first?.id as string)
        await storage.users.delete(anna.id)
        assert.equal(await storage.outbox.nextDue(), undefined)
      })

      it('holds nothing of a transaction that is undone', async () => {
        const work = storage.transaction(async ({ outbox }) => {
          await outbox.add(letter, noon)
          throw new Error('changed my mind')
        })
        await assert.rejects(work, /changed my mind/)
        assert.equal(await storage.outbox.nextDue(), undefined)
      })
    })

    describe('counters', () => {
      const counter = (key: string, points = 1, minutes = 60) => ({
        key,
        points,
        expiresAt: minutesAfterNoon(minutes),
      })
      const pointsOf = async (keys: readonly string[], now = noon) =>
        (await storage.counters.read(keys, now)).map((found) => found?.points)

      it('add up until they are over, and begin anew then', async () => {
        const { counters } = storage
        assert.deepEqual(await counters.add([counter('a'), counter('b', 5)], noon), [
          counter('a'),
          counter('b', 5),
        ])
        assert.deepEqual(await counters.add([counter('b', 1, 90), counter('a', 2, 90)], noon), [
          counter('b', 6),
          counter('a', 3),
        ])
        assert.deepEqual(await counters.read(['b', 'none', 'a'], minutesAfterNoon(59)), [
          counter('b', 6),
          undefined,
          counter('a', 3),
        ])
        assert.deepEqual(await pointsOf(['a', 'b'], minutesAfterNoon(60)), [undefined, undefined])
        const [anew] = await counters.add([counter('a', 1, 120)], minutesAfterNoon(60))
        assert.deepEqual(anew, counter('a', 1, 120))
      })

      it('lose none of those that are added at the same moment', async () => {
        const keys = ['a', 'b', 'c']
        await Promise.all(
          numbersUpTo(30).map((number) =>
            storage.counters.add(
              (number % 2 === 0 ? keys : keys.toReversed()).map((key) => counter(key)),
              noon,
            ),
          ),
        )
        assert.deepEqual(await pointsOf(keys), [30, 30, 30])
      })

      it('give points back, though not more than there are, nor of what is over', async () => {
        const { counters } = storage
        await counters.add([counter('a', 3), counter('b', 1), counter('c', 3, 1)], noon)
        await counters.giveBack(['a', 'b', 'c', 'none'], 2, minutesAfterNoon(1))
        assert.deepEqual(await pointsOf(['a', 'b', 'c', 'none']), [1, 0, 3, undefined])
      })

      it('are forgotten by their keys, or by what these begin with', async () => {
        const { counters } = storage
        const keys = ['a', 'ab', 'ab/1', 'ab/2', 'abc', 'b']
        await counters.add(
          keys.map((key) => counter(key)),
          noon,
        )
        await counters.forget(['a', 'none'])
        assert.deepEqual(await pointsOf(keys), [undefined, 1, 1, 1, 1, 1])
        await counters.forgetAll('ab/')
        assert.deepEqual(await pointsOf(keys), [undefined, 1, undefined, undefined, 1, 1])
      })

      it('are purged when they are over, so many at a time', async () => {
        const { counters } = storage
        await counters.add([counter('a', 1, 1), counter('b', 1, 2), counter('c', 1, 3)], noon)
        assert.equal(await counters.purgeExpired(minutesAfterNoon(2), 1), 1)
        assert.equal(await counters.purgeExpired(minutesAfterNoon(2), 10), 1)
        assert.deepEqual(await pointsOf(['a', 'b', 'c']), [undefined, undefined, 1])
      })
    })

    describe('roles', () => {
      it('are granted by id, and once is enough', async () => {
        const [anna, bert] = await insertUsers(storage, 2)
        for (const role of ['admin', 'editor', 'admin']) await storage.roles.grant(anna.id, role)
        assert.deepEqual((await storage.roles.namesOf(anna.id)).toSorted(), ['admin', 'editor'])
        assert.deepEqual(await storage.roles.namesOf(bert.id), [])
      })

      it('are taken away one by one, from one user', async () => {
        const [anna, bert] = await insertUsers(storage, 2)
        for (const { id } of [anna, bert]) await storage.roles.grant(id, 'admin')
        await storage.roles.grant(anna.id, 'editor')
        assert.equal(await storage.roles.revoke(anna.id, 'admin'), true)
        assert.equal(await storage.roles.revoke(anna.id, 'admin'), false)
        assert.deepEqual(await storage.roles.namesOf(anna.id), ['editor'])
        assert.deepEqual(await storage.roles.namesOf(bert.id), ['admin'])
      })
    })

    describe('a transaction', () => {
      it('keeps all of its work and answers with its result', async () => {
        const anna = await storage.transaction(async ({ users, tokens, roles }) => {
          const user = await users.insert(newUser('anna@example.com'))
          await tokens.insert(newToken(user.id, 'digest'))
          await roles.grant(user.id, 'admin')
          return user
        })
        assert.deepEqual((await storage.tokens.findWithUser('digest'))?.user, anna)
        assert.deepEqual(await storage.roles.namesOf(anna.id), ['admin'])
      })

      it('keeps nothing when it throws, and passes the error on as it is', async () => {
        const [anna] = await insertUsers(storage, 1)
        await storage.tokens.insert(newToken(anna.id, 'before'))
        const failure = new Error('no')
        const work = storage.transaction(async ({ users, tokens, roles }) => {
          await users.update(anna.id, { username: 'changed' })
          await users.insert(newUser('new@example.com'))
          await tokens.deleteByUser(anna.id)
          await roles.grant(anna.id, 'admin')
          throw failure
        })
        await assert.rejects(work, (error) => error === failure)
        assert.deepEqual(await storage.users.findById(anna.id), anna)
        assert.equal(await storage.users.count(everything), 1)
        assert.equal((await storage.tokens.findByUser(anna.id)).length, 1)
        assert.deepEqual(await storage.roles.namesOf(anna.id), [])
      })

      it('sees its own work', async () => {
        await storage.transaction(async ({ users }) => {
          const { id } = await users.insert(newUser('anna@example.com'))
          await users.update(id, { username: 'anna' })
          assert.equal((await users.findByLogin({ username: 'anna' }))?.id, id)
          assert.equal(await users.count(everything), 1)
        })
      })

      it('shows nobody what may still be undone', async () => {
        const [anna] = await insertUsers(storage, 1)
        const door = Promise.withResolvers<void>()
        const entered = Promise.withResolvers<void>()
        const work = storage.transaction(async ({ users }) => {
          await users.insert(newUser('new@example.com', { username: 'new' }))
          await users.delete(anna.id)
          entered.resolve()
          await door.promise
          throw new Error('undone')
        })
        const undone = assert.rejects(work, /undone/)
        await entered.promise
        const seen = Promise.all([
          storage.users.findById(anna.id),
          storage.users.findByLogin({ username: 'new' }),
          storage.users.count(everything),
          idsFound(storage, {}),
        ])
        await turn()
        door.resolve()
        await undone
        assert.deepEqual(await seen, [anna, undefined, 1, [anna.id]])
      })

      it('does not show in a list that is being read', async () => {
        await insertUsers(storage, 1_000)
        const pages = storage.users.find(queryFor({}))[Symbol.asyncIterator]()
        let listed = (await pages.next()).value.length
        const door = Promise.withResolvers<void>()
        const entered = Promise.withResolvers<void>()
        const work = storage.transaction(async ({ users }) => {
          for (let id = 1; id <= 1_000; id++) await users.delete(id)
          entered.resolve()
          await door.promise
          throw new Error('undone')
        })
        const undone = assert.rejects(work, /undone/)
        await entered.promise
        const rest = (async () => {
          for (let page = await pages.next(); !page.done; page = await pages.next())
            listed += page.value.length
        })()
        await turn()
        door.resolve()
        await undone
        await rest
        assert.equal(listed, 1_000)
      })

      it('that fails leaves those that were made at the same time alone', async () => {
        const outcomes = await Promise.allSettled(
          numbersUpTo(30).map((number) =>
            storage.transaction(async ({ users }) => {
              await users.insert(newUser(`user-${number}@example.com`))
              if (number % 3 === 0) throw new Error('undone')
            }),
          ),
        )
        const kept = outcomes.map(({ status }) => status === 'fulfilled')
        assert.deepEqual(
          kept,
          numbersUpTo(30).map((number) => number % 3 !== 0),
        )
        for (const number of numbersUpTo(30)) {
          const found = await storage.users.findByLogin({ email: `user-${number}@example.com` })
          assert.equal(found !== undefined, number % 3 !== 0, `user ${number}`)
        }
      })

      it('is not mixed with another: each sees the work of those before it whole', async () => {
        const { id } = await storage.users.insert(newUser('anna@example.com', { properties: { visits: 0 } }))
        await Promise.all(
          numbersUpTo(20).map(() =>
            storage.transaction(async ({ users }) => {
              const before = await users.findById(id)
              await turn()
              await users.update(id, { properties: { visits: Number(before?.properties.visits) + 1 } })
            }),
          ),
        )
        assert.deepEqual((await storage.users.findById(id))?.properties, { visits: 20 })
      })

      it('goes on after a refusal it can answer itself', async () => {
        await storage.users.insert(newUser('anna@example.com'))
        await storage.transaction(async ({ users }) => {
          await users.insert(newUser('before@example.com'))
          await assert.rejects(users.insert(newUser('anna@example.com')), isDuplicate('email'))
          await users.insert(newUser('after@example.com'))
        })
        assert.equal(await storage.users.count(everything), 3)
      })

      it('within another is undone alone when it throws', async () => {
        await storage.transaction(async (outer) => {
          await outer.users.insert(newUser('outer@example.com'))
          const inner = outer.transaction(async ({ users }) => {
            await users.insert(newUser('inner@example.com'))
            throw new Error('undone')
          })
          await assert.rejects(inner, /undone/)
        })
        assert.notEqual(await storage.users.findByLogin({ email: 'outer@example.com' }), undefined)
        assert.equal(await storage.users.findByLogin({ email: 'inner@example.com' }), undefined)
      })
    })

    describe('those who meet', () => {
      let anna: User
      let bert: User
      beforeEach(async () => {
        ;[anna, bert] = await insertUsers(storage, 2, { passwordHash: 'hash' })
      })

      /** Begins a transaction, lets somebody else begin while it is under way, and answers when both are done. */
      async function meet<T>(
        begin: (storage: Storage) => Promise<unknown>,
        other: () => Promise<T>,
        end: (storage: Storage) => Promise<unknown> = async () => {},
      ): Promise<T> {
        const door = Promise.withResolvers<void>()
        const entered = Promise.withResolvers<void>()
        const work = storage.transaction(async (transaction) => {
          await begin(transaction)
          entered.resolve()
          await door.promise
          await end(transaction)
        })
        await entered.promise
        const outcome = other()
        // Long enough, mostly, for the other to come as far as it gets.
        await pause(30)
        door.resolve()
        await work
        return outcome
      }

      it('are a change of password and a login: the login by the old one opens no session', async () => {
        const opened = await meet(
          ({ users }) => users.replacePasswordHash(anna.id, 'hash', 'another'),
          () => storage.tokens.insertForLogin(newToken(anna.id, 'digest'), anna),
          ({ tokens }) => tokens.deleteByUser(anna.id),
        )
        assert.equal(opened, false)
        assert.deepEqual(await storage.tokens.findByUser(anna.id), [])
      })

      it('are a login and a change of password: the change ends the session', async () => {
        await meet(
          ({ tokens }) => tokens.insertForLogin(newToken(anna.id, 'digest'), anna),
          () =>
            storage.transaction(async ({ users, tokens }) => {
              await users.replacePasswordHash(anna.id, 'hash', 'another')
              await tokens.deleteByUser(anna.id)
            }),
        )
        assert.deepEqual(await storage.tokens.findByUser(anna.id), [])
      })

      it('are a deletion and a login: nobody is in', async () => {
        const opened = await meet(
          ({ users }) => users.delete(anna.id),
          () => storage.tokens.insertForLogin(newToken(anna.id, 'digest'), anna),
        )
        assert.equal(opened, false)
        assert.equal(await storage.tokens.findWithUser('digest'), undefined)
      })

      it('are two changes of one password: the second finds another one there', async () => {
        const replaced = await meet(
          ({ users }) => users.replacePasswordHash(anna.id, 'hash', 'first'),
          () => storage.users.replacePasswordHash(anna.id, 'hash', 'second'),
        )
        assert.equal(replaced, false)
        assert.equal((await storage.users.findById(anna.id))?.passwordHash, 'first')
      })

      it('are a look at an account, to decide by, and a change of it: the change waits', async () => {
        const seen: unknown[] = []
        await meet(
          ({ users }) => users.findById(anna.id),
          () => storage.users.update(anna.id, { username: 'anna' }),
          async ({ users }) => seen.push((await users.findById(anna.id))?.username),
        )
        assert.deepEqual(seen, [null])
        assert.equal((await storage.users.findById(anna.id))?.username, 'anna')
      })

      it('are a look at a session, to decide by, and a logout: the logout waits', async () => {
        await storage.tokens.insert(newToken(anna.id, 'digest'))
        const seen: unknown[] = []
        await meet(
          ({ tokens }) => tokens.findOfUser(anna.id, 'digest'),
          () => storage.tokens.delete('digest'),
          async ({ tokens }) => seen.push((await tokens.findOfUser(anna.id, 'digest'))?.id),
        )
        assert.deepEqual(seen, ['digest'])
        assert.equal(await storage.tokens.findWithUser('digest'), undefined)
      })

      it('are two with one mailed token: the second has it where the first is undone', async () => {
        const token = newMailedToken(anna.id, 'digest')
        await storage.mailedTokens.insert(token)
        const second = Promise.withResolvers<unknown>()
        const undone = meet(
          ({ mailedTokens }) => mailedTokens.consume(token, noon),
          async () => second.resolve((await storage.mailedTokens.consume(token, noon))?.email),
          () => Promise.reject(new Error('undone')),
        )
        await assert.rejects(undone, /undone/)
        assert.equal(await second.promise, token.email)
      })

      it('are many who look whether somebody has something, and take it: one has it', async () => {
        const taken = await Promise.all(
          numbersUpTo(8).map((number) =>
            storage.transaction(async ({ users, takeTurn }) => {
              await takeTurn('realm=north')
              const isFree = (await users.count({ property: realm, is: 'eq', value: 'north' })) === 0
              if (isFree) await users.insert(newUser(`new-${number}@example.com`, { realm: 'north' }))
              return isFree
            }),
          ),
        )
        assert.equal(taken.filter(Boolean).length, 1)
      })

      it('are two who hold what the other wants: both come to an end', async () => {
        const change = (first: UserId, second: UserId, name: string) =>
          storage.transaction(async ({ users }) => {
            await users.update(first, { realm: name })
            await pause(30)
            await users.update(second, { realm: name })
          })
        await Promise.all([change(anna.id, bert.id, 'one'), change(bert.id, anna.id, 'two')])
        const realms = [anna, bert].map(async ({ id }) => (await storage.users.findById(id))?.realm)
        const [first, second] = await Promise.all(realms)
        assert.ok(first === second && (first === 'one' || first === 'two'), `${first}, ${second}`)
      })
    })

    it('answers a ping', async () => {
      await storage.ping()
    })
  })
}

const noon = new Date('2026-11-22T12:00:00.000Z')

function minutesAfterNoon(minutes: number): Date {
  return new Date(noon.getTime() + minutes * 60_000)
}

const email: PropertyRef = { name: 'email', column: true, type: 'string', path: ['email'] }

const realm: PropertyRef = { name: 'realm', column: true, type: 'string', path: ['realm'] }

export function newUser(email: string, given: Partial<NewUser> = {}): NewUser {
  const blank = { realm: null, username: null, emailVerified: null, passwordHash: null, properties: {} }
  return { ...blank, email, ...given }
}

/** Users `user-0@example.com` and so on, with ids from 1 in an empty storage. */
export function insertUsers(
  storage: Storage,
  howMany: number,
  given: Partial<NewUser> = {},
): Promise<[User, User, ...User[]]> {
  return storage.transaction(async ({ users }) => {
    const inserted: User[] = []
    for (let number = 0; number < howMany; number++) {
      inserted.push(await users.insert(newUser(`user-${number}@example.com`, given)))
    }
    return inserted as [User, User, ...User[]]
  })
}

function newToken(userId: UserId, id: string, given: Partial<AccessToken> = {}): AccessToken {
  return { id, userId, ttl: 1_209_600, createdAt: noon, scopes: null, lastUsedAt: null, ...given }
}

function newMailedToken(userId: UserId, id: string, expiresAt = minutesAfterNoon(60)): MailedToken {
  return { id, userId, purpose: 'verification', email: `user-${userId}@example.com`, expiresAt }
}

export function queryFor(query: Partial<Query>): Query {
  return { where: everything, order: [], skip: 0, limit: undefined, ...query }
}

export async function idsFound(storage: Storage, query: Partial<Query>): Promise<UserId[]> {
  const ids: UserId[] = []
  for await (const page of storage.users.find(queryFor(query))) ids.push(...page.map(({ id }) => id))
  return ids
}

function numbersUpTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

function isDuplicate(property: 'email' | 'username') {
  return (error: unknown) => error instanceof DuplicateError && error.property === property
}
