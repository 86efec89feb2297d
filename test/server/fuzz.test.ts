import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request as open } from 'node:http'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createLatchkey, type Latchkey, type LatchkeyOptions, type UserOptions } from '../../src/index.ts'
import { type Folder, openFolder, type Server, serve } from '../cli/latchkey-process.ts'
import { adminRule } from '../open-house.ts'
import { openSchema } from '../postgres/schema.ts'
import { anyRequest, type Caller, type Endpoint, fill, type Sent } from './any-request.ts'

/** How many requests each server gets, and which; for those who have longer, or look for others. */
const { FUZZ_RUNS = '100', FUZZ_SEED = '20141223' } = process.env
const numRuns = Number(FUZZ_RUNS)

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/endpoints.md'), 'utf8')
/** All there are: the manual's own tests see to that. */
const endpoints: readonly Endpoint[] = [...page.matchAll(/^\| `([A-Z]+) (\/\S*)`/gm)].map(
  ([, method = '', path = '']) => [method, path],
)

/** An answer takes milliseconds, and on the slowest of machines not this long. */
const longestAnswerMs = 30_000
/** What a server may grow by once it is warm. Each request weighs up to some hundred kB, and leaves nothing. */
const longestGrowth = 200 * 1024 * 1024

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

interface Person {
  readonly id: number | string
  readonly email: string
  readonly password: string
  readonly token: string
}

for (const engine of ['SQLite', 'PostgreSQL']) {
  describe(`whatever is sent to a server on ${engine}`, { concurrency: 1 }, () => {
    const asDocumented = {}
    const asLoopBack = {
      compatibility: 'loopback3',
      user: { replaceOnPUT: true, allowEternalTokens: true },
      tokens: { cookie: 'on' },
    } as const
    for (const [setting, options] of Object.entries({ asDocumented, asLoopBack })) {
      it(`is answered, betrays nothing and breaks nothing, set ${setting}`, {
        timeout: Number.POSITIVE_INFINITY,
      }, async () => {
        using folder = openFolder()
        await using place = await openPlace(engine, folder)
        const whole = settle(options, place.url, folder)
        await using server = await serve([], { folder })
        const operator = await createLatchkey({ ...whole, log: { level: 'silent' } })
        try {
          await survives(server, operator)
        } finally {
          await operator.close()
        }
      })
    }
  })
}

async function openPlace(engine: string, folder: Folder) {
  if (engine === 'PostgreSQL') return openSchema()
  return { url: `sqlite:${folder.file('latchkey.db')}`, [Symbol.asyncDispose]: async () => {} }
}

/** Writes the settings where the server looks for them. */
function settle(
  options: LatchkeyOptions & { user?: UserOptions },
  url: string,
  folder: Folder,
): LatchkeyOptions {
  const user: UserOptions = {
    ...(options.user as object | undefined),
    passwordHash: 'bcrypt',
    saltWorkFactor: 4,
    acls: [adminRule],
  }
  const whole: LatchkeyOptions = {
    ...options,
    database: { url },
    rateLimit: false,
    mail: { url: `directory:${folder.file('mail')}`, from: 'noreply@example.com' },
    user,
  }
  writeFileSync(folder.file('latchkey.config.json'), JSON.stringify(whole))
  return whole
}

/** @param operator on the same database as the server */
async function survives(server: Server, operator: Latchkey): Promise<void> {
  let made = 0
  const makePerson = (role?: string) => signUp(operator, ++made, role)
  /** Everybody who plays a part; whoever may have come to harm is replaced. */
  const makePeople = async () => ({
    owner: await makePerson(),
    other: await makePerson(),
    admin: await makePerson('admin'),
    gone: await leave(operator, await makePerson()),
  })
  let people = await makePeople()
  let answers = 0
  let read = 0
  let warm = 0

  await fc.assert(
    fc.asyncProperty(anyRequest(endpoints), async (request) => {
      const { owner, other, admin, gone } = people
      const tokens: Record<Caller, string> = {
        nobody: '',
        'a liar': 'x'.repeat(64),
        'the owner': owner.token,
        'the admin': admin.token,
        gone: gone.token,
      }
      const sent = fill(request, tokens[request.caller], {
        '<new email>': `new${answers}@example.com`,
        '<own id>': String(owner.id),
        '<own email>': owner.email,
        '<own password>': owner.password,
        '<own token>': owner.token,
        '<other id>': String(other.id),
        '<other email>': other.email,
      })

      const answer = await send(server.url, `/api/users${sent.path}`, sent)
      isSound(answer, sent)
      keepsSecrets(answer.text, Object.values(people), sent)
      const logged = server.output().slice(read)
      read += logged.length
      assert.doesNotMatch(logged, /"level":"error"|unhandled/)
      keepsSecrets(logged, Object.values(people))

      if (request.caller !== 'the admin') await isUnharmed(server, other)
      else if (sent.method !== 'GET') people = await makePeople()
      if (request.caller === 'the owner' && sent.method !== 'GET')
        people = { ...people, owner: await makePerson() }
      if (++answers === Math.ceil(numRuns / 2)) warm = memoryOf(server)
    }),
    { seed: Number(FUZZ_SEED), numRuns },
  )
  assert.equal(server.child.exitCode, null)
  assert.ok(memoryOf(server) - warm < longestGrowth, `${warm} bytes have become ${memoryOf(server)}`)
}

/** An account as its operator can make it, with secrets of its own. */
async function signUp({ users, tokens }: Latchkey, number: number, role?: string): Promise<Person> {
  const email = `person${number}@example.com`
  const password = `what only number ${number} knows`
  const { id } = await users.create({ email, password, emailVerified: true })
  if (role) await users.grantRole(id, role)
  return { id, email, password, token: (await tokens.create(id)).id }
}

async function leave({ users }: Latchkey, person: Person): Promise<Person> {
  await users.logout(person.token)
  return person
}

/** Sends what `fetch` would put right; of a stream of events only the head is awaited. */
async function send(
  url: string,
  path: string,
  { method, headers, body }: Omit<Sent, 'path'>,
): Promise<Answer> {
  const { hostname: host, port } = new URL(url)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const signal = AbortSignal.timeout(longestAnswerMs)
  const outgoing = open({ host, port, method, path, headers, agent: false, signal }, resolve)
  outgoing.on('error', reject).end(body)
  const incoming = await promise
  const { 'content-type': type = '' } = incoming.headers
  const isStream = type.startsWith('text/event-stream')
  const text = isStream ? '' : await textOf(incoming)
  incoming.on('error', () => {}).destroy()
  return { status: incoming.statusCode as number, type, text }
}

/** Statements, stacks, files, packages and what they call their failures: nobody's business but ours. */
const internal = new RegExp(
  [
    String.raw`\bselect .+ from\b|\binsert into\b|\bupdate .+ set\b|syntax error at|near "`,
    'sqlite|postgres|kysely|fastify|typebox|node_modules|node:|FST_|ERR_|EACCES|ENOENT',
    String.raw`\bat .+:\d+:\d+|\.[cm]?[jt]s\b|Cannot read prop|is not a function`,
  ].join('|'),
  'i',
)

function isSound({ status, type, text }: Answer, sent: Sent): void {
  // LoopBack 3 has no better word for a list of which several are refused.
  const isRefusedList = text.startsWith('{"error":{"statusCode":500,"message":"Failed with multiple errors,')
  assert.ok(status < 500 || status === 503 || isRefusedList, `${status} ${text}`)
  const found = internal.exec(text)?.[0] ?? ''
  // What was sent may come back: in a message, or as what was asked for.
  assert.ok(found === '' || told(sent).includes(found), `${found} in ${text}`)
  if (status < 400 || text === '' || !type.startsWith('application/json')) return
  const { error, ...beside } = JSON.parse(text)
  const { statusCode, name: _, message: _message, code: _code, details: _details, ...more } = error
  assert.deepEqual([statusCode, beside, more], [status, {}, {}])
}

/** @param sent whose secrets its sender knows already */
function keepsSecrets(text: string, people: readonly Person[], sent?: Sent): void {
  assert.doesNotMatch(text, /\$2[aby]\$\d\d\$[./A-Za-z0-9]{20}|\$argon2/)
  const known = sent ? told(sent) : ''
  for (const { token, password } of people) {
    for (const secret of [token, password]) {
      assert.ok(known.includes(secret) || !text.includes(secret), `${secret} in ${text}`)
    }
  }
}

function told({ path, headers, body = '' }: Sent): string {
  const unescaped = path.replace(/%([0-7][\da-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return [path, unescaped, ...Object.values(headers), body].join('\n')
}

/** Whoever was not asked is as before, still in, and alone with the password. */
async function isUnharmed({ url }: Server, { id, email, token }: Person): Promise<void> {
  const answer = await send(url, `/api/users/${id}`, {
    method: 'GET',
    headers: { authorization: token },
    body: undefined,
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(JSON.parse(answer.text).email, email)
}

/** Bytes in memory. */
function memoryOf({ child }: Server): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024
}
