import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { withoutPort } from '../base/network.ts'
import type { Visit } from '../domain/model/access-token.ts'

/** Characters of a `User-Agent` worth keeping. */
const longestAgent = 200

/**
 * Where a request comes from.
 * @param ip as the server sees its client, behind proxies by what `server.trustProxy` says; no address: nobody knows
 */
export function visitOf(headers: IncomingHttpHeaders, ip: unknown): Visit {
  const agent = headers['user-agent']?.slice(0, longestAgent)
  if (typeof ip !== 'string') return { agent }
  // An IPv4 client of a socket for both kinds.
  const address = withoutPort(ip).replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? { agent } : { address, agent }
}
