import { LatchkeyError } from '../../base/errors.ts'

/**
 * Where a browser may be sent. Parsed as browsers parse it and compared by origin and path, never by prefix of the
 * text (RFC 9700 4.11): `https://app.example.com.evil.org` starts like a friend.
 * @param target what the request asked for; absent or empty: nowhere
 * @param allowed entries that start with `/` allow that path and all below it on our origin, others are origins
 * @throws {LatchkeyError} REDIRECT_NOT_ALLOWED
 */
export function checkRedirect(
  target: unknown,
  allowed: readonly string[],
  publicUrl: string,
): string | undefined {
  if (target === undefined || target === '') return undefined
  const url = typeof target === 'string' ? parse(target, publicUrl) : undefined
  // The web root is our own page, where our own mails' links end.
  const isOurRoot = url?.href === new URL('/', publicUrl).href
  if (!url || !(isOurRoot || allowed.some((entry) => isWithin(url, entry, publicUrl))))
    throw new LatchkeyError('REDIRECT_NOT_ALLOWED')
  const given = target as string
  // As it was given, as LoopBack has it, where a header can carry it so.
  if (/^[\x21-\x7e]+$/.test(given)) return given
  return given.startsWith('/') ? `${url.pathname}${url.search}${url.hash}` : url.href
}

function parse(target: string, publicUrl: string): URL | undefined {
  // Browsers drop or turn these around, so a text that has them is not the URL it seems to be.
  if (/[\\\p{Cc}\p{Zl}\p{Zp}]/u.test(target) || target.startsWith('//')) return undefined
  if (!target.startsWith('/') && !/^https?:\/\//i.test(target)) return undefined
  const url = URL.parse(target, publicUrl)
  if (!url || url.username || url.password) return undefined
  // `/.//evil.org` becomes the path `//evil.org`, which a browser would take for another host.
  return url.pathname.startsWith('//') ? undefined : url
}

function isWithin(url: URL, entry: string, publicUrl: string): boolean {
  if (!entry.startsWith('/')) return url.origin === new URL(entry).origin
  const folder = entry.endsWith('/') ? entry : `${entry}/`
  const isOurs = url.origin === new URL(publicUrl).origin
  return isOurs && (url.pathname === entry || url.pathname.startsWith(folder))
}
