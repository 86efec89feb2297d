import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LatchkeyError } from '../base/errors.ts'
import type { Behaviour } from '../config/compatibility.ts'
import type { LinkName } from '../config/page-links.ts'
import { preferredType } from './accept.ts'
import { challenges } from './challenges.ts'
import { describers } from './error-body.ts'
import { phraseOf } from './error-dialects.ts'
import { statusOf, toRefusal } from './errors.ts'
import { weakTag } from './express-answers.ts'
import type { Page } from './pages/layout.ts'
import { deadLinkPage, failedPage, plainPage } from './pages/pages.ts'
import { isForm, sendPage, wantsHtml } from './pages/send.ts'
import { harmless, sendJson } from './replies.ts'
import type { RouteContext } from './route-context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A person may be looking, so refusals are pages: behind a mailed link, or where a form of a page was sent to. */
    page?: LinkName | 'form'
  }
}

/** How a refusal, with its status, goes out. */
type Teller = (refusal: LatchkeyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** Answers every error with a refusal of the catalogue; what nobody foresaw is logged whole and told bare. */
export function refuse({ log, settings }: Pick<RouteContext, 'log' | 'settings'>) {
  const tell = tellers[settings.behaviour.errors]

  function record(error: unknown, refusal: LatchkeyError, { id: requestId, method, raw }: FastifyRequest) {
    const about = { requestId, method, url: raw.url, status: statusOf(refusal) }
    if (refusal.kind === 'internal' || refusal.cause !== undefined)
      log.error({ ...about, error }, 'a request failed')
    // There is too much to do, and no fault to find: in a storm stacks would cost more than what is refused.
    else log.warn({ ...about, code: refusal.code }, 'a request was put off')
  }

  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = toRefusal(error, request.raw.url ?? '')
    if (refusal.kind === 'internal' || refusal.kind === 'unavailable') record(error, refusal, request)
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    // The rest of a body we will not take is not worth reading.
    if (refusal.kind === 'tooLarge' || refusal.kind === 'unsupported') reply.header('connection', 'close')
    return tell(refusal, request, reply)
  }
}

const tellers: Readonly<Record<Behaviour['errors'], Teller>> = {
  coded(refusal, request, reply) {
    const { status, error } = describers.coded(refusal)
    const challenge = challengeOf(status, request)
    if (challenge) reply.header('www-authenticate', challenge)
    return isForPerson(request) && wantsHtml(request)
      ? sendPage(request, reply, explain(refusal, request), status)
      : sendJson(reply, { error }, status)
  },

  loopback3(refusal, request, reply) {
    const { status, error } = describers.loopback3(refusal)
    return prefersHtml(request)
      ? sendRefusalPage(reply, refusal, request, status)
      : sendText(reply, status, 'application/json', JSON.stringify({ error }))
  },

  loopback2(refusal, request, reply) {
    const { status, error } = describers.loopback2(refusal)
    if (isToldByTheApplication(refusal)) return tellByApplication(refusal, status, request, reply)
    const text = JSON.stringify({ error })
    return sendText(reply.header('etag', weakTag(text)), status, 'application/json', text)
  },
}

function challengeOf(status: number, { latchkey: state }: FastifyRequest): string | undefined {
  if (status !== 401 && status !== 403) return undefined
  if (state?.lacksScope) return challenges.scope
  if (status === 403) return undefined
  return state && state.candidates.length > 0 && !state.caller ? challenges.invalid : challenges.missing
}

/** What never reaches the REST handler of LoopBack 2 meets the application's own error handler, which tells less. */
function isToldByTheApplication({ id }: LatchkeyError): boolean {
  return id === 'INVALID_ACCESS_TOKEN' || id === 'PAGE_NOT_FOUND'
}

function tellByApplication(
  refusal: LatchkeyError,
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { message, ...error } = describers.loopback2(refusal).error
  const type = preferredType(request.headers.accept, ['text/html', 'application/json', 'text/plain'])
  if (type === 'text/html') return sendRefusalPage(reply, refusal, request, status)
  if (type !== 'application/json') return sendText(reply, status, 'text/plain', `Error: ${message}`)
  const { name: _, statusCode, code } = error
  const known = code === undefined ? { status } : { status, statusCode, code }
  return sendText(reply, status, type, JSON.stringify({ error: { message, ...known } }, null, 2))
}

function sendText(reply: FastifyReply, status: number, type: string, text: string): FastifyReply {
  return reply
    .code(status)
    .headers({ 'content-type': `${type}; charset=utf-8`, ...harmless })
    .send(text)
}

/** LoopBack 3 has errors in HTML, too, for whoever likes it better, or asks for it by `_format`. */
function prefersHtml(request: FastifyRequest): boolean {
  const format = request.latchkey?.query._format
  if (format === 'html' || format === 'text/html') return true
  if (format === 'json' || format === 'application/json') return false
  return preferredType(request.headers.accept, ['application/json', 'text/html']) === 'text/html'
}

function sendRefusalPage(
  reply: FastifyReply,
  refusal: LatchkeyError,
  request: FastifyRequest,
  status: number,
): FastifyReply {
  const text = refusal.kind === 'internal' ? '' : refusal.message
  const page = isForPerson(request)
    ? explain(refusal, request)
    : plainPage(`${status} ${phraseOf(status)}`, text)
  return sendPage(request, reply, page, status)
}

function isForPerson(request: FastifyRequest): boolean {
  const page = request.routeOptions.config?.page
  return page === 'form' ? isForm(request) : page !== undefined
}

function explain(refusal: LatchkeyError, { routeOptions }: FastifyRequest): Page {
  const link = routeOptions.config.page
  const isDead = refusal.kind === 'unauthenticated' || refusal.id === 'INVALID_CONFIRMATION_TOKEN'
  return isDead && link !== undefined && link !== 'form' ? deadLinkPage(link) : failedPage(refusal)
}
