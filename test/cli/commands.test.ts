import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openFolder, run, serve } from './latchkey-process.ts'

describe('latchkey serve', { concurrency: true }, () => {
  it('says where it listens, answers there, and keeps its data in latchkey.db where it was started', async () => {
    using folder = openFolder()
    await using server = await serve([], { folder })
    const line = server.output().split('\n', 1)[0] as string
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
    for (const word of ['latchkey serve', 'latchkey user create', '--config', '--port', '--role']) {
      assert.ok(stdout.includes(word), word)
    }
  })

  for (const [args, reason] of [
    [['frobnicate'], /no command "frobnicate"/],
    [['serve', '--prot', '8080'], /--prot/],
    [['serve', '--port', 'http'], /server\.port: must be .*integer/],
    [['user', 'create'], /--email/],
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
