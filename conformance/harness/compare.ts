import { isDeepStrictEqual } from 'node:util'
import { type ComparedHeader, comparedHeaders, crossOriginHeaders, mayBeAdded } from './headers.ts'
import type { Normal } from './normalise.ts'

/** Where two answers differ: `start` if there is no answer, because one side refused the settings; `order` is the order of keys in bodies that are equal otherwise. */
export type Part = 'start' | 'status' | 'body' | 'order' | `header ${ComparedHeader}`

/**
 * All the parts in which another answer differs from LoopBack's; none if they are equal.
 * @param isCrossOrigin whether the request came from a page of another origin
 */
export function compare(one: Normal, other: Normal, isCrossOrigin: boolean): Part[] {
  const parts: Part[] = []
  if (one.status !== other.status) parts.push('status')
  for (const name of comparedHeaders) {
    if (crossOriginHeaders.test(name) && !isCrossOrigin) continue
    if (!isHeaderEqual(name, one, other)) parts.push(`header ${name}`)
  }
  if (!isDeepStrictEqual(one.body, other.body)) parts.push('body')
  else if (one.text !== other.text) parts.push('order')
  return parts
}

function isHeaderEqual(name: ComparedHeader, one: Normal, other: Normal): boolean {
  const [first, second] = [one.headers[name], other.headers[name]]
  if (first === undefined && mayBeAdded.includes(name)) return true
  if (name !== 'etag' || first === undefined || second === undefined) return first === second
  // The same bytes have the same tag; of other bytes, or of those of a HEAD, only the kind of tag can be compared.
  return one.raw === other.raw && one.raw !== '' ? first === second : isWeak(first) === isWeak(second)
}

function isWeak(etag: string): boolean {
  return etag.startsWith('W/')
}
