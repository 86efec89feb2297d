import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Awaitable } from '../base/awaitable.ts'
import { LatchkeyError } from '../base/errors.ts'

/** An answer is what it says it is, tells nobody where it came from, and is no page that could do anything. */
export const harmless = Object.freeze({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const)

/** Answers about accounts are nobody else's business, and not to be kept or guessed at (ASVS 14.3.2, 3.4). */
const common = { 'cache-control': 'no-store', ...harmless } as const

export const jsonType = 'application/json; charset=utf-8'
export const htmlType = 'text/html; charset=utf-8'

export const jsonHeaders = Object.freeze({ 'content-type': jsonType, ...common })

/** A client that takes nothing for so long is gone; its list must not hold a snapshot of the database for ever. */
const slowestReaderMs = 30_000

export function sendJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  return reply.code(status).headers(jsonHeaders).send(JSON.stringify(value))
}

/**
 * Sends as JSON what is there, or is still being looked up. An async handler would say it in fewer words, and let wait
 * what is there already.
 */
export function answer(reply: FastifyReply, value: Awaitable<unknown>): void {
  const send = (found: unknown) => void sendJson(reply, found)
  if (value instanceof Promise) value.then(send, (error: Error) => void reply.send(error))
  else send(value)
}

export function sendNothing(reply: FastifyReply): FastifyReply {
  // LoopBack's 204 names a content type too, and clients were written to that.
  return reply.code(204).headers(jsonHeaders).send()
}

/** To a browser's question before a request; what it may do stands in headers of its own. */
export function sendPreflight(reply: FastifyReply): FastifyReply {
  return reply.code(204).headers(common).send()
}

export function sendRedirect(reply: FastifyReply, location: string): FastifyReply {
  return reply.code(302).headers(common).header('location', location).send()
}

/** @param styles the `style-src` of the page's policy */
export function sendHtml(reply: FastifyReply, html: string, styles: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers(common)
    .header('content-type', htmlType)
    .header(
      'content-security-policy',
      `default-src 'none'; style-src ${styles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
    .send(html)
}

/** Aborted when the client hangs up before it has its answer: nobody waits for what is being looked for. */
export function hangUpOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new LatchkeyError('CLIENT_GONE'))
  })
  return controller.signal
}

/**
 * Sends a list of any length as one JSON array. A list of one page goes out whole, with its length; a longer one is
 * streamed, page by page, as fast as the client takes it.
 */
export async function sendList(
  reply: FastifyReply,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<FastifyReply> {
  const iterator = pages[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return sendJson(reply, [])
  const second = await iterator.next()
  if (second.done) return sendJson(reply, first.value)

  reply.raw.setTimeout(slowestReaderMs, () => reply.raw.destroy())
  return reply
    .code(200)
    .headers(jsonHeaders)
    .send(Readable.from(asJson(first.value, second.value, iterator)))
}

async function* asJson(
  first: readonly unknown[],
  second: readonly unknown[],
  rest: AsyncIterator<readonly unknown[]>,
): AsyncIterable<string> {
  try {
    yield `[${membersOf(first)}`
    yield `,${membersOf(second)}`
    for (let page = await rest.next(); !page.done; page = await rest.next()) yield `,${membersOf(page.value)}`
    yield ']'
  } finally {
    await rest.return?.()
  }
}

function membersOf(page: readonly unknown[]): string {
  return JSON.stringify(page).slice(1, -1)
}
