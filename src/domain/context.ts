import type { Log } from '../base/log.ts'
import type { PasswordHasher } from '../base/password-hash.ts'
import type { PasswordPolicy } from '../base/password-policy.ts'
import type { Settings } from '../config/settings.ts'
import type { ConfiguredRoles } from './access/configured-roles.ts'
import type { Announcer } from './events.ts'
import type { FilterLanguage } from './filter/language.ts'
import type { HookBook, HookContext } from './hooks.ts'
import type { Limits } from './limits/limits.ts'
import type { AccessToken, SeenToken, Visit } from './model/access-token.ts'
import { type User, viewOf } from './model/user.ts'
import type { Storage } from './storage.ts'

/** What a verb is handed: the world, and nothing else of it. */
export interface Context {
  readonly storage: Storage
  readonly events: Announcer
  readonly hooks: HookBook
  readonly settings: Settings
  readonly passwords: PasswordHasher
  readonly limits: Limits
  readonly uses: Uses
  /** What is asked of new passwords, where anything is. */
  readonly passwordPolicy: PasswordPolicy | undefined
  /** What filters over users mean, and what filters over a user's tokens do. */
  readonly filters: { readonly users: FilterLanguage; readonly tokens: FilterLanguage }
  readonly configuredRoles: ConfiguredRoles
  readonly log: Log
  readonly clock: () => Date
  /** Where people reach us, without a slash at the end: links in mails and checks of redirects start here. */
  readonly publicUrl: () => string
  /** Tells the postman that letters wait. Called once what they are about is safely stored. */
  readonly post: () => void
  /** Lets work go on after the answer; the house waits for it before it closes, and logs its failure. */
  readonly afterwards: (work: () => Promise<unknown>) => void
}

/** When and from where tokens were used last. */
export interface Uses {
  /**
   * Takes note of a use, to be written down after the answer.
   * @param now when it was used
   * @param visit tells where the request comes from; asked only if it is worth writing down
   */
  note(token: AccessToken, now: Date, visit?: () => Visit): void
  /** The token with what is not written down yet. */
  latest(token: SeenToken): SeenToken
}

/** Who a valid token belongs to. */
export interface Caller {
  readonly user: User
  readonly token: AccessToken
  /** Roles granted by id, where they were read along with the token. */
  readonly granted?: readonly string[]
}

/** On whose behalf a verb runs. */
export interface Actor {
  /** Absent for anonymous requests and for the application itself. */
  readonly caller?: Caller | undefined
  /** The application, or a caller let in by a named role or a rule of its own: may declare addresses verified. */
  readonly trusted: boolean
  /** What the request said its reader understands: its `Accept-Language`. */
  readonly language?: string | undefined
}

/** The application that embeds the library, and the operator at the command line: no rules stand in their way. */
export const operator: Actor = { trusted: true }

/** What every hook is told. */
export function hookContext({ settings }: Pick<Context, 'settings'>, { caller }: Actor): HookContext {
  return { model: settings.user.modelName, caller: caller && viewOf(caller.user) }
}
