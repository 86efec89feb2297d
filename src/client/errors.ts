/** Every code the server has; docs/reference/errors.md explains them. A test compares this list with the catalogue. */
export type ErrorCode =
  | 'AUTHORIZATION_REQUIRED'
  | 'ACCESS_DENIED'
  | 'MODEL_NOT_FOUND'
  | 'INVALID_TOKEN'
  | 'AMBIGUOUS_TOKEN'
  | 'TOKEN_IN_URL'
  | 'ORIGIN_NOT_ALLOWED'
  | 'ACCESS_TOKEN_REQUIRED'
  | 'LOGIN_FAILED'
  | 'LOGIN_FAILED_EMAIL_NOT_VERIFIED'
  | 'USERNAME_EMAIL_REQUIRED'
  | 'INVALID_EMAIL'
  | 'INVALID_USERNAME'
  | 'INVALID_REALM'
  | 'REALM_REQUIRED'
  | 'INVALID_TTL'
  | 'INVALID_SCOPES'
  | 'TOO_MANY_ATTEMPTS'
  | 'HASHING_BUSY'
  | 'VALIDATION_FAILED'
  | 'SEVERAL_FAILED'
  | 'EMPTY_DATA'
  | 'SEVERAL_FOUND'
  | 'TOO_MANY_ACCOUNTS'
  | 'TOO_MANY_TOKENS'
  | 'PROPERTY_PROTECTED'
  | 'PROPERTY_NAME_NOT_ALLOWED'
  | 'INVALID_LIST'
  | 'ID_IMMUTABLE'
  | 'TOKEN_IMMUTABLE'
  | 'ACCOUNT_AMBIGUOUS'
  | 'INVALID_ROLE'
  | 'INVALID_PASSWORD'
  | 'PASSWORD_TOO_LONG'
  | 'PASSWORD_TOO_SHORT'
  | 'PASSWORD_TOO_COMMON'
  | 'PASSWORD_TOO_PERSONAL'
  | 'PASSWORD_BREACHED'
  | 'PASSWORD_CHANGE_NOT_ALLOWED'
  | 'USER_NOT_FOUND'
  | 'REDIRECT_NOT_ALLOWED'
  | 'REFUSED'
  | 'EMAIL_NOT_FOUND'
  | 'RESET_FAILED_EMAIL_NOT_VERIFIED'
  | 'EMAIL_REQUIRED'
  | 'ARGUMENT_REQUIRED'
  | 'INVALID_ARGUMENT'
  | 'MALFORMED_ARGUMENT'
  | 'MALFORMED_ENCODING'
  | 'MALFORMED_JSON'
  | 'MALFORMED_TEXT'
  | 'MALFORMED_URL'
  | 'MALFORMED_REQUEST'
  | 'TOO_DEEP'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNSUPPORTED_CHARSET'
  | 'UNSUPPORTED_ENCODING'
  | 'CLIENT_GONE'
  | 'METHOD_NOT_FOUND'
  | 'PATH_NOT_FOUND'
  | 'PAGE_NOT_FOUND'
  | 'OPERATOR_NOT_ALLOWED_IN_QUERY'
  | 'QUERY_OBJECT_TOO_DEEP'
  | 'QUERY_TOO_LARGE'
  | 'PROPERTY_NOT_FILTERABLE'
  | 'INVALID_WHERE'
  | 'INVALID_ORDER'
  | 'INVALID_LIMIT'
  | 'INVALID_FIELDS'
  | 'INVALID_INCLUDE'
  | 'DATABASE_BUSY'
  | 'DATABASE_UNAVAILABLE'
  | 'QUERY_TOO_SLOW'
  | 'CONFIGURATION_INVALID'
  | 'DATABASE_UNUSABLE'
  | 'BACKUP_FAILED'
  | 'MOVE_FAILED'
  | 'ALREADY_LISTENING'
  | 'INTERNAL_ERROR'

/** The particulars that some refusals bring. */
export interface ErrorDetails {
  /** By property: which rules are broken (`uniqueness`, `custom.email`, …), and how to say so. */
  VALIDATION_FAILED: {
    readonly codes: Readonly<Record<string, readonly string[]>>
    readonly messages: Readonly<Record<string, readonly string[]>>
  }
  /** Parallel to what was sent: null, or what is wrong with that one. */
  SEVERAL_FAILED: readonly (ErrorBody | null)[]
  LOGIN_FAILED_EMAIL_NOT_VERIFIED: { readonly userId: number | string }
  PROPERTY_PROTECTED: { readonly property: string }
  OPERATOR_NOT_ALLOWED_IN_QUERY: { readonly operators: readonly string[]; readonly where: object }
}

/** A refusal as it stands in an answer. */
export interface ErrorBody {
  readonly statusCode: number
  readonly name: string
  readonly message: string
  readonly code?: AnyCode
  readonly details?: unknown
}

/** Those of newer servers too. */
type AnyCode = ErrorCode | (string & {})
type DetailsOf<Code> = Code extends keyof ErrorDetails ? ErrorDetails[Code] : unknown

/** The server's refusal. `code` is for programs, `message` for people; narrow by `isApiError(error, code)`. */
export class ApiError<Code extends string | undefined = AnyCode | undefined> extends Error {
  /** The status of the answer. */
  readonly statusCode: number
  /** Undefined when what answered was no Latchkey: a proxy in front of it, say. */
  readonly code: Code
  readonly details: DetailsOf<Code>
  /** Seconds after which trying again makes sense: of 503 and 429. */
  readonly retryAfter: number | undefined

  constructor({ statusCode, name, message, code, details }: ErrorBody, retryAfter?: number) {
    super(message)
    this.name = name
    this.statusCode = statusCode
    this.code = code as Code
    this.details = details as DetailsOf<Code>
    this.retryAfter = retryAfter
  }
}

/** No answer came, or none that can be read: nobody is there, the line broke, or another server is at that address. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}

/** True for a refusal of the server, optionally for those of certain codes. */
export function isApiError(error: unknown): error is ApiError
export function isApiError<const Code extends ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is ApiError<Code>
export function isApiError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ApiError && (codes.length === 0 || codes.includes(error.code))
}
