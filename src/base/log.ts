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
const secretInUrl = /([?&;](?:[^=&#]*(?:token|password)[^=&#]*))=[^&#\s]*/gi

/**
 * A logger that writes no secret: fields that hold one are cut, and so are the values of tokens and passwords in
 * any URL it is handed under `url` (ASVS 16.2.5).
 */
export function createLog(level: LogLevel): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
    serializers: { url: redactUrl, error: describeError },
  })
}

/** The URL with the value of every parameter that may hold a secret cut out, however it is encoded. */
export function redactUrl(url: string): string {
  const plain = safelyDecoded(url)
  return plain.replace(secretInUrl, '$1=[redacted]')
}

function safelyDecoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    // A broken escape could hide a parameter's name from us, so nothing after the path is shown.
    return url.split('?', 1)[0] ?? ''
  }
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return {
    type: error.name,
    message: redactUrl(error.message),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
