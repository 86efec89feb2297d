import type { Settings } from '../../config/settings.ts'
import type { Actor, Context } from '../context.ts'
import type { NewUser, User } from '../model/user.ts'
import type { Issue } from '../model/validation.ts'
import type { Storage } from '../storage.ts'
import { nobodysAddress } from './mailbox.ts'
import { isPerRealm } from './uniqueness.ts'

/** Whether who signs up must not learn that somebody has an address. Whoever may read everybody may know. */
export function hidesAccounts({ user }: Settings, { trusted }: Actor): boolean {
  return user.hideExistingAccounts && !trusted
}

export function isAboutEmail({ property }: Issue): boolean {
  return property === 'email'
}

/**
 * Does for a taken address what a sign-up does, and leaves nothing but a letter to its owner.
 * @returns what a sign-up would: its id comes from the same sequence, and will be nobody's
 */
export async function pretend(
  { settings, clock }: Context,
  { users, outbox }: Storage,
  account: NewUser,
  { language }: Actor,
): Promise<User> {
  const { email, realm } = account
  const { id } = await users.insert({ ...account, email: nobodysAddress() })
  await users.delete(id)
  const within = isPerRealm(settings) ? { realm: realm ?? '' } : {}
  await outbox.add({ name: 'accountExists', email, ...within, language }, clock())
  return { ...account, id, blockedAt: null }
}
