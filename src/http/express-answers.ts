import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import type { Behaviour } from '../config/compatibility.ts'
import { preferredType } from './accept.ts'
import { stateOf } from './guard.ts'
import { htmlType, jsonType } from './replies.ts'

/** What LoopBack takes for JSON; the scripts it would wrap in a callback's call get JSON as well. */
const jsonTypes = ['application/json', 'application/javascript', 'text/javascript', '*/*'] as const

/** What `_format` may ask for. */
const jsonFormats: ReadonlySet<unknown> = new Set([...jsonTypes, 'json'])

const plainText = 'text/plain; charset=utf-8'

/**
 * Lets JSON answers leave as Express sends LoopBack's: 406 for who wants something else (the method has run by then, as
 * there), and a weak ETag with 304 for who has that already. A list sent page by page has no ETag: nobody knows it
 * before the last page.
 */
export function answerLikeExpress(app: FastifyInstance, { negotiation, caching }: Behaviour): void {
  const mindsAccept = negotiation === 'accept'
  const mindsCaches = caching === 'etag'
  if (!mindsAccept && !mindsCaches) return

  const dress: onSendHookHandler<unknown> = (request, reply, payload, done) => {
    if (mindsCaches) varyByOrigin(reply)
    const type = reply.getHeader('content-type')
    if (mindsCaches && type !== htmlType) reply.removeHeader('cache-control')
    if (reply.statusCode >= 400 || type !== jsonType) return done(null, payload)
    let sent = payload
    if (mindsAccept && !wantsJson(request)) {
      reply.header('content-type', plainText)
      if (reply.statusCode !== 204) sent = notAcceptable(reply, payload)
    }
    if (mindsCaches && typeof sent === 'string') sent = tagged(request, reply, sent)
    done(null, sent)
  }
  app.addHook('onSend', dress)
  app.addHook('onRoute', answerHeadToo)
}

/** LoopBack's applications answer each origin in its own way, and say so of every answer. */
export function varyByOrigin(reply: FastifyReply): void {
  if (!reply.hasHeader('vary')) reply.header('vary', 'Origin')
}

/** Fastify's own hook for HEAD measures what is not sent, and stumbles over the nothing of a 304. */
function answerHeadToo(route: RouteOptions): void {
  const measure = [route.onSend ?? []].flat() as onSendHookHandler<unknown>[]
  if (route.method !== 'HEAD' || measure.length === 0) return
  route.onSend = measure.map(
    (hook): onSendHookHandler<unknown> =>
      function (request, reply, payload, done) {
        if (payload === null) done(null, null)
        else hook.call(this, request, reply, payload, done)
      },
  )
}

function wantsJson(request: FastifyRequest): boolean {
  const format = stateOf(request).query._format
  if (format) return jsonFormats.has(typeof format === 'string' ? format.toLowerCase() : format)
  return preferredType(request.headers.accept, jsonTypes) !== undefined
}

function notAcceptable(reply: FastifyReply, payload: unknown): string {
  reply.code(406)
  // A list under way holds a reading transaction.
  if (payload instanceof Readable) payload.destroy()
  return 'Not Acceptable'
}

function tagged(request: FastifyRequest, reply: FastifyReply, text: string): string | null {
  const tag = weakTag(text)
  reply.header('etag', tag)
  if (reply.statusCode !== 200 || !isFresh(request, tag)) return text
  reply.code(304).removeHeader('content-type')
  return null
}

/** The tag Express gives a body. */
export function weakTag(text: string): string {
  return `W/"${Buffer.byteLength(text).toString(16)}-${hash('sha1', text, 'base64').slice(0, 27)}"`
}

/** Whether the client has the answer already, as Express judges it. */
function isFresh({ method, headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match']
  if (!known || (method !== 'GET' && method !== 'HEAD')) return false
  // Ours have no date that the other condition could be compared with.
  if (headers['if-modified-since'] || /(?:^|,)\s*no-cache\s*(?:,|$)/.test(headers['cache-control'] ?? ''))
    return false
  if (known === '*') return true
  const tags = known.split(',').map((one) => one.trim())
  return tags.some((one) => one === tag || `W/${one}` === tag)
}
