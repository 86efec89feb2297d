import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createLatchkey, loadConfiguration, loadOptions } from '../../src/index.ts'
import { openFolder, run, serve } from '../cli/latchkey-process.ts'

const url = 'smtp://mailer:Tr0ub4dor@127.0.0.1:1'
const secret = /Tr0ub4dor/

describe('a secret', () => {
  for (const password of [
    'Tr0ub/dor',
    'Tr0ub?dor',
    '1?Tr0ub',
    'Tr0ub@dor',
    'Tr0ub#dor',
    '1?tr_ub=dor%',
    '%zzTr0ub',
  ]) {
    it(`is not told where the URL of a database has ${password} for a password`, async () => {
      const database = { url: `postgres://latchkey:${password}@127.0.0.1:1/accounts` }
      const starting = createLatchkey({ database, log: { level: 'silent' } })
      await assert.rejects(starting, ({ code, message }: NodeJS.ErrnoException) => {
        assert.equal(code, 'DATABASE_UNUSABLE')
        assert.doesNotMatch(message, /tr0ub|dor/i)
        return true
      })
    })
  }

  it('may come in a file that a variable names, whatever ends its last line', async () => {
    using folder = openFolder()
    for (const end of ['', '\n', '\r\n']) {
      writeFileSync(folder.file('mail-url'), `${url}${end}`)
      for (const name of ['mail-url', folder.file('mail-url')]) {
        const env = { LATCHKEY_MAIL_URL_FILE: name }
        const { options, warnings } = await loadConfiguration({ directory: folder.path, env })
        assert.deepEqual([options, warnings], [{ mail: { url } }, []])
      }
    }
    writeFileSync(folder.file('database-url'), ' sqlite: a file \n\n')
    const env = { LATCHKEY_DATABASE_URL_FILE: 'database-url' }
    const options = await loadOptions({ directory: folder.path, env })
    assert.deepEqual(options, { database: { url: ' sqlite: a file \n' } })
  })

  it('stands in a file above the configuration file, and below a flag', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.json'), '{ "mail": { "url": "directory:one" } }')
    writeFileSync(folder.file('mail-url'), 'directory:two')
    const sources = { directory: folder.path, env: { LATCHKEY_MAIL_URL_FILE: 'mail-url' } }
    assert.deepEqual(await loadOptions(sources), { mail: { url: 'directory:two' } })
    const flags = { 'mail.url': 'directory:three' }
    assert.deepEqual(await loadOptions({ ...sources, flags }), { mail: { url: 'directory:three' } })
  })

  it('may come in a file only where there is one to keep', async () => {
    using folder = openFolder()
    const env = { LATCHKEY_USER_TTL_FILE: 'ttl' }
    await assert.rejects(loadOptions({ directory: folder.path, env }), {
      message: /^LATCHKEY_USER_TTL_FILE: no option/,
    })
  })

  for (const [what, content, env, reason] of [
    ['is missing', undefined, {}, /cannot be read \(ENOENT\)$/],
    ['is empty', '\n', {}, /is empty$/],
    ['is given twice', url, { LATCHKEY_MAIL_URL: url }, /LATCHKEY_MAIL_URL is set as well/],
  ] as const) {
    it(`ends the start where its file ${what}, by a sentence that names the variable and nothing it holds`, async () => {
      using folder = openFolder()
      // By mistake the secret itself, where its file is missing.
      const name = content === undefined ? url : 'mail-url'
      if (content !== undefined) writeFileSync(folder.file(name), content)
      const loading = loadOptions({ directory: folder.path, env: { LATCHKEY_MAIL_URL_FILE: name, ...env } })
      await assert.rejects(loading, ({ code, message }: NodeJS.ErrnoException) => {
        assert.equal(code, 'CONFIGURATION_INVALID')
        assert.match(message, /^LATCHKEY_MAIL_URL_FILE: /)
        assert.match(message, reason)
        assert.doesNotMatch(message, secret)
        return true
      })
    })
  }

  it('is not told where the configuration file is no JSON', async () => {
    using folder = openFolder()
    for (const text of [`{ "mail": { "url": "${url}" }`, `{ "mail": { "url": "${url}" x } }`, url]) {
      writeFileSync(folder.file('latchkey.config.json'), text)
      const { status, stdout, stderr } = await run(['check-config'], { folder })
      assert.equal(status, 1)
      assert.match(stdout, /^problem: .*latchkey\.config\.json: is not valid JSON/)
      assert.doesNotMatch(stdout + stderr, secret)
    }
  })

  it('in the configuration file, or in a flag, works and is warned of, without being told', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify({ mail: { url } }))
    await using server = await serve(['--database.url', 'sqlite::memory:'], { folder })
    const warning = server
      .output()
      .split('\n')
      .find((line) => line.includes('"warn"')) as string
    assert.match(warning, /"mail\.url holds a secret in the configuration file.*LATCHKEY_MAIL_URL_FILE/)
    const { warnings } = await loadConfiguration({ directory: folder.path, flags: { 'mail.url': url } })
    assert.match(warnings.join('\n'), /^--mail\.url holds a secret.*LATCHKEY_MAIL_URL_FILE[^\n]*$/)
    assert.doesNotMatch(server.output() + warnings.join(), secret)
  })

  it('is none where a URL has no password, and not in a file where the environment has it', async () => {
    using folder = openFolder()
    const file = folder.file('latchkey.config.json')
    for (const harmless of ['smtp://mail.example.com:587', 'directory:a@b:c@d', 'smtp://user@host']) {
      writeFileSync(file, JSON.stringify({ mail: { url: harmless } }))
      assert.deepEqual((await loadConfiguration({ directory: folder.path })).warnings, [])
    }
    writeFileSync(file, JSON.stringify({ mail: { url } }))
    const env = { LATCHKEY_MAIL_URL: url }
    assert.deepEqual((await loadConfiguration({ directory: folder.path, env })).warnings, [])
  })
})
