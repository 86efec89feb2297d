import { type RawBuilder, sql } from 'kysely'
import { type GeoPoint, haversineAt } from '../../domain/model/geo-point.ts'
import type { Nearness, PropertyRef } from '../../domain/model/query.ts'
import type { Dialect } from './engine.ts'

/** Two libraries' sines may differ in the last digits: so much more is let through, to be judged. */
const tolerance = 1e-9

/** True where a place is near enough, or a hair's breadth farther; exact where there are no bounds. */
export function mayBeNear(
  property: PropertyRef,
  { from, unit, atLeast, atMost }: Nearness,
  dialect: Dialect,
): { expression: RawBuilder<boolean>; exact: boolean } {
  const distance = haversine(property, from, dialect)
  if (atLeast === undefined && atMost === undefined) {
    return { expression: sql<boolean>`(${distance} is not null)`, exact: true }
  }
  const least = atLeast === undefined ? 0 : haversineAt(atLeast, unit)
  const most = atMost === undefined ? 1 : haversineAt(atMost, unit)
  return {
    expression: sql<boolean>`(${distance} between ${least - tolerance} and ${most + tolerance})`,
    exact: false,
  }
}

/** The haversine between a stored place and another; NULL where the property holds no place on Earth. */
export function haversine(property: PropertyRef, from: GeoPoint, dialect: Dialect): RawBuilder<unknown> {
  const [lat, lng] = ['lat', 'lng'].map((name) =>
    dialect.jsonOfType({ ...property, path: [...property.path, name] }, ['integer', 'real']),
  )
  const northward = sql`sin(radians(${lat} - ${from.lat}) / 2)`
  const eastward = sql`sin(radians(${lng} - ${from.lng}) / 2)`
  const cosines = sql`cos(radians(${lat})) * ${Math.cos((from.lat * Math.PI) / 180)}`
  return sql`case when ${lat} between -90 and 90 and ${lng} between -180 and 180
    then ${northward} * ${northward} + ${cosines} * ${eastward} * ${eastward} end`
}
