import { Value } from 'typebox/value'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { ModelDefinition } from './model-file.ts'
import { propertyTypes } from './property-options.ts'
import { User } from './user-options.ts'

/** What a model file declares, as options under `user`, and what of it is lost. */
export interface Translation {
  readonly options: PlainObject
  readonly notes: readonly string[]
}

/** Properties of LoopBack's User itself, and what each is there. */
const builtIn: Readonly<Record<string, { readonly type: string; readonly required: boolean }>> = {
  realm: { type: 'string', required: false },
  username: { type: 'string', required: false },
  email: { type: 'string', required: true },
  emailVerified: { type: 'boolean', required: false },
  password: { type: 'string', required: true },
  verificationToken: { type: 'string', required: false },
}

/** Names of types that mean one of ours. */
const sameTypes: Readonly<Record<string, string>> = { text: 'string', datestring: 'string', json: 'any' }

/** LoopBack's names of what makes a default value. */
const makers: ReadonlySet<string> = new Set(['now', 'guid', 'uuid', 'uuidv4'])

/** Translates the `properties` of a model file, in all the spellings LoopBack takes. */
export function translateProperties({ file, properties }: ModelDefinition): Translation {
  const notes: string[] = []
  const declared: PlainObject = {}
  const options: PlainObject = { properties: declared }
  for (const [name, raw] of Object.entries(properties)) {
    const note = (problem: string) => void notes.push(`${file}: properties.${name}${problem}`)
    const definition = definitionOf(raw)
    if (name === 'id' || definition?.id) options.idType = readIdType(file, name, definition ?? {}, note)
    else if (Object.hasOwn(builtIn, name)) compareWithBuiltIn(name, definition, note)
    else if (definition) declared[name] = translate(definition, note)
  }
  return { options, notes }
}

type Note = (problem: string) => void

/** Undefined where a model takes a property of its base away. */
function definitionOf(raw: unknown): PlainObject | undefined {
  if (raw === null || raw === false || raw === undefined) return undefined
  if (isPlainObject(raw) && raw.type !== undefined && raw.type !== null) return raw
  return { type: raw }
}

function readIdType(file: string, name: string, { type, generated }: PlainObject, note: Note): string {
  if (name !== 'id') {
    const problem = `${file}: properties.${name}.id: the id of an account must be called "id"`
    throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
  }
  if (typeof type !== 'string' || type.toLowerCase() !== 'string') return 'integer'
  if (!generated) note(': new accounts get a UUID (version 7), wherever LoopBack had its ids from')
  return 'uuid'
}

function compareWithBuiltIn(name: string, definition: PlainObject | undefined, note: Note): void {
  const ours = builtIn[name] as { type: string; required: boolean }
  if (!definition) {
    note(': LoopBack takes it away from the model; Latchkey keeps it')
    return
  }
  const { type, required, default: value, defaultFn } = definition
  if (String(type).toLowerCase() !== ours.type) note(`.type: stays ${ours.type}`)
  if (required !== undefined && Boolean(required) !== ours.required) {
    note(
      `.required: ${ours.required ? 'Latchkey knows no account without it' : 'accounts without it are taken all the same'}`,
    )
  }
  if (value !== undefined || defaultFn !== undefined) note('.default: a new account gets none')
}

function translate(definition: PlainObject, note: Note): PlainObject {
  const { type, required, index, unique, default: value, defaultFn } = definition
  const option: PlainObject = { ...translateType(type, note) }
  // LoopBack keeps a message, or how the connector makes the index, in place of `true`.
  if (required) option.required = true
  if (index || unique) option.index = true
  if (value !== undefined && value !== null) option.default = value
  if (unique || (isPlainObject(index) && index.unique)) {
    note(': is unique in LoopBack’s database; here several accounts may share a value')
  }
  if (defaultFn !== undefined) {
    const isKnown = makers.has(String(defaultFn)) && isDeclarable({ ...option, defaultFn })
    if (isKnown) option.defaultFn = defaultFn
    else note('.defaultFn: LoopBack makes a value for who comes without one; here there is none')
  }
  return option
}

function translateType(type: unknown, note: Note): PlainObject {
  if (Array.isArray(type)) return translateList(type, note)
  if (typeof type !== 'string') {
    note('.type: what lies within the object is kept as sent')
    return { type: 'object' }
  }
  const name = type.toLowerCase()
  const known = propertyTypes.find((one) => one.toLowerCase() === name) ?? sameTypes[name]
  if (known) return { type: known }
  note(`.type: there is no type ${type}; any value is kept as sent`)
  return { type: 'any' }
}

function translateList([item]: readonly unknown[], note: Note): PlainObject {
  if (item === undefined) return { type: 'array' }
  const { type } = translateType(definitionOf(item)?.type, note)
  if (isDeclarable({ type: [type] })) return { type: [type] }
  note('.type: members of the list are kept as sent')
  return { type: 'array' }
}

function isDeclarable(option: PlainObject): boolean {
  return Value.Check(User.properties.properties, { declared: option })
}
