import { isIPv4, isIPv6 } from 'node:net'

/**
 * Whom an address counts as: an IPv4 address for itself; of IPv6 the first 64 bits, because whoever has one address there
 * has all that share them. Every spelling of an address gives the same, and an IPv4 address in IPv6's clothes is the
 * IPv4 address it is (RFC 4291 2.5.5.2).
 * @returns undefined for what is no address: a Unix socket's, or a word a proxy puts in its place
 */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const alone = withoutPort(address)
  if (isIPv4(alone)) return alone
  const [bare = ''] = alone.split('%', 1)
  if (!isIPv6(bare)) return undefined
  const groups = groupsOf(bare)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return groups.slice(6).flatMap(bytesOf).join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** An address as it is, also where a proxy adds the port, or brackets (`192.0.2.1:50000`, `[2001:db8::1]:50000`). */
export function withoutPort(address: string): string {
  const [, ipv4, ipv6] = /^(?:([\d.]+):\d{1,5}|\[([^[\]]+)\](?::\d{1,5})?)$/.exec(address) ?? []
  return ipv4 ?? ipv6 ?? address
}

/** The eight groups of sixteen bits; the URL parser settles upper case, zeros and an IPv4 tail. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const gap = tail === undefined ? 0 : 8 - head.length - tail.length
  return [...head, ...Array<string>(gap).fill('0'), ...(tail ?? [])].map((group) =>
    Number.parseInt(group, 16),
  )
}

function bytesOf(group: number): number[] {
  return [group >> 8, group & 0xff]
}
