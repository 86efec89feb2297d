import { inspect } from 'node:util'

/** An object as JSON or a form makes it: no array, no date, no null. */
export type PlainObject = Record<string, unknown>

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** A finite number, or the text of one, as LoopBack coerces it; undefined for everything else. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** `true`, `false`, 1, 0 and their texts; undefined for everything else. */
export function toBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 1 || value === 'true' || value === '1') return true
  if (value === false || value === 0 || value === 'false' || value === '0') return false
  return undefined
}

/** A date as its ISO text in UTC (so that texts sort as instants do), from a text, milliseconds or a `Date`. */
export function toIsoDate(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && !(value instanceof Date)) return undefined
  const date = new Date(value)
  const year = date.getUTCFullYear()
  // Years outside 0–9999 are written with a sign and would no longer sort as text.
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined
}

/** Entries of a list, also of one that a query string wrote as `{ "0": …, "1": … }`; undefined for the rest. */
export function toList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (!isPlainObject(value)) return undefined
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key, position) => key === String(position))
    ? Object.values(value)
    : undefined
}

/** A value as LoopBack's validation messages show it: quoted, shortened to 32 characters, objects unopened. */
export function describeValue(value: unknown): string {
  if (value instanceof Date)
    return shorten(Number.isNaN(value.getTime()) ? String(value) : value.toISOString())
  if (typeof value === 'string') return JSON.stringify(shorten(value))
  if (typeof value === 'object' && value !== null) {
    return shorten(inspect(value, { depth: Array.isArray(value) ? 1 : 0 }))
  }
  return shorten(String(value))
}

function shorten(text: string): string {
  if (text.length <= 32) return text
  // At the end only: looked for from the start, a long row of brackets takes the square of its length.
  const closing = /[\s}\])]+$/.exec(text.slice(-3))?.[0]
  return closing
    ? `${text.slice(0, 28 - closing.length)}...${closing}`
    : `${text.slice(0, 25)}...${text.slice(-3)}`
}
