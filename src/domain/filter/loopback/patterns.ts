import { type Pattern, scriptPattern } from '../pattern.ts'
import type { Quirks } from './quirks.ts'
import { primitiveOf, textOf } from './values.ts'

/** A regular expression with its flags. A class, because no client can send one. */
export class Expression {
  readonly source: string
  readonly flags: string

  constructor(source: string, flags = '') {
    this.source = source
    this.flags = flags
  }

  /** @throws {Error} a sentence that says what is wrong with it */
  compile(): Pattern {
    return scriptPattern(this.source, this.flags)
  }
}

/**
 * What `like` and its family look for, anywhere in a text: `%` is any run, `_` one character, and whatever else means
 * something in a regular expression means it here as well.
 * @throws {Error} a sentence that says what is wrong with it
 */
export function likeOf(operand: unknown, ignoreCase: boolean, quirks: Quirks): Pattern {
  const given = primitiveOf(operand)
  const source = typeof given === 'string' ? mended(given, quirks) : textOf(given)
  // LoopBack makes objects of what properties of that type are compared with, and rewrites bare texts only.
  const wildcards = typeof operand === 'string' ? source.replaceAll('%', '.*').replaceAll('_', '.') : source
  return scriptPattern(wildcards, ignoreCase ? 'i' : '')
}

/**
 * A regular expression over a declared property: `^a`, or `/^a/i`; any text with a slash in it is taken for the latter.
 * @throws {Error} a sentence that says what is wrong with it
 */
export function readExpression(text: string, quirks: Quirks): Expression {
  const given = mended(text, quirks)
  if (!isLiteral(given)) return new Expression(given)
  const last = given.lastIndexOf('/')
  const flags = given.slice(last + 1)
  const strange = [...flags].filter((flag) => !'igm'.includes(flag))
  if (strange.length > 0) throw new Error(`Invalid regex flags: ${strange}`)
  return new Expression(given.slice(1, Math.max(1, last)), flags)
}

/** LoopBack asks `/.*\/.+$/`, which takes the cube of the length of what has many slashes and does not fit. */
function isLiteral(text: string): boolean {
  const [line = ''] = text.split(/[\n\r\u2028\u2029]/).slice(-1)
  return line.slice(0, -1).includes('/')
}

/** A regular expression over any other property: flags mean nothing here. */
export function bareExpression(operand: unknown, quirks: Quirks): Expression {
  return new Expression(typeof operand === 'string' ? mended(operand, quirks) : textOf(operand))
}

function mended(text: string, { escapesBrokenPatterns }: Quirks): string {
  return escapesBrokenPatterns && !isExpression(text) ? text.replace(/[-[\]/{}()+?.\\^$|]/g, '\\$&') : text
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
