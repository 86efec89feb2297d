import { isDeepStrictEqual } from 'node:util'
import type { Part } from './compare.ts'
import type { Pair } from './judge.ts'

/** What follows when one side refuses and the other does not: everything but who may read it. */
export const wholeAnswer: readonly Part[] = [
  'status',
  'body',
  'header content-type',
  'header etag',
  'header location',
  'header vary',
  'header x-content-type-options',
]

type Side = 'loopback' | 'latchkey'

/** The code of the error one side answered with. */
export function codeOf(pair: Pair, side: Side): unknown {
  return errorOf(pair, side)?.code
}

export function messageOf(pair: Pair, side: Side): string {
  return String(errorOf(pair, side)?.message ?? '')
}

function errorOf(pair: Pair, side: Side): Record<string, unknown> | undefined {
  const body = pair[side].body as { error?: Record<string, unknown> } | null
  return body !== null && typeof body === 'object' ? body.error : undefined
}

export function isStatus(pair: Pair, side: Side, ...statuses: readonly (number | string)[]): boolean {
  return statuses.includes(pair[side].status)
}

/** Whether one side refused what was asked for; `also` is a status that counts as that, too. */
export function isRefused(pair: Pair, side: Side, also?: number): boolean {
  const { status } = pair[side]
  return status === also || (typeof status === 'number' && status >= 400 && status < 500)
}

export function areBothRefused(pair: Pair): boolean {
  return isRefused(pair, 'loopback') && isRefused(pair, 'latchkey')
}

export function isDone(pair: Pair, side: Side): boolean {
  const { status } = pair[side]
  return typeof status === 'number' && status < 400
}

/** Whether the bodies are lists of the same members. */
export function areEqualInAnyOrder({ loopback, latchkey }: Pair): boolean {
  const [one, other] = [loopback.body, latchkey.body]
  if (!Array.isArray(one) || !Array.isArray(other)) return false
  const sorted = (list: readonly unknown[]) => list.map((member) => JSON.stringify(member)).sort()
  return isDeepStrictEqual(sorted(one), sorted(other))
}

/** Whether the bodies are equal once these properties are left out, at any depth. */
export function areEqualWithout(pair: Pair, ...names: readonly string[]): boolean {
  return isDeepStrictEqual(without(pair.loopback.body, names), without(pair.latchkey.body, names))
}

function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, names))
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([name]) => !names.includes(name))
  return Object.fromEntries(kept.map(([name, item]) => [name, without(item, names)]))
}

/** Whether the request's body gives one of these properties. */
export function gives({ request }: Pair, ...names: readonly string[]): boolean {
  const { body } = request
  const items = Array.isArray(body) ? body : [body]
  return items.some((item) => item !== null && typeof item === 'object' && names.some((name) => name in item))
}
