import { pino } from 'pino'
import type { RequestScope } from './request-scope.ts'

/** The levels of `log.level`, from silent to chatty. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** One line of JSON per event. `fields` come first, as in pino. */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
  /** True when lines of this level are written, so that a caller can spare itself the work. */
  isLevelEnabled(level: LogLevel): boolean
}

const secretNames = [
  'password',
  'oldPassword',
  'newPassword',
  'passwordHash',
  'verificationToken',
  'access_token',
  'token',
]
/** Anything as long as a token, or longer, and made of the same letters. */
const tokenLike = /[A-Za-z0-9]{40,}/g
/** The password in a URL such as `smtp://user:password@host`, also one with an @ or a slash that should be escaped. */
const passwordInUrl = /(:\/\/[^\s:/@]*):\S*@/

/** Where lines come from, and where they go. */
export interface LogPlace {
  readonly worker?: number | undefined
  readonly output?: 'stdout' | 'stderr'
}

/**
 * A logger that writes no secret: fields that hold one are cut, and so is whatever may hold one in a URL it is handed
 * under `url` (ASVS 16.2.5).
 * @param place which of several processes writes, where there are several; and whether standard output is for something else
 */
export function createLog(level: LogLevel, { worker, output = 'stdout' }: LogPlace = {}): Log {
  const options = {
    level,
    base: worker === undefined ? null : { worker },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: { url: redactUrl, error: describeError },
  }
  return output === 'stdout' ? pino(options) : pino(options, pino.destination({ dest: 2, sync: true }))
}

/** The same log; what is written on behalf of a request says which. */
export function tellingRequest(log: Log, requests: Pick<RequestScope, 'current'>): Log {
  const marked = (fields: object): object => {
    const origin = requests.current()
    return origin ? { requestId: origin.requestId, ...fields } : fields
  }
  return {
    error: (fields, message) => log.error(marked(fields), message),
    warn: (fields, message) => log.warn(marked(fields), message),
    info: (fields, message) => log.info(marked(fields), message),
    debug: (fields, message) => log.debug(marked(fields), message),
    isLevelEnabled: (level) => log.isLevelEnabled(level),
  }
}

/** A URL without what may be secret in it: of parameters only the names are shown, and of a path nothing like a token. */
export function redactUrl(url: string): string {
  const [path = '', query] = url.split('?', 2)
  // Undone first, because an escape within a token would part it into harmless looking pieces.
  const shown = redactText(
    path.replace(/%[\da-f]{2}/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16))),
  )
  if (query === undefined) return shown
  const names = query
    .split('&')
    .map((parameter) => `${redactText(parameter.split('=', 1)[0] ?? '')}=[redacted]`)
  return `${shown}?${names.join('&')}`
}

/** A text without what looks like a token, and without passwords in URLs. */
export function redactText(text: string): string {
  return text.replace(/\S+/g, withoutPassword).replace(tokenLike, '[redacted]')
}

/** Looked for up to the last @ only: beyond it, it would be looked for in vain, again from every `://`. */
function withoutPassword(word: string): string {
  const end = word.lastIndexOf('@') + 1
  return end === 0 ? word : word.slice(0, end).replace(passwordInUrl, '$1:[redacted]@') + word.slice(end)
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: redactText(error.message),
    stack: error.stack && redactText(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
