import { type AccessToken, eternal, type SeenToken, type Visit } from '../../domain/model/access-token.ts'
import type { UserId } from '../../domain/model/user.ts'
import type { Row } from './engine.ts'
import type { AccessTokensTable } from './schema.ts'

/** What is left to read of a token of which one knows the id and the user; `tokenOf` reads them in this order. */
export const lifeColumns = ['ttl', 'created_at', 'scopes', 'last_used_at'] as const
/** In this order `toToken` reads them, */
export const tokenColumns = ['id', 'user_id', ...lifeColumns] as const
/** and in this one `toSeenToken` does. */
export const seenTokenColumns = [...tokenColumns, 'address', 'agent'] as const

/** A token from the columns of `lifeColumns`, which start at a place in the row. */
export function tokenOf(id: string, userId: UserId, row: Row, start: number): AccessToken {
  const scopes = row[start + 2] as string | null
  const lastUsed = row[start + 3] as number | null
  return {
    id,
    userId,
    ttl: row[start] as number,
    createdAt: new Date(row[start + 1] as number),
    scopes: scopes === null ? null : JSON.parse(scopes),
    lastUsedAt: lastUsed === null ? null : new Date(lastUsed),
  }
}

export function toToken(row: Row): AccessToken {
  return tokenOf(row[0] as string, row[1] as UserId, row, 2)
}

export function toSeenToken(row: Row): SeenToken {
  const [address, agent] = row.slice(tokenColumns.length) as (string | null)[]
  return { ...toToken(row), address: address ?? undefined, agent: agent ?? undefined }
}

export function toRow(token: AccessToken & Visit): AccessTokensTable {
  const { id, userId, ttl, createdAt, scopes, lastUsedAt, address = null, agent = null } = token
  return {
    id,
    user_id: userId,
    ttl,
    created_at: createdAt.getTime(),
    // A use may put it off; until then this is all there is to say.
    expires_at: ttl === eternal ? null : createdAt.getTime() + ttl * 1_000,
    scopes: scopes && JSON.stringify(scopes),
    last_used_at: lastUsedAt?.getTime() ?? null,
    address,
    agent,
  }
}
