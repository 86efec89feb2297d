import type { IncomingHttpHeaders } from 'node:http'
import type { PlainObject } from '../base/values.ts'
import type { Behaviour } from '../config/compatibility.ts'
import type { TokenReading } from '../domain/sessions/identify.ts'
import { type ArgumentReader, argumentReaders } from './argument-types.ts'
import { guessValues, parseLikeExpress } from './express-query.ts'
import { parseParameters, queryOf } from './query-string.ts'
import { findFirstToken, findOneToken } from './token.ts'

/** How requests are read: chosen once, so that no request has to ask how. */
export interface Reading {
  /** The parameters of a URL. */
  readonly query: (url: string) => PlainObject
  /** The readings of the access token, likeliest first. */
  readonly findToken: (headers: IncomingHttpHeaders, query: PlainObject) => readonly TokenReading[]
  /** An argument without a place of its own, wherever it may stand. */
  readonly argument: (query: PlainObject, headers: IncomingHttpHeaders, name: string) => unknown
  readonly types: ArgumentReader
}

export function createReading(behaviour: Behaviour): Reading {
  const parse = behaviour.queryLimits === 'silent' ? parseLikeExpress : parseParameters
  const find: Reading['argument'] = behaviour.argumentsInHeaders
    ? (query, headers, name) => query[name] ?? headers[name]
    : (query, _headers, name) => query[name]
  return {
    query: (url) => queryOf(url, parse),
    findToken: behaviour.tokenSearch === 'first' ? findFirstToken : findOneToken,
    argument: behaviour.bracketedValues === 'guessed' ? guessing(find) : find,
    types: argumentReaders[behaviour.argumentTypes],
  }
}

/** Only what stands in brackets is guessed; a plain text is the argument's own affair. */
function guessing(find: Reading['argument']): Reading['argument'] {
  return (query, headers, name) => {
    const value = find(query, headers, name)
    return typeof value === 'object' ? guessValues(value) : value
  }
}
