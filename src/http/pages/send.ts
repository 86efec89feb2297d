import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendHtml, sendNothing } from '../replies.ts'
import { chooseWords } from './language.ts'
import { type Page, render } from './layout.ts'
import { stylePolicy } from './style.ts'

/** Sends a page in the language the request asks for. */
export function sendPage(
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  page: Page,
  status = 200,
): FastifyReply {
  const { language, words } = chooseWords(headers['accept-language'])
  reply.header('content-language', language)
  return sendHtml(reply, render(page(words), language), stylePolicy, status)
}

/** A page for somebody who sent a form with a browser, and LoopBack's bare 204 for a program. */
export function answerPerson(request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply {
  return wantsHtml(request) ? sendPage(request, reply, page) : sendNothing(reply)
}

export function wantsHtml({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '')
}

/** A form of a page was sent with a browser, and no program's call that happens to accept HTML. */
export function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  return wantsHtml(request) && /^\s*application\/x-www-form-urlencoded\b/i.test(type)
}
