import type { Context } from './context.ts'
import type { User } from './model/user.ts'

/** The roles of an account, by where they come from. */
export interface GrantedRoles {
  /** Granted to the account by its id. */
  readonly granted: readonly string[]
  /** Those the configuration gives its address, as far as they hold. */
  readonly configured: readonly string[]
}

/**
 * Roles granted to the account by id, and those the configuration gives its address. The latter hold only once the
 * account has proved that it reads the address: anybody can sign up as root@example.com.
 */
export async function grantedRoles(context: Context, user: User): Promise<GrantedRoles> {
  const granted = await context.storage.roles.namesOf(user.id)
  return { granted, configured: configuredRolesOf(context, user) }
}

/** Those the configuration gives an account's address, as far as they hold. */
export function configuredRolesOf({ settings, configuredRoles }: Context, user: User): readonly string[] {
  const isProved = user.emailVerified === true || !settings.user.rolesRequireVerifiedEmail
  return isProved ? (configuredRoles.get(user.email) ?? []) : []
}
