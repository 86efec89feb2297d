import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logged, mailTo, openMailServer } from '../mail/mail-server.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const old = 'anna@example.com'
const next = 'anna@elsewhere.example'
const verifying = { user: { emailVerificationRequired: true } } as const

/** Anna's address is changed; answers with what was mailed to the old one. */
async function changed(house: House): Promise<{ token: string; notice: string }> {
  const token = await house.login(old)
  assert.equal((await house.put('/users/1', { email: next }, { token })).status, 200)
  const mails = await house.mails(1)
  const notice = mails.find((mail) => mail.includes(`To: ${old}`)) ?? ''
  return { token, notice }
}

describe('a change of e-mail address', () => {
  it('is told to the old address, from where it can be undone; looking at the link changes nothing', async () => {
    await using house = await openHouse({}, [old])
    const { notice } = await changed(house)
    const link = linkIn(notice)
    const page = await house.get(link, { headers: { accept: 'text/html' } })
    assert.equal(page.status, 200)
    assert.match(page.body, /<form method="post">/)
    assert.equal((await house.latchkey.users.findById(1)).email, next)

    assert.equal((await house.post(link)).status, 204)
    assert.deepEqual(await house.latchkey.users.findById(1), { email: old, emailVerified: true, id: 1 })
  })

  it('when undone, ends all sessions, the one of whoever changed it included', async () => {
    await using house = await openHouse({}, [old])
    const { token, notice } = await changed(house)
    await house.post(linkIn(notice))
    assert.equal((await house.get('/users/1', { token })).status, 401)
    await house.login(old)
  })

  it('can be undone once, for 72 hours, and however often it was changed again', async () => {
    await using house = await openHouse({}, [old])
    const { token, notice } = await changed(house)
    await house.put('/users/1', { email: 'third@example.com' }, { token })
    house.now = new Date(Date.now() + 71 * 3_600_000)
    const link = linkIn(notice)
    assert.equal((await house.post(link)).status, 204)
    const again = await house.post(link)
    assert.deepEqual([again.status, again.body.error.code], [400, 'INVALID_TOKEN'])
    assert.equal((await house.latchkey.users.findById(1)).email, old)
  })

  it('when undone, takes the rights to undo with it that later changes gave, and leaves the earlier ones', async () => {
    await using house = await openHouse({}, [old])
    const token = await house.login(old)
    const links: string[] = []
    for (const [index, email] of [next, 'third@example.com', 'fourth@example.com'].entries()) {
      await house.put('/users/1', { email }, { token })
      links.push(linkIn((await house.mails(index + 1))[index] ?? ''))
    }
    const [first = '', second = '', third = ''] = links
    assert.equal((await house.post(second)).status, 204)
    assert.equal((await house.latchkey.users.findById(1)).email, next)
    assert.equal((await house.post(third)).status, 400)
    assert.equal((await house.post(first)).status, 204)
    assert.equal((await house.post(second)).status, 400)
    assert.equal((await house.latchkey.users.findById(1)).email, old)
  })

  it('when undone, leaves nothing to be sent about later changes', async () => {
    let isOpen = false
    await using server = await openMailServer({
      onRcptTo({ address }, _session, reply) {
        const isLater = address === next && !isOpen
        reply(isLater ? Object.assign(new Error('later'), { responseCode: 450 }) : null)
      },
    })
    await using house = await openHouse({ mail: mailTo(server) }, [old])
    const token = await house.login(old)
    await house.put('/users/1', { email: next }, { token })
    const notice = await server.next()
    await house.put('/users/1', { email: 'third@example.com' }, { token })
    await logged(house, 'a mail could not be sent yet')
    assert.equal((await house.post(linkIn(notice.text))).status, 204)

    isOpen = true
    house.now = new Date(Date.now() + 60 * 60_000)
    await house.post('/users/reset', { email: old })
    const { to, text } = await server.next()
    assert.deepEqual(to, [old])
    assert.match(text, /^Subject: Reset your password\r$/m)
  })

  it('can be undone though a stranger signed up with the old address meanwhile, who is left without it', async () => {
    await using house = await openHouse({}, [old])
    const { token, notice } = await changed(house)
    await house.post('/users', { email: old, password: 'the thief’s' })
    assert.equal((await house.post(linkIn(notice))).status, 204)
    assert.equal((await house.latchkey.users.findById(1)).email, old)
    assert.equal((await house.get('/users/1', { token })).status, 401)
    assert.match(String((await house.latchkey.users.findById(2)).email), /^[a-z0-9]{32}@displaced\.invalid$/)
    assert.equal((await house.post('/users/login', { email: old, password: 'the thief’s' })).status, 401)
    await house.login(old)
  })

  it('cannot be undone once another account has proved to be read at the old address', async () => {
    await using house = await openHouse({}, [old])
    const { notice } = await changed(house)
    await house.latchkey.users.create({ email: old, password, emailVerified: true })
    assert.equal((await house.post(linkIn(notice))).status, 422)
    await house.latchkey.users.deleteById(2)
    assert.equal((await house.post(linkIn(notice))).status, 204)
  })

  it('cannot be undone after 72 hours, nor by another’s link', async () => {
    await using house = await openHouse({}, [old, 'bert@example.com'])
    const { notice } = await changed(house)
    const link = new URL(linkIn(notice))
    const others = new URL(link)
    others.searchParams.set('uid', '2')
    assert.equal((await house.post(others.href)).status, 400)
    house.now = new Date(Date.now() + 72 * 3_600_000)
    assert.equal((await house.post(link.href)).status, 400)
    assert.equal((await house.latchkey.users.findById(1)).email, next)
  })

  it('asks for proof of the new address where addresses must be proved, and keeps out who has none', async () => {
    await using house = await openHouse(verifying, [old])
    await house.get(linkIn((await house.mails(1))[0] ?? ''))
    const token = await house.login(old)
    await house.put('/users/1', { email: next }, { token })
    const mails = await house.mails(3)
    const proof = mails.find((mail) => mail.includes(`To: ${next}`)) ?? ''
    const early = await house.post('/users/login', { email: next, password })
    assert.equal(early.body.error.code, 'LOGIN_FAILED_EMAIL_NOT_VERIFIED')
    await house.get(linkIn(proof))
    await house.login(next)
  })
})

describe('POST /users/verify', () => {
  it('mails the link again to whoever has yet to prove the address', async () => {
    await using house = await openHouse(verifying, [old])
    await house.mails(1)
    assert.equal((await house.post('/users/verify', { email: old })).status, 204)
    const [, second = ''] = await house.mails(2)
    assert.equal((await house.get(linkIn(second))).status, 302)
  })

  it('answers everybody alike, and mails nothing to who needs nothing', async () => {
    await using house = await openHouse({}, [old])
    await house.latchkey.users.patchAttributes(1, { emailVerified: true })
    for (const email of [old, 'nobody@example.com', '']) {
      const { status, body } = await house.post('/users/verify', { email })
      assert.deepEqual({ status, body }, { status: 204, body: undefined })
    }
    await house.post('/users/reset', { email: old })
    assert.match((await house.mails(1)).join(), /Reset your password/)
  })

  it('wants an address', async () => {
    await using house = await openHouse()
    assert.equal((await house.post('/users/verify', {})).body.error.code, 'EMAIL_REQUIRED')
    assert.equal((await house.post('/users/verify', { email: { gt: '' } })).status, 400)
  })
})

describe('somebody who signs up with another’s address', () => {
  it('loses the account to who reads the mail there, password and sessions with it', async () => {
    await using house = await openHouse({}, [old])
    const thief = await house.login(old)
    await house.post('/users/reset', { email: old })
    const [mail = ''] = await house.mails(1)
    const token = new URL(linkIn(mail)).searchParams.get('access_token') ?? ''
    await house.post('/users/reset-password', { newPassword: 'the owner’s own' }, { token })
    assert.equal((await house.get('/users/1', { token: thief })).status, 401)
    assert.equal((await house.post('/users/login', { email: old, password })).status, 401)
    await house.login(old, 'the owner’s own')
    assert.equal((await house.latchkey.users.findById(1)).emailVerified, true)
  })
})

describe('a stranger’s sign-up where addresses must be proved', () => {
  it('gives way to who reads the mail there, though they have yet to sign up', async () => {
    const user = { ...verifying.user, logoutSessionsOnSensitiveChanges: false }
    await using house = await openHouse({ user }, [old])
    const { id: session } = await house.latchkey.tokens.create(1)
    assert.equal((await house.post('/users', { email: old, password: 'the owner’s own' })).status, 422)
    await house.post('/users/reset', { email: old })
    const mail = (await house.mails(2)).find((one) => one.includes('Reset your password')) ?? ''
    assert.equal((await house.post(linkIn(mail), { newPassword: 'the owner’s own' })).status, 204)

    await house.login(old, 'the owner’s own')
    assert.equal((await house.post('/users/login', { email: old, password })).status, 401)
    assert.equal((await house.get('/users/1', { token: session })).status, 401)
  })

  it('loses its sessions to the link that proves the address', async () => {
    await using house = await openHouse(verifying, [old])
    const { id: session } = await house.latchkey.tokens.create(1)
    assert.equal((await house.get('/users/1', { token: session })).status, 200)
    await house.get(linkIn((await house.mails(1))[0] ?? ''))
    assert.equal((await house.get('/users/1', { token: session })).status, 401)
  })
})

describe('a new password', () => {
  it('is told at the address the account had when it was set', async () => {
    const user = { rejectPasswordChangesViaPatchOrReplace: false }
    await using house = await openHouse({ user }, [old])
    const token = await house.login(old)
    await house.put('/users/1', { email: next, password: 'another one' }, { token })
    const mails = await house.mails(2)
    assert.deepEqual(
      mails.map((mail) => /^To: (.*)\r$/m.exec(mail)?.[1]),
      [old, old],
    )
  })

  it('is told in the language of whoever set it, where the account names none', async () => {
    await using house = await openHouse({}, [old])
    const token = await house.login(old)
    await house.post(
      '/users/change-password',
      { oldPassword: password, newPassword: 'another one' },
      { token, headers: { 'accept-language': 'de-AT' } },
    )
    const [mail = ''] = await house.mails(1)
    assert.match(mail, /^Das Passwort Ihres Kontos/m)
  })

  it('is told to the owner by mail, without a token', async () => {
    await using house = await openHouse({}, [old])
    const token = await house.login(old)
    await house.post(
      '/users/change-password',
      { oldPassword: password, newPassword: 'another one' },
      { token },
    )
    const [mail = ''] = await house.mails(1)
    assert.match(mail, /^To: anna@example\.com\r$/m)
    assert.doesNotMatch(mail, /[A-Za-z0-9]{64}/)
  })
})
