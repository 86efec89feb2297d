import { LatchkeyError } from '../base/errors.ts'
import { parseCheckedJson } from '../base/json.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { Behaviour } from '../config/compatibility.ts'

/** How arguments that must be objects, or lists of names, are read from what a request carries. */
export interface ObjectReader {
  /** From a URL or header. @returns undefined where there is none */
  readonly fromText: (value: unknown, name: string) => PlainObject | undefined
  /** From a body, already parsed. @returns null as it is: whether it is missed is the verb's affair */
  readonly fromBody: (value: unknown, name: string) => PlainObject | null | undefined
  /** An item of a list in a body. */
  readonly fromItem: (value: unknown) => PlainObject
  /** A list of names. */
  readonly names: (value: unknown) => readonly string[]
}

/** All of them throw INVALID_ARGUMENT, INVALID_ITEMS and MALFORMED_ARGUMENT. */
export const objectReaders: Readonly<Record<Behaviour['objectArguments'], ObjectReader>> = {
  lenient: {
    fromText: (value) => readObject(value, /^\s*\{.*\}\s*$/s),
    fromBody: asObjectIfAny,
    fromItem: asItem,
    names: (value) => namesIn(value, refuseList),
  },
  loopback3: {
    fromText: (value) => readObject(value, /^\{.*\}$/s),
    fromBody: asObjectIfAny,
    fromItem: (value) => (value === null ? {} : asItem(value)),
    names: (value) => namesIn(value, refuseList),
  },
  loopback2: {
    fromText: convertIfAny,
    fromBody: convertIfAny,
    fromItem: (value) => (value === null ? {} : asItem(value)),
    names: (value) => namesIn(value, () => []),
  },
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

function namesIn(value: unknown, refuse: (cause: unknown) => string[]): readonly string[] {
  return [value].flat().flatMap((entry) => {
    if (typeof entry !== 'string') return []
    if (!entry.startsWith('[')) return [entry]
    try {
      return [JSON.parse(entry)].flat(2).filter((name) => typeof name === 'string')
    } catch (cause) {
      return refuse(cause)
    }
  })
}

function refuseList(cause: unknown): never {
  throw new LatchkeyError('MALFORMED_ARGUMENT', { values: ['array'], cause })
}
