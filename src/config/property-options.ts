import { Type } from 'typebox'
import { choice } from './choice.ts'

/** Types a property can be declared with, in any letter case. */
export const propertyTypes = [
  'string',
  'number',
  'boolean',
  'date',
  'object',
  'array',
  'any',
  'geopoint',
] as const

export type PropertyType = (typeof propertyTypes)[number]

/** LoopBack's other names for types, as far as they mean one of ours. */
export const typeAliases: Readonly<Record<string, PropertyType>> = {
  text: 'string',
  json: 'any',
}

/** `"string"`, or for a list of texts `["string"]`. */
const TypeName = Type.Union([
  Type.String(),
  Type.Array(
    Type.Union([Type.String(), Type.Object({ type: Type.String() }, { additionalProperties: false })]),
    { maxItems: 1 },
  ),
])

export const Property = Type.Union([
  TypeName,
  Type.Object(
    {
      type: TypeName,
      required: Type.Optional(Type.Boolean()),
      default: Type.Optional(Type.Unknown()),
      defaultFn: Type.Optional(Type.String()),
      index: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
])

/** What a validation can ask of a property, under LoopBack's names. */
const validationNames = [
  'presence',
  'absence',
  'length',
  'numericality',
  'inclusion',
  'exclusion',
  'format',
  'uniqueness',
  'date',
] as const

export const Validation = Type.Object(
  {
    property: Type.String({ minLength: 1 }),
    validation: choice(validationNames, {}),
    message: Type.Optional(Type.Union([Type.String(), Type.Record(Type.String(), Type.String())])),
    code: Type.Optional(Type.String({ minLength: 1 })),
    allowNull: Type.Optional(Type.Boolean()),
    allowBlank: Type.Optional(Type.Boolean()),
    if: Type.Optional(Type.String({ minLength: 1 })),
    unless: Type.Optional(Type.String({ minLength: 1 })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    is: Type.Optional(Type.Number()),
    int: Type.Optional(Type.Boolean()),
    in: Type.Optional(Type.Array(Type.Unknown())),
    with: Type.Optional(Type.String({ minLength: 1 })),
    scopedTo: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  },
  { additionalProperties: false },
)
