import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AddressObject, simpleParser } from 'mailparser'
import { createLetterWriter, type LetterWriter } from '../../src/mail/letter-writer.ts'
import { type Letter, type LetterName, letterNames } from '../../src/mail/letters.ts'
import { builtInLanguages } from '../../src/mail/messages/all.ts'
import { openTransport } from '../../src/mail/transport.ts'
import { openFolder } from '../cli/latchkey-process.ts'

const hostile = [
  'x@y.z\r\nBcc: victim@example.com',
  'x@y.z, victim@example.com',
  'x@y.z>, <victim@example.com',
  '"<script>alert(1)</script>"@example.com',
  '"\'><img src=x onerror=alert(1)>"@example.com',
  "'-alert(1)-'@example.com",
  '{{link}}@example.com',
  '{{ newEmail }}{{toString}}',
  "$&$1$`$'@example.com",
  '\u202egro.elpmaxe@x',
  '\u2028Subject: other\u2029@example.com',
  '\0\x1b[31m@example.com',
  '\ud800@example.com',
  '=?utf-8?B?PHNjcmlwdD4=?=@example.com',
  '--boundary\r\n\r\n.\r\nQUIT@example.com',
]
const anyText = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }), fc.string())
/** Links are made of a checked URL and of encoded parameters. */
const anyLink = anyText.map(
  (text) =>
    `https://accounts.example.com/confirm?${new URLSearchParams({ uid: text.toWellFormed(), token: 'abc' })}`,
)
const anyName = fc.constantFrom(...letterNames)
const anyLanguage = fc.oneof(fc.constantFrom(...builtInLanguages.keys()), anyText)

/** Addresses as they can be stored: whatever isemail accepts that cannot mislead. */
const anyAddress = fc.oneof(
  fc.constantFrom('foo@bar.com', "o'hara+tag=bar.com@example.com", 'jo!#$%&*e@example.com', 'иван@пример.рф'),
  fc.constantFrom('"a b"@example.com', '"@"@example.com', '"{{link}}"@example.com', 'a&b@example.com'),
  fc.emailAddress(),
)

const builtIn = createLetterWriter({ language: 'en' })

interface Given {
  readonly to: string
  readonly language: string
  readonly newEmail: string
  readonly link: string
}

function write(writer: LetterWriter, name: LetterName, { to, language, newEmail, link }: Given): Letter {
  const values = { site: 'https://accounts.example.com', link, ttl: 900, newEmail }
  return writer.write(name, { to, language, values })
}

/** Sends the letter as it is sent, and reads it as its reader does. */
async function deliver(letter: Letter) {
  using folder = openFolder()
  const transport = openTransport(`directory:${folder.path}`, 'noreply@example.com')
  await transport.send(letter, 'id')
  transport.close()
  const [file = ''] = readdirSync(folder.path)
  const mail = await simpleParser(readFileSync(folder.file(file)))
  const html = mail.html || ''
  return {
    headers: [...mail.headers.keys()].sort(),
    recipients: (mail.to as AddressObject).value,
    subject: mail.subject,
    // Mail programs end lines in their own ways, and mailparser cuts what follows the last.
    lines: (mail.text ?? '').trim().split('\n'),
    elements: html.match(/<[^\s>]+/g),
    targets: [...html.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target.replaceAll('&amp;', '&')),
    attachments: mail.attachments,
    words: `${mail.text}${html.replaceAll('&amp;', '&')}`,
  }
}

const harmless = { to: 'a@b.c', newEmail: 'a@b.cc', link: 'https://accounts.example.com/' }
const plainLetters = new Map<string, ReturnType<typeof deliver>>()

/** The same letter, about harmless things. */
function plainLetter(name: LetterName, language: string): ReturnType<typeof deliver> {
  const key = `${name} ${language}`
  const letter = plainLetters.get(key) ?? deliver(write(builtIn, name, { ...harmless, language }))
  plainLetters.set(key, letter)
  return letter
}

const ownTemplates = {
  'verification.subject.txt': 'For {{email}} alone\n',
  'verification.txt': 'For {{email}}:\n{{link}}\n{{site}}\n',
  'verification.html': '<p title="{{email}}">{{email}}</p><a href="{{ link }}">{{link}}</a>',
}

describe('what a stranger chose', () => {
  it('adds no recipient, no header, no markup and no words to a letter', async () => {
    const anything = fc.record({ to: anyAddress, language: anyLanguage, newEmail: anyText, link: anyLink })
    await fc.assert(
      fc.asyncProperty(anyName, anything, async (name, given) => {
        const language = builtInLanguages.has(given.language) ? given.language : 'en'
        const plain = await plainLetter(name, language)
        const letter = await deliver(write(builtIn, name, given))
        assert.equal(letter.recipients.length, 1)
        assert.deepEqual(letter.headers, plain.headers)
        assert.equal(letter.subject, plain.subject)
        assert.deepEqual(letter.attachments, [])
        assert.deepEqual(letter.elements, plain.elements)
        assert.deepEqual(
          letter.targets,
          plain.targets.map(() => given.link),
        )
        assert.equal(letter.lines.length, plain.lines.length)
        // The link is encoded, and may say anything.
        const words = letter.words.replaceAll(given.link, '')
        assert.doesNotMatch(words, /victim|alert|onerror|\{\{|\}\}|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}]/u)
      }),
      { numRuns: 100 },
    )
  })

  it('stays a value in the operator’s own subjects, texts and pages', async () => {
    using folder = openFolder()
    for (const [name, text] of Object.entries(ownTemplates)) writeFileSync(folder.file(name), text)
    const own = createLetterWriter({ language: 'en', templates: folder.path })
    const plain = await deliver(write(own, 'verification', { ...harmless, language: 'en' }))
    await fc.assert(
      fc.asyncProperty(anyText, anyLink, async (email, link) => {
        const letter = write(own, 'verification', { ...harmless, to: email, link, language: 'en' })
        const { headers, subject, elements, targets, lines, words } = await deliver({
          ...letter,
          to: 'a@b.c',
        })
        assert.deepEqual({ headers, elements }, { headers: plain.headers, elements: plain.elements })
        assert.deepEqual(targets, [link])
        assert.equal(lines.length, plain.lines.length)
        assert.match(subject ?? '', /^For .*alone$/)
        assert.equal(words.split('title="').length, 2)
        assert.match(letter.html, /<p title="[^"<>]*">[^<>]*<\/p>/)
      }),
      { numRuns: 100 },
    )
  })

  it('leaves an ordinary address as it is', async () => {
    for (const to of ['foo@bar.com', "o'hara+tag=bar.com@example.com", 'jo!#$%&*e@example.com']) {
      const letter = write(builtIn, 'verification', { ...harmless, to, language: 'en' })
      assert.deepEqual((await deliver(letter)).recipients, [{ address: to, name: '' }])
    }
  })
})
