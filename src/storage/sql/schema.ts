import type { Generated } from 'kysely'
import type { UserId } from '../../domain/model/user.ts'

/** The tables, as Kysely sees them. Instants are milliseconds since the epoch, in UTC. */
export interface Schema {
  users: UsersTable
  access_tokens: AccessTokensTable
  mailed_tokens: MailedTokensTable
  outbox: OutboxTable
  counters: CountersTable
  user_roles: { user_id: UserId; role: string }
  /** Facts about the database that later starts must agree with. */
  latchkey: { name: string; value: string }
}

export interface UsersTable {
  id: Generated<UserId>
  realm: string | null
  username: string | null
  email: string
  email_verified: number | null
  password_hash: string | null
  /** One JSON object: all properties that have no column of their own. */
  properties: string
  /** Null for an account that is open to its owner. */
  blocked_at: Generated<number | null>
}

export interface AccessTokensTable {
  /** SHA-256 of the token, in hex. */
  id: string
  user_id: UserId
  /** Seconds; -1 for ever. */
  ttl: number
  created_at: number
  /** Null for ever. */
  expires_at: number | null
  /** A JSON list, or null for an ordinary token. */
  scopes: string | null
  last_used_at: number | null
  address: string | null
  agent: string | null
}

export interface MailedTokensTable {
  id: string
  user_id: UserId
  purpose: string
  email: string
  expires_at: number
}

export interface OutboxTable {
  id: string
  name: string
  email: string
  user_id: UserId | null
  realm: string | null
  language: string | null
  created_at: number
  attempts: number
  /** Null once it is sent. */
  due_at: number | null
  ready_at: number | null
  sent_at: number | null
}

export interface CountersTable {
  /** What is counted, for whom. */
  id: string
  points: number
  expires_at: number
}
