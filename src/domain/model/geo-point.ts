import { isPlainObject } from '../../base/values.ts'

/** A place on Earth, in degrees. */
export interface GeoPoint {
  /** From -90, the south pole, to 90. */
  readonly lat: number
  /** From -180 to 180; west of Greenwich below 0. */
  readonly lng: number
}

/** LoopBack's own figures, so that distances are the same to the last digit. */
const radians = 0.01745329252
/** How long a radian on the Earth's surface is, by unit. */
export const unitsPerRadian = {
  miles: 3_958.75,
  kilometers: 6_370.99056,
  meters: 6_370_990.56,
  feet: 20_902_200,
  radians: 1,
  degrees: 57.29577951308,
} as const
export type DistanceUnit = keyof typeof unitsPerRadian

/** A point from `{ lat, lng }`, `[lat, lng]` or a text of either, or of `lat,lng`; undefined where it is none. */
export function readPoint(value: unknown): GeoPoint | undefined {
  if (typeof value === 'string') return readPoint(parsed(value) ?? value.split(/,\s*/))
  if (Array.isArray(value)) return value.length === 2 ? pointAt(value[0], value[1]) : undefined
  return isPlainObject(value) ? pointAt(value.lat, value.lng) : undefined
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // No JSON: two numbers and a comma, or nothing we can read.
    return undefined
  }
}

function pointAt(latitude: unknown, longitude: unknown): GeoPoint | undefined {
  const [lat, lng] = [degreesOf(latitude), degreesOf(longitude)]
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lat, lng } : undefined
}

function degreesOf(value: unknown): number {
  if (typeof value === 'string' && value.trim() !== '') return Number(value)
  return typeof value === 'number' ? value : Number.NaN
}

/** A point as it is stored: an object of two numbers. */
export function storedPoint(value: unknown): GeoPoint | undefined {
  if (!isPlainObject(value)) return undefined
  return typeof value.lat === 'number' && typeof value.lng === 'number' ? readPoint(value) : undefined
}

/** What distances are compared by: the haversine, from 0 (the same place) to 1 (the other side of the Earth). */
export function haversineOf(one: GeoPoint, other: GeoPoint): number {
  const [lat, otherLat] = [one.lat * radians, other.lat * radians]
  const northward = Math.sin((otherLat - lat) / 2)
  const eastward = Math.sin((other.lng * radians - one.lng * radians) / 2)
  return northward * northward + Math.cos(otherLat) * Math.cos(lat) * eastward * eastward
}

/** The length of the shortest way along the surface, in a unit. */
export function distanceOf(haversine: number, unit: DistanceUnit): number {
  return 2 * Math.asin(Math.min(1, Math.sqrt(haversine))) * unitsPerRadian[unit]
}

/** The haversine of a distance; 1 for whatever goes round the Earth. */
export function haversineAt(distance: number, unit: DistanceUnit): number {
  const half = distance / unitsPerRadian[unit] / 2
  return half >= Math.PI / 2 ? 1 : Math.sin(half) ** 2
}
