import type { Vocabulary } from '../vocabulary.ts'

/** What LoopBack 2 and 3 understand differently in a filter. */
export interface Quirks {
  /** Of an object over a declared property the first of these counts, in this order. */
  readonly operators: readonly string[]
  /** Whether `{}` is a list without members. */
  readonly emptyObjectIsList: boolean
  /** Whether operators of MongoDB's are refused, over declared properties. */
  readonly refusesDollar: boolean
  /** Whether `null`, `0`, `""` and `false` are conditions that hold for everything. */
  readonly falsyHolds: boolean
  /** Whether the memory connector knows `nin`. */
  readonly knowsNin: boolean
  /** Whether values are equal when their texts are; else as JavaScript's == has it. */
  readonly comparesTexts: boolean
  /** Whether a pattern that is none is looked for as it stands. */
  readonly escapesBrokenPatterns: boolean
  /** Whether `near` counts within `and` and `or` as well, and knows `minDistance`. */
  readonly nearAnywhere: boolean
  /** Whether `fields` that leave out an unknown property leave out the last of the known ones. */
  readonly dropsLastField: boolean
}

const operators = [
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'inq',
  'nin',
  'neq',
  'like',
  'nlike',
  'ilike',
  'nilike',
]

export const quirksOf: Readonly<Record<'loopback2' | 'loopback3', Quirks>> = {
  loopback3: {
    operators: ['eq', ...operators, 'regexp'],
    emptyObjectIsList: false,
    refusesDollar: true,
    falsyHolds: false,
    knowsNin: true,
    comparesTexts: false,
    escapesBrokenPatterns: true,
    nearAnywhere: true,
    dropsLastField: false,
  },
  loopback2: {
    operators: [...operators, 'regexp'],
    emptyObjectIsList: true,
    refusesDollar: false,
    falsyHolds: true,
    knowsNin: false,
    comparesTexts: true,
    escapesBrokenPatterns: false,
    nearAnywhere: false,
    dropsLastField: true,
  },
}

/** A LoopBack, and what its filters may speak of. */
export interface Dialect {
  readonly vocabulary: Vocabulary
  readonly quirks: Quirks
}
