import type { FastifyReply, FastifyRequest, onResponseHookHandler, preValidationHookHandler } from 'fastify'
import { isPlainObject } from '../base/values.ts'
import type { AddressName } from '../domain/limits/limits.ts'
import { stateOf } from './guard.ts'
import type { RouteContext } from './route-context.ts'

/** What a request costs the address it comes from. */
const costs: Readonly<Record<AddressName, 'always' | 'failing'>> = {
  signUp: 'always',
  reset: 'always',
  verify: 'always',
  confirm: 'failing',
  resetPassword: 'failing',
}

interface LimitHooks {
  preValidation?: preValidationHookHandler
  onResponse?: onResponseHookHandler
}

/**
 * Binds a route to a limit by address: asked before anything is looked up, and before the rules, whose refusal may be
 * a failed guess as well. What is free in the end is given back then.
 */
export function limit({ service, settings, addressOf }: RouteContext, name: AddressName): LimitHooks {
  if (!settings.rateLimit[name]) return {}
  return {
    preValidation(request, _reply, done) {
      const points = Array.isArray(request.body) ? Math.max(1, request.body.length) : 1
      service.spend(name, addressOf(request), points).then((giveBack) => {
        stateOf(request).giveBack = giveBack
        done()
      }, done)
    },

    onResponse(request, reply, done) {
      // Absent where the request was refused before it came here.
      const giveBack = request.latchkey?.giveBack
      if (giveBack && isFree(name, request, reply)) giveBack()
      done()
    },
  }
}

/**
 * Binds a route that changes accounts to the limit on sign-ups: whoever names an address or a username there is told as
 * well whether somebody has it, and has mail sent. What leaves both as they are is free.
 */
export function limitNames(context: RouteContext): LimitHooks {
  const { preValidation, onResponse } = limit(context, 'signUp')
  if (!preValidation || !onResponse) return {}
  return {
    preValidation(request, reply, done) {
      if (asksForName(request)) preValidation.call(this, request, reply, done)
      else done()
    },
    onResponse,
  }
}

function asksForName(request: FastifyRequest): boolean {
  const { body } = request
  if (isPlainObject(body)) return body.email !== undefined || body.username !== undefined
  return body !== undefined || stateOf(request).query.data !== undefined
}

function isFree(name: AddressName, request: FastifyRequest, { statusCode }: FastifyReply): boolean {
  // The operator's own programs may do what they do as often as they like; and nobody pays for our being busy.
  const { actor, keepsNames = false } = stateOf(request)
  if (actor.trusted || keepsNames || statusCode === 503) return true
  return costs[name] === 'failing' && statusCode < 400
}
