import { readFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { groups, type LatchkeyOptions, Options } from './options.ts'

/** One option that can be set by itself: `user.ttl`, `LATCHKEY_USER_TTL`. */
export interface OptionName {
  readonly path: string
  readonly variable: string
  /** Its JSON schema, with `description` and `default`. */
  readonly schema: PlainObject
}

/** Every option by its path, its environment variable and its schema, in the order of the manual. */
export const optionNames: readonly OptionName[] = withGroups(leavesOf(Options as unknown as PlainObject, []))

export interface Sources {
  /** A `.json`, `.ts`, `.mjs` or `.js` file; when unset, `latchkey.config.*` in `directory` if there is one. */
  readonly file?: string | undefined
  readonly directory?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Texts by option path, as the command line gives them: `{ 'server.port': '8080' }`. */
  readonly flags?: Readonly<Record<string, string>>
}

/**
 * Reads the configuration: a file, environment variables above it, and flags above those.
 * @throws {LatchkeyError} CONFIGURATION_INVALID when the file cannot be read or a variable names no option
 */
export async function loadOptions(sources: Sources = {}): Promise<LatchkeyOptions> {
  const directory = sources.directory ?? process.cwd()
  const options: PlainObject = structuredClone(await readConfigurationFile(directory, sources.file))
  const texts = new Map<OptionName, string>()
  for (const [name, text] of Object.entries(sources.env ?? {})) {
    if (!name.startsWith('LATCHKEY_') || text === undefined) continue
    const option = optionNames.find(({ variable }) => variable === name)
    const inFile = optionNames.find(({ variable, schema }) => schema.secret && `${variable}_FILE` === name)
    if (!option && !inFile && isOthers(name, text)) continue
    if (option) texts.set(option, text)
    else if (inFile) texts.set(inFile, await readSecret(name, text, sources.env?.[inFile.variable]))
    else fail(`${name}: no option is set by this environment variable`)
  }
  for (const [path, text] of Object.entries(sources.flags ?? {})) {
    const option = optionNames.find((known) => known.path === path)
    if (!option) fail(`--${path}: there is no such option`)
    // Whoever may list processes reads their arguments.
    if (option.schema.secret)
      fail(`--${path}: is a secret: set ${option.variable} or ${option.variable}_FILE`)
    texts.set(option, text)
  }
  // In the order of the manual: a whole comes before its parts, which stand above it.
  for (const option of optionNames) {
    const text = texts.get(option)
    if (text !== undefined) assign(options, option, text)
    if (option.path === 'user' && text !== undefined) options.user = resolved(options.user, directory)
  }
  return options as LatchkeyOptions
}

/** A secret may lie in a file, as Docker and Kubernetes hand it in; a line end after it is not part of it. */
async function readSecret(name: string, path: string, besides: string | undefined): Promise<string> {
  if (besides !== undefined) fail(`${name}: the same option is set by ${name.replace(/_FILE$/, '')}`)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail(`${name}: ${path} cannot be read: ${error.message}`, error),
  )
  return text.replace(/\r?\n$/, '')
}

// Kubernetes tells every pod of the services beside it, also of one called "latchkey" or "latchkey-db"; LATCHKEY_CONFIG
// names the file itself.
function isOthers(name: string, text: string): boolean {
  if (name === 'LATCHKEY_CONFIG') return true
  return (
    /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/.test(name) || /^(tcp|udp|sctp):\/\//.test(text)
  )
}

function fail(problem: string, cause?: unknown): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem], cause })
}

async function readConfigurationFile(directory: string, file: string | undefined): Promise<PlainObject> {
  if (file !== undefined) {
    return (await readOne(resolve(directory, file))) ?? fail(`${resolve(directory, file)} does not exist`)
  }
  for (const name of ['latchkey.config.json', 'latchkey.config.ts', 'latchkey.config.mjs']) {
    const found = await readOne(resolve(directory, name))
    if (found) return found
  }
  return {}
}

/** `user` with the paths of model files resolved, so that they are found from wherever they are read. */
function resolved(user: unknown, directory: string): unknown {
  if (typeof user === 'string') return resolve(directory, user)
  if (Array.isArray(user)) return user.map((entry) => resolved(entry, directory))
  return isPlainObject(user) && typeof user.model === 'string'
    ? { ...user, model: resolve(directory, user.model) }
    : user
}

/** `server` with the files of TLS where the configuration's own file has them. */
function withFilesResolved(server: PlainObject, directory: string): PlainObject {
  const { tls } = server
  if (!isPlainObject(tls)) return server
  const files = Object.entries(tls).map(([name, file]) => [
    name,
    typeof file === 'string' && file !== '' ? resolve(directory, file) : file,
  ])
  return { ...server, tls: Object.fromEntries(files) }
}

/** Undefined where there is no such file; whatever else goes wrong in it or with it is told. */
async function readOne(path: string): Promise<PlainObject | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return fail(`${path} cannot be read: ${error.message}`, error)
  })
  if (text === undefined) return undefined
  const content = extname(path) === '.json' ? parse(path, text) : await importDefault(path)
  if (!isPlainObject(content)) fail(`${path}: must hold one object of options`)
  const { user, hooks, server } = content
  return {
    ...content,
    ...(user === undefined ? {} : { user: resolved(user, dirname(path)) }),
    ...(typeof hooks === 'string' ? { hooks: resolve(dirname(path), hooks) } : {}),
    ...(isPlainObject(server) ? { server: withFilesResolved(server, dirname(path)) } : {}),
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    fail(`${path}: is not valid JSON: ${(error as Error).message}`, error)
  }
}

async function importDefault(path: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(path).href)).default
  } catch (error) {
    fail(`${path}: ${(error as Error).message}`, error)
  }
}

function assign(options: PlainObject, { path, variable, schema }: OptionName, text: string): void {
  if (path.startsWith('user.')) {
    if (Array.isArray(options.user))
      fail(`${variable} or --${path}: there are several user models to set it for`)
    if (typeof options.user === 'string') options.user = { model: options.user }
  }
  const keys = path.split('.')
  const last = keys.pop() as string
  let target = options
  for (const key of keys) {
    if (!isPlainObject(target[key])) target[key] = {}
    target = target[key] as PlainObject
  }
  target[last] = schema.type === 'string' ? text : fromText(text)
}

/** Numbers, booleans, lists and objects are written as JSON; what is not JSON is meant as text. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Before its parts, a group as a whole. */
function withGroups(names: readonly OptionName[]): OptionName[] {
  return Object.entries(groups).reduce(
    (all, [path, schema]) => {
      const whole = { path, variable: variableOf([path]), schema: schema as PlainObject }
      const first = all.findIndex((part) => part.path.startsWith(`${path}.`))
      return all.toSpliced(first, 0, whole)
    },
    [...names],
  )
}

function variableOf(keys: readonly string[]): string {
  const words = ['latchkey', ...keys].map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'))
  return words.join('_').toUpperCase()
}

function leavesOf(schema: PlainObject, keys: readonly string[]): OptionName[] {
  const { properties } = schema
  if (!isPlainObject(properties)) {
    return [{ path: keys.join('.'), variable: variableOf(keys), schema }]
  }
  return Object.entries(properties).flatMap(([key, inner]) => leavesOf(inner as PlainObject, [...keys, key]))
}
