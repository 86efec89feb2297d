export { backup } from './backup.ts'
export { type Suggestion, suggestHashParameters } from './base/calibration.ts'
export { type ErrorName, LatchkeyError } from './base/errors.ts'
export { type ConfigurationReport, checkConfiguration } from './check-configuration.ts'
export {
  type LoadedConfiguration,
  loadConfiguration,
  loadOptions,
  type OptionName,
  optionNames,
  type Sources,
} from './config/load.ts'
export type { LatchkeyOptions, UserEntry, UserOptions } from './config/options.ts'
export type { EventName, Events, Listener, ResetRequest, ResetToken } from './domain/events.ts'
export type { Hook, HookContext, HookName, Hooks } from './domain/hooks.ts'
export type { AccessTokenView, Visit } from './domain/model/access-token.ts'
export type { UserId, UserView } from './domain/model/user.ts'
export type { OnBehalf } from './domain/on-behalf.ts'
export type { FilterInput, LoginView } from './domain/service.ts'
export type { Demands, Identity } from './domain/sessions/identity.ts'
export type { SessionView } from './domain/sessions/own-sessions.ts'
export type { AccountDetails, AccountRecord } from './domain/users/records.ts'
export type { Guarded, Guards, TokenBearer } from './http/guards.ts'
export { type Accounts, createLatchkey, type Latchkey, type LatchkeyParts } from './latchkey.ts'
export { type MovedDatabases, move } from './move.ts'
