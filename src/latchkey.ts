import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { LatchkeyError } from './base/errors.ts'
import { createHashGate, slotsOf } from './base/hash-gate.ts'
import { createLog, type Log, tellingRequest } from './base/log.ts'
import { assertNode } from './base/node-version.ts'
import { createRequestScope } from './base/request-scope.ts'
import { calmThreadPool } from './base/thread-pool.ts'
import { trackWork } from './base/work-afterwards.ts'
import { type ConfiguredModel, readModels } from './config/models.ts'
import type { LatchkeyOptions } from './config/options.ts'
import type { EventName, Listener } from './domain/events.ts'
import { forPrograms } from './domain/for-programs.ts'
import type { Hook, HookName } from './domain/hooks.ts'
import { shareGate } from './domain/limits/fair-gate.ts'
import { actOnBehalf, type OnBehalf } from './domain/on-behalf.ts'
import type { Service } from './domain/service.ts'
import type { Identity } from './domain/sessions/identity.ts'
import type { Storage } from './domain/storage.ts'
import { createAddressOf } from './http/client-address.ts'
import { createFetch, type FetchHandler } from './http/fetch.ts'
import { createGuards, type Guards, type Identify } from './http/guards.ts'
import { createMount, type Handler } from './http/mount.ts'
import { createGuestPlugin } from './http/plugin.ts'
import type { RouteContext } from './http/route-context.ts'
import { createServer, listenOn } from './http/server.ts'
import { createUrlTokenCount } from './http/token-in-url.ts'
import { createLetterWriter } from './mail/letter-writer.ts'
import { openTransport } from './mail/transport.ts'
import { openDatabase } from './storage/open.ts'
import { assertThere } from './storage/place.ts'
import {
  inspectModel,
  readHooks,
  type Shared,
  startModel,
  tableOptions,
  type UserModel,
} from './user-model.ts'

/** The accounts of one user model: LoopBack's `Customer`, say. */
export interface Accounts {
  /** The operations on users. They check input as HTTP does, and no access rule stands in the application's way. */
  readonly users: Service['users']
  /** The operations on users' access tokens. */
  readonly tokens: Service['tokens']
  /**
   * The operations on behalf of somebody, whom the access rules may stop.
   * @param identity from `identify` or a guard, for as long as the request it came with; undefined: nobody in particular
   */
  as(identity: Identity | undefined): OnBehalf
  /** Who a request comes from; undefined for nobody. @throws {LatchkeyError} INVALID_TOKEN for a session that has expired */
  readonly identify: Identify
  /** Guards for the application's own routes. */
  readonly guards: Guards
  /** Listens to what happens; see the events' own documentation. A listener that throws is logged and fails nothing. */
  on<Name extends EventName>(event: Name, listener: Listener<Name>): void
  off<Name extends EventName>(event: Name, listener: Listener<Name>): void
  /** Runs before an operation, and may change what it is about or refuse it; see the hooks' own documentation. */
  hook<Name extends HookName>(name: Name, hook: Hook<Name>): void
}

/** A running accounts service. Its own `users`, `tokens` and events are those of the first user model. */
export interface Latchkey extends Accounts {
  /** Every user model by its name; one that has none is called `User`. */
  readonly models: Readonly<Record<string, Accounts>>
  /** The API of all user models for a Fastify application: `await app.register(latchkey.plugin)`. */
  readonly plugin: FastifyPluginAsync
  /**
   * The same for Express and Connect, `app.use(latchkey.handler)`, with or without a body parser before it, and for
   * `http.createServer(latchkey.handler)`. What is not ours goes on to `next`, or gets 404 where there is none.
   */
  readonly handler: Handler
  /** The same for hosts of the Fetch standard: Hono, Next, Deno, Bun; they hand over the client's address beside the request. */
  readonly fetch: FetchHandler
  /** Serves alone. @returns where it listens, as a URL */
  listen(address?: { readonly host?: string; readonly port?: number }): Promise<string>
  /** Finishes what is under way, for at most eight seconds, and closes the database. */
  close(): Promise<void>
}

/** What a test, or an application with its own log, puts in place of ours. */
export interface LatchkeyParts {
  readonly log?: Log
  readonly clock?: () => Date
  /** Ends the wait for a PostgreSQL that is not there yet; aborted from the start, there is none. */
  readonly signal?: AbortSignal
  /** Whether a database that is not there is refused instead of made. */
  readonly isThere?: boolean
  /** Which of how many processes that serve together on this machine: it stands in the log, and they share the cores. */
  readonly worker?: { readonly id: number; readonly of: number }
  /** Dangers that whoever read the configuration found, to be told with those in it. */
  readonly warnings?: readonly string[]
}

/** Requests under way may take this long after we were told to stop; the rest of ten seconds is for closing. */
const longestGoodbyeMs = 8_000
/** Letters that are called back then are put back within this time. */
const longestLastCallMs = 1_000

/**
 * Opens everything from one configuration: database, mail, access rules.
 * @param options every one has a default; see docs/configuration.md
 * @throws {LatchkeyError} CONFIGURATION_INVALID or DATABASE_UNUSABLE, with one sentence that names what is wrong
 */
export async function createLatchkey(
  options: LatchkeyOptions = {},
  { signal, worker, isThere, ...parts }: LatchkeyParts = {},
): Promise<Latchkey> {
  assertNode()
  const configured = readModels(options)
  // What is not a model's own is the same in all of them.
  const [{ settings }] = configured
  const requests = createRequestScope()
  const log = tellingRequest(parts.log ?? createLog(settings.log.level, { worker: worker?.id }), requests)
  const warnings = new Set([...(parts.warnings ?? []), ...configured.flatMap(inspectModel)])

  const letters = createLetterWriter(settings.mail)
  const attachHooks = await readHooks(settings)
  const onWait = (error: unknown) => log.warn({ error }, 'the database is not there yet: waiting for it')
  const tables = configured.map(tableOptions)
  if (isThere) assertThere(settings.database.url)
  const { deadline } = requests
  const database = await openDatabase({ ...settings.database, models: tables }, { signal, onWait, deadline })
  // Of several workers the first one says it for all.
  const told = (worker?.id ?? 1) === 1 ? [...warnings, ...database.notes] : []
  for (const warning of told) log.warn({}, warning)
  const transport = openTransport(settings.mail.url, settings.mail.from)
  const afterwards = trackWork(log)
  const scheme = settings.server.tls ? 'https' : 'http'
  const address = { publicUrl: settings.publicUrl ?? `${scheme}://localhost:${settings.server.port}` }
  const clock = parts.clock ?? (() => new Date())
  const publicUrl = () => address.publicUrl
  const tokensInUrls = createUrlTokenCount(log, clock)
  const addressOf = createAddressOf(log)
  const around: Around = { log, requests, clock, publicUrl, tokensInUrls, addressOf }
  const models = await startAll(configured, database.storages, {
    log,
    requests,
    clock,
    publicUrl,
    transport,
    letters,
    gate: shareGate(createHashGate(slotsOf(worker?.of), undefined, deadline), requests),
    afterwards: (work) => requests.unhurried(() => afterwards.start(work)),
  })
  for (const model of models) attachHooks(model)
  const [first] = models
  const routeContexts = models.map(routeContextOf(around)) as [RouteContext, ...RouteContext[]]
  const mount = createMount(routeContexts)
  let server: FastifyInstance | undefined
  let closing: Promise<void> | undefined

  async function shutDown(): Promise<void> {
    for (const { housekeeping } of models) housekeeping.stop()
    const deadline = pause(longestGoodbyeMs, undefined, { ref: false })
    if (server) await closeBy(server, deadline)
    await Promise.race([mount.close(), deadline])
    for (const { uses } of models) uses.close()
    tokensInUrls.close()
    // A mail server that says nothing must not keep us: the letter goes back, and is sent by whoever comes next.
    const letters = models.map(({ postman }) => postman.stop(deadline))
    const lastCall = deadline.then(() => pause(longestLastCallMs, undefined, { ref: false }))
    await Promise.race([Promise.all([...letters, afterwards.finished()]), lastCall])
    transport.close()
    await database.close()
  }

  return {
    ...accountsOf(first, around),
    models: Object.freeze(Object.fromEntries(models.map((model) => [model.name, accountsOf(model, around)]))),
    plugin: createGuestPlugin(routeContexts),
    handler: mount.handler,
    fetch: createFetch(mount),

    async listen({ host = settings.server.host, port = settings.server.port } = {}) {
      if (server) throw new LatchkeyError('ALREADY_LISTENING')
      server = await createServer({
        ...routeContexts[0],
        models: routeContexts,
        ping: database.ping,
      })
      calmThreadPool()
      const url = await listenOn(server, host, port).catch((error: unknown) => {
        server = undefined
        throw error
      })
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

/** One after the other: each hashes two decoys first, and they share the gate. */
async function startAll(
  configured: readonly ConfiguredModel[],
  storages: ReadonlyMap<string, Storage>,
  shared: Shared,
): Promise<[UserModel, ...UserModel[]]> {
  const models: UserModel[] = []
  for (const model of configured)
    models.push(await startModel(model, storages.get(model.name) as Storage, shared))
  return models as [UserModel, ...UserModel[]]
}

/** What routes of all models have in common. */
type Around = Omit<RouteContext, 'service' | 'settings'>

function routeContextOf(around: Around) {
  return ({ service, settings }: UserModel): RouteContext => ({ service, settings, ...around })
}

function accountsOf(model: UserModel, around: Around): Accounts {
  const { service, settings, events, hooks } = model
  const operations = forPrograms(service)
  return {
    ...operations,
    as: (identity) =>
      actOnBehalf({ ...service, ...operations }, settings.user, identity && service.callerOf(identity)),
    ...createGuards(routeContextOf(around)(model)),
    on: events.on,
    off: events.off,
    hook: hooks.add,
  }
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
