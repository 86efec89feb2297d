import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { createLatchkey } from '../../src/index.ts'
import { chooseLanguage, widerTags } from '../../src/mail/language.ts'
import { builtInLanguages } from '../../src/mail/messages/all.ts'
import { openFolder } from '../cli/latchkey-process.ts'
import { type House, openHouse, password } from '../open-house.ts'

const languages = { available: new Set(builtInLanguages.keys()), fallback: 'en' }
const choose = (preferred?: unknown, acceptLanguage?: unknown) =>
  chooseLanguage(languages, preferred, acceptLanguage)

describe('the language of a letter', () => {
  for (const [preferred, chosen] of [
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de_CH', 'de'],
    ['de-Latn-AT-1996-u-co-phonebk', 'de'],
    ['pt-BR', 'pt'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh-hant-hk', 'zh-Hant'],
    ['zh-Hans-TW', 'zh-Hans'],
  ] as const) {
    it(`is ${chosen} for an account that says ${preferred}`, () =>
      assert.equal(choose(preferred, 'fr'), chosen))
  }

  for (const [header, chosen] of [
    ['de', 'de'],
    ['de-CH, fr;q=0.9', 'de'],
    ['fr;q=0.3, de;q=0.8, ja;q=0.5', 'de'],
    ['gsw, ga;q=0.9, it;q=0.1', 'it'],
    ['it,nl', 'it'],
    ['ga, de;q=0', 'en'],
    ['*', 'en'],
    ['*, de;q=0.5', 'de'],
    ['DE-at ; Q=0.7 , ga', 'de'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-Hant'],
    ['', 'en'],
    ['de;q=high, fr;q=0.1', 'fr'],
    ['de;q=2', 'en'],
    [',,;,de', 'de'],
  ] as const) {
    it(`is ${chosen} for a browser that says ${header || 'nothing'}`, () =>
      assert.equal(choose(undefined, header), chosen))
  }

  it('is the browser’s where the account names one there are no letters in', () => {
    assert.equal(choose('ga', 'fr'), 'fr')
    assert.equal(choose('ga', 'gd'), 'en')
  })

  it('is the account’s own region’s or script’s where there are letters for that', () => {
    const available = new Set(['de', 'de-AT', 'zh', 'zh-TW', 'zh-Hant'])
    for (const [preferred, chosen] of [
      ['de-AT', 'de-AT'],
      ['de-CH', 'de'],
      ['zh-TW', 'zh-TW'],
      ['zh-MO', 'zh-Hant'],
      ['zh', 'zh'],
    ])
      assert.equal(chooseLanguage({ available, fallback: 'de' }, preferred, undefined), chosen)
  })

  it('is looked for from the narrowest to the widest', () => {
    assert.deepEqual(widerTags('zh-TW'), ['zh-TW', 'zh-Hant-TW', 'zh-Hant', 'zh'])
    assert.deepEqual(widerTags('zh'), ['zh', 'zh-Hans'])
  })

  it('is one there are letters in, whatever account and browser say', () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', '../de', 'de\r\nBcc: x@y.z', 'x-de', 'de-x', 'i-klingon'),
      fc.constantFrom('de-', '-de', 'de--AT', 'und', 'zh-cmn-Hans-CN', 'a'.repeat(1e6), 'de,'.repeat(1e6)),
    )
    fc.assert(
      fc.property(anything, anything, (preferred, acceptLanguage) =>
        languages.available.has(choose(preferred, acceptLanguage)),
      ),
    )
  })
})

describe('a letter', () => {
  const database = { url: 'sqlite::memory:' }
  const verifying = { user: { emailVerificationRequired: true } } as const
  async function subjectsOf(house: House, atLeast: number): Promise<(string | undefined)[]> {
    const mails = await Promise.all((await house.mails(atLeast)).map((mail) => simpleParser(mail)))
    return mails.map(({ subject }) => subject).sort()
  }

  it('is in the language of the user’s property', async () => {
    await using house = await openHouse(verifying)
    await house.post('/users', { email: 'a@example.com', password, language: 'zh-TW' })
    await house.post('/users', { email: 'b@example.com', password, language: 7 })
    assert.deepEqual(await subjectsOf(house, 2), ['Thanks for Registering', '感謝您的註冊'])
  })

  it('is in the language of mail.language to those who have none', async () => {
    using folder = openFolder()
    const mail = { url: `directory:${folder.path}`, language: 'de-AT' }
    const latchkey = await createLatchkey({ ...verifying, mail, database, log: { level: 'silent' } })
    await latchkey.users.create({ email: 'a@example.com', password })
    await latchkey.close()
    const [name = ''] = readdirSync(folder.path)
    const { subject } = await simpleParser(readFileSync(folder.file(name)))
    assert.equal(subject, 'Danke für Ihre Registrierung')
  })
})

describe('mail.language', () => {
  for (const language of ['ga', 'english', 'de,fr', '../de']) {
    it(`ends the start where there are no letters in it: ${language}`, async () => {
      await assert.rejects(openHouse({ mail: { language } }), {
        code: 'CONFIGURATION_INVALID',
        message: /^mail\.language: .*"(ga|english|de,fr|\.\.\/de)"; there are some in cs, de, /,
      })
    })
  }
})
