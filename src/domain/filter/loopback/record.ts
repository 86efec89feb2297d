import type { PlainObject } from '../../../base/values.ts'
import type { PropertyRef } from '../../model/query.ts'
import type { Judge } from './judge.ts'
import { isNone, isObject, memberOf, numberOf, primitiveOf } from './values.ts'

/** Whether a record's property is what is asked for: a list by one of its members, also on the way to the property. */
export function fitsRecord(record: PlainObject, { name, type }: PropertyRef, judge: Judge): boolean {
  const path = name.split('.')
  const first = path[0] as string
  return fitsAt({ [first]: asStored(memberOf(record, first), type) }, path, judge)
}

/** LoopBack reads a declared property in its type. */
function asStored(value: unknown, type: PropertyRef['type']): unknown {
  if (isNone(value)) return value
  if (type === 'number') return numberOf(value)
  if (type === 'boolean') return Boolean(value)
  return type === 'date' ? new Date(primitiveOf(value) as string | number) : value
}

function fitsAt(holder: unknown, path: readonly string[], judge: Judge): boolean {
  const value = valueAt(holder, path)
  if (Array.isArray(value)) return fitsList(value, judge)
  if (judge.test(value)) return true
  const [first, ...rest] = path
  if (rest.length === 0) return false
  const inner = memberOf(holder, first as string)
  if (Array.isArray(inner)) return inner.some((member) => fitsAt(member, rest, judge))
  return isObject(inner) && fitsAt(inner, rest, judge)
}

function fitsList(list: readonly unknown[], judge: Judge): boolean {
  if (list.length === 0) return judge.fitsEmptyList
  return list.some((member) => (Array.isArray(member) ? fitsList(member, judge) : judge.test(member)))
}

function valueAt(holder: unknown, path: readonly string[]): unknown {
  let value = holder
  for (const key of path) {
    value = memberOf(value, key)
    if (isNone(value)) return value
  }
  return value
}
