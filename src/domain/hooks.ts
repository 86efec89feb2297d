import { LatchkeyError } from '../base/errors.ts'
import type { RequestScope } from '../base/request-scope.ts'
import type { PlainObject } from '../base/values.ts'
import type { UserView } from './model/user.ts'

/** On whose behalf, and among which users, something is about to happen. */
export interface HookContext {
  /** The user model: `User`, unless the configuration names it. */
  readonly model: string
  /** Who asks; undefined for anonymous requests and for the application itself. */
  readonly caller: UserView | undefined
}

/**
 * What each hook is handed, before anything is stored. `data`, `credentials` and `options` are the hook's to change; what
 * it leaves there passes the same checks as what a client sends.
 */
export interface Hooks {
  /** An account is about to be made of `data`. */
  beforeCreate: HookContext & { readonly data: PlainObject }
  /** Attributes of `user` are about to be set, or all of them replaced, by `data`. */
  beforeUpdate: HookContext & {
    readonly user: UserView
    readonly data: PlainObject
    readonly isReplacement: boolean
  }
  beforeDelete: HookContext & { readonly user: UserView }
  /** Credentials as they were sent, password included. */
  beforeLogin: HookContext & { readonly credentials: PlainObject }
  /** A password is about to be changed or reset: for rules of your own about passwords. */
  beforePasswordChange: HookContext & { readonly user: UserView; readonly newPassword: string }
  /** Somebody asks for a link to reset a password; `options` is what the request's body held. */
  beforeResetPassword: HookContext & { readonly options: PlainObject }
}

export const hookNames = [
  'beforeCreate',
  'beforeUpdate',
  'beforeDelete',
  'beforeLogin',
  'beforePasswordChange',
  'beforeResetPassword',
] as const satisfies readonly (keyof Hooks)[]

export type HookName = keyof Hooks
export type Hook<Name extends HookName> = (operation: Hooks[Name]) => unknown

/** The application's hooks: waited for, one after the other, in the order they were added. */
export interface HookBook {
  add<Name extends HookName>(name: Name, hook: Hook<Name>): void
  has(name: HookName): boolean
  /** @throws {LatchkeyError} REFUSED, where a hook throws an error with a `statusCode` from 400 to 499, as in LoopBack */
  run<Name extends HookName>(name: Name, operation: Hooks[Name]): Promise<void>
}

/** @param apart runs what is not ours */
export function createHookBook(apart: RequestScope['apart']): HookBook {
  const hooks = new Map<HookName, ((operation: never) => unknown)[]>()
  return {
    add(name, hook) {
      if (!hookNames.includes(name)) throw new TypeError(`there is no hook "${name}"`)
      if (typeof hook !== 'function') throw new TypeError(`what runs at ${name} is a function`)
      hooks.set(name, [...(hooks.get(name) ?? []), hook as (operation: never) => unknown])
    },
    has: (name) => hooks.has(name),
    async run(name, operation) {
      for (const hook of hooks.get(name) ?? []) {
        try {
          await apart(async () => hook(operation as never))
        } catch (error) {
          throw asRefusal(error)
        }
      }
    },
  }
}

/** An error with a status of its own is the hook's way to refuse; any other is a failure. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LatchkeyError) return error
  const { statusCode, status = statusCode, code } = error as Error & Record<string, unknown>
  const isRefusal = typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 500
  if (!isRefusal) return error
  return new LatchkeyError('REFUSED', {
    values: [error.message],
    status,
    ...(typeof code === 'string' ? { code } : {}),
    cause: error,
  })
}
