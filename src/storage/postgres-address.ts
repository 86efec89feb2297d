import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { LatchkeyError } from '../base/errors.ts'

const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
const sessions = ['any', 'read-write', 'primary'] as const

/** Where a database is, and how to get in. */
export interface Address {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  readonly tls: ConnectionOptions | false
  /** Whether a server that speaks no TLS is spoken to without. */
  readonly mayBePlain: boolean
  /** Which of several servers will do. */
  readonly session: (typeof sessions)[number]
  readonly applicationName: string
  readonly options: string | undefined
}

/**
 * Reads a `postgres://` URL as libpq does: several hosts with a comma between, and of its parameters `sslmode`,
 * `sslrootcert`, `target_session_attrs`, `application_name`, `options` and `host`.
 * @param caFile certificates of those whose signature on the server's counts, in PEM; `sslrootcert` is the same
 * @throws {LatchkeyError} DATABASE_UNUSABLE
 */
export function readAddress(url: string, caFile?: string): Address {
  const [, userInfo, places = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(url) ??
    refuse('cannot be read: write postgres://user:password@host:5432/database')
  // Before the parameters: a password with a slash or a question mark in it looks like a strange host first.
  const named = places === '' ? undefined : places.split(',').map(readPlace)
  const parameters = readParameters(query)
  const [name = '', password] = (userInfo ?? '').split(/:(.*)/s)
  const user = decode(name) || 'postgres'
  const hosts =
    named ??
    decode(parameters.get('host') ?? 'localhost')
      .split(',')
      .map(readPlace)
  const mode = oneOf(tlsModes, 'sslmode', parameters.get('sslmode') ?? 'prefer')
  // Nobody writes to a standby; whoever names several servers wants the one that can be written to.
  const session = parameters.get('target_session_attrs') ?? (hosts.length > 1 ? 'read-write' : 'any')
  return {
    hosts,
    user,
    password: password === undefined ? undefined : decode(password),
    database: decode(path) || user,
    tls: tlsOf(mode, caFile ?? parameters.get('sslrootcert')),
    mayBePlain: mode === 'prefer',
    session: oneOf(sessions, 'target_session_attrs', session),
    applicationName: parameters.get('application_name') ?? 'latchkey',
    options: parameters.get('options'),
  }
}

const known = ['host', 'sslmode', 'sslrootcert', 'target_session_attrs', 'application_name', 'options']

function readParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = part.split(/=(.*)/s).map(decode)
    // It may be the second half of a password, which nobody shall read here.
    const shown = /^[a-z_]+$/.test(name) ? `"${name}", ` : ''
    if (!known.includes(name)) refuse(`has a parameter ${shown}which is not one of ${known.join(', ')}`)
    parameters.set(name, value)
  }
  return parameters
}

function readPlace(place: string): { host: string; port: number } {
  // A folder with a socket in it, or a host, in brackets where its address has colons.
  if (place.startsWith('/')) return { host: place, port: 5432 }
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:@]*))(?::(\d+))?$/.exec(place) ??
    refuse('names a host that is none; write @, / and ? in a password as %40, %2F and %3F')
  return {
    host: bracketed ?? (decode(plain ?? '') || 'localhost'),
    port: port === undefined ? 5432 : Number(port),
  }
}

/** As in libpq, certificates to go by make of `require` a `verify-ca`. */
function tlsOf(mode: (typeof tlsModes)[number], caFile: string | undefined): ConnectionOptions | false {
  if (mode === 'disable') return false
  const ca = caFile === undefined ? {} : { ca: readCertificates(caFile) }
  const isChecked =
    mode === 'verify-full' || mode === 'verify-ca' || (mode === 'require' && caFile !== undefined)
  if (!isChecked) return { ...ca, rejectUnauthorized: false }
  return mode === 'verify-full' ? ca : { ...ca, checkServerIdentity: () => undefined }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    return refuse(`needs the certificates in ${file}, which cannot be read`, cause)
  }
}

function oneOf<Choice extends string>(choices: readonly Choice[], name: string, given: string): Choice {
  const choice = choices.find((one) => one === given)
  return choice ?? refuse(`has ${name}=${given}; there is ${choices.join(', ')}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    return refuse('is not properly percent-encoded', cause)
  }
}

/** Never with the URL itself: there is a password in it. */
function refuse(problem: string, cause?: unknown): never {
  throw new LatchkeyError('DATABASE_UNUSABLE', { values: [`database.url: ${problem}`], cause })
}
