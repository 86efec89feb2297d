import { EventEmitter } from 'node:events'
import type { Log } from '../base/log.ts'
import type { MethodName } from './access/methods.ts'
import type { LetterName } from './letters.ts'
import type { UserId, UserView } from './model/user.ts'

/** The token in a `resetPasswordRequest`: `id` is the token itself, to be mailed and then forgotten. */
export interface ResetToken {
  readonly id: string
  readonly ttl: number
  readonly created: Date
  readonly userId: UserId
  /** The user the token is for, as a promise; also calls back `(error, user)`, as LoopBack's relation does. */
  user(callback?: (error: Error | null, user?: UserView) => void): Promise<UserView>
}

/** Somebody asked for a new password; `email` is the stored address, not the one typed. */
export interface ResetRequest {
  readonly email: string
  readonly user: UserView
  readonly accessToken: ResetToken
  /** What the request's body held. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Somebody tried too often; nothing was judged. */
export interface Throttled {
  /** The limit, as it is called under `rateLimit`. */
  readonly limit: string
  /** The client's, where it is known. */
  readonly address: string | undefined
  /** The account it was about, as it was named; there may be none. */
  readonly email?: string | undefined
  readonly username?: string | undefined
  readonly userId?: UserId | undefined
}

/** What can be listened to, and what each event carries. They come after the change is safely stored. */
export interface Events {
  created: { readonly user: UserView }
  /** Any attribute of a user was changed. */
  updated: { readonly user: UserView }
  loggedIn: { readonly user: UserView }
  loggedOut: { readonly userId: UserId }
  loginFailed: {
    readonly email: string | undefined
    readonly username: string | undefined
    /** Set when the account exists. */
    readonly userId: UserId | undefined
    /** The client's, where it is known. */
    readonly address: string | undefined
  }
  throttled: Throttled
  verified: { readonly user: UserView }
  /** Somebody asked for a link to set a new password, for an address as they typed it. */
  resetAsked: {
    readonly email: string
    /** Set when the account exists. */
    readonly userId: UserId | undefined
  }
  passwordChanged: { readonly user: UserView }
  emailChanged: { readonly user: UserView; readonly oldEmail: string }
  roleGranted: { readonly user: UserView; readonly role: string }
  roleRevoked: { readonly user: UserView; readonly role: string }
  /** A role, or a rule of their own, let somebody in to what is not theirs. */
  roleUsed: {
    readonly user: UserView
    /** What it was, as access rules call it. */
    readonly method: MethodName
    /** The id, as text, of the user it was about; undefined where it was about none, or several. */
    readonly owner: string | undefined
  }
  /** The operator keeps the owner out; their sessions have ended. */
  blocked: { readonly user: UserView }
  unblocked: { readonly user: UserView }
  deleted: { readonly user: UserView }
  /** LoopBack's event. While the application listens to it, Latchkey mails nothing: the application does. */
  resetPasswordRequest: ResetRequest
  /** A letter was given up. */
  mailFailed: { readonly letter: LetterName; readonly to: string; readonly error: Error }
}

export const eventNames = [
  'created',
  'updated',
  'loggedIn',
  'loggedOut',
  'loginFailed',
  'throttled',
  'verified',
  'resetAsked',
  'passwordChanged',
  'emailChanged',
  'roleGranted',
  'roleRevoked',
  'roleUsed',
  'blocked',
  'unblocked',
  'deleted',
  'resetPasswordRequest',
  'mailFailed',
] as const satisfies readonly (keyof Events)[]

export type EventName = keyof Events
export type Listener<Name extends EventName> = (event: Events[Name]) => unknown

/** Tells listeners what happened. They are not waited for, and one that throws is logged and fails nothing. */
export interface Announcer {
  on<Name extends EventName>(name: Name, listener: Listener<Name>): void
  off<Name extends EventName>(name: Name, listener: Listener<Name>): void
  emit<Name extends EventName>(name: Name, event: Events[Name]): void
  listens(name: EventName): boolean
}

export function createAnnouncer(log: Log): Announcer {
  const emitter = new EventEmitter()
  // Any number may listen; Node's warning at eleven is about leaks, which a server-long list is not.
  emitter.setMaxListeners(0)

  async function call(name: EventName, listener: (event: unknown) => unknown, event: unknown): Promise<void> {
    try {
      await listener(event)
    } catch (error) {
      log.error({ event: name, error }, 'a listener failed')
    }
  }

  return {
    on(name, listener) {
      if (!eventNames.includes(name)) throw new TypeError(`there is no event "${name}"`)
      emitter.on(name, listener)
    },
    off: (name, listener) => void emitter.off(name, listener),
    emit(name, event) {
      for (const listener of emitter.listeners(name))
        void call(name, listener as (event: unknown) => unknown, event)
    },
    listens: (name) => emitter.listenerCount(name) > 0,
  }
}
