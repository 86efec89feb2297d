import { STATUS_CODES } from 'node:http'
import type { ErrorName } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'
import { largestBody } from './body.ts'

/** What a LoopBack says otherwise than the catalogue does. */
export interface Wording {
  readonly status?: number
  /** From what fills the catalogue's message. */
  readonly message?: (...values: readonly unknown[]) => string | undefined
  /** What else the error carries, which LoopBack 2 sends along. */
  readonly extra?: (...values: readonly unknown[]) => PlainObject
  /** LoopBack 2 has no `statusCode` there. */
  readonly bare?: true
}

export interface ErrorDialect {
  /** Refusals that have no code there. */
  readonly uncoded: ReadonlySet<ErrorName>
  readonly wordings: Partial<Readonly<Record<ErrorName, Wording>>>
}

const uncoded: ReadonlySet<ErrorName> = new Set([
  'ACCESS_TOKEN_REQUIRED',
  'VALIDATION_FAILED',
  'SEVERAL_FAILED',
  'SEVERAL_FOUND',
  'EMPTY_DATA',
  'INVALID_LIST',
  'ID_IMMUTABLE',
  'ID_NOT_REPLACEABLE',
  'UPDATE_TARGET_NOT_FOUND',
  'REPLACE_TARGET_NOT_FOUND',
  'TOKEN_NOT_FOUND',
  'ARGUMENT_REQUIRED',
  'INVALID_ARGUMENT',
  'INVALID_ITEMS',
  'MALFORMED_ARGUMENT',
  'MALFORMED_JSON',
  'MALFORMED_URL',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_CHARSET',
  'UNSUPPORTED_ENCODING',
  'CLIENT_GONE',
  'METHOD_NOT_FOUND',
  'PATH_NOT_FOUND',
  'PAGE_NOT_FOUND',
  'INVALID_WHERE',
  'INVALID_ORDER',
  'INVALID_LIMIT',
  'INTERNAL_ERROR',
] satisfies ErrorName[])

const common = {
  PAGE_NOT_FOUND: { message: (method, path, search) => `Cannot ${method} ${path}${search}` },
  SEVERAL_FAILED: { status: 500 },
} satisfies ErrorDialect['wordings']

export const loopback3: ErrorDialect = {
  uncoded,
  wordings: { ...common, MALFORMED_ENCODING: { extra: (_message, code) => ({ code }) } },
}

export const loopback2: ErrorDialect = {
  uncoded,
  wordings: {
    ...common,
    ACCESS_TOKEN_REQUIRED: { bare: true },
    INTERNAL_ERROR: { bare: true },
    SEVERAL_FAILED: { status: 500, bare: true },
    // Two blanks, as there.
    METHOD_NOT_FOUND: {
      message: (model, method, path) => `Shared class  "${model}" has no method handling ${method} ${path}`,
    },
    INVALID_ARGUMENT: { message: describeArgument },
    INVALID_PASSWORD: { message: () => 'Invalid password: ' },
    // There the password itself is what follows.
    PASSWORD_TOO_LONG: { message: () => 'Password too long' },
    ID_IMMUTABLE: { message: () => 'id property (undefined) cannot be updated from undefined to undefined' },
    MALFORMED_JSON: { extra: () => ({ expose: true, type: 'entity.parse.failed' }) },
    MALFORMED_ENCODING: { extra: (_message, code, errno) => ({ code, errno, expose: true }) },
    BODY_TOO_LARGE: { extra: () => ({ limit: largestBody, type: 'entity.too.large', expose: true }) },
    UNSUPPORTED_CHARSET: {
      extra: (charset) => ({
        charset: String(charset).toLowerCase(),
        type: 'charset.unsupported',
        expose: true,
      }),
    },
    UNSUPPORTED_ENCODING: {
      extra: (encoding) => ({ encoding, type: 'encoding.unsupported', expose: true }),
    },
  },
}

/** `reason` where a text could not be converted; without it, where something else came of it. */
function describeArgument(
  expected: unknown,
  name?: unknown,
  shown?: unknown,
  type?: unknown,
  reason?: unknown,
): string | undefined {
  // A verb’s own complaint says nothing of what was sent.
  if (name === undefined) return undefined
  const kind = String(expected).replace(/^an? /, '')
  const argument = `alid value for argument '${name}' of type '${kind}': ${shown}. Received type was`
  return reason === undefined
    ? `Inv${argument} converted to ${type}.`
    : `inv${argument} ${type}. Error: ${reason}`
}

/** Of failures of its own LoopBack 3 tells nothing but the phrase. */
export function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown Error'
}
