import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import type { Caller } from '../../domain/context.ts'
import { bodyAsObject, objectInBody, textArgument, textsInBody } from '../arguments.ts'
import { guard, stateOf } from '../guard.ts'
import { messagePage, resetForm, sendPage, undoEmailForm } from '../pages.ts'
import { sendJson, sendNothing, sendRedirect } from '../replies.ts'
import { fixedName, type RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }

/** Confirming an address, and passwords. */
export function accountRoutes(app: FastifyInstance, context: RouteContext): void {
  const { settings } = context
  const { users } = context.service

  app.get(
    '/confirm',
    { ...fixedName(context), preHandler: guard(context, 'confirm'), config: { page: true } },
    async (request, reply) => {
      const target = await users.confirm({
        uid: textArgument(request, 'uid'),
        token: textArgument(request, 'token'),
        redirect: textArgument(request, 'redirect'),
      })
      if (target === undefined) return sendNothing(reply)
      // Read, and forgotten, by the page at the web root; a cookie, because the seed wants the bare root as the target.
      reply.header('set-cookie', `${confirmedCookie}=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`)
      return sendRedirect(reply, target)
    },
  )

  app.post<OneUser>('/:id/verify', { preHandler: guard(context, 'verify') }, async (request, reply) => {
    await users.verify(request.params.id, stateOf(request).actor)
    return sendNothing(reply)
  })

  app.post('/verify', { preHandler: guard(context, 'requestVerification') }, async (request, reply) => {
    await users.requestVerification(request.body, stateOf(request).actor)
    return sendNothing(reply)
  })

  app.get(
    '/undo-email-change',
    { preHandler: guard(context, 'undoEmailChange'), config: { page: true } },
    async (_, reply) => sendPage(reply, undoEmailForm()),
  )

  app.post(
    '/undo-email-change',
    { preHandler: guard(context, 'undoEmailChange'), config: { page: true } },
    async (request, reply) => {
      await users.undoEmailChange(stateOf(request).query)
      const advice = 'All sessions have ended. If it was not you who changed it, choose a new password now.'
      return answerPerson(request, reply, 'Your old e-mail address is back', advice)
    },
  )

  const tells = settings.behaviour.resetAnswers === 'telling'
  app.post(
    '/reset',
    { preHandler: [bodyAsObject('options'), guard(context, 'resetPassword')] },
    async (request, reply) => {
      await users.resetPassword(request.body, stateOf(request).actor)
      return tells ? sendNothing(reply) : sendJson(reply, {})
    },
  )

  // Looking at the form uses nothing up: mail scanners open links too.
  app.get(
    '/reset-password',
    { ...fixedName(context), preHandler: guard(context, 'setPassword'), config: { page: true } },
    async (_, reply) => sendPage(reply, resetForm()),
  )

  app.post(
    '/reset-password',
    {
      preHandler: [objectInBody, textsInBody('newPassword'), guard(context, 'setPassword')],
      config: { page: true },
    },
    async (request, reply) => {
      await users.setPassword(request.body, callerOf(request))
      return answerPerson(
        request,
        reply,
        'Your password has been changed',
        'You can now log in with the new one.',
      )
    },
  )

  app.post(
    '/change-password',
    {
      preHandler: [objectInBody, textsInBody('oldPassword', 'newPassword'), guard(context, 'changePassword')],
    },
    async (request, reply) => {
      await users.changePassword(request.body, callerOf(request))
      return sendNothing(reply)
    },
  )
}

/** Set for a minute by a confirmation that ends in a redirect. */
export const confirmedCookie = 'latchkey_confirmed'

/** Rules may open these methods to everybody, but without a caller there is nobody whose password to set. */
function callerOf(request: FastifyRequest): Caller {
  const { caller } = stateOf(request)
  if (!caller) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
  return caller
}

/** A page for somebody who sent the form with a browser, and LoopBack's bare 204 for a program. */
function answerPerson(
  request: FastifyRequest,
  reply: FastifyReply,
  title: string,
  text: string,
): FastifyReply {
  return wantsHtml(request) ? sendPage(reply, messagePage(title, text)) : sendNothing(reply)
}

export function wantsHtml({ headers }: FastifyRequest): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '')
}
