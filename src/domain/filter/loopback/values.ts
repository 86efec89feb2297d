import type { PlainObject } from '../../../base/values.ts'

/** A value that is no object any more. */
type Primitive = string | number | boolean | bigint | symbol | null | undefined

/**
 * What JavaScript makes of a value where it needs a primitive. Said again here, because JavaScript would call what a
 * client named `toString`.
 */
export function primitiveOf(value: unknown, hint: 'text' | 'number' = 'text'): Primitive {
  if (value instanceof Date) return hint === 'number' ? value.getTime() : String(value)
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return value.valueOf()
  if (Array.isArray(value)) return textOf(value)
  return typeof value === 'object' && value !== null ? '[object Object]' : (value as Primitive)
}

export function textOf(value: unknown): string {
  if (!Array.isArray(value)) return String(primitiveOf(value))
  return value.map((member: unknown) => (isNone(member) ? '' : textOf(member))).join(',')
}

export function numberOf(value: unknown): number {
  return Number(primitiveOf(value, 'number'))
}

export function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** JavaScript's `==`; two objects are never one, for an operand is not what is stored. */
export function looselyEqual(one: unknown, other: unknown): boolean {
  if (isNone(one) || isNone(other)) return isNone(one) && isNone(other)
  if (isObject(one) && isObject(other)) return false
  const [plain, against] = [primitiveOf(one), primitiveOf(other)]
  return typeof plain === typeof against ? plain === against : Number(plain) === Number(against)
}

/** Below, at or above 0, as one value is before, beside or after the other; NaN, for which nothing holds, else. */
export function compareLoosely(one: unknown, other: unknown): number {
  if (isNone(one) || isNone(other)) return isNone(one) && isNone(other) ? 0 : Number.NaN
  if (typeof one === 'number' || typeof one === 'boolean' || one instanceof Date) {
    return numberOf(one) - numberOf(other)
  }
  if (looselyEqual(one, other)) return 0
  if (typeof one !== 'string') return Number.NaN
  const against = primitiveOf(other, 'number')
  if (typeof against !== 'string') return Number(one) - Number(against)
  return one > against ? 1 : -1
}

/** What JavaScript finds under a key, the length of a text or a list too, but nothing that a prototype brings. */
export function memberOf(value: unknown, key: string): unknown {
  return !isNone(value) && Object.hasOwn(value, key) ? (value as PlainObject)[key] : undefined
}
