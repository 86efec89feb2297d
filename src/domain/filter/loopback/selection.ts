import { LatchkeyError } from '../../../base/errors.ts'
import { isPlainObject, toList } from '../../../base/values.ts'
import type { Fields } from '../../model/query.ts'
import type { Dialect } from './quirks.ts'
import { textOf } from './values.ts'

/** LoopBack's `fields`: whatever only leaves something out shows declared properties alone. */
export function parseFields(fields: unknown, dialect: Dialect): Fields {
  if (!fields) return undefined
  if (typeof fields === 'string') return { only: new Set([fields]) }
  if (Array.isArray(fields) && fields.length > 0) return { only: new Set(fields.map(textOf)) }
  if (typeof fields !== 'object') return { only: new Set(dialect.vocabulary.declared) }
  const flags = Object.entries(fields)
  const shown = flags.filter(([, isShown]) => isShown).map(([name]) => name)
  if (shown.length > 0) return { only: new Set(shown) }
  const names = flags.map(([name]) => name)
  return names.length > 0 ? { only: new Set(without(names, dialect)) } : undefined
}

function without(names: readonly string[], { vocabulary, quirks }: Dialect): readonly string[] {
  return names.reduce<readonly string[]>((left, name) => {
    const isKnown = left.includes(name) || vocabulary.hides(name)
    return isKnown || !quirks.dropsLastField ? left.filter((other) => other !== name) : left.slice(0, -1)
  }, vocabulary.declared)
}

/**
 * The relations that `include` names, with the `fields` of their scope; what names nothing is ignored.
 * @throws {LatchkeyError} INVALID_INCLUDE for a relation there is not
 */
export function parseInclude(include: unknown, dialect: Dialect): ReadonlyMap<string, Fields> {
  const { relations, hides } = dialect.vocabulary
  const shown = new Map<string, Fields>()
  for (const { name, fields } of relationsIn(include)) {
    const relation = Object.hasOwn(relations, name) ? relations[name] : undefined
    if (relation === 'shown') shown.set(name, parseFields(fields, dialect))
    if (!relation && !hides(name))
      throw new LatchkeyError('INVALID_INCLUDE', { values: [JSON.stringify(name)] })
  }
  return shown
}

function relationsIn(include: unknown): readonly { name: string; fields?: unknown }[] {
  if (typeof include === 'string') return include === '' ? [] : [{ name: include }]
  const list = toList(include)
  if (list) return list.flatMap(relationsIn)
  if (!isPlainObject(include)) return []
  const { rel, relation = rel, scope } = include
  if (typeof relation !== 'string') return Object.keys(include).map((name) => ({ name }))
  return [{ name: relation, fields: isPlainObject(scope) ? scope.fields : undefined }]
}
