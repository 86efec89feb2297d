import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { loadOptions, optionNames } from '../../src/index.ts'
import { openFolder } from '../cli/latchkey-process.ts'

const refused = (message: RegExp) => ({ code: 'CONFIGURATION_INVALID', message })

describe('a configuration file', () => {
  it('is not needed', async () => {
    using folder = openFolder()
    assert.deepEqual(await loadOptions({ directory: folder.path }), {})
  })

  for (const [name, text] of [
    ['latchkey.config.json', '{ "server": { "port": 8080 } }'],
    ['latchkey.config.ts', 'const port: number = 8080\nexport default { server: { port } }\n'],
    ['latchkey.config.mjs', 'export default { server: { port: 8080 } }\n'],
  ] as const) {
    it(`may be ${name}`, async () => {
      using folder = openFolder()
      writeFileSync(folder.file(name), text)
      assert.deepEqual(await loadOptions({ directory: folder.path }), { server: { port: 8080 } })
    })
  }

  it('is found by the name given, and then no other is looked at', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.json'), '{ "user": { "ttl": 1 } }')
    writeFileSync(folder.file('other.json'), '{ "user": { "ttl": 2 } }')
    const options = await loadOptions({ directory: folder.path, file: 'other.json' })
    assert.deepEqual(options, { user: { ttl: 2 } })
  })

  it('must be there when it was named', async () => {
    using folder = openFolder()
    const loading = loadOptions({ directory: folder.path, file: 'missing.json' })
    await assert.rejects(loading, refused(/missing\.json/))
  })

  it('is named when it is not JSON', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.json'), '{ "server": ')
    await assert.rejects(loadOptions({ directory: folder.path }), refused(/latchkey\.config\.json: .*JSON/))
  })

  it('is named when it throws', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.mjs'), 'throw new Error("no such variable")\n')
    const loading = loadOptions({ directory: folder.path })
    await assert.rejects(loading, refused(/latchkey\.config\.mjs: .*no such variable/))
  })

  for (const [what, text] of [
    ['a list', 'export default []\n'],
    ['nothing', 'export const options = {}\n'],
  ] as const) {
    it(`is named when it holds ${what} in place of options`, async () => {
      using folder = openFolder()
      writeFileSync(folder.file('latchkey.config.mjs'), text)
      const loading = loadOptions({ directory: folder.path })
      await assert.rejects(loading, refused(/latchkey\.config\.mjs: must hold one object/))
    })
  }

  it('keeps what it exports, whatever stands above it', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('latchkey.config.mjs'), 'export default { user: { ttl: 60 } }\n')
    const directory = folder.path
    assert.deepEqual(await loadOptions({ directory, flags: { 'user.ttl': '90' } }), { user: { ttl: 90 } })
    assert.deepEqual(await loadOptions({ directory }), { user: { ttl: 60 } })
  })
})

describe('where an option is set', () => {
  it('lets the environment stand above the file, and flags above both', async () => {
    using folder = openFolder()
    writeFileSync(
      folder.file('latchkey.config.json'),
      '{ "user": { "ttl": 1, "maxTTL": 1, "saltWorkFactor": 4 } }',
    )
    const options = await loadOptions({
      directory: folder.path,
      env: { LATCHKEY_USER_TTL: '2', LATCHKEY_USER_MAX_TTL: '2' },
      flags: { 'user.ttl': '3' },
    })
    assert.deepEqual(options, { user: { ttl: 3, maxTTL: 2, saltWorkFactor: 4 } })
  })

  it('takes texts from the environment as they are, even such as look like numbers', async () => {
    using folder = openFolder()
    const env = { LATCHKEY_DATABASE_URL: 'sqlite:my file.db', LATCHKEY_USER_REALM_DELIMITER: '1' }
    const options = await loadOptions({ directory: folder.path, env })
    assert.deepEqual(options, { database: { url: 'sqlite:my file.db' }, user: { realmDelimiter: '1' } })
  })

  it('takes numbers, switches, lists and objects from the environment as JSON', async () => {
    using folder = openFolder()
    const options = await loadOptions({
      directory: folder.path,
      env: {
        LATCHKEY_SERVER_PORT: '8080',
        LATCHKEY_USER_EMAIL_VERIFICATION_REQUIRED: 'true',
        LATCHKEY_REDIRECTS: '["/", "https://app.example.com"]',
        LATCHKEY_ROLES: '{"admin":["root@example.com"]}',
        LATCHKEY_RATE_LIMIT: 'false',
      },
    })
    assert.deepEqual(options, {
      server: { port: 8080 },
      user: { emailVerificationRequired: true },
      redirects: ['/', 'https://app.example.com'],
      roles: { admin: ['root@example.com'] },
      rateLimit: false,
    })
  })

  it('refuses a variable that sets no option: a typing error must not switch anything off unnoticed', async () => {
    using folder = openFolder()
    const env = { LATCHKEY_USER_EMAIL_VERIFICATION_REQUIERD: 'true' }
    const loading = loadOptions({ directory: folder.path, env })
    await assert.rejects(loading, refused(/LATCHKEY_USER_EMAIL_VERIFICATION_REQUIERD/))
  })

  it('ignores what Kubernetes sets beside a service called "latchkey", and other programs’ variables', async () => {
    using folder = openFolder()
    const env = {
      LATCHKEY_PORT: 'tcp://10.0.0.1:3000',
      LATCHKEY_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      LATCHKEY_PORT_3000_TCP_ADDR: '10.0.0.1',
      LATCHKEY_SERVICE_HOST: '10.0.0.1',
      LATCHKEY_SERVICE_PORT: '3000',
      LATCHKEY_SERVICE_PORT_HTTP: '3000',
      LATCHKEY_CONFIG: 'latchkey.config.json',
      PORT: '99999',
      TTL: 'soon',
    }
    assert.deepEqual(await loadOptions({ directory: folder.path, env }), {})
  })

  it('refuses a flag that names no option', async () => {
    using folder = openFolder()
    const loading = loadOptions({ directory: folder.path, flags: { 'user.tll': '60' } })
    await assert.rejects(loading, refused(/user\.tll/))
  })

  it('gives every option a variable of its own', () => {
    const variables = optionNames.map(({ variable }) => variable)
    assert.equal(new Set(variables).size, variables.length)
    for (const variable of variables) assert.match(variable, /^LATCHKEY(_[A-Z0-9]+)+$/)
    assert.ok(variables.includes('LATCHKEY_USER_RESET_PASSWORD_TOKEN_TTL'))
  })
})

describe('a secret', () => {
  const key = 'c2VjcmV0IGtleSBvZiAzMiBieXRlcyBpbiBsZW5ndGg='

  it('may lie in a file that a variable names, with a line end behind it', async () => {
    using folder = openFolder()
    const file = folder.file('pepper')
    writeFileSync(file, `a:${key}\n`)
    const options = await loadOptions({
      directory: folder.path,
      env: { LATCHKEY_PASSWORD_PEPPER_FILE: file },
    })
    assert.deepEqual(options, { passwordPepper: `a:${key}` })
  })

  it('is not set twice, nor by a file that is not there', async () => {
    using folder = openFolder()
    const LATCHKEY_PASSWORD_PEPPER_FILE = folder.file('none')
    const load = (more: object) =>
      loadOptions({ directory: folder.path, env: { LATCHKEY_PASSWORD_PEPPER_FILE, ...more } })
    await assert.rejects(load({}), refused(/^LATCHKEY_PASSWORD_PEPPER_FILE: .*cannot be read/))
    const both = load({ LATCHKEY_PASSWORD_PEPPER: `a:${key}` })
    await assert.rejects(both, refused(/^LATCHKEY_PASSWORD_PEPPER_FILE: (?!.*c2V)/))
  })

  it('is no flag: whoever may list processes reads those', async () => {
    using folder = openFolder()
    const loading = loadOptions({ directory: folder.path, flags: { passwordPepper: `a:${key}` } })
    await assert.rejects(loading, refused(/^--passwordPepper: is a secret: (?!.*c2V)/))
  })

  it('is only where it is one: other options take no file', async () => {
    using folder = openFolder()
    const loading = loadOptions({ directory: folder.path, env: { LATCHKEY_USER_TTL_FILE: 'x' } })
    await assert.rejects(loading, refused(/LATCHKEY_USER_TTL_FILE/))
  })
})
