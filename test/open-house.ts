import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../src/base/log.ts'
import {
  createLatchkey,
  type Latchkey,
  type LatchkeyOptions,
  type UserEntry,
  type UserOptions,
} from '../src/index.ts'
import { openHost, parsesBodies } from './hosts/host.ts'
import { openSchema, openUsedSchema } from './postgres/schema.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed, where it is JSON; else the text; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface RequestOptions {
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
}

export interface LogLine {
  readonly level: string
  readonly fields: object
  readonly message: string
}

/**
 * A Latchkey of its own for one test: a real server on a free port, a real database, a clock to be set. The variable
 * TEST_HOST mounts it in somebody else's server, see hosts/host.ts; TEST_ENGINE=postgres has it keep its accounts there.
 */
export interface House extends AsyncDisposable {
  readonly latchkey: Latchkey
  /** `http://localhost:…`, without a path. */
  readonly url: string
  /** What was logged so far. */
  readonly logs: readonly LogLine[]
  /** Set it to move time; while undefined, time is the machine's. */
  now: Date | undefined
  /** Paths are below `/api`, unless they are whole URLs. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Reply>
  get(path: string, options?: RequestOptions): Promise<Reply>
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Reply>
  put(path: string, body?: unknown, options?: RequestOptions): Promise<Reply>
  delete(path: string, options?: RequestOptions): Promise<Reply>
  /** `GET path?filter=…` */
  find(path: string, filter: unknown, options?: RequestOptions): Promise<Reply>
  /** Logs in with the password every test user has, and answers with the token. */
  login(email: string, password?: string): Promise<string>
  /** A token of `admin@example.com`, an account made by the operator with the role `admin`. */
  adminToken(): Promise<string>
  /** The messages in the mail directory once there are at least so many, as raw text, oldest first. */
  mails(atLeast: number): Promise<string[]>
}

const hostName = process.env.TEST_HOST

/** Whether the server is our own. */
export const isAlone: boolean = hostName === undefined

/** For what only our own server has to say: around it, that is the host's affair. */
export const itAlone: typeof it = itWhere(isAlone)
/** For what we say of a body that comes to us unread; a host's parser has a say of its own. */
export const itReadingBodies: typeof it = itWhere(!parsesBodies(hostName))
/** For what depends on who reads the path: in Fastify, the application's router does. */
export const itRouting: typeof it = itWhere(hostName !== 'fastify')

function itWhere(here: boolean): typeof it {
  return here ? it : (Object.assign(() => {}, it) as never)
}

export const password = 'correct horse battery staple'

/** Lets the role `admin` do everything. */
export const adminRule = { principalType: 'ROLE', principalId: 'admin', permission: 'ALLOW' } as const

/**
 * Opens a house: in memory, with cheap hashes, and the role `admin` let in everywhere.
 * @param options override these
 * @param emails accounts made at once, with ids from 1, all with the same password
 */
export async function openHouse(
  options: LatchkeyOptions = {},
  emails: readonly string[] = [],
): Promise<House> {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const logs: LogLine[] = []
  const state: { now: Date | undefined } = { now: undefined }
  const host = await openHost(process.env.TEST_HOST)
  const place = await openPlace(options)
  const opened = createLatchkey(
    {
      database: { url: place.url },
      mail: { url: `directory:${join(directory, 'mail')}`, from: 'noreply@example.com' },
      ...options,
      server: { ...host.server, ...options.server },
      user: modelsOf(options),
    },
    { clock: () => state.now ?? new Date(), log: recorder(logs) },
  )
  const latchkey = await opened.catch(async (error) => {
    await host.close()
    throw error
  })
  const url = await host.serve(latchkey)
  for (const email of emails) await latchkey.users.create({ email, password })

  async function request(
    method: string,
    path: string,
    body?: unknown,
    sent: RequestOptions = {},
  ): Promise<Reply> {
    const headers: Record<string, string> = { ...sent.headers }
    if (sent.token !== undefined) headers.authorization = sent.token
    const isText = typeof body === 'string' || body instanceof Uint8Array
    if (body !== undefined) headers['content-type'] ??= 'application/json'
    const response = await fetch(path.startsWith('http') ? path : `${url}/api${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: (isText ? body : JSON.stringify(body)) as string }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text || undefined,
    }
  }

  const house: House = {
    latchkey,
    url,
    logs,
    get now() {
      return state.now
    },
    set now(now) {
      state.now = now
    },
    request,
    get: (path, sent) => request('GET', path, undefined, sent),
    post: (path, body, sent) => request('POST', path, body, sent),
    put: (path, body, sent) => request('PUT', path, body, sent),
    delete: (path, sent) => request('DELETE', path, undefined, sent),
    find: (path, filter, sent) =>
      request('GET', `${path}?filter=${encodeURIComponent(JSON.stringify(filter))}`, undefined, sent),

    async login(email, secret = password) {
      const reply = await request('POST', '/users/login', { email, password: secret })
      if (reply.status !== 200) throw new Error(`login of ${email}: ${JSON.stringify(reply.body)}`)
      return reply.body.id
    },

    async adminToken() {
      const email = 'admin@example.com'
      if ((await latchkey.users.count({ email })) === 0) {
        const admin = await latchkey.users.create({ email, password, emailVerified: true })
        await latchkey.users.grantRole(admin.id, 'admin')
      }
      return house.login(email)
    },

    async mails(atLeast) {
      const folder = join(directory, 'mail')
      const deadline = performance.now() + 10_000
      for (;;) {
        const names = listFiles(folder).filter((name) => name.endsWith('.eml'))
        if (names.length >= atLeast)
          return names.sort().map((name) => readFileSync(join(folder, name), 'utf8'))
        if (performance.now() > deadline) throw new Error(`${names.length} of ${atLeast} mails came`)
        await pause(10)
      }
    },

    async [Symbol.asyncDispose]() {
      // First what is under way, as its host would.
      await latchkey.close()
      await host.close()
      await place[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return house
}

/** An empty database, unless one is given: in memory, or where TEST_ENGINE is `postgres`, in a PostgreSQL. */
async function openPlace({
  database,
  user = {},
}: LatchkeyOptions): Promise<AsyncDisposable & { readonly url: string }> {
  if (!database && process.env.TEST_ENGINE === 'postgres') {
    const isOrdinary =
      typeof user === 'object' && !('model' in user) && !('idType' in user) && !Array.isArray(user)
    return isOrdinary ? openUsedSchema() : openSchema()
  }
  return { url: 'sqlite::memory:', [Symbol.asyncDispose]: async () => {} }
}

/** Each model of the options, with cheap hashes and the administrator's rule. */
function modelsOf({ user = {} }: LatchkeyOptions): LatchkeyOptions['user'] {
  const cheap = (entry: UserEntry): UserOptions => {
    const given = typeof entry === 'string' ? { model: entry } : entry
    return { passwordHash: 'bcrypt', saltWorkFactor: 4, ...given, acls: [adminRule, ...(given.acls ?? [])] }
  }
  return Array.isArray(user) ? user.map(cheap) : cheap(user as UserEntry)
}

/** The link in a message, as its reader's mail program would show it. */
export function linkIn(mail: string): string {
  // Undo quoted-printable: soft line breaks, then escapes.
  const text = mail
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  const link = /https?:\/\/\S+/.exec(text)?.[0]
  if (!link) throw new Error(`no link in ${mail}`)
  return link
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function recorder(lines: LogLine[]): Log {
  const record = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  return {
    error: record('error'),
    warn: record('warn'),
    info: record('info'),
    debug: record('debug'),
    isLevelEnabled: () => true,
  }
}
