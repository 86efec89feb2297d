import { parse } from 'qs'
import { LatchkeyError } from '../base/errors.ts'
import { checkText } from '../base/json.ts'
import type { PlainObject } from '../base/values.ts'

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

/**
 * The parameters of a request's URL.
 * @param parseBrackets reads what is not as plain as `a=1&b=2`
 */
export function queryOf(url: string, parseBrackets: (text: string) => PlainObject): PlainObject {
  const start = url.indexOf('?')
  if (start < 0) return none
  const text = url.slice(start + 1)
  return readPlain(text) ?? parseBrackets(text)
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
