import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array | undefined
  readonly ear?: Ear | undefined
}

/** How to listen to an answer that never ends. */
export interface Ear {
  onHead(): void
  readonly until: Promise<void>
}

/** What came back; or why nothing did: the server died, hung or could not be started with these settings. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly failure?: string
}

/** Whoever says nothing for so long is taken to hang; LoopBack does now and then. */
const patienceMs = 10_000

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request over node:http, with nothing added or mended on the way but the length of its body. */
export async function exchange(port: number, request: RawRequest): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const { method, path, headers, body, ear } = request
  const options = { host: '127.0.0.1', port, method, path, agent, headers: writable(headers, body) }
  try {
    const outgoing = httpRequest(options)
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error('hung')))
    outgoing.on('response', (incoming) => resolve(read(incoming, ear).catch(failed)))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server hung up on an idle connection just when we took it up again; it has not seen the request.
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET'
      resolve(isStale ? exchange(port, request) : failed(error))
    })
    outgoing.end(body)
  } catch (error) {
    resolve(failed(error as Error))
  }
  return promise
}

async function read(incoming: IncomingMessage, ear: Ear | undefined): Promise<Answer> {
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', resolve)
    incoming.on('error', reject)
    incoming.on('close', resolve)
  })
  ear?.onHead()
  await (ear ? Promise.race([ended, ear.until]) : ended)
  if (ear) {
    incoming.on('error', () => {})
    incoming.destroy()
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headersDistinct))
    headers[name] = (value ?? []).join(', ')
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() }
}

export function failed({ message, ...error }: Error): Answer {
  const { code } = error as NodeJS.ErrnoException
  const failure =
    message === 'hung' ? 'hung' : ['ECONNRESET', 'ECONNREFUSED'].includes(code ?? '') ? 'died' : message
  return { status: 0, headers: {}, body: '', failure }
}

function writable(
  headers: RawRequest['headers'],
  body: RawRequest['body'],
): Record<string, string | string[]> {
  const own = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [...value],
  ])
  const isFramed = 'content-length' in headers || 'transfer-encoding' in headers
  if (body !== undefined && !isFramed) own.push(['content-length', String(Buffer.byteLength(body))])
  return Object.fromEntries(own)
}
