import { refuseForeign, type Sent } from './origin.ts'
import type { RouteContext } from './route-context.ts'
import { createSessionCookie } from './session-cookie.ts'
import { readRaw } from './token.ts'

/**
 * Finds the token in the session's cookie. It is looked at only when there is none elsewhere: a browser sends it along
 * with every mailed link, too.
 * @returns a function that throws ORIGIN_NOT_ALLOWED where another origin's page used the cookie; undefined where there
 *   are no cookies
 */
export function createCookieSearch(context: RouteContext): ((sent: Sent) => readonly string[]) | undefined {
  const cookie = createSessionCookie(context.settings)
  return (
    cookie &&
    ((sent) => {
      const found = readRaw(cookie.read(sent.headers))
      if (found.length > 0) refuseForeign(context, sent)
      return found
    })
  )
}
