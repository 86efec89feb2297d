export { type Client, type ClientOptions, createClient } from './client.ts'
export {
  ApiError,
  type ErrorBody,
  type ErrorCode,
  type ErrorDetails,
  isApiError,
  NetworkError,
} from './errors.ts'
export type { Fields, Filter, Order, Shown, Where } from './filter.ts'
export type {
  AccessToken,
  Change,
  Credentials,
  Mailbox,
  NewToken,
  NewUser,
  User,
  UserChanges,
} from './model.ts'
export type { Session, Sessions } from './sessions.ts'
export {
  cookieStorage,
  memoryStorage,
  type TokenStorage,
  type WebStorage,
  webStorage,
} from './token-storage.ts'
export type { Tokens } from './tokens.ts'
export type { CallOptions } from './transport.ts'
export type { Users } from './users.ts'
