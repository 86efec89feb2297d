import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'
import type { MethodName } from '../domain/access/methods.ts'
import type { Actor, Caller } from '../domain/context.ts'
import { queryOf } from './query-string.ts'
import type { RouteContext } from './route-context.ts'
import { findToken } from './token.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What we know of a request before its route runs; undefined on routes that are not ours. */
    latchkey: RequestState | undefined
  }
}

export interface RequestState {
  readonly query: PlainObject
  /** Whether the request carried a token, valid or not. */
  readonly hasToken: boolean
  caller: Caller | undefined
  actor: Actor
}

export const anonymous: Actor = Object.freeze({ trusted: false })

/** Finds out who is asking, before the body is read: an expired token ends the request whatever it asks for. */
export function identifyCaller({ service }: RouteContext) {
  return async (request: FastifyRequest): Promise<void> => {
    const { headers, url } = request.raw
    const query = queryOf(url ?? '')
    const candidates = findToken(headers, query)
    const state: RequestState = {
      query,
      hasToken: candidates.length > 0,
      caller: undefined,
      actor: anonymous,
    }
    request.latchkey = state
    if (state.hasToken) state.caller = await service.identify(candidates)
  }
}

/** What `identifyCaller` found out. */
export function stateOf(request: FastifyRequest): RequestState {
  return request.latchkey as RequestState
}

/** The user the path names. */
export function ownerInPath(request: FastifyRequest): string | undefined {
  return (request.params as { id?: string }).id
}

/**
 * Asks the access rules whether the caller may use a method.
 * @param ownerOf the id, as text, of the user the request acts on
 */
export function guard(
  { service, settings }: RouteContext,
  method: MethodName,
  ownerOf: (request: FastifyRequest) => string | undefined = ownerInPath,
): preHandlerAsyncHookHandler {
  const { aclErrorStatus, modelName } = settings.user

  return async (request) => {
    const state = stateOf(request)
    const owner = ownerOf(request)
    const { allowed, trusted } = await service.decide(method, state.caller, owner)
    if (!allowed) throw refusal(state.caller, owner)
    state.actor = { caller: state.caller, trusted }
  }

  function refusal(caller: Caller | undefined, owner: string | undefined): LatchkeyError {
    if (!caller || aclErrorStatus === 401) return new LatchkeyError('AUTHORIZATION_REQUIRED')
    if (aclErrorStatus === 403) return new LatchkeyError('ACCESS_DENIED')
    return new LatchkeyError('MODEL_HIDDEN', { values: [modelName, owner] })
  }
}
