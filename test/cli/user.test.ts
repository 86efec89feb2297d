import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { type Folder, type Outcome, openFolder, openShell, run } from './latchkey-process.ts'

const password = 'correct horse battery staple'
const anna = 'anna@example.com'
const bert = 'bert@example.com'

/** A folder with a database that this process has open, as a server would, and accounts with ids from 1. */
interface Opened extends AsyncDisposable {
  readonly folder: Folder
  readonly latchkey: Latchkey
  user(...args: string[]): Promise<Outcome>
  /** What a command wrote as JSON. */
  json(...args: string[]): Promise<Record<string, unknown>>
}

async function open(accounts: readonly object[] = [{ email: anna }], settings: object = {}): Promise<Opened> {
  const folder = openFolder()
  const options = { user: { passwordHash: 'bcrypt', saltWorkFactor: 4, ...settings } }
  writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(options))
  const latchkey = await createLatchkey({
    database: { url: `sqlite:${folder.file('latchkey.db')}` },
    mail: { url: `directory:${folder.file('mail')}` },
    log: { level: 'silent' },
    ...(options as object),
  })
  for (const account of accounts) await latchkey.users.create({ password, ...account })
  const shell = openShell(folder)
  const user = (...args: string[]) => shell.run(['user', ...args])
  return {
    folder,
    latchkey,
    user,
    async json(...args) {
      const { status, stdout, stderr } = await user(...args, '--json')
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
      assert.match(stdout, /^[^\n]+\n$/)
      return JSON.parse(stdout)
    },
    async [Symbol.asyncDispose]() {
      shell[Symbol.dispose]()
      await latchkey.close()
      folder[Symbol.dispose]()
    },
  }
}

describe('latchkey user show', { concurrency: 2 }, () => {
  it('finds an account by its id, its address in any letter case, and its user name', async () => {
    await using opened = await open([{ email: anna, username: 'ann', city: 'Bern' }, { email: bert }])
    await opened.latchkey.users.login({ email: anna, password })
    const shown = await Promise.all(['1', 'Anna@Example.com', 'ann'].map((name) => opened.json('show', name)))
    for (const account of shown) {
      assert.deepEqual(account, {
        user: { username: 'ann', email: anna, id: 1, city: 'Bern' },
        blockedAt: null,
        hasPassword: true,
        roles: [],
        configuredRoles: [],
        sessions: 1,
      })
    }
  })

  it('keeps what it says apart from what an account says of itself', async () => {
    const forged = { email: anna, sessions: 0, blocked: 'no\nroles: admin', title: '\u001b[2J\u202eevil' }
    await using opened = await open([forged])
    const { status, stdout } = await opened.user('show', anna)
    assert.equal(status, 0)
    assert.match(stdout, /^password: set\nblocked: no\nroles: none\nsessions: 0\n {2}email: /)
    assert.match(stdout, /^ {2}blocked: no\\u000aroles: admin$/m)
    assert.match(stdout, /^ {2}title: \\u001b\[2J\\u202eevil$/m)
    assert.deepEqual((await opened.json('show', anna)).user, { ...forged, id: 1 })
  })

  it('ends with 67 where there is no such account, and with 69 where there is no database to be had', async () => {
    await using opened = await open()
    for (const name of ['2', 'nobody@example.com', 'nobody', '']) {
      const { status, stdout, stderr } = await opened.user('show', name)
      assert.deepEqual({ status, stdout }, { status: 67, stdout: '' })
      assert.match(stderr, /^latchkey: there is no account [^\n]*\n$/)
    }
    const nowhere = await opened.user('show', '1', '--database.url', 'sqlite:no/such/folder/x.db')
    assert.equal(nowhere.status, 69)
  })

  it('makes no database where there is none, as in the wrong folder', async () => {
    using folder = openFolder()
    const { status, stdout, stderr } = await run(['user', 'list'], { folder })
    assert.deepEqual({ status, stdout }, { status: 69, stdout: '' })
    assert.match(stderr, /^latchkey: database\.url: there is no database at latchkey\.db\n$/)
    assert.deepEqual(readdirSync(folder.path), [])
  })

  it('waits for no PostgreSQL, and says why it cannot be reached', async () => {
    using folder = openFolder()
    const url = 'postgres://latchkey:geheim@127.0.0.1:1/accounts'
    const { status, stdout, stderr } = await run(['user', 'list', '--database.url', url], { folder })
    assert.deepEqual({ status, stdout }, { status: 69, stdout: '' })
    assert.match(stderr, /^latchkey: The database cannot be reached.*ECONNREFUSED.*\n$/)
    assert.doesNotMatch(stderr, /geheim/)
  })

  it('does not take one account for another that has chosen its name', async () => {
    await using opened = await open([
      { email: anna, username: 'ann' },
      { email: bert, username: anna },
      { email: 'carl@example.com', username: '1' },
    ])
    const { status, stderr } = await opened.user('grant', anna, 'admin')
    assert.equal(status, 1)
    assert.match(stderr, /^latchkey: Two accounts [^\n]* 1 and 2[^\n]*\n$/)
    assert.partialDeepStrictEqual(await opened.json('show', '1'), { user: { email: anna } })
  })

  it('asks for the model, and the realm, where there are several', async () => {
    await using opened = await open(
      [
        { email: anna, realm: 'north' },
        { email: anna, realm: 'south' },
      ],
      {
        realmRequired: true,
        realmDelimiter: ':',
      },
    )
    const { status, stderr } = await opened.user('show', anna)
    assert.equal(status, 1)
    assert.match(stderr, /realm is required/)
    const south = await opened.json('show', anna, '--realm', 'south')
    assert.partialDeepStrictEqual(south, { user: { id: 2, realm: 'south' } })

    writeFileSync(opened.folder.file('staff.json'), '{ "name": "Staff", "base": "User", "plural": "staff" }')
    const models = [
      '--user',
      JSON.stringify([{}, { model: 'staff.json' }]),
      '--database.url',
      'sqlite:two.db',
    ]
    const staff = ['user', 'create', '--model', 'staff', '--email', bert, ...models]
    assert.equal((await run(staff, { folder: opened.folder, input: password })).status, 0)
    const which = await opened.user('list', ...models)
    assert.equal(which.status, 1)
    assert.match(which.stderr, /--model, one of User, Staff/)
    assert.equal((await opened.user('list', '--model', 'staff', ...models)).status, 0)
  })
})

describe('latchkey user list', { concurrency: 2 }, () => {
  it('has an account a line, those a filter finds', async () => {
    const accounts = [{ email: anna, username: 'ann', emailVerified: true }, { email: bert }]
    await using opened = await open(accounts)
    await opened.latchkey.users.block(2)
    const { stdout } = await opened.user('list')
    assert.equal(stdout, `1\t${anna}\tann\tverified\n2\t${bert}\t\tblocked\n`)
    const filter = JSON.stringify({ where: { emailVerified: true } })
    assert.partialDeepStrictEqual(await opened.json('list', '--filter', filter), {
      user: { id: 1 },
      blockedAt: null,
    })
    for (const bad of ['{', '[]', 'null', '{"where":{"email":{"$gt":1}}}'])
      assert.equal((await opened.user('list', '--filter', bad)).status, 1)
  })

  it('is whole however long it is, and ends in peace when nobody reads on', async () => {
    await using opened = await open([])
    const emails = Array.from({ length: 400 }, (_, index) => `user${index}@example.com`)
    for (let start = 0; start < emails.length; start += 100) {
      const some = emails.slice(start, start + 100)
      await opened.latchkey.users.createMany(
        some.map((email) => ({ email, password, note: 'x'.repeat(500) })),
      )
    }
    const { stdout } = await opened.user('list', '--json')
    const listed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).user.email)
    assert.deepEqual(listed, emails)

    const program = join(import.meta.dirname, '../../src/cli/main.ts')
    const { path } = opened.folder
    const child = spawn(process.execPath, [program, 'user', 'list', '--json'], { cwd: path, env: {} })
    child.stdout.once('data', () => child.stdout.destroy())
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    const [status] = await once(child, 'close')
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  })
})

describe('latchkey user', { concurrency: 2 }, () => {
  it('block and unblock work on what a server has open', async () => {
    await using opened = await open()
    const { latchkey } = opened
    const session = await latchkey.users.login({ email: anna, password })
    const told = await opened.user('block', anna)
    assert.deepEqual(told, {
      status: 0,
      stdout: `${anna} (id 1) is blocked, and all sessions have ended\n`,
      stderr: '',
    })
    assert.equal(await latchkey.identify({ headers: { authorization: session.id } }), undefined)
    await assert.rejects(latchkey.users.login({ email: anna, password }), { code: 'LOGIN_FAILED' })
    const blocked = await opened.json('block', anna)
    assert.ok(!Number.isNaN(Date.parse(blocked.blockedAt as string)))
    assert.partialDeepStrictEqual(await opened.json('unblock', anna), { blockedAt: null, sessions: 0 })
    await latchkey.users.login({ email: anna, password })
  })

  it('set-password takes the first line of standard input, and ends sessions', async () => {
    await using opened = await open()
    const { latchkey, folder } = opened
    await latchkey.users.login({ email: anna, password })
    const { status, stdout } = await run(['user', 'set-password', anna], {
      folder,
      input: 'another one\nnot this',
    })
    assert.deepEqual({ status, stdout }, { status: 0, stdout: `${anna} (id 1) has a new password\n` })
    await assert.rejects(latchkey.users.login({ email: anna, password }))
    assert.equal((await opened.json('show', anna)).sessions, 0)
    await latchkey.users.login({ email: anna, password: 'another one' })
    const refused = await run(['user', 'set-password', anna], { folder, input: 'x'.repeat(2_000) })
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /^latchkey: [^\n]*too long[^\n]*\n$/)
  })

  it('takes no password as an argument', async () => {
    await using opened = await open()
    for (const args of [
      ['set-password', anna, password],
      ['set-password', anna, '--password', password],
    ])
      assert.equal((await opened.user(...args)).status, 1)
    await opened.latchkey.users.login({ email: anna, password })
  })

  it('unlock forgets failed attempts', async () => {
    await using opened = await open()
    const guess = (secret: string) =>
      opened.latchkey.users.login({ email: anna, password: secret }, undefined, { address: '192.0.2.1' })
    for (let n = 0; n < 11; n++) await assert.rejects(guess(`wrong ${n}`))
    await assert.rejects(guess(password), { code: 'TOO_MANY_ATTEMPTS' })
    assert.equal((await opened.user('unlock', anna)).status, 0)
    await guess(password)
  })

  it('verify vouches for an address, as its link would', async () => {
    await using opened = await open([{ email: anna }], { emailVerificationRequired: true })
    const { users, tokens } = opened.latchkey
    await tokens.create(1)
    assert.partialDeepStrictEqual(await opened.json('verify', anna), {
      user: { emailVerified: true },
      sessions: 0,
    })
    await users.login({ email: anna, password })
    assert.match((await opened.user('verify', anna)).stdout, /is verified already/)
    assert.equal((await opened.json('show', anna)).sessions, 1)
  })

  it('grant and revoke change the roles by id, and only those', async () => {
    await using opened = await open([{ email: anna, emailVerified: true }])
    assert.partialDeepStrictEqual(await opened.json('grant', anna, 'editor'), { roles: ['editor'] })
    assert.partialDeepStrictEqual(await opened.json('revoke', '1', 'editor'), { roles: [] })
    const again = await opened.user('revoke', anna, 'editor')
    assert.equal(again.status, 1)
    assert.match(again.stderr, /does not have the role editor/)
    assert.equal((await opened.user('grant', anna, '$owner')).status, 1)
    const roles = ['--roles', JSON.stringify({ admin: [anna] })]
    assert.partialDeepStrictEqual(await opened.json('show', anna, ...roles), {
      roles: [],
      configuredRoles: ['admin'],
    })
    const configured = await opened.user('revoke', anna, 'admin', ...roles)
    assert.equal(configured.status, 1)
    assert.match(configured.stderr, /the configuration gives/)
  })

  it('sessions lists handles, which open nothing, and end-sessions ends them', async () => {
    await using opened = await open()
    const { latchkey } = opened
    const { id } = await latchkey.users.login({ email: anna, password, ttl: 60 })
    const session = await opened.json('sessions', anna)
    assert.partialDeepStrictEqual(session, { ttl: 60, userId: 1 })
    assert.match(session.id as string, /^[0-9a-f]{64}$/)
    assert.match(
      (await opened.user('sessions', anna)).stdout,
      /^[0-9a-f]{64}\topened [\d:.TZ-]{24}\t\S[^\n]*\n$/,
    )
    assert.match((await opened.user('end-sessions', anna)).stdout, /has no session any more, of 1\n$/)
    assert.equal(await latchkey.identify({ headers: { authorization: id } }), undefined)
  })

  it('delete asks, or is told --yes', async () => {
    await using opened = await open([{ email: anna }, { email: bert }])
    const unasked = await opened.user('delete', anna)
    assert.equal(unasked.status, 1)
    assert.match(
      unasked.stderr,
      /^latchkey: Delete anna@example\.com \(id 1\) for good\? [^\n]*--yes[^\n]*\n$/,
    )
    assert.equal(await opened.latchkey.users.count({}), 2)
    assert.partialDeepStrictEqual(await opened.json('delete', anna, '--yes'), { user: { email: anna } })
    assert.equal((await opened.user('delete', '2', '--yes')).stdout, `${bert} (id 2) is deleted\n`)
    assert.equal(await opened.latchkey.users.count({}), 0)
  })

  it('ends with one sentence on what makes no sense', async () => {
    await using opened = await open([])
    for (const args of [
      ['frob', anna],
      ['show'],
      ['block', anna, bert],
      ['grant', anna],
      ['list', anna],
      [],
    ]) {
      const { status, stdout, stderr } = await opened.user(...args)
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' }, args.join(' '))
      assert.match(stderr, /^latchkey: [^\n]+\n$/)
    }
  })
})

// A terminal of its own: util-linux has one to give away.
const hasTerminal = spawnSync('script', ['--version']).status === 0

describe('latchkey user at a terminal', { concurrency: 2, skip: !hasTerminal }, () => {
  /** Runs a command that believes somebody sits before it, who types an answer to each question. */
  async function sit(
    folder: Folder,
    args: string,
    answers: readonly (readonly [RegExp, string])[],
  ): Promise<Outcome> {
    const program = join(import.meta.dirname, '../../src/cli/main.ts')
    const command = `'${process.execPath}' '${program}' user ${args}`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TERM: 'dumb' },
    })
    let stdout = ''
    const left = [...answers]
    let from = 0
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      const [question, answer] = left[0] ?? []
      if (!question?.test(stdout.slice(from))) return
      from = stdout.length
      left.shift()
      child.stdin.write(answer as string)
    })
    const [status] = await once(child, 'close')
    return { status: status as number | null, stdout, stderr: '' }
  }

  it('types a password twice, unseen', async () => {
    await using opened = await open()
    const typed = 'unseen by anybody\r'
    const { status, stdout } = await sit(opened.folder, `set-password ${anna}`, [
      [/Password: $/, typed],
      [/Again: $/, typed],
    ])
    assert.equal(status, 0, stdout)
    assert.doesNotMatch(stdout, /unseen/)
    await opened.latchkey.users.login({ email: anna, password: 'unseen by anybody' })
    const slip = await sit(opened.folder, `set-password ${anna}`, [
      [/Password: $/, 'one\r'],
      [/Again: $/, 'two\r'],
    ])
    assert.equal(slip.status, 1)
    assert.match(slip.stdout, /not the same/)
    const gone = await sit(opened.folder, `set-password ${anna}`, [[/Password: $/, '\u0003']])
    assert.ok(gone.status !== 0)
    await opened.latchkey.users.login({ email: anna, password: 'unseen by anybody' })
  })

  it('is asked before an account is deleted', async () => {
    await using opened = await open()
    const no = await sit(opened.folder, `delete ${anna}`, [[/for good\? \[y\/N\] $/, '\r']])
    assert.equal(no.status, 1)
    assert.equal(await opened.latchkey.users.count({}), 1)
    const yes = await sit(opened.folder, `delete ${anna}`, [[/for good\? \[y\/N\] $/, 'y\r']])
    assert.equal(yes.status, 0, yes.stdout)
    assert.equal(await opened.latchkey.users.count({}), 0)
  })
})
