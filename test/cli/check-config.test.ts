import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { checkConfiguration } from '../../src/index.ts'
import { openFolder, run } from './latchkey-process.ts'

const passwordPolicy = { minLength: 15 }

describe('latchkey check-config', { concurrency: true }, () => {
  it('is content with what init writes, and makes nothing', async () => {
    using folder = openFolder()
    await run(['init'], { folder })
    const { status, stdout, stderr } = await run(['check-config'], { folder })
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
    assert.equal(stdout, 'nothing is wrong with the configuration\n')
    assert.deepEqual(readdirSync(folder.path), ['latchkey.config.json'])
  })

  it('tells each problem in a line of its own, and ends with 1', async () => {
    using folder = openFolder()
    const options = {
      server: { host: '0.0.0.0', port: -1 },
      redirects: ['nowhere'],
      roles: { $owner: [] },
      user: { passwordPolicy, ttl: 'soon', emailVerificationRequierd: true },
      mail: { templates: 'no/such/folder' },
    }
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(options))
    const env = { LATCHKEY_USER_TLL: '1', LATCHKEY_MAIL_URL_FILE: 'nowhere' }
    const { status, stdout } = await run(['check-config'], { folder, env })
    assert.equal(status, 1)
    const lines = stdout.trimEnd().split('\n')
    const named = lines.map((line) => /^problem: ([\w.$]+): \S/.exec(line)?.[1])
    assert.deepEqual(named.toSorted(), [
      'LATCHKEY_MAIL_URL_FILE',
      'LATCHKEY_USER_TLL',
      'mail.templates',
      'redirects.0',
      'roles.$owner',
      'server.port',
      'server.publicUrl',
      'user.emailVerificationRequierd',
      'user.ttl',
    ])
  })

  it('tells each danger once, and ends with 0', async () => {
    using folder = openFolder()
    const options = {
      server: { publicUrl: 'http://accounts.example.com' },
      user: [
        { passwordPolicy, allowEternalTokens: true },
        { passwordPolicy, model: './staff.json' },
      ],
    }
    writeFileSync(folder.file('staff.json'), '{ "name": "Staff", "base": "User", "plural": "staff" }')
    writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(options))
    const { status, stdout } = await run(['check-config'], { folder })
    assert.equal(status, 0)
    const named = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^danger: ([\w.]+) \S/.exec(line)?.[1])
    assert.deepEqual(named, ['user.0.allowEternalTokens', 'server.publicUrl', 'redirects', 'mail.url'])
  })

  it('answers programs with --json, and never with a secret', async () => {
    using folder = openFolder()
    const url = 'smtp://mailer:Tr0ub4dor@mail.example.com'
    const args = [
      'check-config',
      '--json',
      '--user.ttl',
      '0',
      '--mail.url',
      url,
      '--server.trustProxy',
      'true',
    ]
    const { status, stdout } = await run(args, { folder })
    assert.equal(status, 1)
    const { problems, dangers } = JSON.parse(stdout) as Record<string, string[]>
    assert.match(problems?.join() ?? '', /^user\.ttl: must be >= 1$/)
    assert.match(dangers?.join('\n') ?? '', /^--mail\.url .*\nuser\.passwordPolicy .*\nserver\.trustProxy /)
    assert.doesNotMatch(stdout, /Tr0ub4dor/)
  })

  it('reads what a start reads: the module of hooks, too', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('hooks.mjs'), 'export const beforeCreat = () => {}\n')
    writeFileSync(folder.file('latchkey.config.json'), '{ "hooks": "hooks.mjs" }')
    const { problems } = await checkConfiguration({ directory: folder.path })
    assert.match(problems.join(), /^hooks: .*beforeCreat/)
  })
})
