/** What went wrong, in terms a domain can know. Only `http/errors.ts` turns a kind into a status. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'tooLarge'
  | 'unsupported'
  | 'invalid'
  | 'tooMany'
  | 'unavailable'
  | 'internal'

type Entry = readonly [
  kind: ErrorKind,
  message: string,
  wire?: { readonly code?: string; readonly name?: string },
]

/**
 * Every refusal there is. The key is our own name; clients see `code`, which is the key unless LoopBack already
 * gave several refusals the same one. Codes are API: add freely, never rename. `%s` is filled from `values`.
 */
export const catalogue = {
  // who is asking
  AUTHORIZATION_REQUIRED: ['unauthenticated', 'Authorization Required'],
  ACCESS_DENIED: ['forbidden', 'Access Denied'],
  MODEL_HIDDEN: ['missing', 'could not find %s with id %s', { code: 'MODEL_NOT_FOUND' }],
  INVALID_ACCESS_TOKEN: ['unauthenticated', 'Invalid Access Token', { code: 'INVALID_TOKEN' }],
  AMBIGUOUS_TOKEN: ['malformed', 'The request carries two different access tokens; send one'],
  TOKEN_IN_URL: [
    'malformed',
    'An access token must not stand in the URL; send it in the Authorization header',
  ],
  ORIGIN_NOT_ALLOWED: ['forbidden', 'By its cookie a session changes nothing for a page of another origin'],
  ACCESS_TOKEN_REQUIRED: ['unauthenticated', 'accessToken is required to logout'],

  // login
  LOGIN_FAILED: ['unauthenticated', 'login failed'],
  LOGIN_FAILED_EMAIL_NOT_VERIFIED: ['unauthenticated', 'login failed as the email has not been verified'],
  USERNAME_EMAIL_REQUIRED: ['malformed', 'username or email is required'],
  INVALID_EMAIL: ['malformed', 'Invalid email'],
  INVALID_USERNAME: ['malformed', 'Invalid username'],
  INVALID_REALM: ['malformed', 'Invalid realm'],
  REALM_REQUIRED: ['malformed', 'realm is required'],
  INVALID_TTL: ['malformed', 'ttl must be a number of seconds, at least 1'],
  INVALID_SCOPES: ['malformed', 'scopes must be a list of at most 20 names'],
  TOO_MANY_ATTEMPTS: ['tooMany', 'Too many attempts; try again later'],
  HASHING_BUSY: ['unavailable', 'Too many passwords are being checked; try again shortly'],

  // the account
  VALIDATION_FAILED: ['invalid', '%s', { name: 'ValidationError' }],
  SEVERAL_FAILED: ['invalid', 'Failed with multiple errors, see `details` for more information.'],
  EMPTY_DATA: ['malformed', 'data object cannot be empty!'],
  SEVERAL_FOUND: ['malformed', 'There are multiple instances found.Upsert Operation will not be performed!'],
  TOO_MANY_ACCOUNTS: ['invalid', 'At most %s accounts can be created in one request'],
  TOO_MANY_TOKENS: ['invalid', 'At most %s tokens can be created in one request'],
  PROPERTY_PROTECTED: ['invalid', '`%s` cannot be set by a client'],
  PROPERTY_NAME_NOT_ALLOWED: ['invalid', '`%s` cannot be the name of a property'],
  INVALID_LIST: ['malformed', '%s'],
  ID_IMMUTABLE: ['malformed', 'id cannot be updated from %s to %s when forceId is set to true'],
  ID_NOT_REPLACEABLE: [
    'malformed',
    'id property (id) cannot be updated from %s to %s',
    { code: 'ID_IMMUTABLE' },
  ],
  MODEL_NOT_FOUND: ['missing', 'Unknown "%s" id "%s".'],
  INSTANCE_NOT_FOUND: ['missing', 'could not find a model with id %s', { code: 'MODEL_NOT_FOUND' }],
  UPDATE_TARGET_NOT_FOUND: [
    'missing',
    'Could not update attributes. Object with id %s does not exist!',
    { code: 'MODEL_NOT_FOUND' },
  ],
  REPLACE_TARGET_NOT_FOUND: [
    'missing',
    'Could not replace. Object with id %s does not exist!',
    { code: 'MODEL_NOT_FOUND' },
  ],
  TOKEN_IMMUTABLE: ['malformed', '`%s` of a token cannot be changed'],
  TOKEN_NOT_FOUND: ['missing', 'No instance with id %s found for AccessToken', { code: 'MODEL_NOT_FOUND' }],

  ACCOUNT_AMBIGUOUS: [
    'malformed',
    'Two accounts go by "%s", those with the ids %s and %s: name the one you mean by its id',
  ],
  INVALID_ROLE: [
    'malformed',
    '"%s" cannot be the name of a role: it is empty, or starts with $ like the built-in ones',
  ],

  // passwords, confirmation, reset
  INVALID_PASSWORD: ['invalid', 'Invalid password.'],
  WRONG_PASSWORD: ['malformed', 'Invalid current password', { code: 'INVALID_PASSWORD' }],
  PASSWORD_TOO_LONG: ['invalid', 'The password entered was too long. Max length is %s (entered %s)'],
  PASSWORD_TOO_SHORT: ['invalid', 'The password is too short: it needs at least %s characters (entered %s)'],
  PASSWORD_TOO_COMMON: ['invalid', 'The password is one of the first that are guessed'],
  PASSWORD_TOO_PERSONAL: [
    'invalid',
    'The password is little more than the name or the address of the account, or of this site',
  ],
  PASSWORD_BREACHED: ['invalid', 'The password is known from a data breach'],
  PASSWORD_CHANGE_NOT_ALLOWED: [
    'unauthenticated',
    'Changing user password via patch/replace API is not allowed. Use changePassword() or setPassword() instead.',
  ],
  USER_NOT_FOUND: ['missing', 'User not found: %s'],
  TOKEN_USER_NOT_FOUND: ['unauthenticated', 'User %s not found', { code: 'USER_NOT_FOUND' }],
  INVALID_CONFIRMATION_TOKEN: ['malformed', 'Invalid token: %s', { code: 'INVALID_TOKEN' }],
  REDIRECT_NOT_ALLOWED: [
    'malformed',
    'redirect must be given once and lead to a place listed under `redirects`',
  ],
  EMAIL_NOT_FOUND: ['missing', 'Email not found'],
  RESET_FAILED_EMAIL_NOT_VERIFIED: ['unauthenticated', 'Email has not been verified'],
  EMAIL_REQUIRED: ['malformed', 'Email is required'],

  // what was sent
  ARGUMENT_REQUIRED: ['malformed', '%s is a required argument'],
  INVALID_ARGUMENT: ['malformed', 'Value is not %s.'],
  INVALID_ITEMS: ['malformed', 'Some of array items are not an object.', { code: 'INVALID_ARGUMENT' }],
  MALFORMED_ARGUMENT: ['malformed', 'Cannot parse JSON-encoded %s value.'],
  MALFORMED_JSON: ['malformed', '%s', { name: 'SyntaxError' }],
  MALFORMED_TEXT: ['malformed', 'The request must be valid UTF-8 without NUL characters'],
  MALFORMED_URL: ['malformed', "Failed to decode param '%s'", { name: 'URIError' }],
  MALFORMED_REQUEST: ['malformed', 'The request is not valid HTTP'],
  TOO_DEEP: ['malformed', 'JSON may be nested at most %s levels deep'],
  BODY_TOO_LARGE: ['tooLarge', 'request entity too large', { name: 'PayloadTooLargeError' }],
  UNSUPPORTED_MEDIA_TYPE: [
    'unsupported',
    'unsupported content type "%s": send JSON or a form',
    { name: 'UnsupportedMediaTypeError' },
  ],
  UNSUPPORTED_CHARSET: ['unsupported', 'unsupported charset "%s"', { name: 'UnsupportedMediaTypeError' }],
  UNSUPPORTED_ENCODING: [
    'unsupported',
    'unsupported content encoding "%s"',
    { name: 'UnsupportedMediaTypeError' },
  ],
  MALFORMED_ENCODING: ['malformed', '%s'],
  CLIENT_GONE: ['malformed', 'The client hung up before it had its answer'],
  METHOD_NOT_FOUND: ['missing', 'Shared class "%s" has no method handling %s %s'],
  PATH_NOT_FOUND: ['missing', 'There is no method to handle %s %s'],
  PAGE_NOT_FOUND: ['missing', 'Cannot %s %s'],

  // filters
  OPERATOR_NOT_ALLOWED_IN_QUERY: ['malformed', 'Operators "%s" are not allowed in query'],
  QUERY_OBJECT_TOO_DEEP: ['malformed', 'The query object exceeds maximum depth %s'],
  QUERY_TOO_LARGE: ['malformed', 'The query has too many %s: at most %s are allowed'],
  PROPERTY_NOT_FILTERABLE: ['malformed', 'The property `%s` cannot be filtered or sorted by'],
  INVALID_WHERE: ['malformed', '%s'],
  INVALID_ORDER: ['malformed', 'The order %s %s'],
  INVALID_LIMIT: ['malformed', 'The %s parameter %s is not valid'],
  INVALID_FIELDS: [
    'malformed',
    'The fields %s are not valid: send a list of names, or an object of booleans',
  ],
  INVALID_INCLUDE: ['malformed', 'There is no relation %s to include'],

  // what the application says
  REFUSED: ['malformed', '%s'],

  // the house itself
  DATABASE_BUSY: ['unavailable', 'The database is busy; try again shortly'],
  DATABASE_UNAVAILABLE: ['unavailable', 'The database cannot be reached; try again shortly'],
  QUERY_TOO_SLOW: ['unavailable', 'The query took too long; narrow it down'],
  CONFIGURATION_INVALID: ['internal', '%s'],
  DATABASE_UNUSABLE: ['internal', '%s'],
  BACKUP_FAILED: ['internal', '%s'],
  MOVE_FAILED: ['internal', '%s'],
  ALREADY_LISTENING: ['internal', 'listen() has been called already'],
  INTERNAL_ERROR: ['internal', 'Internal Server Error'],
} as const satisfies Record<string, Entry>

/** Our own name of a refusal; `LatchkeyError.code` is what clients see. */
export type ErrorName = keyof typeof catalogue

export interface ErrorOptions {
  /** Fills the `%s` of the catalogue's message, in order. Never a password, a token or SQL. */
  readonly values?: readonly unknown[]
  /** Machine-readable particulars, sent to the client as `error.details`. */
  readonly details?: unknown
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  readonly retryAfter?: number
  /** For a refusal of the application's own: its HTTP status, and its code. */
  readonly status?: number
  readonly code?: string
  readonly cause?: unknown
}

/** A refusal from the catalogue. `code` is stable and meant for programs, `message` for people. */
export class LatchkeyError extends Error {
  readonly id: ErrorName
  readonly kind: ErrorKind
  readonly code: string
  /** What filled the message, for whoever words it differently. */
  readonly values: readonly unknown[]
  readonly details: unknown
  readonly retryAfter: number | undefined
  /** Set where it is not the kind that says it. */
  readonly status: number | undefined

  constructor(id: ErrorName, options: ErrorOptions = {}) {
    const [kind, message, wire]: Entry = catalogue[id]
    const values = options.values ?? []
    let next = 0
    super(
      message.replace(/%s/g, () => String(values[next++])),
      'cause' in options ? { cause: options.cause } : undefined,
    )
    this.id = id
    this.kind = kind
    this.code = options.code ?? wire?.code ?? id
    this.status = options.status
    this.name = wire?.name ?? 'Error'
    this.values = values
    this.details = options.details
    this.retryAfter = options.retryAfter
  }
}

/** True for a refusal of the catalogue, optionally for one in particular. */
export function isRefusal(error: unknown, id?: ErrorName): error is LatchkeyError {
  return error instanceof LatchkeyError && (id === undefined || error.id === id)
}
