import { LatchkeyError } from '../../base/errors.ts'
import { randomToken } from '../../base/secrets.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import type { Settings } from '../../config/settings.ts'
import { normaliseEmail, type User } from '../model/user.ts'
import type { LoginName, Storage } from '../storage.ts'

/** An address somebody typed to have mail sent there, and the realm it may live in. */
export interface Mailbox {
  readonly email: string
  readonly realm: string | undefined
  /** All that was sent. */
  readonly options: PlainObject
}

/** @throws {LatchkeyError} EMAIL_REQUIRED when there is no text in `email`, ARGUMENT_REQUIRED, INVALID_ARGUMENT, INVALID_REALM */
export function readMailbox(input: unknown, { user }: Pick<Settings, 'user'>): Mailbox {
  if (input === null) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['options'] })
  const options = input ?? {}
  if (!isPlainObject(options)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  const { email, realm } = options
  if (typeof email !== 'string') throw new LatchkeyError('EMAIL_REQUIRED')
  if (realm !== undefined && realm !== null && typeof realm !== 'string')
    throw new LatchkeyError('INVALID_REALM')
  return { email: normaliseEmail(email, user.caseSensitiveEmail), realm: realm || undefined, options }
}

/** Whoever has a name, held within a transaction. */
export async function holdByLogin({ users }: Storage, name: LoginName): Promise<User | undefined> {
  const found = await users.findByLogin(name)
  const held = found && (await users.findById(found.id))
  // Until it was held, the account could take another name.
  return held?.email === found?.email && held?.realm === found?.realm ? held : undefined
}

/** An address of nobody, ever (RFC 2606), which no other account has. */
export function nobodysAddress(): string {
  return `${randomToken(32).toLowerCase()}@displaced.invalid`
}
