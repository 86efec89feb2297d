import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openFolder } from '../cli/latchkey-process.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = readFileSync(join(root, 'docs/events.md'), 'utf8')
const examplesIn = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code)

const opening = (options: string): string =>
  `import { createLatchkey } from '${join(root, 'src/index.ts')}'
  const latchkey = await createLatchkey({
    database: { url: 'sqlite::memory:' }, log: { level: 'error' }, user: { passwordHash: 'bcrypt' }, ${options}
  })`

/** The examples of the page, and an account that lives through them. */
const program = `${opening('')}
  ${examplesIn('ts').join('\n')}
  const { users } = latchkey
  const account = { email: 'foo@example.com', password: 'bar' }
  const asked = new Promise<string>((resolve) => latchkey.on('resetPasswordRequest', ({ email }) => resolve(email)))
  await users.create({ ...account, email: 'foo@bar.com' }).catch((error) => console.log(error.code, error.message))
  console.log(await users.create(account))
  await users.login(account)
  await users.resetPassword({ email: account.email })
  console.log(await asked)
  await latchkey.close()`

describe('docs/events.md', () => {
  it('shows listeners and a hook that work', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('program.mts'), program)
    const { stdout } = await run(process.execPath, ['program.mts'], { cwd: folder.path })
    assert.deepEqual(stdout.trim().split('\n'), [
      'WRONG_COMPANY Sign up with your address at work',
      "{ email: 'foo@example.com', id: 1, newsletter: false }",
      'foo@example.com is here',
      'foo@example.com',
    ])
  })

  it('shows nothing the compiler has a word against', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('program.mts'), program)
    const strict = '--ignoreConfig --strict --module nodenext --noEmit --skipLibCheck --types node'.split(' ')
    const library = ['--target', 'es2024', '--lib', 'es2024,esnext.disposable,esnext.intl']
    const settings = [...strict, ...library, '--allowImportingTsExtensions']
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [tsc, ...settings, folder.file('program.mts')], { cwd: root }).catch(
      ({ stdout }) => assert.fail(stdout),
    )
  })

  it('shows a module for a server', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('hooks.mjs'), examplesIn('js').join('\n'))
    const visit = `${opening("hooks: 'hooks.mjs'")}
      await latchkey.users.create({ email: 'foo@bar.com', password: 'bar' })
      await latchkey.users.login({ email: ' foo@bar.com ', password: 'bar' })
      await latchkey.close()`
    writeFileSync(folder.file('program.mts'), visit)
    const { stdout } = await run(process.execPath, ['program.mts'], { cwd: folder.path })
    assert.equal(stdout, 'welcome, foo@bar.com\n')
  })
})
