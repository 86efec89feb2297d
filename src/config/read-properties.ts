import { LatchkeyError } from '../base/errors.ts'
import type { CompleteOptions } from './options.ts'
import { type PropertyType, propertyTypes, typeAliases } from './property-options.ts'

/** How a default is made at the moment it is needed, by LoopBack's names (`guid` is `uuid`). */
export type DefaultMaker = 'now' | 'uuid'

/** A declared property of a user, as `user.properties` has it. */
export interface PropertyDefinition {
  readonly name: string
  readonly type: PropertyType
  /** Of an array: what each member is. */
  readonly items?: PropertyType
  readonly required: boolean
  /** Given to a new user who comes without the property; absent means there is none. */
  readonly default?: unknown
  /** Makes the default, where there is no fixed one. */
  readonly defaultFn?: DefaultMaker
  readonly index: boolean
}

/** What a property must be beyond its type, as `user.validations` has it. */
export type Validation = CompleteOptions['user']['validations'][number]

/** What the server itself sets or means something by; a declaration would collide with it. */
export const reservedProperties: ReadonlySet<string> = new Set([
  'id',
  'realm',
  'username',
  'email',
  'emailVerified',
  'password',
  'passwordHash',
  'verificationToken',
  'accessTokens',
  'roles',
  '__proto__',
  'toJSON',
  ...Object.getOwnPropertyNames(Object.prototype),
])

const makers: Readonly<Record<string, DefaultMaker>> = {
  now: 'now',
  guid: 'uuid',
  uuid: 'uuid',
  uuidv4: 'uuid',
}

/**
 * Checks the declarations of properties.
 * @param builtIn those a LoopBack declares by itself, which others of the same name override
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function readProperties(
  declared: CompleteOptions['user']['properties'],
  builtIn: Readonly<Record<string, PropertyType>>,
): ReadonlyMap<string, PropertyDefinition> {
  const definitions = new Map<string, PropertyDefinition>()
  for (const [name, type] of Object.entries(builtIn))
    definitions.set(name, { name, type, required: false, index: false })
  for (const [name, given] of Object.entries(declared)) {
    const path = `user.properties.${name}`
    const isBare = typeof given === 'string' || Array.isArray(given)
    const { type, defaultFn, ...rest } = isBare ? { type: given } : given
    checkName(path, name)
    definitions.set(name, {
      name,
      required: false,
      index: false,
      ...readType(`${path}.type`, type),
      ...rest,
      ...(defaultFn === undefined ? {} : { defaultFn: readMaker(`${path}.defaultFn`, defaultFn) }),
    })
  }
  return definitions
}

function checkName(path: string, name: string): void {
  if (reservedProperties.has(name)) fail(path, 'this name is taken by the user model itself')
  if (!/^[^"\\.$\p{Cc}][^"\\.\p{Cc}]*$/u.test(name)) {
    fail(path, 'a name may not start with $ nor contain quotes, backslashes, dots or control characters')
  }
}

type GivenType = string | readonly (string | { readonly type: string })[]

function readType(path: string, given: GivenType): Pick<PropertyDefinition, 'type' | 'items'> {
  if (typeof given === 'string') return { type: typeNamed(path, given) }
  const [item] = given
  if (item === undefined) return { type: 'array' }
  return { type: 'array', items: typeNamed(path, typeof item === 'string' ? item : item.type) }
}

function typeNamed(path: string, given: string): PropertyType {
  const name = given.toLowerCase()
  const type = propertyTypes.find((known) => known === name) ?? ownMember(typeAliases, name)
  return type ?? fail(path, `must be one of ${propertyTypes.join(', ')}, or a list of one of them`)
}

function readMaker(path: string, name: string): DefaultMaker {
  return ownMember(makers, name) ?? fail(path, `must be one of ${Object.keys(makers).join(', ')}`)
}

function ownMember<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Which options a validation cannot do without, and which of the properties of a user it cannot see. */
const needed: Readonly<Record<string, readonly (keyof Validation)[]>> = {
  length: ['min', 'max', 'is'],
  inclusion: ['in'],
  exclusion: ['in'],
  format: ['with'],
}
const unseen: ReadonlySet<string> = new Set(['id', 'password', 'passwordHash', 'verificationToken', 'roles'])

/** @throws {LatchkeyError} CONFIGURATION_INVALID for a validation that could never hold or never fail */
export function checkValidations(validations: readonly Validation[]): void {
  for (const [index, given] of validations.entries()) {
    const path = `user.validations.${index}`
    const wanted = needed[given.validation]
    if (wanted?.every((option) => given[option] === undefined))
      fail(path, `${given.validation} needs ${wanted.join(' or ')}`)
    if (unseen.has(given.property))
      fail(
        `${path}.property`,
        `${given.property} is not for validations: only a digest of it, if anything, is kept`,
      )
  }
}

function fail(path: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${path}: ${problem}`] })
}
