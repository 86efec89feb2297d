import { parse } from 'qs'
import { checkText } from '../base/json.ts'
import type { PlainObject } from '../base/values.ts'

/**
 * The parameters of a URL as Express hands them to LoopBack: what nests deeper than five levels becomes one odd name,
 * parameters after the thousandth are left out, and what is no UTF-8 stays as it was sent.
 * @throws {LatchkeyError} MALFORMED_TEXT for NUL and halves of characters, which no database keeps
 */
export function parseLikeExpress(text: string): PlainObject {
  const parameters = parse(text, { depth: 5, parameterLimit: 1_000, plainObjects: true })
  checkText(parameters)
  return parameters
}

/**
 * LoopBack 2's guess at what the texts in brackets are; in place. Texts that stand in a list stay as they are, as it
 * happens there.
 */
export function guessValues(value: unknown): unknown {
  if (typeof value === 'string') return guess(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (const inner of value) if (typeof inner !== 'string') guessValues(inner)
    return value
  }
  const object = value as PlainObject
  for (const name of Object.keys(object)) object[name] = guessValues(object[name])
  return object
}

const words = new Map<string, boolean | null>([
  ['null', null],
  ['true', true],
  ['false', false],
])

function guess(text: string): unknown {
  const word = words.get(text)
  if (word !== undefined) return word
  return /^(?:\d*\.\d+|[1-9]\d*)$/.test(text) ? Number.parseFloat(text) : text
}
