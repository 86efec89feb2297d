import { Value } from 'typebox/value'
import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import { isLoopback, isNetwork, isOrigin, isSender } from './addresses.ts'
import { problemAtEdge } from './check-edge.ts'
import {
  type Behaviour,
  behaviourOf,
  type Compatibility,
  compatibilities,
  userDefaultsOf,
} from './compatibility.ts'
import { completeLimits } from './limit-options.ts'
import { type CompleteOptions, type LatchkeyOptions, Options } from './options.ts'
import { isPlace } from './page-links.ts'
import { checkValidations, type PropertyDefinition, readProperties } from './read-properties.ts'
import { checkSecrecy } from './secrecy.ts'

export type { PropertyType } from './property-options.ts'
export { type PropertyDefinition, reservedProperties, type Validation } from './read-properties.ts'

type AclOption = CompleteOptions['user']['acls'][number]

export interface UserSettings extends Readonly<Omit<CompleteOptions['user'], 'properties' | 'acls'>> {
  /** The model's name, as messages and access rules show it. */
  readonly modelName: string
  /** What tokens say of whose they are, where LoopBack's would; undefined: nothing. */
  readonly principalType: string | undefined
  readonly properties: ReadonlyMap<string, PropertyDefinition>
  /** Names in the order in which a user's JSON has them; all others come after. None: as the house keeps them. */
  readonly memberOrder: readonly string[]
  readonly acls: readonly AclOption[]
}

/** The configuration, checked and complete. Nothing below asks twice whether a value makes sense. */
export interface Settings extends Readonly<Omit<CompleteOptions, 'server' | 'user' | 'compatibility'>> {
  /** What `compatibility` chose: the rest of the source never asks for the mode itself. */
  readonly behaviour: Behaviour
  readonly server: Readonly<Omit<CompleteOptions['server'], 'publicUrl'>>
  /** Without a slash at its end; undefined where it follows host and port. */
  readonly publicUrl: string | undefined
  readonly user: UserSettings
}

/** What a user model is called and, unless `rest.path` says it, where it answers. */
export interface ModelIdentity {
  readonly name: string
  readonly path?: string | undefined
  readonly principalType?: string | undefined
}

/**
 * Fills in the defaults and checks every option, for one user model whose options stand under `user`.
 * @throws {LatchkeyError} CONFIGURATION_INVALID, naming the option by its path and what was expected
 */
export function readSettings(
  given: LatchkeyOptions,
  { name, path, principalType }: ModelIdentity = { name: 'User' },
): Settings {
  const options: unknown = Value.Default(Options, withWholeLimits(withDefaultsOfMode(structuredClone(given))))
  checkShape(options)
  const { compatibility, server, user, ...rest } = options
  checkRoleNames(options.roles)
  checkValidations(user.validations)
  const { publicUrl, ...listening } = server
  const behaviour = behaviourOf(compatibility)
  checkSecrecy({ user, behaviour, passwordPepper: rest.passwordPepper })
  const settings: Settings = {
    ...rest,
    behaviour,
    server: listening,
    rest: { ...options.rest, path: path ?? options.rest.path },
    publicUrl: publicUrl === undefined ? undefined : readPublicUrl(publicUrl),
    user: {
      ...user,
      modelName: name,
      principalType,
      properties: readProperties(user.properties, behaviour.builtInProperties),
      memberOrder: memberOrderOf(user.properties, behaviour),
    },
  }
  checkTogether(settings)
  return Object.freeze(settings)
}

/** A mode of LoopBack's brings its defaults; whatever else is wrong with what was given, the check will say. */
function withDefaultsOfMode(given: unknown): unknown {
  if (!isPlainObject(given)) return given
  const mode = compatibilities.find((known): known is Compatibility => known === given.compatibility)
  const { user = {} } = given
  return mode && isPlainObject(user) ? { ...given, user: { ...userDefaultsOf(mode), ...user } } : given
}

function withWholeLimits(given: unknown): unknown {
  return isPlainObject(given) && given.rateLimit !== undefined
    ? { ...given, rateLimit: completeLimits(given.rateLimit) }
    : given
}

function memberOrderOf(declared: object, { memberOrder }: Behaviour): readonly string[] {
  return memberOrder.length === 0 ? [] : [...new Set([...Object.keys(declared), ...memberOrder])]
}

function fail(path: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${path}: ${problem}`] })
}

type ShapeError = ReturnType<typeof Value.Errors>[number]

function checkShape(options: unknown): asserts options is CompleteOptions {
  const errors = Value.Errors(Options, options).filter(
    ({ keyword }) => keyword !== 'boolean' && keyword !== 'anyOf',
  )
  const [first] = errors
  if (!first) return
  // Each branch of a union complains; of an object, what its own branch says of its content is what helps.
  const here = errors.filter(({ instancePath }) => instancePath.startsWith(first.instancePath))
  const inside = here.find(
    ({ keyword, instancePath }) => isAboutContent(keyword) || instancePath !== first.instancePath,
  )
  const isOfOneKind = here.every(({ keyword }) => keyword !== 'type' && keyword !== 'const')
  if (inside || isOfOneKind) complain(inside ?? first)
  const alternatives = here
    .filter(({ keyword }) => keyword === 'type' || keyword === 'const' || keyword === 'pattern')
    .map(expectation)
  fail(pathOf(first), `must be ${[...new Set(alternatives)].join(' or ')}`)
}

function isAboutContent(keyword: string): boolean {
  return keyword === 'additionalProperties' || keyword === 'required'
}

function complain(error: ShapeError): never {
  const params = error.params as Record<string, unknown>
  if (error.keyword === 'additionalProperties') {
    const [unknown] = params.additionalProperties as string[]
    fail([pathOf(error), unknown].filter(Boolean).join('.'), 'there is no such option')
  }
  if (error.keyword === 'enum')
    fail(pathOf(error), `must be one of ${(params.allowedValues as unknown[]).join(', ')}`)
  if (error.keyword === 'pattern') fail(pathOf(error), `must be ${expectedAt(error.schemaPath)}`)
  fail(pathOf(error) || 'the configuration', error.message)
}

/** What the schema says in words beside a pattern. */
function expectedAt(schemaPath: string): unknown {
  const keys = schemaPath.split('/').slice(1)
  const schema = keys.reduce<unknown>((inner, key) => (inner as PlainObject)[key], Options)
  return (schema as PlainObject).expected
}

function pathOf({ instancePath }: ShapeError): string {
  return instancePath.slice(1).replaceAll('/', '.')
}

function expectation({ keyword, params, message, schemaPath }: ShapeError): string {
  if (keyword === 'pattern') return String(expectedAt(schemaPath))
  const { allowedValue } = params as { allowedValue?: unknown }
  return keyword === 'const' ? JSON.stringify(allowedValue) : message.replace(/^must be (either )?/, '')
}

function readPublicUrl(text: string): string {
  const url = URL.parse(text)
  const isPlain =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  if (!isPlain) fail('server.publicUrl', 'must be an http or https URL without user, query or fragment')
  return url.href.replace(/\/$/, '')
}

function checkRoleNames(roles: CompleteOptions['roles']): void {
  const builtIn = Object.keys(roles).find((role) => role === '' || role.startsWith('$'))
  if (builtIn !== undefined) fail(`roles.${builtIn}`, 'names that start with $ belong to the built-in roles')
}

/** What no single option can know: combinations that would be unsafe or cannot work. */
function checkTogether(settings: Settings): void {
  const { server, database, publicUrl, user, tokens, redirects, mail, pages } = settings
  if (server.workers > 1 && database.url === 'sqlite::memory:')
    fail('server.workers', 'must be 1 with sqlite::memory:, which only one process can see')
  if (publicUrl === undefined && !isLoopback(server.host)) {
    fail(
      'server.publicUrl',
      `must be set when listening on ${server.host}, because links in mails start with it`,
    )
  }
  if (
    !user.rolesRequireVerifiedEmail &&
    publicUrl !== undefined &&
    !isLoopback(new URL(publicUrl).hostname)
  ) {
    fail('user.rolesRequireVerifiedEmail', 'may be false only while server.publicUrl is a loopback address')
  }
  if (tokens.cookie !== 'off' && publicUrl?.startsWith('http:') && !isLoopback(new URL(publicUrl).hostname)) {
    fail(
      'tokens.cookie',
      'needs a server.publicUrl that starts with https: whoever listens would have the token',
    )
  }
  for (const [index, entry] of tokens.cookieOrigins.entries()) {
    if (!isOrigin(entry))
      fail(`tokens.cookieOrigins.${index}`, 'must be an origin such as https://app.example.com')
  }
  for (const [index, entry] of redirects.entries()) {
    if (entry.startsWith('/')) continue
    if (!isOrigin(entry)) {
      fail(
        `redirects.${index}`,
        'must be a path that starts with / or an origin such as https://app.example.com',
      )
    }
  }
  for (const [name, place] of Object.entries(pages)) {
    if (!isPlace(place)) fail(`pages.${name}`, 'must be a path that starts with / or an http or https URL')
  }
  const problem = problemAtEdge(server, publicUrl)
  if (problem !== undefined) throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
  const proxies = typeof server.trustProxy === 'boolean' ? [] : [server.trustProxy].flat()
  for (const proxy of proxies.flatMap((list) => list.split(','))) {
    if (!isNetwork(proxy.trim()))
      fail('server.trustProxy', `"${proxy}" is neither an address nor a network (CIDR)`)
  }
  if (!isSender(mail.from)) fail('mail.from', 'must be an address, or a name and an address: Name <address>')
  if (mail.url.startsWith('smtp') && !URL.canParse(mail.url))
    fail('mail.url', 'must be a valid smtp:// or smtps:// URL')
}
