import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { NewUser, User, UserId } from '../../domain/model/user.ts'
import type { Row } from './engine.ts'
import type { UsersTable } from './schema.ts'

/** In this order `toUser` reads them. */
export const userColumns = [
  'id',
  'realm',
  'username',
  'email',
  'email_verified',
  'password_hash',
  'properties',
  'blocked_at',
] as const

type UserRow = readonly [
  id: UserId,
  realm: string | null,
  username: string | null,
  email: string,
  emailVerified: number | null,
  passwordHash: string | null,
  properties: string,
  blockedAt: number | null,
]

/** A user from the columns of `userColumns`, which may be followed by others. */
export function toUser(row: Row): User {
  const [id, realm, username, email, emailVerified, passwordHash, properties, blockedAt] = row as UserRow
  return {
    id,
    realm,
    username,
    email,
    emailVerified: emailVerified === null ? null : emailVerified !== 0,
    passwordHash,
    properties: properties === '{}' ? {} : JSON.parse(properties),
    blockedAt: blockedAt === null ? null : new Date(blockedAt),
  }
}

/** What a write of a user fills in, by slot. */
export type WriteRow = Omit<UsersTable, 'id' | 'blocked_at'> & { readonly id?: UserId | undefined }

export function toRow(user: NewUser): WriteRow {
  return {
    realm: user.realm,
    username: user.username,
    email: user.email,
    email_verified: user.emailVerified === null ? null : Number(user.emailVerified),
    password_hash: user.passwordHash,
    properties: documentOf(user.properties),
  }
}

/** An escape, not itself escaped, that stands for NUL or for half a character. */
const unkept = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** @throws {LatchkeyError} MALFORMED_TEXT for what PostgreSQL cannot read out of JSON again; no engine takes it */
function documentOf(properties: PlainObject): string {
  const text = JSON.stringify(properties)
  if (text.includes('\\u') && unkept.test(text)) throw new LatchkeyError('MALFORMED_TEXT')
  return text
}
