import { parseCheckedJson } from '../../base/json.ts'
import { isPlainObject, toNumber } from '../../base/values.ts'
import type { Behaviour } from '../../config/compatibility.ts'

/**
 * A point from what LoopBack takes for one: `{ lat, lng }`, `[lat, lng]` or the text `"lat,lng"`, numbers also as text.
 * But for LoopBack 2 the text may also be JSON.
 * @returns degrees; undefined for what is no point, or none on Earth
 */
export function readGivenPoint(
  value: unknown,
  values: Behaviour['values'],
): { readonly lat: number; readonly lng: number } | undefined {
  const given = typeof value === 'string' ? partsOf(value, values) : value
  const [lat, lng] = Array.isArray(given) ? given : isPlainObject(given) ? [given.lat, given.lng] : []
  const [north, east] = values === 'checked' ? [toNumber(lat), toNumber(lng)] : [Number(lat), Number(lng)]
  if (north === undefined || east === undefined) return undefined
  return Math.abs(north) <= 90 && Math.abs(east) <= 180 ? { lat: north, lng: east } : undefined
}

function partsOf(text: string, values: Behaviour['values']): unknown {
  const json = values === 'loopback2' ? undefined : objectIn(text)
  if (json) return json
  const parts = text.split(/,\s*/)
  return parts.length === 2 ? parts : undefined
}

function objectIn(text: string): object | undefined {
  try {
    const value = parseCheckedJson(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
