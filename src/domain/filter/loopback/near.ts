import type { PlainObject } from '../../../base/values.ts'
import type { OrderKey, Where } from '../../model/query.ts'
import { byDistance, readNearness } from '../near.ts'
import { invalid } from './operand.ts'
import type { Quirks } from './quirks.ts'
import { numberOf } from './values.ts'
import type { Near } from './where.ts'

/**
 * Who is near, and in which order. LoopBack looks for that apart from all other conditions, even where `near` stands
 * under `or`: whoever is near to any of the places is found, and sorted by the last of them.
 * @throws {LatchkeyError} INVALID_WHERE for what is no place, or no unit
 */
export function nearestOf(
  nears: readonly Near[],
  { nearAnywhere }: Quirks,
): { where: Where; order: OrderKey } | undefined {
  const keys = nears.map(({ property, operand }) => {
    const value = readNearness(lenient(nearAnywhere ? operand : { ...operand, minDistance: undefined }))
    if (typeof value === 'string')
      return invalid(`The ${property.name} property has invalid clause: ${value}`)
    // The key as a whole: a path leads nowhere here.
    const place = { ...property, column: false, path: [property.name] }
    return { condition: { property: place, is: 'near', value } as const, order: byDistance(place, value) }
  })
  const last = keys.at(-1)
  return last && { where: { any: keys.map(({ condition }) => condition) }, order: last.order }
}

/** What sets no bound is no mistake here, nor is whatever else stands beside `near`. */
function lenient({ near, maxDistance, minDistance, unit }: PlainObject): PlainObject {
  return {
    near,
    maxDistance: boundOf(maxDistance),
    minDistance: boundOf(minDistance),
    unit: unit || undefined,
  }
}

function boundOf(value: unknown): number | undefined {
  const bound = numberOf(value)
  return bound > 0 && Number.isFinite(bound) ? bound : undefined
}
