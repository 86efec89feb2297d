import { resolve } from 'node:path'
import { isRefusal, LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { ownMethodsOf, translateAcls } from './model-acls.ts'
import { readModelFile } from './model-file.ts'
import { translateProperties } from './model-properties.ts'
import { principalTypeOf, translateSettings } from './model-settings.ts'
import type { LatchkeyOptions, UserEntry } from './options.ts'
import { pluralOf } from './plural.ts'
import { readSettings, type Settings } from './settings.ts'

/** One user model of the configuration, with settings of its own. */
export interface ConfiguredModel {
  /** LoopBack's name of it; `User` where the configuration names none. */
  readonly name: string
  /** Where it stands, as messages name it: `user`, `user.1`, or its file. */
  readonly origin: string
  /** The shared settings, and its own under `user`, `rest.path` and `roles`. */
  readonly settings: Settings
  /** What its file asks for that Latchkey does not do. */
  readonly notes: readonly string[]
  /** Whether a method is one its file says the team has added. */
  readonly isOwnMethod: (name: string) => boolean
}

interface Source extends Pick<ConfiguredModel, 'isOwnMethod'> {
  readonly name: string
  readonly origin: string
  /** Undefined: `rest.path`. */
  readonly path: string | undefined
  readonly principalType?: string | undefined
  readonly options: PlainObject
  readonly roles: unknown
  readonly notes: readonly string[]
}

/**
 * The user models a configuration describes, in its order: by options, by LoopBack's own files, or several of both.
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function readModels(given: LatchkeyOptions): readonly [ConfiguredModel, ...ConfiguredModel[]] {
  // Whatever else it is, the check of the shape will say.
  const { user = {} } = isPlainObject(given) ? given : {}
  const sources = Array.isArray(user)
    ? user.map((entry, index) => readEntry(entry, `user.${index}`))
    : [readEntry(user as UserEntry, 'user')]
  if (sources.length === 0) fail('user', 'must hold at least one model')
  checkShared(given, sources)
  const models = sources.map((source) => readModel(given, source, sources.length > 1))
  checkApart(models)
  return models as [ConfiguredModel, ...ConfiguredModel[]]
}

function fail(path: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${path}: ${problem}`] })
}

function readEntry(entry: UserEntry, origin: string): Source {
  if (typeof entry === 'string') return readFileEntry(entry, {}, undefined)
  if (!isPlainObject(entry)) fail(origin, 'must be options of a user model, or the path of a model file')
  const { model, roles, ...options } = entry as PlainObject
  if (model === undefined)
    return { name: 'User', origin, path: undefined, options, roles, notes: [], isOwnMethod: () => false }
  if (typeof model !== 'string') fail(`${origin}.model`, 'must be the path of a model file')
  return readFileEntry(model, options, roles)
}

/** A model file, and above it what stands beside its path. */
function readFileEntry(path: string, above: PlainObject, roles: unknown): Source {
  const definition = readModelFile(resolve(path))
  const parts = [translateProperties, translateSettings, translateAcls].map((read) => read(definition))
  const own: PlainObject = Object.assign({}, ...parts.map(({ options }) => options))
  return {
    name: definition.name,
    origin: definition.file,
    principalType: principalTypeOf(definition),
    path: pathOf(definition.file, definition.name, definition.settings),
    options: {
      ...own,
      ...above,
      properties: joined(own.properties, above.properties),
      acls: [own.acls, above.acls].flatMap((rules) => rules ?? []),
    },
    roles,
    notes: parts.flatMap(({ notes }) => notes),
    isOwnMethod: ownMethodsOf(definition),
  }
}

function joined(own: unknown, above: unknown): unknown {
  return above === undefined || isPlainObject(above) ? { ...(own as PlainObject), ...above } : above
}

/** LoopBack's path of a model below the root. */
function pathOf(file: string, name: string, { http, plural }: PlainObject): string {
  const said = (isPlainObject(http) && http.path) || plural || pluralOf(name)
  const path = String(said).replace(/^\/?/, '/')
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) fail(file, `http.path: cannot answer at ${path}`)
  return path
}

/** What is said once for all models must not be meant for one of them. */
function checkShared(given: LatchkeyOptions, sources: readonly Source[]): void {
  const { rest, roles }: PlainObject = isPlainObject(given) ? given : {}
  if (isPlainObject(rest) && rest.path !== undefined && sources.every(({ path }) => path !== undefined)) {
    fail('rest.path', 'a model file says its path itself, with http.path or plural')
  }
  if (!isPlainObject(roles) || Object.keys(roles).length === 0) return
  if (sources.length > 1) {
    fail('roles', 'must stand with one of the user models: an address may be a different person’s at each')
  }
  if (sources.some((source) => source.roles !== undefined)) fail('roles', 'must be given once')
}

function readModel(given: LatchkeyOptions, source: Source, isOneOfSeveral: boolean): ConfiguredModel {
  const { name, origin, path, principalType, options, notes, isOwnMethod } = source
  const roles = source.roles ?? (isOneOfSeveral ? {} : given.roles)
  if (!isPlainObject(given)) readSettings(given)
  const own = { ...given, user: options, ...(roles === undefined ? {} : { roles }) } as LatchkeyOptions
  const settings = tellingOrigin(origin, () => readSettings(own, { name, path, principalType }))
  return { name, origin, settings, notes, isOwnMethod }
}

/** Runs a check of a model's settings; what it complains of under `user` is named by where the model stands. */
export function tellingOrigin<T>(origin: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!isRefusal(error, 'CONFIGURATION_INVALID')) throw error
    throw new LatchkeyError('CONFIGURATION_INVALID', {
      values: [atOrigin(origin, error.message)],
      cause: error,
    })
  }
}

/** A sentence about `user.ttl` as one about `customer.json: ttl` or `user.1.ttl`. */
export function atOrigin(origin: string, sentence: string): string {
  const [, rest] = /^user[.:]\s*(.*)$/s.exec(sentence) ?? []
  if (rest === undefined || origin === 'user') return sentence
  return origin.startsWith('user.') ? `${origin}.${rest}` : `${origin}: ${rest}`
}

/** Names lead to tables and paths to models, so each is one model's alone. */
function checkApart(models: readonly ConfiguredModel[]): void {
  for (const [index, { name, origin, settings }] of models.entries()) {
    const path = settings.rest.path.toLowerCase()
    for (const earlier of models.slice(0, index)) {
      if (earlier.name.toLowerCase() === name.toLowerCase()) {
        fail(origin, `the name "${name}" is that of ${earlier.origin} as well`)
      }
      const other = earlier.settings.rest.path.toLowerCase()
      if (`${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`)) {
        fail(
          origin,
          `its path ${settings.rest.path} meets ${earlier.settings.rest.path} of ${earlier.origin}`,
        )
      }
    }
  }
}
