import type { PlainObject } from '../../base/values.ts'
import type { PropertyType } from '../../config/settings.ts'
import type { DistanceUnit, GeoPoint } from './geo-point.ts'

/** How a condition compares. The names are LoopBack's; `eq` is a bare value in a filter. */
export type Comparison =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'between'
  | 'inq'
  | 'nin'
  | 'like'
  | 'nlike'
  | 'ilike'
  | 'nilike'
  | 'regexp'
  | 'exists'
  | 'near'

/** A property a query speaks of, looked up once: storage never has to ask what a name means. */
export interface PropertyRef {
  readonly name: string
  /** Lives in a column of its own; all others live in one JSON document, at `path`. */
  readonly column: boolean
  readonly path: readonly string[]
  /** Undeclared properties compare as JavaScript does (`30 == "30"`). */
  readonly type: PropertyType | 'undeclared'
}

export interface Condition {
  readonly property: PropertyRef
  readonly is: Comparison
  /** Already of the property's type; a list for `between`, `inq` and `nin`, a `Pattern` for `regexp`, `Nearness`. */
  readonly value: unknown
}

/** How far a place may be from another. */
export interface Nearness {
  readonly from: GeoPoint
  readonly unit: DistanceUnit
  /** Bounds in the unit, both inclusive; undefined: none. */
  readonly atLeast: number | undefined
  readonly atMost: number | undefined
}

/** What no comparison says: a judgement of the whole record, and conditions that let through at least what fits. */
export interface Judgement {
  readonly fits: (record: PlainObject) => boolean
  readonly atLeast: Where
  /** What it was made from, as the language of the filter knows to make it again. */
  readonly from: unknown
}

/** A filter's conditions: a neutral tree that SQL is written from and that can also be judged row by row. */
export type Where =
  | Condition
  | Judgement
  | { readonly all: readonly Where[] }
  | { readonly any: readonly Where[] }
  | { readonly none: readonly Where[] }

export interface OrderKey {
  readonly property: PropertyRef
  readonly descending: boolean
  /** Set, the key is the distance from there; whatever is nowhere comes last. */
  readonly from?: GeoPoint
}

export interface Query {
  readonly where: Where
  /** Ties, and queries without an order, go by id. */
  readonly order: readonly OrderKey[]
  readonly skip: number
  /** Undefined: no end. */
  readonly limit: number | undefined
}

/** Which properties of a result are shown: `only` these, or all `except` those. */
export type Fields =
  | { readonly only: ReadonlySet<string> }
  | { readonly except: ReadonlySet<string> }
  | undefined

/** Everything. */
export const everything: Where = { all: [] }

/** Nothing. */
export const nothing: Where = { any: [] }
