import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { LatchkeyError } from './base/errors.ts'
import { createHashGate } from './base/hash-gate.ts'
import { createLog, type Log } from './base/log.ts'
import { assertNode } from './base/node-version.ts'
import { createPasswordHasher } from './base/password-hash.ts'
import { calmThreadPool } from './base/thread-pool.ts'
import type { LatchkeyOptions } from './config/options.ts'
import { readSettings, type Settings } from './config/settings.ts'
import { readConfiguredRoles } from './domain/access/configured-roles.ts'
import { checkRules } from './domain/access/rules.ts'
import type { Context } from './domain/context.ts'
import { createAnnouncer, type EventName, type Listener } from './domain/events.ts'
import { tokenVocabulary, userVocabulary } from './domain/filter/vocabulary.ts'
import { startHousekeeping } from './domain/housekeeping.ts'
import { checkDefaults } from './domain/model/properties.ts'
import { createService, type Service } from './domain/service.ts'
import { isPerRealm } from './domain/users/uniqueness.ts'
import { createPlugin } from './http/plugin.ts'
import { createServer } from './http/server.ts'
import { createLetterWriter } from './mail/letter-writer.ts'
import { employPostman } from './mail/postman.ts'
import { openStorage } from './storage/open.ts'
import { logEvents } from './watch/security-log.ts'

/** A running accounts service. */
export interface Latchkey {
  /** The operations on users. They check input as HTTP does, and no access rule stands in the application's way. */
  readonly users: Service['users']
  /** The operations on users' access tokens. */
  readonly tokens: Service['tokens']
  /** The API for a Fastify application: `await app.register(latchkey.plugin)`. */
  readonly plugin: FastifyPluginAsync
  /** Listens to what happens; see the events' own documentation. A listener that throws is logged and fails nothing. */
  on<Name extends EventName>(event: Name, listener: Listener<Name>): void
  off<Name extends EventName>(event: Name, listener: Listener<Name>): void
  /** Serves alone. @returns where it listens, as a URL */
  listen(address?: { readonly host?: string; readonly port?: number }): Promise<string>
  /** Finishes what is under way, for at most eight seconds, and closes the database. */
  close(): Promise<void>
}

/** What a test, or an application with its own log, puts in place of ours. */
export interface LatchkeyParts {
  readonly log?: Log
  readonly clock?: () => Date
}

/** Requests under way may take this long after we were told to stop; the rest of ten seconds is for closing. */
const longestGoodbyeMs = 8_000

/**
 * Opens everything from one configuration: database, mail, access rules.
 * @param options every one has a default; see docs/configuration.md
 * @throws {LatchkeyError} CONFIGURATION_INVALID or DATABASE_UNUSABLE, with one sentence that names what is wrong
 */
export async function createLatchkey(
  options: LatchkeyOptions = {},
  parts: LatchkeyParts = {},
): Promise<Latchkey> {
  assertNode()
  const settings = readSettings(options)
  const log = parts.log ?? createLog(settings.log.level)
  checkDefaults(settings.user.properties)
  const configuredRoles = readConfiguredRoles(settings)
  const letters = createLetterWriter(settings.mail)
  warnOfDangers(settings, log)

  const vocabularies = { users: userVocabulary(settings.user), tokens: tokenVocabulary(settings.user.idType) }
  const storage = await openStorage({
    url: settings.database.url,
    idType: settings.user.idType,
    perRealm: isPerRealm(settings.user),
    indexed: [...settings.user.properties.values()]
      .filter(({ index }) => index)
      .map(({ name, type }) => ({ name, type, column: false, path: [name] })),
  })
  const { passwordHash: algorithm, saltWorkFactor } = settings.user
  const passwords = await createPasswordHasher({ algorithm, saltWorkFactor, gate: createHashGate() })

  const pending = new Set<Promise<void>>()
  const address = { publicUrl: settings.publicUrl ?? `http://localhost:${settings.server.port}` }
  const context: Context = {
    storage,
    settings,
    passwords,
    log,
    vocabularies,
    configuredRoles,
    events: createAnnouncer(log),
    clock: parts.clock ?? (() => new Date()),
    publicUrl: () => address.publicUrl,
    afterwards: (work) => void track(pending, log, work),
  }
  const service = createService(context)
  const postman = employPostman(context, letters)
  const housekeeping = await startHousekeeping(context)
  logEvents(context)
  const routeContext = { service, settings, log, ping: () => storage.ping() }
  let server: FastifyInstance | undefined
  let closing: Promise<void> | undefined

  async function shutDown(): Promise<void> {
    housekeeping.stop()
    const deadline = pause(longestGoodbyeMs, undefined, { ref: false })
    if (server) await closeBy(server, deadline)
    // A mail server that says nothing must not keep us: whoever waits for that letter can ask for another.
    await Promise.race([finished(pending), deadline])
    postman.close()
    await storage.close()
  }

  return {
    users: service.users,
    tokens: service.tokens,
    plugin: createPlugin(routeContext),
    on: context.events.on,
    off: context.events.off,

    async listen({ host = settings.server.host, port = settings.server.port } = {}) {
      if (server) throw new LatchkeyError('ALREADY_LISTENING')
      server = await createServer(routeContext)
      calmThreadPool()
      await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
        server = undefined
        throw cannotListen(error, host, port)
      })
      const bound = server.server.address() as AddressInfo
      const name = nameOf(host, bound)
      const url = `http://${name}:${bound.port}`
      if (settings.publicUrl === undefined) address.publicUrl = url
      log.info({ url, publicUrl: address.publicUrl }, 'listening')
      return url
    },

    close() {
      closing ??= shutDown()
      return closing
    },
  }
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): LatchkeyError {
  const isTaken = cause.code === 'EADDRINUSE'
  const problem = isTaken
    ? `server.port: ${port} is taken on ${host}`
    : `server.host: cannot listen: ${cause.message}`
  return new LatchkeyError('CONFIGURATION_INVALID', { values: [problem], cause })
}

/** `localhost` where it leads to what we listen on, else the address itself. */
function nameOf(host: string, { address, family }: AddressInfo): string {
  if (['localhost', '127.0.0.1', '::1'].includes(host)) return 'localhost'
  return family === 'IPv6' ? `[${address}]` : address
}

/** What the settings open that had better be closed, in plain words. */
function warnOfDangers({ user, behaviour }: Settings, log: Log): void {
  for (const warning of checkRules(user.acls, behaviour.methods)) log.warn({}, warning)
  if (!user.rolesRequireVerifiedEmail) {
    log.warn(
      {},
      'user.rolesRequireVerifiedEmail is false: whoever signs up with an address under "roles" has its role',
    )
  }
  if (user.allowEternalTokens) {
    log.warn({}, 'user.allowEternalTokens is true: a stolen eternal token is good until somebody ends it')
  }
  if (!user.restrictResetPasswordTokenScope) {
    log.warn({}, 'user.restrictResetPasswordTokenScope is false: any stolen session can set a new password')
  }
  if (!user.rejectPasswordChangesViaPatchOrReplace) {
    log.warn(
      {},
      'user.rejectPasswordChangesViaPatchOrReplace is false: any stolen session can set a new password',
    )
  }
}

async function track(pending: Set<Promise<void>>, log: Log, work: () => Promise<unknown>): Promise<void> {
  const running = Promise.resolve()
    .then(work)
    .then(
      () => {},
      (error: unknown) => log.error({ error }, 'work after an answer failed'),
    )
  pending.add(running)
  await running
  pending.delete(running)
}

/** Stops accepting, waits for requests under way, and hangs up on those that are not done by the deadline. */
async function closeBy(server: FastifyInstance, deadline: Promise<void>): Promise<void> {
  const { server: http } = server
  // A connection that was busy when we were told to stop idles once its answer is out.
  const sweep = setInterval(() => http.closeIdleConnections(), 50)
  void deadline.then(() => http.closeAllConnections())
  await server.close()
  clearInterval(sweep)
}

async function finished(pending: ReadonlySet<Promise<void>>): Promise<void> {
  while (pending.size > 0) await Promise.all(pending)
}
