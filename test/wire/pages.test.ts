import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linkFor } from '../../src/config/page-links.ts'
import { readSettings } from '../../src/config/settings.ts'
import { allWords } from '../../src/http/pages/language.ts'
import { render } from '../../src/http/pages/layout.ts'
import { emailUndonePage, undoEmailPage } from '../../src/http/pages/pages.ts'
import { createLatchkey, type LatchkeyOptions } from '../../src/index.ts'
import { type House, linkIn, openHouse, password } from '../open-house.ts'

const email = 'foo@bar.com'
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const form = { ...browser, 'content-type': 'application/x-www-form-urlencoded' }
const required = { user: { emailVerificationRequired: true } } as const

/** The link of the newest mail, asked for by address. */
async function resetLink(house: House, mails = 1): Promise<string> {
  await house.post('/users/reset', { email })
  return linkIn((await house.mails(mails)).at(-1) ?? '')
}

async function signUpLink(house: House): Promise<string> {
  await house.post('/users', { email, password })
  return linkIn((await house.mails(1))[0] ?? '')
}

const titleOf = (html: string) => /<h1>(.*?)<\/h1>/.exec(html)?.[1]

describe('the language of a page', () => {
  const cases: [header: string, language: string, title: string][] = [
    ['', 'en', 'This link is no longer good'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de', 'Dieser Link gilt nicht mehr'],
    ['sv, fr;q=0.5', 'fr', 'Ce lien n’est plus valable'],
    ['zh-TW', 'zh-Hant', '此連結已失效'],
    ['zh-CN', 'zh-Hans', '此链接已失效'],
    ['pt-BR', 'pt', 'Este link não é mais válido'],
    ['tlh', 'en', 'This link is no longer good'],
    ['"><script>', 'en', 'This link is no longer good'],
  ]
  for (const [header, language, title] of cases) {
    it(`is ${language} for "${header}"`, async () => {
      await using house = await openHouse()
      const reply = await house.get('/users/reset-password?access_token=x', {
        headers: { ...browser, 'accept-language': header },
      })
      assert.equal(reply.headers.get('content-language'), language)
      assert.match(reply.body, new RegExp(`<html lang="${language}" dir="ltr">`))
      assert.equal(titleOf(reply.body), title)
    })
  }

  it('has something to say everywhere, with the number where it belongs', () => {
    for (const [language, words] of Object.entries(allWords)) {
      const texts = Object.values(words).flatMap((part: string | Record<string, string>) =>
        typeof part === 'string' ? [part] : Object.values(part),
      )
      assert.ok(
        texts.every((text) => text.trim() !== ''),
        language,
      )
      assert.equal(texts.filter((text) => text.includes('{')).length, 2, language)
      assert.match(words.choose.tooLong, /\{max\}/, language)
      assert.match(words.choose.atLeast, /\{min\}/, language)
    }
  })

  it('is not English where it says it is another', () => {
    const { en, ...others } = allWords
    for (const [language, words] of Object.entries(others)) {
      for (const [name, part] of Object.entries(words)) {
        assert.notDeepEqual(part, en?.[name as keyof typeof en], `${language}: ${name}`)
      }
    }
  })
})

describe('the form for a new password', () => {
  it('says whose it is, so that a password manager keeps it there', async () => {
    const address = "o'brien&co@example.com"
    await using house = await openHouse({}, [address])
    await house.post('/users/reset', { email: address })
    const { body } = await house.get(linkIn((await house.mails(1))[0] ?? ''), { headers: browser })
    assert.match(body, /autocomplete="username" value="o&#39;brien&amp;co@example\.com" readonly/)
    assert.match(body, /name="newPassword"[^>]* autocomplete="new-password"/)
  })

  const refused: [why: string, sent: string, sentence: RegExp][] = [
    ['is empty', '', /Enter a new password\./],
    ['is too long', 'x'.repeat(73), /there is room for 72 letters/],
  ]
  for (const [why, newPassword, sentence] of refused) {
    it(`stays when the password ${why}, says so at the field, and uses nothing up`, async () => {
      await using house = await openHouse({}, [email])
      const link = await resetLink(house)
      const reply = await house.post(link, new URLSearchParams({ newPassword }).toString(), { headers: form })
      assert.ok([400, 422].includes(reply.status))
      assert.match(reply.body, sentence)
      assert.match(reply.body, /aria-describedby="problem hint" aria-invalid="true"/)
      assert.match(reply.body, /value="foo@bar\.com" readonly/)
      assert.ok(!reply.body.includes('xxx'), 'what was typed is not sent back')
      const again = await house.post(link, 'newPassword=a+better+one', { headers: form })
      assert.deepEqual([again.status, titleOf(again.body)], [200, 'Your password has been changed'])
      await house.login(email, 'a better one')
    })
  }

  it('tells a program in JSON', async () => {
    await using house = await openHouse({}, [email])
    const reply = await house.post(await resetLink(house), { newPassword: '' })
    assert.partialDeepStrictEqual(reply, { status: 400, body: { error: { code: 'ARGUMENT_REQUIRED' } } })
  })
})

describe('a link that is no longer good', () => {
  it('offers to confirm the address by another one', async () => {
    await using house = await openHouse(required)
    const link = await signUpLink(house)
    await house.get(link)
    const { status, body } = await house.get(link, { headers: browser })
    assert.equal(status, 400)
    assert.match(body, /<form method="post" action="verify">/)
    assert.match(body, /<label for="email">E-mail address<\/label>\s*<input [^>]*name="email" id="email"/)
  })

  it('is replaced by a letter to whoever sends that form', async () => {
    await using house = await openHouse(required)
    await house.get((await signUpLink(house)).replace(/token=.*/, 'token=dead'), { headers: browser })
    const sent = await house.post('/users/verify', `email=${email}`, { headers: form })
    assert.deepEqual([sent.status, titleOf(sent.body)], [200, 'Look into your mail'])
    const link = linkIn((await house.mails(2)).at(-1) ?? '')
    assert.equal((await house.get(link)).status, 302)
    const program = await house.post('/users/verify', { email }, { headers: browser })
    assert.deepEqual([program.status, program.body], [204, undefined])
  })

  it('offers to recover the password by another one, and sends it', async () => {
    await using house = await openHouse({}, [email])
    const dead = await house.get('/users/reset-password?access_token=dead', { headers: browser })
    assert.equal(dead.status, 401)
    assert.match(dead.body, /<form method="post" action="reset">/)

    const sent = await house.post('/users/reset', `email=${email}`, { headers: form })
    assert.deepEqual([sent.status, titleOf(sent.body)], [200, 'Look into your mail'])
    const link = linkIn((await house.mails(1))[0] ?? '')
    assert.equal((await house.get(link, { headers: browser })).status, 200)
  })

  it('answers the same form for an address nobody has', async () => {
    await using house = await openHouse({}, [email])
    const answers = await Promise.all(
      [email, 'nobody@bar.com'].map((one) => house.post('/users/reset', `email=${one}`, { headers: form })),
    )
    assert.deepEqual(answers[0]?.body, answers[1]?.body)
  })

  it('answers a program that asks for a reset as ever', async () => {
    await using house = await openHouse({}, [email])
    for (const headers of [undefined, browser]) {
      const { status, body } = await house.post('/users/reset', { email }, headers ? { headers } : {})
      assert.deepEqual([status, body], [200, {}])
    }
    const refused = await house.post('/users/reset', {}, { headers: browser })
    assert.partialDeepStrictEqual(refused, { status: 400, body: { error: { code: 'EMAIL_REQUIRED' } } })
    const person = await house.post('/users/reset', 'name=x', { headers: form })
    assert.deepEqual([person.status, titleOf(person.body)], [400, 'That did not work'])
  })
})

describe('any other refusal', () => {
  it('says what a person can do, and what it was', async () => {
    await using house = await openHouse()
    const { status, body } = await house.get('/users/confirm?uid=%3Cb%3E&token=x', {
      headers: { ...browser, 'accept-language': 'de' },
    })
    assert.equal(status, 404)
    assert.equal(titleOf(body), 'Das hat nicht geklappt')
    assert.match(body, /<p class="detail" lang="en">User not found: &lt;b&gt;<\/p>/)
  })
})

describe('the page behind the link to take an e-mail address back', () => {
  it('takes it back when the button is pushed, once', async () => {
    await using house = await openHouse({}, [email])
    const token = await house.login(email)
    await house.request('PATCH', '/users/1', { email: 'thief@bar.com' }, { token })
    const link = linkIn((await house.mails(1))[0] ?? '')
    const asked = await house.get(link, { headers: browser })
    assert.deepEqual([asked.status, titleOf(asked.body)], [200, 'Take your e-mail address back?'])
    const done = await house.post(link, '', { headers: form })
    assert.deepEqual([done.status, titleOf(done.body)], [200, 'Your old e-mail address is back'])
    await house.login(email)
    const again = await house.post(link, '', { headers: form })
    assert.deepEqual([again.status, titleOf(again.body)], [400, 'This link is no longer good'])
    assert.doesNotMatch(again.body, /<form/)
  })

  it('asks first, for mail scanners open links too', () => {
    for (const [language, words] of Object.entries(allWords)) {
      const html = render(undoEmailPage(words), language)
      assert.match(html, /<form method="post"><button>[^<]+<\/button><\/form>/, language)
      assert.equal(titleOf(render(emailUndonePage(words), language)), words.undone.title)
    }
  })
})

describe('pages of the application', () => {
  it('get the link of the mail to choose a new password, with the token', async () => {
    const pages = { resetPassword: 'https://app.example.com/account?view=reset#form' }
    await using house = await openHouse({ pages }, [email])
    const link = new URL(await resetLink(house))
    const token = link.searchParams.get('access_token') ?? ''
    assert.equal(link.href, `https://app.example.com/account?view=reset&access_token=${token}#form`)
    const reply = await house.post('/users/reset-password', { newPassword: 'another' }, { token })
    assert.equal(reply.status, 204)
    await house.login(email, 'another')
  })

  it('may be paths on our own origin', async () => {
    await using house = await openHouse({ pages: { resetPassword: '/reset' } }, [email])
    assert.ok((await resetLink(house)).startsWith(`${new URL(house.url).origin}/reset?access_token=`))
  })

  it('get the person who has confirmed their address', async () => {
    const options = {
      ...required,
      pages: { confirmed: 'https://app.example.com/welcome' },
      redirects: ['https://app.example.com'],
    }
    await using house = await openHouse(options)
    const { status, headers } = await house.get(await signUpLink(house))
    assert.deepEqual([status, headers.get('location')], [302, 'https://app.example.com/welcome'])
  })

  it('get the link to take an e-mail address back', () => {
    const query = { uid: '1', token: 't' }
    const link = (options: LatchkeyOptions) =>
      linkFor('undoEmail', query, readSettings(options), 'https://id.example.com')
    assert.equal(link({}), 'https://id.example.com/api/users/undo-email-change?uid=1&token=t')
    assert.equal(
      link({ pages: { undoEmail: 'https://app.example.com/undo' } }),
      'https://app.example.com/undo?uid=1&token=t',
    )
  })

  const refused: [options: LatchkeyOptions, problem: RegExp][] = [
    [{ pages: { resetPassword: 'javascript:alert(1)' } }, /^pages\.resetPassword: must be a path/],
    [{ pages: { resetPassword: 'reset' } }, /^pages\.resetPassword: must be a path/],
    [{ pages: { resetPassword: '//evil.example.com' } }, /^pages\.resetPassword: must be a path/],
    [{ pages: { undoEmail: 'https://*.example.com/undo' } }, /^pages\.undoEmail: must be a path/],
    [{ pages: { undoEmail: 'https://a:b@example.com/' } }, /^pages\.undoEmail: must be a path/],
    [{ pages: { confirmed: 'https://app.example.com/' } }, /^pages\.confirmed: .* redirects/],
    [{ pages: { confirmed: '/welcome' }, redirects: ['/hello'] }, /^pages\.confirmed: .* redirects/],
  ]
  for (const [options, problem] of refused) {
    it(`are checked at start: ${JSON.stringify(options)}`, async () => {
      await assert.rejects(createLatchkey({ database: { url: 'sqlite::memory:' }, ...options }), {
        code: 'CONFIGURATION_INVALID',
        message: problem,
      })
    })
  }
})
