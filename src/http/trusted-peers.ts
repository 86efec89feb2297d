import { BlockList, isIP } from 'node:net'
import { withoutPort } from '../base/network.ts'

/** Says whether a peer's word on whom it asks for counts. */
export type Trusts = (address: string | undefined) => boolean

const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** @param trustProxy the setting: addresses, networks (CIDR) or their names; `true` for everybody */
export function trustedPeers(trustProxy: boolean | string | readonly string[]): Trusts {
  if (typeof trustProxy === 'boolean') return () => trustProxy
  const list = new BlockList()
  const entries = [trustProxy].flat().flatMap((text) => text.split(',').map((entry) => entry.trim()))
  for (const network of entries.flatMap((entry) => named[entry] ?? entry)) {
    const [address = '', bits] = network.split('/', 2)
    const family = familyOf(address)
    if (family) list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return (address) => {
    const alone = withoutPort(address ?? '')
    const family = familyOf(alone)
    return family !== undefined && list.check(alone, family)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}
