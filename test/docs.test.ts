import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { explanations } from '../scripts/error-explanations.ts'
import { pages, readPage, refreshed } from '../scripts/print-reference.ts'
import { catalogue } from '../src/base/errors.ts'
import { readSettings } from '../src/config/settings.ts'
import { methodNames } from '../src/domain/access/methods.ts'
import { checkRules } from '../src/domain/access/rules.ts'
import { parseFilter } from '../src/domain/filter/parse.ts'
import { userVocabulary } from '../src/domain/filter/vocabulary.ts'
import { hookNames } from '../src/domain/hooks.ts'
import { createLatchkey, type EventName, type LatchkeyOptions, optionNames } from '../src/index.ts'
import { openFolder, run, type Server, type Start, serve } from './cli/latchkey-process.ts'
import { type House, openHouse, password } from './open-house.ts'

const root = join(import.meta.dirname, '..')

describe('README.md', () => {
  it('shows a session with curl that goes as it is shown', async () => {
    using folder = openFolder()
    const [administratorRule] = blocksOf('README.md', 'json')
    writeFileSync(folder.file('latchkey.config.json'), administratorRule as string)
    await using server = await serve([], { folder })
    const shell = createShell(server, { folder })
    const session = sessionOf('README.md')
    assert.ok(session.length > 8)
    for (const { command, output } of session) {
      assert.deepEqual(
        { command, output: shapeOf(await shell(command)) },
        { command, output: shapeOf(output) },
      )
    }
  })

  it('shows a program that runs', async () => {
    using folder = openFolder()
    const [program] = blocksOf('README.md', 'js') as [string]
    const runnable = program
      .replace("'fastify'", `'${import.meta.resolve('fastify')}'`)
      .replace("'latchkey'", `'${import.meta.resolve('../src/index.ts')}'`)
      .replace('port: 3000', 'port: 0')
    writeFileSync(folder.file('program.mjs'), `${runnable}\nconsole.log(token)\nawait app.close()\n`)
    const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH },
    })
    assert.match(stdout, /^welcome, foo@bar\.com$/m)
    assert.match(stdout, /^[A-Za-z0-9]{64}$/m)
  })

  it('tells the defaults of the options it lists', () => {
    const [, listed] = blocksOf('README.md', 'json') as [string, string]
    assert.deepEqual(readSettings(JSON.parse(listed)), readSettings({}))
  })
})

describe('the printed pages', () => {
  for (const page of Object.keys(pages)) {
    it(`${page} is what npm run docs prints`, () => assert.equal(readPage(page), refreshed(page)))
  }

  for (const code of Object.keys(catalogue) as (keyof typeof catalogue)[]) {
    it(`explain ${code} in a sentence`, () => assert.match(explanations[code], /^\S.{10,}[.…]$/))
  }
})

describe('docs/security.md', () => {
  it('says of every setting what it can open', () => {
    const manual = readPage('docs/security.md')
    const unsaid = [...readPage('docs/configuration.md').matchAll(/^### `([\w.]+)`$/gm)]
      .map(([, name]) => name as string)
      .filter((name) => !manual.includes(`\`${name}\``) && !isWhole(name))
    assert.deepEqual(unsaid, [])
  })

  /** Options of which the parts have their own entries. */
  const isWhole = (name: string) => name === 'user' || name === 'rateLimit'
})

describe('docs/configuration.md', () => {
  it('shows configurations that are accepted without a warning', () => {
    const examples = blocksOf('docs/configuration.md', 'json')
    assert.ok(examples.length > 0)
    for (const example of examples) {
      assert.deepEqual(
        checkRules(readSettings(JSON.parse(example) as LatchkeyOptions).user.acls, 'loopback3'),
        [],
      )
    }
  })
})

describe('docs/pages.md', () => {
  it('shows a configuration that is accepted', async () => {
    const [example] = blocksOf('docs/pages.md', 'json') as [string]
    const options = JSON.parse(example) as LatchkeyOptions
    const silent = { database: { url: 'sqlite::memory:' }, log: { level: 'silent' } } as const
    await (await createLatchkey({ ...options, ...silent })).close()
  })
})

describe('docs/security.md', () => {
  it('names options that there are', () => {
    const paths = optionNames.map(({ path }) => path)
    const named = [
      ...readPage('docs/security.md').matchAll(/`((?:server|user|tokens|mail|pages|rateLimit)\.[\w.]+)/g),
    ]
    assert.ok(named.length > 20)
    for (const [, name = ''] of named) {
      const stem = name.replace(/\.$/, '')
      assert.ok(
        paths.some((path) => path === stem || path.startsWith(`${stem}.`)),
        name,
      )
    }
  })

  it('shows a strict configuration that starts without a warning', async () => {
    const [example] = blocksOf('docs/security.md', 'json') as [string]
    const warnings: string[] = []
    const quiet = () => {}
    const warn = (_fields: object, message: string) => void warnings.push(message)
    const log = { error: warn, warn, info: quiet, debug: quiet, isLevelEnabled: () => true }
    using folder = openFolder()
    const database = { url: `sqlite:${folder.file('latchkey.db')}` }
    const options = { ...(JSON.parse(example) as LatchkeyOptions), database }
    await (await createLatchkey(options, { log })).close()
    assert.deepEqual(warnings, [])
  })
})

describe('docs/reference/filters.md', () => {
  it('shows filters that are understood', () => {
    const vocabulary = userVocabulary(readSettings({}).user)
    const examples = blocksOf('docs/reference/filters.md', 'json')
    assert.ok(examples.length > 0)
    for (const example of examples) parseFilter(JSON.parse(example), vocabulary)
  })
})

describe('docs/reference/endpoints.md', () => {
  let house: House
  before(async () => {
    house = await openHouse()
  })
  after(() => house[Symbol.asyncDispose]())

  const endpoints = tablesOf('docs/reference/endpoints.md')
    .map(([call = '', method = '', , who = '']) => ({
      call: plain(call),
      method: plain(method),
      who: who.trim(),
    }))
    .filter(({ call }) => /^[A-Z]+ \//.test(call))

  it('lists every method that access rules know', () => {
    const listed = new Set(tablesOf('docs/reference/endpoints.md').map(([, method = '']) => plain(method)))
    assert.deepEqual(
      methodNames.filter((name) => !listed.has(name)),
      [],
    )
  })

  it('says what HEAD answers', async () => {
    const { id, token } = await someone()
    const head = async (path: string) =>
      (await house.request('HEAD', `/users/${path}`, undefined, { token })).status
    assert.deepEqual(
      [await head(id), await head(`${id}/accessTokens`), await head('confirm')],
      [401, 401, 401],
    )
    assert.equal(await head('me'), 200)
    assert.equal(await head('nobody/nothing'), 404)
  })

  const admitted: Record<string, readonly string[]> = {
    everybody: ['nobody', 'a stranger', 'the owner'],
    'logged in': ['a stranger', 'the owner'],
    owner: ['the owner'],
    nobody: [],
    'logged in, by a reset token': [],
  }
  /** A new account's id, and a token of it. */
  async function someone(): Promise<{ id: string; token: string }> {
    const { users, tokens } = house.latchkey
    const { id } = await users.create({ email: `${randomUUID()}@example.com`, password })
    return { id: String(id), token: (await tokens.create(id)).id }
  }

  for (const { call, who } of endpoints) {
    it(`says of ${call} who may: ${who}`, async () => {
      const stranger = await someone()
      const owner = await someone()
      const [verb = '', path = ''] = call.split(' ')
      const whole = `/users${path.replace('{id}', owner.id).replace('{fk}', 'none')}`
      const entered: string[] = []
      for (const [caller, token] of [
        ['nobody'],
        ['a stranger', stranger.token],
        ['the owner', owner.token],
      ]) {
        const { status, body } = await house.request(verb, whole, undefined, { token })
        const isRefused = verb === 'HEAD' ? status === 401 : body?.error?.code === 'AUTHORIZATION_REQUIRED'
        if (!isRefused) entered.push(caller as string)
      }
      assert.deepEqual(entered, admitted[who])
    })
  }
})

describe('docs/events.md', () => {
  // The type sees to it that none is missing here.
  const names: Record<EventName, true> = {
    created: true,
    updated: true,
    loggedIn: true,
    loggedOut: true,
    loginFailed: true,
    throttled: true,
    verified: true,
    resetAsked: true,
    passwordChanged: true,
    emailChanged: true,
    roleGranted: true,
    roleUsed: true,
    roleRevoked: true,
    blocked: true,
    unblocked: true,
    deleted: true,
    resetPasswordRequest: true,
    mailFailed: true,
  }

  it('lists every event', () => {
    const listed = tablesOf('docs/events.md').map(([name = '']) => plain(name))
    const known = new Set([...Object.keys(names), ...hookNames])
    assert.deepEqual(new Set(listed.filter((name) => /^[a-z]/.test(name))), known)
  })
})

describe('docs/reference/schema.md', () => {
  it('lists every column of every table', async () => {
    using folder = openFolder()
    const file = folder.file('latchkey.db')
    const latchkey = await createLatchkey({ database: { url: `sqlite:${file}` }, log: { level: 'silent' } })
    await latchkey.close()
    using database = new DatabaseSync(file)
    const columns = database
      .prepare(
        `select t.name || '.' || c.name as name from pragma_table_list t join pragma_table_info(t.name) c
         where t.schema = 'main' and t.name not like 'sqlite_%' and t.name not like 'kysely_%'`,
      )
      .all()
      .map(({ name }) => String(name))

    const chapters = readPage('docs/reference/schema.md').split(/^### /m).slice(1)
    const documented = chapters.flatMap((chapter) => {
      const table = chapter.split('\n', 1)[0] as string
      return rowsIn(chapter)
        .slice(2)
        .map(([column = '']) => `${table}.${plain(column)}`)
    })
    assert.deepEqual(documented.sort(), columns.sort())
  })
})

describe('docs/operations.md', () => {
  const commands = ['sh', 'console']
    .flatMap((language) => blocksOf('docs/operations.md', language))
    .join('\n')

  it('shows commands and options that there are', async () => {
    using folder = openFolder()
    const { stdout: help } = await run(['--help'], { folder })
    const shown = [...commands.matchAll(/\blatchkey ((?:serve|move|backup)\b.*)$/gm)].map(
      ([, rest]) => rest ?? '',
    )
    assert.ok(shown.length > 6)
    const known = new Set(optionNames.map(({ path }) => `--${path}`))
    for (const [name] of shown.flatMap((rest) => [...rest.matchAll(/--[\w.]+/g)]))
      assert.ok(known.has(name) || help.includes(`${name} `), name)
  })

  it('has an image whose health check asks the server', async () => {
    const [, check = ''] = /^ {2}CMD (\[.*\])$/m.exec(readPage('Dockerfile')) ?? []
    const [, ...args] = JSON.parse(check) as string[]
    const isWell = (port: number) => {
      const env = { PATH: process.env.PATH, LATCHKEY_SERVER_PORT: String(port) }
      return promisify(execFile)(process.execPath, args, { env }).then(
        () => true,
        () => false,
      )
    }
    using folder = openFolder()
    await using server = await serve([], { folder })
    assert.equal(await isWell(server.port), true)
    await server[Symbol.asyncDispose]()
    assert.equal(await isWell(server.port), false)
  })

  it('has a unit that systemd understands', async (test) => {
    const unit = join(root, 'examples/latchkey.service')
    const verified = promisify(execFile)('systemd-analyze', ['verify', unit])
    const { stderr } = await verified.catch((error) => {
      if (error.code !== 'ENOENT') throw error
      test.skip('there is no systemd here')
      return { stderr: '' }
    })
    assert.equal(stderr, '')
  })
})

describe('docs/architecture.md', () => {
  it('has a caption for every file of the source', () => {
    const [, files = ''] = readPage('docs/architecture.md').split(/^## The files$/m)
    let room = ''
    const captioned = [
      'backup.ts',
      'check-configuration.ts',
      'index.ts',
      'latchkey.ts',
      'move.ts',
      'user-model.ts',
    ]
    for (const [first = ''] of rowsIn(files.split(/^## /m, 1)[0] as string)) {
      const names = first.split('·').map((name) => name.trim())
      if (first.trim().endsWith('/')) room = first.includes(',') ? '' : first.trim()
      else if (names.every((name) => name.endsWith('.ts')))
        captioned.push(...names.map((name) => room + name))
    }
    assert.deepEqual(captioned.sort(), globSync('**/*.ts', { cwd: join(root, 'src') }).sort())
  })
})

describe('the documentation', () => {
  for (const page of globSync(['*.md', 'docs/**/*.md'], { cwd: root })) {
    it(`has no dead link in ${page}`, () => {
      const links = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
      for (const [link, path = '', anchor] of links) {
        const target = path === '' ? page : join(dirname(page), path)
        assert.equal(globSync(target, { cwd: root }).length, 1, link)
        if (anchor !== undefined) assert.ok(anchorsOf(target).includes(anchor), link)
      }
    })
  }
})

/** The contents of a page's fenced blocks of one language. */
function blocksOf(page: string, language: string): string[] {
  const fenced = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return [...readPage(page).matchAll(fenced)].map(([, content]) => content as string)
}

/** The cells of a page's tables, row by row, heads and rules as well. */
function tablesOf(page: string): string[][] {
  return rowsIn(readPage(page))
}

function rowsIn(text: string): string[][] {
  return [...text.matchAll(/^\| ?(.*) ?\|$|^\|(---\|)+$/gm)].map(([, cells = '---']) => cells.split('|'))
}

function plain(cell: string): string {
  return cell.replaceAll('`', '').trim()
}

/** What GitHub calls a page's headings in links. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The commands of a page's `console` blocks, each with what it prints. */
function sessionOf(page: string): { command: string; output: string }[] {
  const text = blocksOf(page, 'console')
    .join('')
    .replace(/\\\n\s*/g, '')
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line, ...output] = part.split('\n')
      return { command: (line as string).replace(/\s+#.*$/, ''), output: output.join('\n').trim() }
    })
}

/** What stays the same from run to run. */
function shapeOf(output: string): string {
  return output
    .replace(/\b[A-Za-z0-9]{64}\b/g, '<token>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
}

/** Understands as much of a shell, of curl and of npm as the README uses, so that no test needs curl. */
function createShell({ url }: Server, start: Start): (command: string) => Promise<string> {
  const variables: Record<string, string> = {}
  let lastToken = ''

  return async (command) => {
    const [, name, value] = /^([A-Z]+)=(\w{64})$/.exec(command) ?? []
    if (name && value) {
      variables[name] = lastToken
      return ''
    }
    const [, input, args] = /^echo '(.*)' \| npm run --silent latchkey -- (.*)$/.exec(command) ?? []
    if (args) return (await run(wordsOf(args), { ...start, input: `${input}\n` })).stdout.trim()
    assert.match(command, /^curl /)
    const printed = await curl(wordsOf(command).slice(1))
    lastToken = /"id":"(\w{64})"/.exec(printed)?.[1] ?? lastToken
    return printed
  }

  function wordsOf(line: string): string[] {
    return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
      ([, literal, quoted, bare]) =>
        literal ?? (quoted ?? (bare as string)).replace(/\$([A-Z]+)/g, (_, name) => variables[name] ?? ''),
    )
  }

  async function curl(words: readonly string[]): Promise<string> {
    const flags: Record<string, string> = {}
    let address = ''
    for (let position = 0; position < words.length; position++) {
      const word = words[position] as string
      if (word.startsWith('-')) flags[word] = words[++position] as string
      else address = word
    }
    const {
      '-H': header,
      '-d': body,
      '-X': method = body === undefined ? 'GET' : 'POST',
      '-w': format,
    } = flags
    const response = await fetch(address.replace('http://localhost:3000', url), {
      method,
      headers: header === undefined ? {} : [header.split(': ') as [string, string]],
      ...(body === undefined ? {} : { body }),
    })
    const ending = (format ?? '').replace('%{http_code}', String(response.status)).replace('\\n', '\n')
    return `${await response.text()}${ending}`.trim()
  }
}
