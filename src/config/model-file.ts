import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'

/** A LoopBack model as its JSON files describe it, with everything it inherits from others that stand beside it. */
export interface ModelDefinition {
  readonly file: string
  readonly name: string
  readonly properties: PlainObject
  /** Whatever else the file says, and what its `options` say above that. */
  readonly settings: PlainObject
}

/** Becomes part of the names of tables and the key under `latchkey.models`. */
const possibleName = /^(?!sqlite)[A-Za-z][A-Za-z0-9_-]{0,39}$/i

/**
 * Reads a model file of LoopBack's, such as `common/models/customer.json`.
 * @throws {LatchkeyError} CONFIGURATION_INVALID for a file that cannot be read or describes no kind of user
 */
export function readModelFile(file: string): ModelDefinition {
  const model = readOne(file)
  if (typeof model.name !== 'string' || !possibleName.test(model.name)) {
    fail(file, 'name: must be a letter and up to 39 letters, digits, - or _, and may not start with sqlite')
  }
  return { file, name: model.name, ...inherited(file, model, [model.name]) }
}

function fail(file: string, problem: string, cause?: unknown): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${file}: ${problem}`], cause })
}

function readOne(file: string): PlainObject {
  let model: unknown
  try {
    model = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    fail(file, `cannot be read as JSON: ${(error as Error).message}`, error)
  }
  return isPlainObject(model) ? model : fail(file, 'must hold one model of LoopBack’s')
}

/** A model merged over the chain of those it extends, up to the built-in User. */
function inherited(
  file: string,
  model: PlainObject,
  visited: readonly string[],
): Pick<ModelDefinition, 'properties' | 'settings'> {
  const own = partsOf(model)
  const { base = 'PersistedModel' } = own.settings
  if (base === 'User') return own
  if (typeof base !== 'string' || visited.includes(base)) fail(file, 'base: must name another model')
  const parent = findBeside(file, base)
  if (!parent) {
    fail(file, `base: must be User, or a model beside this file that extends it; "${base}" is neither`)
  }
  const above = inherited(parent.file, parent.model, [...visited, base])
  return {
    properties: { ...above.properties, ...own.properties },
    settings: merged(above.settings, own.settings),
  }
}

/** LoopBack keeps every key but these three as a setting; one under `options` wins over the same at the top. */
function partsOf(model: PlainObject): Pick<ModelDefinition, 'properties' | 'settings'> {
  const { name: _, properties, options, settings, ...rest } = model
  const all = { ...objectOr(settings), ...rest, ...objectOr(options) }
  // Null is as good as absent.
  const said = Object.entries(all).filter(([, value]) => value !== null)
  return { properties: objectOr(properties), settings: Object.fromEntries(said) }
}

function objectOr(value: unknown): PlainObject {
  return isPlainObject(value) ? value : {}
}

/** As LoopBack merges settings by default: lists grow, objects are merged, and of the rest the nearer one wins. */
function merged(above: PlainObject, own: PlainObject): PlainObject {
  const result = { ...above }
  for (const [key, value] of Object.entries(own)) {
    const inheritedValue = above[key]
    if (Array.isArray(value) && Array.isArray(inheritedValue)) result[key] = [...inheritedValue, ...value]
    else if (isPlainObject(value) && isPlainObject(inheritedValue))
      result[key] = merged(inheritedValue, value)
    else result[key] = value
  }
  return result
}

function findBeside(file: string, name: string): { file: string; model: PlainObject } | undefined {
  for (const entry of readdirSync(dirname(file)).sort()) {
    if (!entry.endsWith('.json')) continue
    const candidate = join(dirname(file), entry)
    const model = readIfModel(candidate)
    if (model?.name === name) return { file: candidate, model }
  }
  return undefined
}

/** What else lies in the folder is none of our business, broken or not. */
function readIfModel(file: string): PlainObject | undefined {
  try {
    return readOne(file)
  } catch {
    return undefined
  }
}
