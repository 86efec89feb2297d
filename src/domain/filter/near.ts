import { type PlainObject, toNumber } from '../../base/values.ts'
import { type DistanceUnit, readPoint, unitsPerRadian } from '../model/geo-point.ts'
import type { Nearness, OrderKey, PropertyRef } from '../model/query.ts'

const units = Object.keys(unitsPerRadian) as DistanceUnit[]
const keys: ReadonlySet<string> = new Set(['near', 'maxDistance', 'minDistance', 'unit'])

/**
 * How near is near: `{ near, maxDistance, minDistance, unit }`, in miles unless told otherwise. A distance of 0 sets
 * no bound, as in LoopBack.
 * @returns a sentence that says what is wrong, where something is
 */
export function readNearness(operand: PlainObject): Nearness | string {
  const stranger = Object.keys(operand).find((key) => !keys.has(key))
  if (stranger !== undefined) return `"${stranger}" makes no sense beside "near"`
  const from = readPoint(operand.near)
  if (!from) return 'Expected a point: {"lat": …, "lng": …}, [lat, lng] or "lat,lng"'
  const unit = units.find((known) => known === (operand.unit ?? 'miles'))
  if (!unit) return `Expected a unit of ${units.join(', ')}`
  const [atLeast, atMost] = [readDistance(operand.minDistance), readDistance(operand.maxDistance)]
  if (Number.isNaN(atLeast) || Number.isNaN(atMost)) return 'Expected distances from 0'
  return { from, unit, atLeast, atMost }
}

function readDistance(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const distance = toNumber(value) ?? Number.NaN
  return distance >= 0 ? distance || undefined : Number.NaN
}

export function byDistance(property: PropertyRef, { from }: Nearness): OrderKey {
  return { property, descending: false, from }
}
