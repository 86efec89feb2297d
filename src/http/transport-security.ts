import { isLoopback } from '../config/addresses.ts'
import type { Settings } from '../config/settings.ts'

/** Seconds, a year: what ASVS 3.4.1 wants at least. */
const year = 31_536_000

/**
 * Tells browsers to come by https only, where people are told to come so: HSTS. It speaks of a whole host name, so only our own
 * server says it; and not of `localhost`, which other programs share with us.
 */
export function transportSecurity({ publicUrl }: Settings): Readonly<Record<string, string>> {
  const url = publicUrl === undefined ? undefined : new URL(publicUrl)
  const isMeant = url?.protocol === 'https:' && !isLoopback(url.hostname)
  return isMeant ? { 'strict-transport-security': `max-age=${year}` } : {}
}
