import type { FastifyRequest, preHandlerHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { stateOf } from './guard.ts'

/*
 * Whether arguments are of the right type is judged before anybody is asked for permission, as in LoopBack; what they
 * mean is judged by the verbs, after.
 */

/** An argument without a place of its own: in the query, or where else the mode looks. */
function argumentOf(request: FastifyRequest, name: string): unknown {
  const { reading, query } = stateOf(request)
  return reading.argument(query, request.raw.headers, name)
}

/** An argument that is a text; what is none is for the verb to refuse. */
export function textArgument(request: FastifyRequest, name: string): unknown {
  return stateOf(request).reading.types.text(argumentOf(request, name))
}

/**
 * An argument that is an object: JSON in one parameter, or brackets.
 * @throws {LatchkeyError} INVALID_ARGUMENT, MALFORMED_ARGUMENT
 */
export function objectArgument(request: FastifyRequest, name: string): PlainObject | undefined {
  return stateOf(request).reading.types.object(argumentOf(request, name), name)
}

/** An object that may stand in the query only. @throws {LatchkeyError} as above */
export function queryObject(request: FastifyRequest, name: string): PlainObject | undefined {
  const { reading, query } = stateOf(request)
  return reading.types.object(query[name], name)
}

/** The argument in the query, if it is there, is an object. */
export function objectInQuery(name: string): preHandlerHookHandler {
  return (request, _reply, done) => {
    queryObject(request, name)
    done()
  }
}

/** The arguments, if they are there, are objects. */
export function objectArguments(...names: readonly string[]): preHandlerHookHandler {
  return (request, _reply, done) => {
    for (const name of names) objectArgument(request, name)
    done()
  }
}

/** The body, if there is one, is an object; `name` is the argument's in LoopBack. */
export function bodyAsObject(name: string): preHandlerHookHandler {
  return (request, _reply, done) => {
    request.body = stateOf(request).reading.types.bodyObject(request.body, name)
    done()
  }
}

export const objectInBody = bodyAsObject('data')

/** The body, if there is one, is an object or a list of objects. */
export const objectsInBody: preHandlerHookHandler = (request, _reply, done) => {
  const { bodyObject, bodyItem } = stateOf(request).reading.types
  const { body } = request
  request.body = Array.isArray(body) ? body.map(bodyItem) : bodyObject(body, 'data')
  done()
}

/** The fields of the body, if they are there, are texts. */
export function textsInBody(...names: readonly string[]): preHandlerHookHandler {
  return ({ body }, _reply, done) => {
    const given = isPlainObject(body) ? names.map((name) => body[name]) : []
    const areTexts = given.every((value) => value === undefined || typeof value === 'string')
    done(areTexts ? undefined : new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] }))
  }
}

/**
 * Whether `include` names a relation: alone, repeated, or in a JSON list; in any letter case.
 * @throws {LatchkeyError} MALFORMED_ARGUMENT for a broken list
 */
export function includes(request: FastifyRequest, relation: string): boolean {
  const { reading, query } = stateOf(request)
  return reading.types.names(query.include).some((name) => name.toLowerCase() === relation)
}
