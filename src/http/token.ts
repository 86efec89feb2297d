import type { IncomingHttpHeaders } from 'node:http'
import { LatchkeyError } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'
import type { TokenReading } from '../domain/sessions/identify.ts'

/** Longer than any token, shorter than a burden. */
const longestToken = 1_024

/**
 * The access token of a request, wherever it may stand: `access_token` in the query, `X-Access-Token`, or
 * `Authorization`; raw, `Bearer` or `Basic`.
 * @returns the readings of what was sent, likeliest first; empty when there is none
 * @throws {LatchkeyError} AMBIGUOUS_TOKEN when two places name different ones (RFC 6750 section 2)
 */
export function findOneToken(headers: IncomingHttpHeaders, query: PlainObject): readonly TokenReading[] {
  const fromQuery = query.access_token
  const { authorization } = headers
  const elsewhere = headers['x-access-token']
  // One place is the rule, and needs no comparing.
  if (fromQuery === undefined && elsewhere === undefined && !authorization?.includes(', '))
    return readHeader(authorization)
  if (elsewhere === undefined && authorization === undefined && typeof fromQuery === 'string')
    return readRaw(fromQuery)

  const places = [
    ...[fromQuery].flat().map(readRaw),
    // What came in several lines is joined by Node.
    ...[elsewhere ?? [], authorization ?? []]
      .flat()
      .flatMap((lines) => lines.split(', '))
      .map(readHeader),
  ].filter((readings) => readings.length > 0)
  const [first = [], ...others] = places
  const known = first.map(textOf)
  const agree = others.every((readings) => readings.some((reading) => known.includes(textOf(reading))))
  if (!agree) throw new LatchkeyError('AMBIGUOUS_TOKEN')
  return first
}

/**
 * The access token LoopBack finds: the first text there is, in the query even an empty one, whether or not anybody
 * knows it.
 * @returns its readings, likeliest first; empty when there is none
 */
export function findFirstToken(headers: IncomingHttpHeaders, query: PlainObject): readonly TokenReading[] {
  if (typeof query.access_token === 'string') return readRaw(query.access_token)
  // Node joins what came in several lines; of `Authorization` LoopBack's Node keeps the first.
  const first = headers['x-access-token'] || headers.authorization?.split(', ', 1)[0]
  return readLikeLoopBack(first)
}

/** One blank after `Bearer`, which starts with a capital; other schemes are part of the token. */
function readLikeLoopBack(value: string | string[] | undefined): readonly TokenReading[] {
  const [token] = readRaw(value)
  if (token === undefined) return []
  const [, scheme, given = ''] = /^(Bearer|basic) (.*)$/i.exec(token) ?? []
  const decode = () => Buffer.from(given, 'base64').toString()
  if (scheme === 'Bearer') return given === '' ? [] : [given, decode]
  return scheme?.toLowerCase() === 'basic' ? readBasic(decode()) : [token]
}

/** A token as it is: from the query, or from the body of a logout. */
export function readRaw(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' && value.length <= longestToken ? [value] : []
}

function textOf(reading: TokenReading): string {
  return typeof reading === 'string' ? reading : reading()
}

function readHeader(value: string | string[] | undefined): readonly TokenReading[] {
  const [token] = readRaw(value)
  if (token === undefined) return []
  const scheme = /^(bearer|basic) +(\S+)$/i.exec(token)
  if (!scheme) return [token]
  const given = scheme[2] as string
  const decode = () => Buffer.from(given, 'base64').toString()
  // LoopBack wants what follows Bearer in base64, everybody else as it is; of `user:password` the longer is the token.
  if (scheme[1]?.toLowerCase() === 'bearer') return [given, decode]
  return readBasic(decode())
}

/** Of `user:password`, the longer one. */
function readBasic(credentials: string): readonly string[] {
  const [user = '', password = ''] = credentials.split(':', 2)
  return readRaw(user.length > password.length ? user : password)
}
