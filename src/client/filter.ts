/** Which records a list holds, in which order, and what is shown of each: LoopBack's filter, typed by the model. */
export interface Filter<Model, Chosen = Fields<Model>, Relation extends string = never> {
  readonly where?: Where<Model>
  readonly order?: Order<Model> | readonly Order<Model>[]
  /** Absent or 0: no limit. */
  readonly limit?: number
  readonly skip?: number
  /** Another word for `skip`, which wins. */
  readonly offset?: number
  readonly fields?: Chosen
  readonly include?: Relation | readonly Relation[]
}

type Name<Model> = keyof Model & string
/** Properties that a path like `address.city` can reach into. */
type OuterName<Model> = {
  [P in Name<Model>]-?: unknown extends Model[P] ? P : NonNullable<Model[P]> extends object ? P : never
}[Name<Model>]
type Path<Model> = `${OuterName<Model>}.${string}`

/** Conditions that must all hold. `{}` is everybody. */
export type Where<Model> = { readonly [P in Name<Model>]?: Condition<NonNullable<Model[P]>> } & {
  readonly [P in Path<Model>]?: Condition<unknown>
} & {
  readonly and?: readonly Where<Model>[]
  readonly or?: readonly Where<Model>[]
  readonly nor?: readonly Where<Model>[]
}

/** A value (`null`: absent), or operators that must all hold. */
type Condition<Value> = Operand<Value> | null | Operators<Operand<Value>>

type Scalar = string | number | boolean
/** What a property can be compared with: of a list its members, of an object nothing. */
type Operand<Value> = unknown extends Value
  ? Scalar
  : Value extends readonly (infer Member)[]
    ? Extract<Member, Scalar>
    : Extract<Value, Scalar>

interface Operators<Value> {
  readonly neq?: Value | null
  readonly gt?: Sorted<Value>
  readonly gte?: Sorted<Value>
  readonly lt?: Sorted<Value>
  readonly lte?: Sorted<Value>
  /** Both included. */
  readonly between?: readonly [Sorted<Value>, Sorted<Value>]
  readonly inq?: readonly (Value | null)[]
  readonly nin?: readonly (Value | null)[]
  /** `%` any run, `_` one character; the whole value counts. */
  readonly like?: Pattern<Value>
  readonly nlike?: Pattern<Value>
  /** Without regard to case. */
  readonly ilike?: Pattern<Value>
  readonly nilike?: Pattern<Value>
  /** `'^a'`, or `'/^a/i'`. */
  readonly regexp?: Pattern<Value>
  readonly exists?: boolean
}

type Sorted<Value> = Exclude<Value, boolean>
type Pattern<Value> = [Extract<Value, string>] extends [never] ? never : string

/** `'email'`, `'email ASC'` or `'email DESC'`. */
export type Order<Model> = OrderBy<Name<Model> | Path<Model>>
type OrderBy<Property extends string> = Property | `${Property} ASC` | `${Property} DESC`

/** A name, a list of names, or an object: only what is true, or all but what is false. */
export type Fields<Model> =
  | Name<Model>
  | readonly Name<Model>[]
  | { readonly [P in Name<Model>]?: boolean }
  | undefined

/** A record with the `fields` chosen. */
export type Shown<Model, Chosen> = [Chosen] extends [undefined]
  ? Model
  : [Chosen] extends [readonly Name<Model>[]]
    ? Pick<Model, Chosen[number]>
    : [Chosen] extends [Name<Model>]
      ? Pick<Model, Chosen>
      : Partial<Model>
