import { isIP } from 'node:net'

/** An origin of the web, as browsers write it. */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  // A wildcard would stand for itself, and let nobody in.
  return url !== null && url.origin !== 'null' && url.href === `${url.origin}/` && !text.includes('*')
}

/** Not a judge of addresses, only of what could not be one: it becomes a header of every mail. */
export function isSender(text: string): boolean {
  return /^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/.test(text)
}

/** An address, a network (CIDR), or one of the names proxies are listed by. */
export function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits] = text.split('/', 2)
  const family = isIP(address)
  return (
    family !== 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  )
}

/** True for names and addresses that only this machine itself can reach. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
  )
}
