import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openFolder } from '../cli/latchkey-process.ts'
import { openHouse } from '../open-house.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const tsc = (...args: readonly string[]) =>
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: root }).catch(
    ({ stdout }) => assert.fail(stdout),
  )

/** The examples of docs/client.md, which make one program. */
const program = [...readFileSync(join(root, 'docs/client.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)]
  .map(([, example]) => example)
  .join('\n')

describe('docs/client.md', () => {
  it('shows a program that prints what its comments say', async () => {
    await using house = await openHouse()
    const email = 'root@example.com'
    const { users } = house.latchkey
    const administrator = await users.create({ email, password: 'a good long password' })
    await users.grantRole(administrator.id, 'admin')

    using folder = openFolder()
    const runnable = program
      .replace("'latchkey/client'", `'${import.meta.resolve('../../src/client/index.ts')}'`)
      .replace('http://localhost:3000', house.url)
    writeFileSync(folder.file('program.mts'), runnable)
    const { stdout } = await run(process.execPath, ['program.mts'], { cwd: folder.path })
    const promised = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, output]) => output)
    assert.deepEqual(stdout.trim().split('\n'), promised)
  })
})

describe('the declarations of the client', () => {
  it('need neither Node’s types nor ours, and suit the program of docs/client.md', async () => {
    using folder = openFolder()
    const browser = ['--lib', 'es2022,dom', '--types', '']
    const settings =
      '--ignoreConfig --strict --target es2022 --module esnext --moduleResolution bundler'.split(' ')
    await tsc(
      ...[...settings, ...browser, '--declaration', '--outDir', folder.file('dist')],
      ...['--rewriteRelativeImportExtensions', 'src/client/index.ts'],
    )
    writeFileSync(folder.file('program.ts'), program.replace("'latchkey/client'", "'./dist/index.js'"))
    await tsc(...[...settings, ...browser, '--noEmit', folder.file('program.ts')])
  })
})
