import type { Context } from '../context.ts'
import type { User } from '../model/user.ts'

/** Whose a password will be, as far as its words go. */
type Named = Partial<Pick<User, 'email' | 'username'>>

/**
 * Refuses a password that may not be set.
 * @param owner undefined where it is for several, or not known yet: then `judgeBesideWords` is asked later
 * @throws {LatchkeyError} INVALID_PASSWORD, PASSWORD_TOO_LONG, PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON,
 *   PASSWORD_TOO_PERSONAL, PASSWORD_BREACHED
 */
export async function judgeNewPassword(context: Context, password: string, owner?: Named): Promise<void> {
  context.passwords.check(password)
  // Before a service is asked that may take its time.
  if (owner) judgeBesideWords(context, password, owner)
  await context.passwordPolicy?.judge(password)
}

/** Refuses a password that is little more than what everybody knows of its account. @throws {LatchkeyError} PASSWORD_TOO_PERSONAL */
export function judgeBesideWords(
  { passwordPolicy, publicUrl }: Context,
  password: string,
  { email, username }: Named,
): void {
  const words = [email, username, new URL(publicUrl()).hostname]
  passwordPolicy?.judgeBeside(
    password,
    words.filter((word) => typeof word === 'string' && word !== '') as string[],
  )
}
