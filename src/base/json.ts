import { LatchkeyError } from './errors.ts'

/** How deep lists and objects may nest. */
export const deepestJson = 32

/**
 * Parses JSON, from a body or from a URL.
 * @throws {SyntaxError} V8's own
 * @throws {LatchkeyError} TOO_DEEP, MALFORMED_TEXT, PROPERTY_NAME_NOT_ALLOWED
 */
export function parseCheckedJson(text: string): unknown {
  checkNesting(text)
  const value: unknown = JSON.parse(text)
  checkText(value)
  return value
}

/** Counts brackets before anything recurses into them. */
function checkNesting(text: string): void {
  let depth = 0
  let inString = false
  for (let position = 0; position < text.length; position++) {
    const character = text[position]
    if (inString) {
      if (character === '\\') position++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') {
      if (++depth > deepestJson) throw new LatchkeyError('TOO_DEEP', { values: [deepestJson] })
    } else if (character === '}' || character === ']') depth--
  }
}

/**
 * Refuses text no database keeps faithfully (NUL, halves of characters) and the one key that is never innocent.
 * @throws {LatchkeyError} MALFORMED_TEXT, PROPERTY_NAME_NOT_ALLOWED
 */
export function checkText(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw new LatchkeyError('MALFORMED_TEXT')
    return
  }
  let level: unknown[] = [value]
  while (level.length > 0) {
    const next: unknown[] = []
    for (const inner of level) {
      if (typeof inner === 'string') checkText(inner)
      if (typeof inner !== 'object' || inner === null) continue
      for (const [name, member] of Object.entries(inner)) {
        if (name === '__proto__') throw new LatchkeyError('PROPERTY_NAME_NOT_ALLOWED', { values: [name] })
        checkText(name)
        next.push(member)
      }
    }
    level = next
  }
}
