import type { Settings, UserSettings } from '../../config/settings.ts'
import type { User, UserId } from '../model/user.ts'
import { type Issue, validationError } from '../model/validation.ts'
import { DuplicateError, type Storage } from '../storage.ts'

const messages = { email: 'Email already exists', username: 'User already exists' } as const

/** Names are unique among all users, or within a realm where the realm settings say so. */
export function isPerRealm({ user, behaviour }: Pick<Settings, 'user' | 'behaviour'>): boolean {
  const { realmRequired, realmDelimiter } = user
  return behaviour.uniqueness === 'realm'
    ? realmRequired || realmDelimiter !== ''
    : realmRequired && realmDelimiter !== ''
}

/**
 * Names somebody else has. The database's unique indexes decide; this asks first, so that all that is wrong with a
 * request can be said at once.
 */
export async function takenNames(
  storage: Storage,
  settings: Settings,
  { email, username, realm }: Pick<User, 'email' | 'username' | 'realm'>,
  ownId?: UserId,
): Promise<Issue[]> {
  const within = isPerRealm(settings) ? { realm: realm ?? '' } : {}
  const isOthers = (user: User | undefined) => user !== undefined && user.id !== ownId
  const issues: Issue[] = []
  if (email && isOthers(await storage.users.findByLogin({ email, ...within })))
    issues.push(taken('email', email))
  if (username && isOthers(await storage.users.findByLogin({ username, ...within }))) {
    issues.push(taken('username', username))
  }
  return issues
}

export function taken(property: 'email' | 'username', value: unknown): Issue {
  return { property, code: 'uniqueness', message: messages[property], value }
}

/** What the storage refused as a duplicate, as the validation error it is to a client; other errors as they are. */
export function explainDuplicate(error: unknown, settings: UserSettings, values: Partial<User>): unknown {
  if (!(error instanceof DuplicateError)) return error
  return validationError(settings.modelName, [taken(error.property, values[error.property])])
}
