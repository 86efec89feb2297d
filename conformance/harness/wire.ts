import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array | undefined
  readonly listenMs?: number | undefined
}

/** What came back; or why nothing did: the server died, hung or could not be started with these settings. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly failure?: string
}

/** Whoever says nothing for so long is taken to hang; LoopBack does now and then. */
const patienceMs = 5_000

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request over node:http, with nothing added or mended on the way. */
export async function exchange(
  port: number,
  { method, path, headers, body, listenMs }: RawRequest,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  try {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, agent, headers: writable(headers) })
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error('hung')))
    outgoing.on('response', (incoming) => {
      resolve(read(incoming, listenMs).catch((error: Error) => failed(error)))
    })
    outgoing.on('error', (error) => resolve(failed(error)))
    outgoing.end(body)
  } catch (error) {
    resolve(failed(error as Error))
  }
  return promise
}

async function read(incoming: IncomingMessage, listenMs: number | undefined): Promise<Answer> {
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', resolve)
    incoming.on('error', reject)
    incoming.on('close', resolve)
  })
  await (listenMs === undefined ? ended : Promise.race([ended, pause(listenMs)]))
  if (listenMs !== undefined) {
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

function writable(headers: RawRequest['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}
