import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../../base/errors.ts'
import type { Holder } from '../../domain/users/password.ts'
import { bodyAsObject, textArgument, textsInBody } from '../arguments.ts'
import { describers } from '../error-body.ts'
import { callerOf, guard, stateOf } from '../guard.ts'
import { limit } from '../limit.ts'
import { emailUndonePage, passwordSetPage, resetPage, sentPage, undoEmailPage } from '../pages/pages.ts'
import { answerPerson, isForm, sendPage, wantsHtml } from '../pages/send.ts'
import { sendJson, sendNothing, sendRedirect } from '../replies.ts'
import { fixedName, type RouteContext } from '../route-context.ts'

type OneUser = { Params: { id: string } }

/** Confirming an address, and passwords. */
export function accountRoutes(app: FastifyInstance, context: RouteContext): void {
  const { settings } = context
  const { users } = context.service
  const holderOf = holderIn(context)

  app.get(
    '/confirm',
    {
      ...fixedName,
      ...limit(context, 'confirm'),
      preHandler: guard(context, 'confirm'),
      config: { page: 'confirm' },
    },
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

  app.post<OneUser>(
    '/:id/verify',
    { ...limit(context, 'verify'), preHandler: guard(context, 'verify') },
    async (request, reply) => {
      await users.verify(request.params.id, stateOf(request).actor)
      return sendNothing(reply)
    },
  )

  app.post(
    '/verify',
    {
      ...limit(context, 'verify'),
      preHandler: guard(context, 'requestVerification'),
      config: { page: 'form' },
    },
    async (request, reply) => {
      await users.requestVerification(request.body, stateOf(request).actor)
      return isForm(request) ? sendPage(request, reply, sentPage) : sendNothing(reply)
    },
  )

  app.get(
    '/undo-email-change',
    { preHandler: guard(context, 'undoEmailChange'), config: { page: 'undoEmail' } },
    async (request, reply) => sendPage(request, reply, undoEmailPage),
  )

  app.post(
    '/undo-email-change',
    {
      ...limit(context, 'confirm'),
      preHandler: guard(context, 'undoEmailChange'),
      config: { page: 'undoEmail' },
    },
    async (request, reply) => {
      await users.undoEmailChange(stateOf(request).query)
      return answerPerson(request, reply, emailUndonePage)
    },
  )

  const tells = settings.behaviour.resetAnswers === 'telling'
  app.post(
    '/reset',
    {
      ...limit(context, 'reset'),
      preHandler: [bodyAsObject('options'), guard(context, 'resetPassword')],
      config: { page: 'form' },
    },
    async (request, reply) => {
      await users.resetPassword(request.body, stateOf(request).actor)
      if (isForm(request)) return sendPage(request, reply, sentPage)
      return tells ? sendNothing(reply) : sendJson(reply, {})
    },
  )

  const minLength = settings.user.passwordPolicy?.minLength
  // Looking at the form uses nothing up: mail scanners open links too.
  app.get(
    '/reset-password',
    { ...fixedName, preHandler: guard(context, 'setPassword'), config: { page: 'resetPassword' } },
    async (request, reply) => sendPage(request, reply, resetPage(callerOf(request).user, minLength)),
  )

  app.post(
    '/reset-password',
    {
      ...limit(context, 'resetPassword'),
      preHandler: [textsInBody('newPassword'), guard(context, 'setPassword')],
      config: { page: 'resetPassword' },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      try {
        await users.setPassword(request.body, holderOf(request))
      } catch (error) {
        const mayTryAgain = error instanceof LatchkeyError && isAboutPassword(error)
        if (!mayTryAgain || !wantsHtml(request)) throw error
        if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
        const { status } = describers[settings.behaviour.errors](error)
        return sendPage(request, reply, resetPage(caller.user, minLength, error), status)
      }
      return answerPerson(request, reply, passwordSetPage)
    },
  )

  app.post(
    '/change-password',
    {
      preHandler: [textsInBody('oldPassword', 'newPassword'), guard(context, 'changePassword')],
    },
    async (request, reply) => {
      await users.changePassword(request.body, holderOf(request))
      return sendNothing(reply)
    },
  )
}

/** Set for a minute by a confirmation that ends in a redirect. */
export const confirmedCookie = 'latchkey_confirmed'

/** The caller, and what they read. */
function holderIn({ addressOf }: RouteContext) {
  return (request: FastifyRequest): Holder => ({
    ...callerOf(request),
    language: stateOf(request).actor.language,
    address: addressOf(request),
  })
}

/** Refusals after which another password will do, so that whoever chooses stays on the form. */
function isAboutPassword({ id, kind }: LatchkeyError): boolean {
  return kind === 'invalid' || id === 'ARGUMENT_REQUIRED' || id === 'HASHING_BUSY'
}
