import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { createLatchkey } from '../../src/index.ts'
import { createLetterWriter, type LetterWriter } from '../../src/mail/letter-writer.ts'
import { type Letter, type LetterName, letterNames, placeholders } from '../../src/mail/letters.ts'
import { openFolder } from '../cli/latchkey-process.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

function openTemplates(files: Files) {
  const folder = openFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(name)), { recursive: true })
    writeFileSync(folder.file(name), content)
  }
  return folder
}

function writerWith(files: Files, language = 'en'): LetterWriter {
  using folder = openTemplates(files)
  return createLetterWriter({ language, templates: folder.path })
}

function write(writer: LetterWriter, language: string, name: LetterName = 'verification'): Letter {
  const values = {
    site: 'https://example.com',
    link: 'https://example.com/?a&b',
    ttl: 900,
    newEmail: 'a@b.cc',
  }
  return writer.write(name, { to: "o'hara@example.com", language, values })
}

describe('a folder of templates', () => {
  it('replaces subject and text in one language, and leaves the others', () => {
    const writer = writerWith({
      'de/verification.subject.txt': 'Willkommen, {{email}}\n',
      'de/verification.txt': 'Hallo bei {{site}}!\r\n\r\nBitte hier entlang ({{minutes}} min): {{link}}\r\n',
    })
    const { subject, text } = write(writer, 'de')
    assert.equal(subject, "Willkommen, o'hara@example.com")
    assert.equal(text, 'Hallo bei example.com!\n\nBitte hier entlang (15 min): https://example.com/?a&b\n')
    assert.equal(write(writer, 'en').subject, 'Thanks for Registering')
    assert.equal(write(writer, 'de', 'resetPassword').subject, 'Ihr neues Passwort')
  })

  it('makes the HTML from the text where there is no other', () => {
    const writer = writerWith({ 'de/verification.txt': 'Eins & <zwei>\ndrei\n \n\t{{ link }}\n\nEnde\n' })
    const { html } = write(writer, 'de')
    const paragraphs = [...html.matchAll(/<p [^>]*>(.*?)<\/p>/gs)].map(([, content]) => content)
    assert.equal(paragraphs.length, 3)
    assert.equal(paragraphs[0], 'Eins &amp; &lt;zwei&gt;<br>\ndrei')
    assert.match(
      paragraphs[1] ?? '',
      /^<a href="https:\/\/example\.com\/\?a&amp;b"[^>]*>https:\/\/example\.com\/\?a&amp;b<\/a>$/,
    )
    assert.match(html, /<html lang="de" dir="ltr">/)
    assert.match(html, /<h1 [^>]*>Danke für Ihre Registrierung<\/h1>/)
  })

  it('takes HTML as it is, with the values escaped', () => {
    const writer = writerWith({
      'verification.txt': '{{link}}',
      'verification.html':
        '<style>@media(all){a{color:red}}</style><a href="{{link}}" title=\'{{email}}\'>{{email}}</a>',
    })
    assert.equal(
      write(writer, 'fr').html,
      '<style>@media(all){a{color:red}}</style><a href="https://example.com/?a&amp;b" title=\'o&#39;hara@example.com\'>o&#39;hara@example.com</a>',
    )
  })

  it('has templates for all languages that have none of their own', () => {
    const writer = writerWith({
      'verification.txt': 'common {{link}}',
      'de/verification.txt': 'deutsch {{link}}',
    })
    assert.match(write(writer, 'de').text, /^deutsch/)
    assert.match(write(writer, 'fr').text, /^common/)
    assert.match(write(writer, 'en').text, /^common/)
  })

  it('adds languages, which take what they lack from wider ones and from mail.language', () => {
    const writer = writerWith(
      {
        'ar/verification.subject.txt': 'مرحبا',
        'ar/verification.txt': '{{duration}} {{link}}',
        'de-AT/verification.txt': 'Servus {{link}}',
      },
      'fr',
    )
    assert.equal(writer.chooseLanguage('ar-EG'), 'ar')
    assert.equal(writer.chooseLanguage('de_at'), 'de-AT')
    assert.equal(writer.chooseLanguage('de-CH'), 'de')
    assert.match(write(writer, 'ar').html, /<html lang="ar" dir="rtl">/)
    assert.match(write(writer, 'ar').text, /^15 دقيقة /)
    assert.equal(write(writer, 'ar', 'passwordChanged').subject, 'Votre mot de passe a été modifié')
    assert.match(write(writer, 'ar', 'passwordChanged').html, /lang="fr"/)
    assert.match(write(writer, 'de-AT').text, /^Servus /)
    assert.equal(write(writer, 'de-AT').subject, 'Danke für Ihre Registrierung')
  })

  it('may say English where nothing is known of a language', () => {
    const writer = writerWith({ 'tlh/verification.txt': '{{duration}} {{link}}' })
    assert.match(write(writer, 'tlh').text, /^15 minutes /)
  })

  it('is read once: what happens to it later changes no letter', () => {
    using folder = openTemplates({ 'verification.txt': 'first {{link}}' })
    const writer = createLetterWriter({ language: 'en', templates: folder.path })
    writeFileSync(folder.file('verification.txt'), 'second {{link}}')
    assert.match(write(writer, 'en').text, /^first/)
    rmSync(folder.file('verification.txt'))
    assert.match(write(writer, 'en').text, /^first/)
  })

  it('may hold what starts with a dot, and a byte order mark', () => {
    const writer = writerWith({
      '.git/config': '?',
      '.gitkeep': '',
      'de/.DS_Store': '?',
      'verification.txt': '\ufeffa {{link}}',
    })
    assert.match(write(writer, 'en').text, /^a /)
  })

  it('serves a letter in a language whose templates are gone', () => {
    assert.equal(write(writerWith({}), 'tlh').subject, 'Thanks for Registering')
    assert.equal(write(writerWith({}, 'de'), '__proto__').subject, 'Danke für Ihre Registrierung')
  })
})

describe('a wrong template ends the start', () => {
  const wrong: readonly [what: string, files: Files, message: RegExp][] = [
    [
      'an unknown placeholder',
      { 'de/verification.txt': '{{link}} {{name}}' },
      /^mail\.templates: de\/verification\.txt: there is no \{\{name\}\} in this letter; there is \{\{email\}\}, \{\{site\}\}, /,
    ],
    [
      'a placeholder of another letter',
      { 'passwordChanged.txt': '{{link}}' },
      /passwordChanged\.txt: there is no \{\{link\}\}/,
    ],
    [
      'a name from Object’s prototype',
      { 'verification.txt': '{{link}} {{constructor}}' },
      /no \{\{constructor\}\}/,
    ],
    [
      'half a placeholder',
      { 'verification.txt': '{{link}} {{email}' },
      /verification\.txt: "\{\{" must begin/,
    ],
    ['a placeholder of two words', { 'verification.txt': '{{link}} {{#if email}}' }, /"\{\{" must begin/],
    [
      'an unknown letter',
      { 'de/verfication.txt': '{{link}}' },
      /de\/verfication\.txt: there is no letter of this name; there are verification, resetPassword, /,
    ],
    [
      'an unknown part',
      { 'verification.text': '{{link}}' },
      /verification\.text: must end in \.subject\.txt, \.txt or \.html/,
    ],
    ['a file of no kind', { README: 'Hello' }, /README: must end in/],
    [
      'a text without its link',
      { 'emailChanged.txt': 'Hello' },
      /emailChanged\.txt: this letter must hold \{\{link\}\}/,
    ],
    [
      'HTML without its link',
      { 'verification.txt': '{{link}}', 'verification.html': '<p>Hello' },
      /verification\.html: this letter must hold \{\{link\}\}/,
    ],
    [
      'HTML without a text',
      { 'de/verification.html': '{{link}}' },
      /de\/verification\.txt: must be there too/,
    ],
    [
      'a subject of two lines',
      { 'verification.subject.txt': 'Hello\nBcc: x@y.z' },
      /verification\.subject\.txt: must be one line/,
    ],
    ['a subject with a control character', { 'verification.subject.txt': 'Hel\0lo' }, /must be one line/],
    ['an empty file', { 'accountExists.txt': ' \n' }, /accountExists\.txt: must not be empty/],
    [
      'what is not UTF-8',
      { 'accountExists.txt': Uint8Array.of(0xff, 0xfe) },
      /accountExists\.txt cannot be read: .*utf-8/,
    ],
    [
      'a folder that is no language',
      { 'german/verification.txt': '{{link}}' },
      /german: the name of a folder must be a language tag/,
    ],
    [
      'two folders for one language',
      { 'de-at/verification.txt': '{{link}}', 'de_AT/verification.txt': '{{link}}' },
      /another folder is for the same language, de-AT/,
    ],
    [
      'an attribute without quotes',
      { 'verification.txt': '{{link}}', 'verification.html': '<a href={{link}}>' },
      /verification\.html: a placeholder within a tag must stand in quotes/,
    ],
    [
      'a placeholder for an attribute',
      { 'verification.txt': '{{link}}', 'verification.html': '<a href="x" {{link}}>' },
      /must stand in quotes/,
    ],
    ['a folder within a language', { 'de/old/verification.txt': '{{link}}' }, /de\/old: must end in/],
  ]
  for (const [what, files, message] of wrong) {
    it(`which is named: ${what}`, () => {
      assert.throws(() => writerWith(files), { code: 'CONFIGURATION_INVALID', message })
    })
  }

  it('of the whole service, before a database is made', async () => {
    using folder = openTemplates({ 'templates/de/verification.txt': '{{name}}' })
    const url = `sqlite:${folder.file('latchkey.db')}`
    const starting = createLatchkey({ database: { url }, mail: { templates: folder.file('templates') } })
    await assert.rejects(starting, { code: 'CONFIGURATION_INVALID', message: /de\/verification\.txt/ })
    assert.throws(() => readFileSync(folder.file('latchkey.db')), { code: 'ENOENT' })
  })

  it('also where there is no such folder', () => {
    assert.throws(() => createLetterWriter({ language: 'en', templates: 'no/such/folder' }), {
      code: 'CONFIGURATION_INVALID',
      message: /^mail\.templates: no\/such\/folder cannot be read: /,
    })
  })
})

describe('docs/mail.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/mail.md'), 'utf8')

  it('lists every letter and what it may hold', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` +\|.*\| ([^|]*) \|$/gm)].map(([, name, cell = '']) => [
      name,
      [...cell.matchAll(/\w+/g)].map(([word]) => word),
    ])
    assert.deepEqual(
      rows,
      letterNames.map((name) => [name, [...placeholders[name]]]),
    )
  })

  it('shows templates that are accepted', () => {
    const shown = [...page.matchAll(/^`([\w./]+)`:\n\n```\w+\n(.*?)^```$/gms)]
    assert.ok(shown.length >= 3)
    const files = Object.fromEntries(shown.map(([, name = '', content = '']) => [name, content]))
    assert.match(write(writerWith(files), 'de').html, /https:\/\/example\.com/)
  })
})
