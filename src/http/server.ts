import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { describers } from './error-body.ts'
import { createInstance, largestHead } from './instance.ts'
import { confirmedPage, rootPage } from './pages/pages.ts'
import { sendPage } from './pages/send.ts'
import { createPlugins, nothingElse } from './plugin.ts'
import { jsonHeaders, sendJson } from './replies.ts'
import type { RouteContext } from './route-context.ts'
import { confirmedCookie } from './routes/account.ts'

export interface ServerContext extends RouteContext {
  /** Of every user model; what is said of the house itself is the first one's to say. */
  readonly models: readonly RouteContext[]
  /** Resolves when the database answers. */
  readonly ping: () => Promise<void>
}

/** A server around the plugin: the API, the web root, and what an operator's probes ask for. */
export async function createServer(context: ServerContext): Promise<FastifyInstance> {
  const { log } = context
  const app = createInstance(context, {
    forceCloseConnections: 'idle',
    // Slow clients do not get to keep a connection open for ever (slowloris).
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: {
      maxHeaderSize: largestHead,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
      // Ours to refuse, with a body.
      requireHostHeader: false,
      // So that two of a kind are seen as two, and not as the first of them.
      joinDuplicateHeaders: true,
    },
    clientErrorHandler: answerBrokenRequest,
  })
  app.server.on('checkExpectation', answerOddExpectation)
  app.addHook('onRequest', refuseOtherHosts)
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
  return `http://${nameOf(host, bound)}:${bound.port}`
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
    const { method, ip, raw } = request
    log.debug(
      { method, url: raw.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime), ip },
      'request',
    )
  })
}

/** One host per request: of two, whoever stands before us may have believed the other one (RFC 9112 3.2). */
const refuseOtherHosts: onRequestHookHandler = ({ raw: { headers, httpVersion } }, _reply, done) => {
  const { host } = headers
  const isGood = host === undefined ? httpVersion === '1.0' : !host.includes(',')
  done(isGood ? undefined : new LatchkeyError('MALFORMED_REQUEST'))
}

/** What Node could not even parse as HTTP: answered by hand, and the connection is over. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
  const text = brokenBody(status)
  const headers = Object.entries({
    ...jsonHeaders,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`)
}

/** `Expect:` something else than a go-ahead to send the body. */
function answerOddExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const text = brokenBody(417)
  response.writeHead(417, { ...jsonHeaders, 'content-length': Buffer.byteLength(text), connection: 'close' })
  response.end(text)
}

function brokenBody(statusCode: number): string {
  const { error } = describers.coded(new LatchkeyError('MALFORMED_REQUEST'))
  return JSON.stringify({ error: { ...error, statusCode } })
}
