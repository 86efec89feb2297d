import type { Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import type { Settings } from '../config/settings.ts'
import { largestHead } from './instance.ts'
import { followKeyPair, readKeyPair } from './tls.ts'

/** More headers than any browser or proxy sends. */
export const mostHeaders = 100

/** After so many requests a client connects anew, so that none stays with one of several servers for good. */
const mostRequestsOfConnection = 10_000

/** Milliseconds between two warnings of the same. */
const quietMs = 60_000

/**
 * What Fastify is told of connections.
 * @throws {LatchkeyError} CONFIGURATION_INVALID when key or certificate cannot be used
 */
export async function connectionOptions({ server }: Settings): Promise<object> {
  const requestTimeout = server.requestTimeout * 1_000
  // Node takes no shorter time for the whole than for its head.
  const headersTimeout = Math.min(server.headersTimeout * 1_000, requestTimeout)
  const options = {
    maxHeaderSize: largestHead,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(2_000, headersTimeout / 5),
    // Ours to refuse, with a body.
    requireHostHeader: false,
    // So that two of a kind are seen as two, and not as the first of them.
    joinDuplicateHeaders: true,
  }
  return {
    forceCloseConnections: 'idle',
    // Slow clients do not get to keep a connection open for ever (slowloris).
    requestTimeout,
    keepAliveTimeout: server.keepAliveTimeout * 1_000,
    maxRequestsPerSocket: mostRequestsOfConnection,
    ...(server.tls
      ? { https: { ...options, ...(await readKeyPair(server.tls)), handshakeTimeout: headersTimeout } }
      : { http: options }),
  }
}

/** What only the server itself can be told. */
export function watchConnections(http: Server, { server }: Settings, log: Log): void {
  // Node drops what is beyond this without a word: one more than we take, so that we can see that there were more.
  http.maxHeadersCount = mostHeaders + 1
  http.maxConnections = server.maxConnections
  warnOfDrops(http, log)
  hangUpOnStalled(http, server)
  if (server.tls) followKeyPair(http as TlsServer, server.tls, log)
}

/** Says in the log that clients are hung up on, now and then: they may come by the thousand. */
function warnOfDrops(http: Server, log: Log): void {
  let quietUntil = Number.NEGATIVE_INFINITY
  http.on('drop', () => {
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + quietMs
    log.warn({ maxConnections: http.maxConnections }, 'connections are refused: there are too many')
  })
}

/** Its latest answer, kept on the socket itself: to look it up would cost every request more. */
const latest = Symbol('latest answer')
type Connection = Socket & { [latest]?: ServerResponse }

/**
 * Ends connections whose client takes no byte of its answer for `server.requestTimeout`. The socket's own clock is set
 * only where there is something to take: wound up with every request, it would cost each of them.
 */
function hangUpOnStalled(http: Server, { requestTimeout, tls }: Settings['server']): void {
  const longestMs = requestTimeout * 1_000
  const open = new Set<Connection>()
  http.on(tls ? 'secureConnection' : 'connection', (socket: Connection) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  http.on('request', ({ socket }: { socket: Connection }, response) => {
    socket[latest] = response
  })
  const watch = setInterval(() => {
    for (const socket of open) if (socket.writableLength > 0 && !socket.timeout) socket.setTimeout(longestMs)
  }, longestMs / 2).unref()
  http.once('close', () => clearInterval(watch))
  // Whoever idles between requests comes here, too.
  http.on('timeout', (socket: Connection) => {
    const isOurTurn = socket.writableLength === 0 && socket[latest]?.writableEnded === false
    if (isOurTurn) socket.setTimeout(0)
    else socket.destroy()
  })
}
