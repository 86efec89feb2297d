import { readFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { groups, type LatchkeyOptions, Options } from './options.ts'
import { fileSuffix, holdsSecret, readSecretFile } from './secrets.ts'

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

/** A configuration, and what is wrong with where it was found. */
export interface LoadedConfiguration {
  readonly options: LatchkeyOptions
  /** Dangers, a sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Reads the configuration: a file, environment variables above it, and flags above those.
 * @throws {LatchkeyError} CONFIGURATION_INVALID when the file cannot be read or a variable names no option
 */
export async function loadOptions(sources: Sources = {}): Promise<LatchkeyOptions> {
  return (await loadConfiguration(sources)).options
}

/** The same, with the secrets that lie about. */
export async function loadConfiguration(sources: Sources = {}): Promise<LoadedConfiguration> {
  const directory = sources.directory ?? process.cwd()
  const options: PlainObject = structuredClone(await readConfigurationFile(directory, sources.file))
  const texts = await readVariables(sources.env ?? {}, directory)
  const flags = readFlags(sources.flags ?? {})
  const inFile = optionNames.filter(
    (option) => holdsSecret(option.schema, valueAt(options, option.path)) && !texts.has(option),
  )
  const warnings = [
    ...inFile.filter((option) => !flags.has(option)).map(warnOfFile),
    ...[...flags]
      .filter(([{ schema }, text]) => holdsSecret(schema, text))
      .map(([option]) => warnOfFlag(option)),
  ]
  for (const [option, text] of flags) texts.set(option, text)
  // In the order of the manual: a whole comes before its parts, which stand above it.
  for (const option of optionNames) {
    const text = texts.get(option)
    if (text !== undefined) assign(options, option, text)
    if (option.path === 'user' && text !== undefined) options.user = resolved(options.user, directory)
  }
  return { options: options as LatchkeyOptions, warnings }
}

async function readVariables(
  env: NonNullable<Sources['env']>,
  directory: string,
): Promise<Map<OptionName, string>> {
  const texts = new Map<OptionName, string>()
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('LATCHKEY_') || text === undefined) continue
    const option = optionNames.find(({ variable }) => variable === name)
    const secret = optionNames.find(({ variable, schema }) => schema.secret && name === variable + fileSuffix)
    if (!option && !secret && isOthers(name, text)) continue
    const found = option ?? secret ?? fail(`${name}: no option is set by this environment variable`)
    if (secret && env[secret.variable] !== undefined)
      fail(`${name}: ${secret.variable} is set as well; set one of them`)
    texts.set(found, secret ? await readSecretFile(name, text, directory) : text)
  }
  return texts
}

function readFlags(flags: NonNullable<Sources['flags']>): Map<OptionName, string> {
  const texts = new Map<OptionName, string>()
  for (const [path, text] of Object.entries(flags)) {
    const option = optionNames.find((known) => known.path === path)
    const { variable, schema } = option ?? fail(`--${path}: there is no such option`)
    // Whoever may list processes reads their arguments.
    if (schema.secret === true) fail(`--${path}: is a secret: set ${variable} or ${variable}${fileSuffix}`)
    texts.set(option as OptionName, text)
  }
  return texts
}

function warnOfFile({ path, variable }: OptionName): string {
  return `${path} holds a secret in the configuration file, which gets copied and committed: set ${variable}${fileSuffix} to the name of a file of its own`
}

function warnOfFlag({ path, variable }: OptionName): string {
  return `--${path} holds a secret, which every user of this machine can read in the list of processes: set ${variable}${fileSuffix} to the name of a file that has it`
}

function valueAt(options: PlainObject, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (isPlainObject(inner) ? inner[key] : undefined), options)
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
    // The parser's own words show what stands around the fault, which may be a password; and so would a cause.
    const place = / at position \d+.*$/s.exec((error as Error).message)?.[0] ?? ''
    fail(`${path}: is not valid JSON${place}`)
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
