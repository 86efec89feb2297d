import { parse } from 'qs'
import { LatchkeyError } from '../base/errors.ts'
import { checkText, parseCheckedJson } from '../base/json.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'

const none: PlainObject = Object.freeze(Object.create(null))

/** Deep and wide enough for every filter within its own bounds. */
const limits = {
  depth: 30,
  strictDepth: true,
  parameterLimit: 1_100,
  arrayLimit: 1_100,
  throwOnLimitExceeded: true,
  plainObjects: true,
} as const

/**
 * The parameters of a URL, or of a form: flat ones and bracketed ones (`filter[where][email]=…`).
 * @throws {LatchkeyError} MALFORMED_TEXT, PROPERTY_NAME_NOT_ALLOWED for `__proto__`, TOO_DEEP, QUERY_TOO_LARGE
 */
export function parseParameters(text: string): PlainObject {
  try {
    const parameters = parse(text, { ...limits, decoder: decode })
    checkText(parameters)
    return parameters
  } catch (error) {
    // The parser's way of saying that there is more, or deeper nesting, than the limits allow.
    if (!(error instanceof RangeError)) throw error
    throw error.message.includes('depth')
      ? new LatchkeyError('TOO_DEEP', { values: [limits.depth], cause: error })
      : new LatchkeyError('QUERY_TOO_LARGE', { values: ['parameters', limits.parameterLimit], cause: error })
  }
}

/** The parameters of a request's URL. */
export function queryOf(url: string): PlainObject {
  const start = url.indexOf('?')
  if (start < 0) return none
  const text = url.slice(start + 1)
  return readPlain(text) ?? parseParameters(text)
}

/** `a=1&b=2` needs no parser; most requests that carry anything there carry just a token. */
function readPlain(text: string): PlainObject | undefined {
  if (/[%+[\]]|__proto__/.test(text)) return undefined
  const parameters: PlainObject = Object.create(null)
  for (const part of text.split('&')) {
    const [name = '', ...value] = part.split('=')
    if (name in parameters) return undefined
    if (name !== '') parameters[name] = value.join('=')
  }
  return parameters
}

function decode(text: string): string {
  let decoded: string
  try {
    // A percent sign that starts no escape means itself, as in a form field that says "100%".
    decoded = decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![\da-f]{2})/gi, '%25'))
  } catch (cause) {
    throw new LatchkeyError('MALFORMED_TEXT', { cause })
  }
  // The parser leaves this name out without a word; whoever sends it shall hear of it.
  if (/(?:^|\[)__proto__(?:\]|\[|$)/.test(decoded)) {
    throw new LatchkeyError('PROPERTY_NAME_NOT_ALLOWED', { values: ['__proto__'] })
  }
  return decoded
}

/**
 * An argument that is an object: JSON in one parameter, or brackets. Absent, empty and `null` are none.
 * @throws {LatchkeyError} INVALID_ARGUMENT, MALFORMED_ARGUMENT
 */
export function objectArgument(query: PlainObject, name: string): PlainObject | undefined {
  const value = query[name]
  if (value === undefined || value === '' || value === 'null') return undefined
  const object = typeof value === 'string' ? parseJsonArgument(value) : value
  if (!isPlainObject(object)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  return object
}

function parseJsonArgument(text: string): unknown {
  if (!/^\s*\{.*\}\s*$/s.test(text)) return undefined
  try {
    return parseCheckedJson(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new LatchkeyError('MALFORMED_ARGUMENT', { values: ['object'], cause })
  }
}

/**
 * Whether `include` names a relation: alone, repeated, or in a JSON list; in any letter case.
 * @throws {LatchkeyError} MALFORMED_ARGUMENT for a broken list
 */
export function includes(query: PlainObject, relation: string): boolean {
  return [query.include]
    .flat()
    .some((entry) => namesIn(entry).some((name) => name.toLowerCase() === relation))
}

function namesIn(entry: unknown): string[] {
  if (typeof entry !== 'string') return []
  if (!entry.startsWith('[')) return [entry]
  try {
    return [JSON.parse(entry)].flat(2).filter((name) => typeof name === 'string')
  } catch (cause) {
    throw new LatchkeyError('MALFORMED_ARGUMENT', { values: ['array'], cause })
  }
}
