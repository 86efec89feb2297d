import { LatchkeyError } from '../../base/errors.ts'
import type { Settings } from '../../config/settings.ts'
import { isEmail, normaliseEmail } from '../model/user.ts'

/** The roles the configuration gives to addresses, by the form an account's address is stored in. */
export type ConfiguredRoles = ReadonlyMap<string, readonly string[]>

/** @throws {LatchkeyError} CONFIGURATION_INVALID for what cannot be anybody's address */
export function readConfiguredRoles({ roles, user }: Settings): ConfiguredRoles {
  const byEmail = new Map<string, string[]>()
  for (const [role, emails] of Object.entries(roles)) {
    for (const email of emails) {
      if (!isEmail(email)) {
        throw new LatchkeyError('CONFIGURATION_INVALID', {
          values: [`roles.${role}: "${email}" is no e-mail address`],
        })
      }
      const address = normaliseEmail(email, user.caseSensitiveEmail)
      byEmail.set(address, [...(byEmail.get(address) ?? []), role])
    }
  }
  return byEmail
}
