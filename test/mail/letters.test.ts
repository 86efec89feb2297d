import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createLetterWriter } from '../../src/mail/letter-writer.ts'
import { carriesLink, type Letter, type LetterName, letterNames } from '../../src/mail/letters.ts'
import { builtInLanguages } from '../../src/mail/messages/all.ts'
import { problemIn, type Sheet } from '../../src/mail/sheet.ts'

const link = 'https://accounts.example.com/api/users/confirm?uid=1&redirect=%2F&token=abc'
const values = { site: 'https://accounts.example.com', link, ttl: 86_400, newEmail: 'jane@example.org' }
const to = 'foo@bar.com'
const writer = createLetterWriter({ language: 'en' })
const languages = [...builtInLanguages.keys()]
const write = (name: LetterName, language: string, other: Partial<typeof values> = {}) =>
  writer.write(name, { to, language, values: { ...values, ...other } })

const timesIn = (text: string, part: string) => text.split(part).length - 1

/** What a reader of the HTML part sees. */
function shownBy({ html }: Letter): string {
  const [, body = ''] = html.split('<body')
  const text = body.replace(/^[^>]*>|<[^>]*>/g, ' ')
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('the built-in letters', () => {
  it('speak the languages LoopBack 3 ships', () => {
    const shipped = 'cs de en es fr it ja ko nl pl pt ru tr zh-Hans zh-Hant'
    assert.deepEqual(languages, shipped.split(' '))
    const files = readdirSync(join(import.meta.dirname, '../../src/mail/messages'))
    assert.equal(files.length, languages.length + 2)
  })

  it('keep LoopBack’s words where it has some', () => {
    const { subject, text } = write('verification', 'en')
    assert.equal(subject, 'Thanks for Registering')
    assert.ok(text.startsWith(`Please verify your email by opening this link in a web browser:\n\t${link}\n`))
  })

  for (const language of languages) {
    for (const name of letterNames) {
      it(`are whole: ${name} in ${language}`, () => {
        const letter = write(name, language)
        const links = carriesLink(name) ? 1 : 0
        assert.equal(letter.to, to)
        assert.match(letter.subject, /^\S[^\r\n]+\S$/)
        assert.equal(timesIn(letter.text, link), links)
        assert.equal(timesIn(shownBy(letter), link), links)
        assert.equal(timesIn(letter.html, `href="${link.replaceAll('&', '&amp;')}"`), links)
        for (const part of [letter.subject, letter.text, letter.html])
          assert.doesNotMatch(part, /\{\{|\}\}|undefined/)
        assert.match(letter.text, /accounts\.example\.com/)
      })

      it(`say the same in text and in HTML: ${name} in ${language}`, () => {
        const { subject, text } = write(name, language)
        assert.equal(shownBy(write(name, language)), `${subject} ${text}`.replace(/\s+/g, ' ').trim())
      })

      it(`hold only what the letter can be told: ${name} in ${language}`, () => {
        const sheet = builtInLanguages.get(language)?.get(name) as Sheet
        assert.equal(problemIn(name, 'subject', sheet.subject as string), undefined)
        assert.equal(problemIn(name, 'text', sheet.text as string), undefined)
      })
    }
  }

  it('say different things in different languages', () => {
    for (const name of letterNames)
      for (const part of ['subject', 'text'] as const)
        assert.equal(new Set(languages.map((language) => write(name, language)[part])).size, languages.length)
  })

  it('tell in their HTML which language they are in, for those who hear them', () => {
    for (const language of languages) {
      const { html } = write('verification', language)
      assert.equal(timesIn(html, `lang="${language}" dir="ltr"`), 2)
    }
  })

  it('load nothing from anywhere, and leave colours to the reader’s program', () => {
    for (const name of letterNames) {
      const { html } = write(name, 'en')
      assert.doesNotMatch(html, /<(img|link|script|style|iframe|form)|url\(|src=/i)
      assert.doesNotMatch(html, /background|color:/i)
      assert.match(html, /<meta name="color-scheme" content="light dark">/)
    }
  })

  it('bring no link where whoever reads along could use it', () => {
    assert.doesNotMatch(write('passwordChanged', 'en').text, /https?:/)
    assert.doesNotMatch(write('accountExists', 'en').text, /https?:/)
  })
})

describe('how long a link is good for', () => {
  const said: readonly [seconds: number, language: string, words: string][] = [
    [900, 'en', '15 minutes'],
    [86_400, 'en', '24 hours'],
    [72 * 3_600, 'en', '3 days'],
    // never longer than it is
    [179, 'en', '2 minutes'],
    [90, 'en', '90 seconds'],
    [1, 'en', '1 second'],
    // the form that goes with the number
    [2 * 60, 'ru', '2 минуты'],
    [21 * 60, 'ru', '21 минута'],
    [25 * 60, 'ru', '25 минут'],
    [3 * 60, 'cs', '3 minuty'],
    [15 * 60, 'cs', '15 minut'],
    [22 * 60, 'pl', '22 minuty'],
    [15 * 60, 'pl', '15 minut'],
  ]
  for (const [ttl, language, words] of said) {
    it(`is said for ${ttl} seconds in ${language}: ${words}`, () => {
      const { text } = write('resetPassword', language, { ttl })
      assert.match(text, new RegExp(`(^|[^0-9])${words}(?!\\p{L})`, 'u'))
    })
  }
})

describe('the letter about a new address', () => {
  for (const [newEmail, shown] of [
    ['jane@example.org', 'j***@e***.org'],
    ['j@e', 'j***@e***'],
    ['"call 555 @ now"@evil.example', '"***@e***'],
    ['иван@пример.рф', 'и***@п***'],
    ['😀@😀.com', '😀***@😀***.com'],
  ] as const) {
    it(`shows no more of ${newEmail} than its owner needs: ${shown}`, () => {
      const { text } = write('emailChanged', 'en', { newEmail })
      assert.ok(text.includes(` ${shown}. `), text)
      assert.ok(!text.includes(newEmail))
    })
  }
})

describe('the site', () => {
  for (const [site, shown] of [
    ['https://accounts.example.com/latchkey', 'accounts.example.com'],
    ['http://localhost:3000', 'localhost:3000'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['https://m\u00fcller.example', 'm\u00fcller.example'],
  ] as const) {
    it(`is named by its host: ${shown}`, () => {
      assert.ok(write('passwordChanged', 'en', { site }).text.includes(` at ${shown} `))
    })
  }
})
