import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { catalogue, type ErrorName, LatchkeyError } from '../src/base/errors.ts'

// Inside the domain: floor by floor, each with all that lies below it.
const ground = 'base/ type:config/ node:events node:url node:util re2js isemail'
const nouns = `${ground} domain/model/ domain/access/`
const contracts = `${nouns} domain/filter/ domain/storage.ts domain/events.ts domain/letters.ts domain/hooks.ts`
const world = `${contracts} domain/limits/ domain/context.ts domain/still-in.ts domain/granted-roles.ts`
const verbs = `${world} domain/sessions/ domain/users/ domain/housekeeping.ts`

/** What each room may import besides itself, of ours and of others; after `type:`, as types only. */
const table = {
  'base/': 'node: @node-rs/ @zxcvbn-ts/ pino',
  'config/': 'base/ node: typebox',
  'domain/model/': ground,
  'domain/access/': `${ground} domain/model/`,
  'domain/filter/': nouns,
  'domain/storage.ts': `${nouns} domain/letters.ts`,
  'domain/events.ts': `${nouns} domain/letters.ts`,
  'domain/letters.ts': nouns,
  'domain/hooks.ts': nouns,
  'domain/limits/': `${contracts} rate-limiter-flexible`,
  'domain/context.ts': `${contracts} domain/limits/`,
  'domain/still-in.ts': `${contracts} domain/context.ts`,
  'domain/granted-roles.ts': `${contracts} domain/context.ts`,
  'domain/sessions/': world,
  'domain/users/': world,
  'domain/housekeeping.ts': world,
  'domain/service.ts': verbs,
  'domain/on-behalf.ts': `${verbs} domain/service.ts`,
  'domain/for-programs.ts': `${verbs} domain/service.ts`,
  'watch/': 'base/ domain/',
  'storage/': 'base/ domain/ node: kysely pg uuid',
  'mail/': 'base/ config/ domain/ node: nodemailer',
  'http/': 'base/ config/ domain/ node: fastify qs',
  'user-model.ts': 'base/ config/ domain/ watch/ mail/ type:storage/',
  'latchkey.ts': 'user-model.ts base/ config/ domain/ storage/ mail/ http/ node: fastify',
  'backup.ts': 'base/ config/ storage/',
  'move.ts': 'user-model.ts base/ config/ storage/',
  'check-configuration.ts': 'user-model.ts base/ config/ mail/',
  'index.ts':
    'latchkey.ts backup.ts move.ts check-configuration.ts config/load.ts base/errors.ts base/calibration.ts type:config/ type:domain/ type:http/guards.ts',
  'cli/main.ts': 'cli/ base/node-version.ts node:',
  'cli/': 'index.ts base/log.ts node:',
  // Runs in browsers: nothing of ours, nothing of Node's, no package.
  'client/': '',
}

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const statement = /^(?:im|ex)port\s(type\s)?[^'"]*?\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/gm
const files = globSync('**/*.ts', { cwd: join(root, 'src') }).map((file) => file.replaceAll('\\', '/'))
const imports = files.flatMap((from) =>
  [...read(`src/${from}`).matchAll(statement)].map(([, type, named, bare = named as string]) => {
    const to = bare.startsWith('.') ? join(dirname(from), bare).replaceAll('\\', '/') : bare
    return { from, to, isType: type !== undefined }
  }),
)

function isAllowed({ from, to, isType }: (typeof imports)[number]): boolean {
  const [room, allowed] = Object.entries(table).find(([name]) => from.startsWith(name)) ?? ['', '']
  return [room, ...allowed.split(' ')].some((entry) => {
    const name = entry.replace('type:', '')
    const fits = /[/:]$/.test(name) ? to.startsWith(name) : to === name || to.startsWith(`${name}/`)
    return fits && (isType || name === entry)
  })
}

describe('the packages we stand on', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
  interface Locked {
    dev?: boolean
    integrity?: string
    hasInstallScript?: boolean
  }
  const locked = Object.entries(lock.packages).filter(([path]) => path !== '')
  const namesOf = (fits: (one: Locked) => boolean) =>
    locked.filter(([, one]) => fits(one)).map(([path]) => path)

  it('are each named by a decision', () => {
    const decisions = globSync('docs/adr/*.md', { cwd: root }).map(read).join('')
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !decisions.includes(`\`${name}\``)),
      [],
    )
  })

  it('are locked to the byte', () => {
    assert.ok(locked.length > 0)
    assert.deepEqual(
      namesOf(({ integrity }) => !integrity?.startsWith('sha512-')),
      [],
    )
  })

  it('run nothing when they are installed', () => {
    assert.deepEqual(
      namesOf(({ dev, hasInstallScript }) => hasInstallScript === true && dev !== true),
      [],
    )
  })
})

describe('the house', () => {
  it('lets each room import what the table allows, and nothing else', () => {
    assert.ok(imports.length > files.length)
    const strays = imports.filter((one) => !isAllowed(one))
    assert.deepEqual(
      strays.map(({ from, to }) => `${from} imports ${to}`),
      [],
    )
  })

  it('has no circle', () => {
    const clear = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), [...path, file].join(' imports '))
      if (clear.has(file)) return
      for (const { from, to } of imports) if (from === file) visit(to, [...path, file])
      clear.add(file)
    }
    for (const file of files) visit(file, [])
  })

  it('has no file too long for one sitting', () => {
    const long = files.filter((file) => read(`src/${file}`).split('\n').length > 251)
    assert.deepEqual(long, [])
  })

  it('explains every code of the catalogue in docs/reference/errors.md', () => {
    const explained = read('docs/reference/errors.md')
    const codes = Object.keys(catalogue).map((name) => new LatchkeyError(name as ErrorName).code)
    const missing = codes.filter((code) => !explained.includes(`\`${code}\``))
    assert.deepEqual(missing, [])
  })
})
