import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { type LatchkeyOptions, Options } from './options.ts'

/** One option that can be set by itself: `user.ttl`, `LATCHKEY_USER_TTL`. */
export interface OptionName {
  readonly path: string
  readonly variable: string
  /** Its JSON schema, with `description` and `default`. */
  readonly schema: PlainObject
}

/** Every option by its path, its environment variable and its schema, in the order of the manual. */
export const optionNames: readonly OptionName[] = leavesOf(Options as unknown as PlainObject, [])

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
  for (const [name, text] of Object.entries(sources.env ?? {})) {
    if (!name.startsWith('LATCHKEY_') || text === undefined) continue
    const option = optionNames.find(({ variable }) => variable === name)
    if (!option && isOthers(name, text)) continue
    if (!option) fail(`${name}: no option is set by this environment variable`)
    assign(options, option, text)
  }
  for (const [path, text] of Object.entries(sources.flags ?? {})) {
    const option = optionNames.find((known) => known.path === path)
    if (!option) fail(`--${path}: there is no such option`)
    assign(options, option, text)
  }
  return options as LatchkeyOptions
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

/** Undefined where there is no such file; whatever else goes wrong in it or with it is told. */
async function readOne(path: string): Promise<PlainObject | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return fail(`${path} cannot be read: ${error.message}`, error)
  })
  if (text === undefined) return undefined
  const content = extname(path) === '.json' ? parse(path, text) : await importDefault(path)
  if (!isPlainObject(content)) fail(`${path}: must hold one object of options`)
  return content
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

function assign(options: PlainObject, { path, schema }: OptionName, text: string): void {
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

function leavesOf(schema: PlainObject, keys: readonly string[]): OptionName[] {
  const { properties } = schema
  if (!isPlainObject(properties)) {
    const variable = ['latchkey', ...keys].map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2')).join('_')
    return [{ path: keys.join('.'), variable: variable.toUpperCase(), schema }]
  }
  return Object.entries(properties).flatMap(([key, inner]) => leavesOf(inner as PlainObject, [...keys, key]))
}
