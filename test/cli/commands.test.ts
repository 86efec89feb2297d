import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { weakestParameters } from '../../src/base/hash-parameters.ts'
import { readSettings } from '../../src/config/settings.ts'
import { openFolder, run, serve } from './latchkey-process.ts'

describe('latchkey serve', { concurrency: true }, () => {
  it('says where it listens, answers there, and keeps its data in latchkey.db where it was started', async () => {
    using folder = openFolder()
    await using server = await serve([], { folder })
    const line = server.output().split('\n').at(-2) as string
    assert.partialDeepStrictEqual(JSON.parse(line), { level: 'info', url: server.url, publicUrl: server.url })
    assert.equal((await fetch(`${server.url}/health`)).status, 200)
    assert.ok(readdirSync(folder.path).includes('latchkey.db'))
  })

  it('takes any option as a flag, above the environment, above the file', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('settings.json'), '{ "rest": { "root": "/one", "path": "/people" } }')
    const flags = ['--rest.root', '/three', '--database.url', 'sqlite::memory:']
    const env = { LATCHKEY_REST_ROOT: '/two' }
    await using server = await serve(['--config', 'settings.json', ...flags], { folder, env })
    const statusOf = async (path: string) => (await fetch(`${server.url}${path}`)).status
    assert.equal(await statusOf('/three/people/1'), 401)
    assert.equal(await statusOf('/two/people/1'), 404)
    assert.equal(await statusOf('/three/users/1'), 404)
  })

  it('reads latchkey.config.* where it was started, and ends with a sentence when the port is taken', async () => {
    using folder = openFolder()
    await using server = await serve(['--database.url', 'sqlite::memory:'], { folder })
    writeFileSync(folder.file('latchkey.config.mjs'), `export default { server: { port: ${server.port} } }\n`)
    const { status, stderr } = await run(['serve'], { folder })
    assert.equal(status, 1)
    assert.match(stderr, new RegExp(`^latchkey: [^\\n]*${server.port}[^\\n]*\\n$`))
  })
})

describe('latchkey', { concurrency: true }, () => {
  it('shows its commands and options on --help', async () => {
    using folder = openFolder()
    const { status, stdout, stderr } = await run(['--help'], { folder })
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    for (const word of [
      'latchkey serve',
      'latchkey user create',
      'latchkey init',
      'latchkey calibrate',
      '--config',
      '--port',
      '--role',
    ]) {
      assert.ok(stdout.includes(word), word)
    }
  })

  it('writes its version', async () => {
    using folder = openFolder()
    const { status, stdout } = await run(['--version'], { folder })
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    assert.deepEqual({ status, stdout }, { status: 0, stdout: `${version}\n` })
  })

  for (const [args, reason] of [
    [['frobnicate'], /no command "frobnicate"/],
    [['serve', '--prot', '8080'], /--prot/],
    [['serve', '--port', 'http'], /server\.port: must be .*integer/],
    [['user', 'create'], /--email/],
    [['calibrate', '--ms', 'soon'], /--ms: must be a number/],
    [['user'], /no command "user"/],
    [['user', 'create', '--email', 'anna@example.com', 'admin'], /nothing else but options/],
    [['user', 'create', '--email', 'anna@example.com'], /there is no password/],
    [['user', 'list', '--email', 'anna@example.com'], /--email: user list does not take it/],
    [['user', 'list', '--realm', 'eu'], /no realm; see --filter/],
    [['user', 'show', 'anna@example.com', '--yes'], /--yes: user show does not take it/],
    [['serve', '--json'], /--json: serve does not take it/],
    [['backup', 'copy.db', '--to', 'copy.db'], /--to: backup does not take it/],
  ] as const) {
    it(`ends with one sentence on ${args.join(' ')}, and makes nothing`, async () => {
      using folder = openFolder()
      const { status, stdout, stderr } = await run(args, { folder })
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
      assert.match(stderr, /^latchkey: [^\n]+\n$/)
      assert.match(stderr, reason)
      assert.deepEqual(readdirSync(folder.path), [])
    })
  }
})

describe('latchkey init', { concurrency: true }, () => {
  it('writes a configuration that starts, with a policy for passwords', async () => {
    using folder = openFolder()
    assert.equal((await run(['init'], { folder })).status, 0)
    const { passwordPolicy } = JSON.parse(readFileSync(folder.file('latchkey.config.json'), 'utf8')).user
    assert.deepEqual(passwordPolicy, { minLength: 15, blocklist: true })
    await using server = await serve([], { folder })
    assert.doesNotMatch(server.output(), /"level":"warn"/)
  })

  for (const name of ['latchkey.config.json', 'latchkey.config.mjs', 'latchkey.config.ts']) {
    it(`leaves ${name} alone, and writes no other beside it`, async () => {
      using folder = openFolder()
      writeFileSync(folder.file(name), 'mine')
      const { status, stderr } = await run(['init'], { folder })
      assert.equal(status, 1)
      assert.match(stderr, new RegExp(`^latchkey: ${name} is there already[^\\n]*\\n$`))
      assert.deepEqual(readdirSync(folder.path), [name])
      assert.equal(readFileSync(folder.file(name), 'utf8'), 'mine')
    })
  }

  it('writes where --config says, unless something is there', async () => {
    using folder = openFolder()
    assert.equal((await run(['init', '--config', 'mine.json'], { folder })).status, 0)
    assert.deepEqual(readdirSync(folder.path), ['mine.json'])
    assert.equal((await run(['init', '--config', 'mine.json'], { folder })).status, 1)
  })
})

describe('latchkey calibrate', () => {
  it('prints options that are accepted, and says beside them what they cost', async () => {
    using folder = openFolder()
    const { status, stdout, stderr } = await run(['calibrate', '--ms', '1'], { folder })
    assert.equal(status, 0)
    assert.deepEqual(readSettings(JSON.parse(stdout)).user.argon2, weakestParameters)
    assert.match(stderr, /^latchkey: 19 MiB and 2 passes take \d+ ms here, more than asked for/)
  })
})
