import { LatchkeyError } from '../base/errors.ts'

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
