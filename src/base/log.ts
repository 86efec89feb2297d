import { pino } from 'pino'

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

/**
 * A logger that writes no secret: fields that hold one are cut, and so is whatever may hold one in a URL it is handed
 * under `url` (ASVS 16.2.5).
 * @param worker which of several processes writes, where there are several
 */
export function createLog(level: LogLevel, worker?: number): Log {
  return pino({
    level,
    base: worker === undefined ? null : { worker },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: { url: redactUrl, error: describeError },
  })
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

function redactText(text: string): string {
  return text.replace(tokenLike, '[redacted]')
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return {
    type: error.name,
    message: redactText(error.message),
    stack: error.stack && redactText(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
