import type { IncomingHttpHeaders } from 'node:http'
import { LatchkeyError } from '../base/errors.ts'
import type { RouteContext } from './route-context.ts'

/** What tells of a request which page sent it. */
export interface Sent {
  readonly headers: IncomingHttpHeaders
  /** Undefined where the caller does not know. */
  readonly method?: string | undefined
}

/** They change nothing, and a page of another origin cannot read what they answer. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a page of another origin made a browser send, cookie and all (CSRF). Browsers say of whatever may change
 * something where it comes from: in `Sec-Fetch-Site`, or at least in `Origin`. What has neither no browser sent.
 * @throws {LatchkeyError} ORIGIN_NOT_ALLOWED
 */
export function refuseForeign({ settings, publicUrl }: RouteContext, { headers, method }: Sent): void {
  if (method !== undefined && safeMethods.has(method)) return
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return
  const { origin } = headers
  const isOurs =
    origin === undefined
      ? // Of an unknown method: a link followed from elsewhere has no `Origin`, and is a GET.
        method === undefined || (site !== 'same-site' && site !== 'cross-site')
      : [publicUrl(), ...settings.tokens.cookieOrigins].some((url) => new URL(url).origin === origin)
  if (!isOurs) throw new LatchkeyError('ORIGIN_NOT_ALLOWED')
}
