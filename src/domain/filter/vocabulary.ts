import { deepestJson } from '../../base/json.ts'
import type { UserSettings } from '../../config/settings.ts'
import type { PropertyRef } from '../model/query.ts'
import { columnProperties, hiddenProperties, normaliseEmail } from '../model/user.ts'

/** The properties a filter may speak of, for one kind of record. */
export interface Vocabulary {
  /** What a name means; undefined where it may be neither filtered nor sorted by. */
  resolve(name: string): PropertyRef | undefined
  /** Whether a name is, or leads through, a property nobody sees. */
  hides(name: string): boolean
  /** Properties with a type, in LoopBack's order. */
  readonly declared: readonly string[]
  /** Brings a text to the form it is stored in, before it is compared for equality. */
  canonical(property: PropertyRef, text: string): string
  /** Relations a client may name in `include`; the ones that are `silent` are left out of the answer. */
  readonly relations: Readonly<Record<string, 'shown' | 'silent'>>
}

const prototypeNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Users: their columns, declared properties, and any other name as a free property (or a path into one). */
export function userVocabulary(user: UserSettings): Vocabulary {
  const known = new Map<string, PropertyRef>()
  const hidden = new Set(user.hidden)
  const add = (name: string, type: PropertyRef['type'], column: boolean) =>
    known.set(name, Object.freeze({ name, column, type, path: Object.freeze([name]) }))
  for (const { name, type } of user.properties.values()) add(name, type, false)
  for (const name of columnProperties) add(name, 'string', true)
  add('emailVerified', 'boolean', true)
  add('id', user.idType === 'integer' ? 'number' : 'string', true)

  return {
    resolve: (name) =>
      hidden.has(name.split('.')[0] as string) ? undefined : (known.get(name) ?? freeProperty(name)),
    hides: (name) => hides(name) || name.split('.').some((key) => hidden.has(key)),
    declared: [...user.properties.keys(), ...columnProperties],
    canonical: ({ name }, text) => (name === 'email' ? normaliseEmail(text, user.caseSensitiveEmail) : text),
    // LoopBack's relation exists but cannot be included; naming it is no error.
    relations: { accessTokens: 'silent' },
  }
}

/** A user's tokens, as `tokenView` shows them. */
export function tokenVocabulary(idType: 'integer' | 'uuid'): Vocabulary {
  const types = {
    id: 'string',
    ttl: 'number',
    created: 'date',
    userId: idType === 'integer' ? 'number' : 'string',
  } as const
  return {
    resolve(name) {
      const type = Object.hasOwn(types, name) ? types[name as keyof typeof types] : undefined
      return type ? { name, column: true, type, path: [name] } : freeProperty(name)
    },
    hides,
    declared: Object.keys(types),
    canonical: (_property, text) => text,
    relations: { user: 'shown' },
  }
}

function hides(name: string): boolean {
  return name.split('.').some((key) => hiddenProperties.has(key))
}

function freeProperty(name: string): PropertyRef | undefined {
  const path = name.split('.')
  // No JSON leads as far, and in SQL every step asks for what stands on the way.
  if (path.length > deepestJson) return undefined
  if (path.some((key) => prototypeNames.has(key)) || hiddenProperties.has(path[0] as string)) return undefined
  return { name, column: false, type: 'undeclared', path }
}
