import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { LatchkeyError } from '../base/errors.ts'
import { randomUuid } from '../base/secrets.ts'
import { describers } from './error-body.ts'
import { jsonHeaders } from './replies.ts'
import { requestIdHeader } from './request-id.ts'

/** What our server says to what never becomes a request. */
export interface BrokenRequests {
  /** What Node could not even parse as HTTP, or waited for too long: answered by hand, and the connection is over. */
  readonly onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void
  /** `Expect:` something else than a go-ahead to send the body. */
  readonly onOddExpectation: (request: IncomingMessage, response: ServerResponse) => void
}

/** @param headers what every answer of this server has beyond those all have */
export function answerBrokenRequests(headers: Readonly<Record<string, string>>): BrokenRequests {
  const headersOf = (text: string) => ({
    ...jsonHeaders,
    ...headers,
    [requestIdHeader]: randomUuid(),
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })

  return {
    onClientError(error, socket) {
      // What is wrong below HTTP, such as a handshake of TLS that fails, leaves nobody to talk to.
      const isHttp = /^(HPE|ERR_HTTP)_/.test(error.code ?? '')
      // A browser connects before it has anything to ask, and would take a 408 for the answer to what it asks next.
      const isUnused = socket.bytesRead === 0
      if (!isHttp || isUnused || !socket.writable) {
        socket.destroy()
        return
      }
      const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
      const text = brokenBody(status)
      const lines = Object.entries(headersOf(text)).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`)
    },

    onOddExpectation(_request, response) {
      const text = brokenBody(417)
      response.writeHead(417, headersOf(text))
      response.end(text)
    },
  }
}

function brokenBody(statusCode: number): string {
  const { error } = describers.coded(new LatchkeyError('MALFORMED_REQUEST'))
  return JSON.stringify({ error: { ...error, statusCode } })
}
