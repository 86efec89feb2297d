import { LatchkeyError } from '../../base/errors.ts'

const forbiddenNames: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'toJSON',
])

/**
 * Refuses names that would become members of every JavaScript object, at any depth.
 * @throws {LatchkeyError} PROPERTY_NAME_NOT_ALLOWED
 */
export function checkNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (forbiddenNames.has(name)) throw new LatchkeyError('PROPERTY_NAME_NOT_ALLOWED', { values: [name] })
    checkNames(inner)
  }
}
