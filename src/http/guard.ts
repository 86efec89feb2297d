import type { FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify'
import type { Awaitable } from '../base/awaitable.ts'
import { isRefusal, LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { Decision } from '../domain/access/decide.ts'
import type { MethodName } from '../domain/access/methods.ts'
import { refusalOf } from '../domain/access/refusal.ts'
import { isSwitchedOff } from '../domain/access/switches.ts'
import type { Actor, Caller } from '../domain/context.ts'
import type { TokenReading } from '../domain/sessions/identify.ts'
import type { Reading } from './reading.ts'
import type { RouteContext } from './route-context.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createCookieSearch } from './token-in-cookie.ts'
import { judgeUrl } from './token-in-url.ts'
import { refuseUnknown } from './unknown.ts'
import { visitOf } from './visit.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What we know of a request before its route runs; undefined on routes that are not ours. */
    latchkey: RequestState | undefined
  }
}

export interface RequestState {
  /** How the request is to be read. */
  readonly reading: Reading
  readonly query: PlainObject
  /** The readings of the token the request carried, valid or not. */
  candidates: readonly TokenReading[]
  /** Whether they stood in a cookie, which a browser sends by itself. */
  inCookie: boolean
  caller: Caller | undefined
  actor: Actor
  /** Takes back what the request has cost its address. */
  giveBack?: () => void
  /** The change that was asked for left the caller's own address and username as they are. */
  keepsNames?: boolean
  /** The token is for something else. */
  lacksScope: boolean
  /** What the answer does to the session's cookie: a `Set-Cookie`. */
  newCookie: string | undefined
}

/** Characters of an `Accept-Language` worth keeping. */
const longestLanguage = 200

export const anonymous: Actor = Object.freeze({ trusted: false })

/**
 * Finds out who is asking, before the body is read: an expired token ends the request whatever it asks for. With a
 * callback, like all hooks that every request runs through: a promise for each would cost more than what they do.
 */
export function identifyCaller(context: RouteContext, reading: Reading): onRequestHookHandler {
  const { service, requests } = context
  const findInCookie = createCookieSearch(context)
  const forget = createSessionCookie(context.settings)?.forget

  return (request, _reply, done) => {
    const { headers, url } = request.raw
    const query = reading.query(url ?? '')
    if (query.access_token !== undefined && !isMailedLink(request)) judgeUrl(context, query)
    let candidates = reading.findToken(headers, query)
    let inCookie = false
    if (findInCookie && candidates.length === 0) {
      candidates = findInCookie(request.raw)
      inCookie = candidates.length > 0
    }
    const state: RequestState = {
      reading,
      query,
      candidates,
      inCookie,
      caller: undefined,
      actor: anonymous,
      lacksScope: false,
      newCookie: undefined,
    }
    request.latchkey = state
    if (candidates.length === 0) return done()
    const known = (caller: Caller | undefined) => {
      state.caller = caller
      if (inCookie && !caller) state.newCookie = forget
      done()
    }
    const identify = () => service.identify(candidates, () => visitOf(headers, request.ip))
    const identified = inCookie ? unlessExpired(identify) : identify()
    if (!(identified instanceof Promise)) return known(identified)
    const { latchkeyOrigin: origin } = request
    if (!origin) return void identified.then(known, done)
    // Whoever has to wait may have to again. All of it has one deadline, silent or not, and its time begins now.
    origin.deadline
    identified.then((caller) => requests.run(origin, () => known(caller)), done)
  }
}

/** A browser goes on sending a dead cookie; it must not stand between its owner and a new login. */
async function unlessExpired(identify: () => Awaitable<Caller | undefined>): Promise<Caller | undefined> {
  try {
    return await identify()
  } catch (error) {
    if (!isRefusal(error, 'INVALID_ACCESS_TOKEN')) throw error
  }
}

/** Where a token in the URL is what we mailed. */
function isMailedLink({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.page === 'resetPassword'
}

/** What `identifyCaller` found out. */
export function stateOf(request: FastifyRequest): RequestState {
  return request.latchkey as RequestState
}

/** Rules may open what is about the caller to everybody, but without one there is nobody whom it is about. */
export function callerOf(request: FastifyRequest): Caller {
  const { caller } = stateOf(request)
  if (!caller) throw new LatchkeyError('AUTHORIZATION_REQUIRED')
  return caller
}

type OwnerOf = (request: FastifyRequest) => string | undefined

/** The user the path names. */
const ownerInPath: OwnerOf = ({ params }) => (params as { id?: string }).id

/** The user whose id the body has: of an upsert, whom it is about. */
export const ownerInBody: OwnerOf = ({ body }) => textOf(isPlainObject(body) ? body.id : undefined)

/** Whoever asks, about themselves. */
export const ownerAsking: OwnerOf = (request) => textOf(stateOf(request).caller?.user.id)

/** Whoever is named first: in the path, the body, the query. */
const ownerAnywhere: OwnerOf = (request) =>
  ownerInPath(request) ?? ownerInBody(request) ?? textOf(stateOf(request).query.id)

function textOf(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

/**
 * Asks the access rules whether the caller may use a method.
 * @param ownerNamed the id, as text, of the user the request acts on
 */
export function guard(
  { service, settings, requests }: RouteContext,
  method: MethodName,
  ownerNamed: OwnerOf = ownerInPath,
): preHandlerHookHandler {
  if (isSwitchedOff(method, settings.user.sharedMethods)) {
    return (request) => refuseUnknown({ settings }, request)
  }
  const ownerOf = settings.behaviour.owners === 'anywhere' ? ownerAnywhere : ownerNamed

  /** By its name also where the request is silent otherwise. */
  function tellOfRole({ latchkeyOrigin: origin }: FastifyRequest, caller: Caller, owner?: string): void {
    const tell = () => service.tellOfRole(method, caller, owner)
    if (origin) requests.run(origin, tell)
    else tell()
  }

  return (request, _reply, done) => {
    const state = stateOf(request)
    const owner = ownerOf(request)
    const enter = ({ allowed, trusted, lacksScope = false }: Decision) => {
      state.lacksScope = lacksScope
      const { caller } = state
      if (!allowed) return done(refusalOf(settings.user, caller !== undefined, owner))
      if (trusted && caller) tellOfRole(request, caller, owner)
      // The id of a client whose variable was empty.
      if (ownerInPath(request) === 'null')
        return done(new LatchkeyError('ARGUMENT_REQUIRED', { values: ['id'] }))
      const language = request.headers['accept-language']?.slice(0, longestLanguage)
      state.actor = { caller, trusted, language }
      done()
    }
    const ask = () => {
      const decision = service.decide(method, state.caller, owner)
      if (decision instanceof Promise) decision.then(enter, done)
      else enter(decision)
    }
    if (!state.caller || request.body === undefined || state.candidates.length === 0) return ask()
    // A body may take half a minute to come; the session may have ended meanwhile.
    const known = (caller: Caller | undefined) => {
      state.caller = caller
      ask()
    }
    const identified = service.identify(state.candidates)
    if (identified instanceof Promise) identified.then(known, done)
    else known(identified)
  }
}
