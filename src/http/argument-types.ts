import { LatchkeyError } from '../base/errors.ts'
import { parseCheckedJson } from '../base/json.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { Behaviour } from '../config/compatibility.ts'

/** How arguments of a type are read from what a request carries. */
export interface ArgumentReader {
  /** A text from a URL or header. What is none, and cannot be made one, stays for the verb to refuse. */
  readonly text: (value: unknown) => unknown
  /** An object from a URL or header. @returns undefined where there is none */
  readonly object: (value: unknown, name: string) => PlainObject | undefined
  /** An object from a body, already parsed. @returns null as it is: whether it is missed is the verb's affair */
  readonly bodyObject: (value: unknown, name: string) => PlainObject | null | undefined
  /** An item of a list in a body. */
  readonly bodyItem: (value: unknown) => PlainObject
  /** A list of names. */
  readonly names: (value: unknown) => readonly string[]
}

/** All of them throw INVALID_ARGUMENT, INVALID_ITEMS and MALFORMED_ARGUMENT. */
export const argumentReaders: Readonly<Record<Behaviour['argumentTypes'], ArgumentReader>> = {
  lenient: {
    text: (value) => value,
    object: (value) => readObject(value, /^\s*\{.*\}\s*$/s),
    bodyObject: asObjectIfAny,
    bodyItem: asItem,
    names: (value) => namesIn(value, refuseList),
  },
  loopback3: {
    text: asText,
    object: (value) => readObject(value, /^\{.*\}$/s),
    bodyObject: asObjectIfAny,
    bodyItem: (value) => (value === null ? {} : asItem(value)),
    names: (value) => namesIn(value, refuseList, refuseItem),
  },
  loopback2: {
    text: asText,
    object: convertIfAny,
    bodyObject: convertIfAny,
    bodyItem: (value) => (value === null ? {} : asItem(value)),
    names: (value) => namesIn(value, () => []),
  },
}

/** A list, joined; an object says of itself no more than that. */
function asText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map(asText).join() : '[object Object]'
}

function asObjectIfAny(value: unknown): PlainObject | null | undefined {
  return value === undefined || value === null ? value : asObject(value)
}

function asItem(value: unknown): PlainObject {
  if (!isPlainObject(value)) throw new LatchkeyError('INVALID_ITEMS')
  return value
}

/** JSON in one parameter, or brackets. Absent, empty and `null` are none. */
function readObject(value: unknown, form: RegExp): PlainObject | undefined {
  if (value === undefined || value === '' || value === 'null') return undefined
  if (typeof value !== 'string') return asObject(value)
  if (!form.test(value)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  try {
    return asObject(parseCheckedJson(value))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new LatchkeyError('MALFORMED_ARGUMENT', { values: ['object'], cause })
  }
}

function asObject(value: unknown): PlainObject {
  if (!isPlainObject(value)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  return value
}

/** LoopBack 2 parses any text, and takes a list for an object that has nothing we know. */
function convertIfAny(value: unknown, name: string): PlainObject | undefined {
  if (value === undefined) return undefined
  const converted = convert(value, name)
  if (Array.isArray(converted)) return noObject(converted, name)
  if (isPlainObject(converted)) return converted
  throw new LatchkeyError('INVALID_ARGUMENT', {
    values: ['an object', name, String(converted), typeof converted],
  })
}

function convert(value: unknown, name: string): unknown {
  if (typeof value === 'object') return value
  const refuse = (reason: string, cause?: unknown) =>
    new LatchkeyError('INVALID_ARGUMENT', {
      values: ['an object', name, String(value), typeof value, reason],
      cause,
    })
  if (typeof value !== 'string') throw refuse(`${name} must be object`)
  try {
    return parseCheckedJson(value)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw refuse(cause.message, cause)
  }
}

function noObject(list: readonly unknown[], name: string): PlainObject {
  const what = { filter: 'query filter', where: 'where clause' }[name]
  if (what === undefined) return {}
  throw new LatchkeyError('INVALID_WHERE', {
    values: [`The ${what} ${JSON.stringify(list)} is not an object`],
  })
}

function namesIn(
  value: unknown,
  refuse: (cause: unknown) => string[],
  judge: (name: unknown) => boolean = isText,
): readonly string[] {
  return [value].flat().flatMap((entry) => {
    if (typeof entry !== 'string') return []
    return entry.startsWith('[') ? (parseList(entry, refuse).filter(judge) as string[]) : [entry]
  })
}

function parseList(text: string, refuse: (cause: unknown) => string[]): unknown[] {
  try {
    return [JSON.parse(text)].flat(2)
  } catch (cause) {
    return refuse(cause)
  }
}

function isText(name: unknown): boolean {
  return typeof name === 'string'
}

function refuseItem(name: unknown): boolean {
  if (isText(name)) return true
  throw new LatchkeyError('INVALID_ARGUMENT', { values: ['a string'] })
}

function refuseList(cause: unknown): never {
  throw new LatchkeyError('MALFORMED_ARGUMENT', { values: ['array'], cause })
}
