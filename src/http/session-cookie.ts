import type { IncomingHttpHeaders } from 'node:http'
import type { Settings } from '../config/settings.ts'

/** A cookie with the token of a session, which no script can read. */
export interface SessionCookie {
  /** The token in it; undefined where there is none. */
  read(headers: IncomingHttpHeaders): string | undefined
  /** The `Set-Cookie` that keeps a token. @param ttl its seconds, as the answer to a login says them */
  keep(token: string, ttl: number): string
  /** The `Set-Cookie` that takes it back. */
  readonly forget: string
}

/** No browser keeps a cookie longer: 400 days. */
const longestAge = 34_560_000

/** The cookie of a user model's sessions; undefined while `tokens.cookie` is off. */
export function createSessionCookie({ publicUrl, user, tokens }: Settings): SessionCookie | undefined {
  if (tokens.cookie === 'off') return undefined
  // Without https a browser takes neither the attribute nor the prefix; then it is a loopback address.
  const isSecure = publicUrl?.startsWith('https:') ?? false
  const model = user.modelName === 'User' ? '' : `-${user.modelName.toLowerCase()}`
  // Nobody but this very host can set a cookie so called (RFC 6265bis 4.1.3.2).
  const name = `${isSecure ? '__Host-' : ''}latchkey${model}`
  const attributes = `Path=/; HttpOnly; ${isSecure ? 'Secure; ' : ''}SameSite=Lax`

  function keep(token: string, ttl: number): string {
    const seconds = ttl < 0 ? longestAge : Math.min(tokens.sliding ? user.maxTTL : ttl, longestAge)
    return `${name}=${token}; Max-Age=${seconds}; ${attributes}`
  }

  return {
    read({ cookie = '' }) {
      const start = `${name}=`
      const own = cookie.split(';').find((pair) => pair.trimStart().startsWith(start))
      return own?.trim().slice(start.length) || undefined
    },
    keep,
    forget: keep('', 0),
  }
}
