import type { AddressInfo } from 'node:net'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { answerBrokenRequests } from './broken-request.ts'
import { connectionOptions, mostHeaders, watchConnections } from './connections.ts'
import { createInstance } from './instance.ts'
import { confirmedPage, rootPage } from './pages/pages.ts'
import { sendPage } from './pages/send.ts'
import { createPlugins, nothingElse } from './plugin.ts'
import { sendJson } from './replies.ts'
import type { RouteContext } from './route-context.ts'
import { confirmedCookie } from './routes/account.ts'
import { transportSecurity } from './transport-security.ts'

export interface ServerContext extends RouteContext {
  /** Of every user model; what is said of the house itself is the first one's to say. */
  readonly models: readonly [RouteContext, ...RouteContext[]]
  /** Resolves when the database answers. */
  readonly ping: () => Promise<void>
}

/**
 * A server around the plugin: the API, the web root, and what an operator's probes ask for.
 * @throws {LatchkeyError} CONFIGURATION_INVALID when key or certificate cannot be used
 */
export async function createServer(context: ServerContext): Promise<FastifyInstance> {
  const { log, settings } = context
  const headers = transportSecurity(settings)
  const broken = answerBrokenRequests(headers)
  const server = { ...(await connectionOptions(settings)), clientErrorHandler: broken.onClientError }
  const app = createInstance(context, { headers, server })
  watchConnections(app.server, settings, log)
  app.server.on('checkExpectation', broken.onOddExpectation)
  app.addHook('onRequest', refuseOddHead)
  if (log.isLevelEnabled('debug')) logRequests(app, context)

  app.get('/', async (request, reply) => {
    const isConfirmed = (request.headers.cookie ?? '').includes(`${confirmedCookie}=1`)
    if (isConfirmed)
      reply.header('set-cookie', `${confirmedCookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`)
    return sendPage(request, reply, isConfirmed ? confirmedPage : rootPage)
  })
  app.get('/live', async (_request, reply) => sendJson(reply, { status: 'ok' }))
  app.get('/health', async (_request, reply) => {
    try {
      await context.ping()
      return sendJson(reply, { status: 'ok' })
    } catch (error) {
      log.error({ error }, 'the database does not answer')
      return sendJson(reply, { status: 'unavailable' }, 503)
    }
  })
  await app.register(createPlugins(context.models))
  await nothingElse(app, context)
  return app
}

/** @returns where it listens, as a URL. @throws {LatchkeyError} CONFIGURATION_INVALID where it cannot */
export async function listenOn(app: FastifyInstance, host: string, port: number): Promise<string> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(error, host, port)
  })
  const bound = app.server.address() as AddressInfo
  const scheme = app.initialConfig.https ? 'https' : 'http'
  return `${scheme}://${nameOf(host, bound)}:${bound.port}`
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

function logRequests(app: FastifyInstance, { log }: ServerContext): void {
  app.addHook('onResponse', async (request, reply) => {
    const { id: requestId, method, ip, raw } = request
    log.debug(
      { requestId, method, url: raw.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime), ip },
      'request',
    )
  })
}

/**
 * One host per request: of two, whoever stands before us may have believed the other one (RFC 9112 3.2). And no heap of
 * headers.
 */
const refuseOddHead: onRequestHookHandler = ({ raw }, _reply, done) => {
  const { headers, httpVersion, rawHeaders } = raw
  const { host } = headers
  const isGood = host === undefined ? httpVersion === '1.0' : !host.includes(',')
  if (!isGood) return done(new LatchkeyError('MALFORMED_REQUEST'))
  // Names and values alternate.
  const areFew = rawHeaders.length <= mostHeaders * 2
  done(areFew ? undefined : new LatchkeyError('MALFORMED_REQUEST', { status: 431 }))
}
