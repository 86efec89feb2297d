import type { preHandlerHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject } from '../base/values.ts'
import { stateOf } from './guard.ts'
import { objectArgument } from './query-string.ts'

/*
 * Whether arguments are of the right type is judged before anybody is asked for permission, as in LoopBack; what they
 * mean is judged by the verbs, after.
 */

/** The argument in the query, if there is one, is an object. */
export function objectInQuery(...names: readonly string[]): preHandlerHookHandler {
  return (request, _reply, done) => {
    for (const name of names) objectArgument(stateOf(request).query, name)
    done()
  }
}

/** The body, if there is one, is an object. */
export const objectInBody: preHandlerHookHandler = ({ body }, _reply, done) => {
  const isObject = body === undefined || body === null || isPlainObject(body)
  done(isObject ? undefined : new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] }))
}

/** The fields of the body, if they are there, are texts. */
export function textsInBody(...names: readonly string[]): preHandlerHookHandler {
  return ({ body }, _reply, done) => {
    const given = isPlainObject(body) ? names.map((name) => body[name]) : []
    const areTexts = given.every((value) => value === undefined || typeof value === 'string')
    done(areTexts ? undefined : new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] }))
  }
}
