import type { FastifyRequest } from 'fastify'
import type { Log } from '../base/log.ts'
import { networkOf, withoutPort } from '../base/network.ts'

/** Tells which address a request comes from; undefined where nobody knows. */
export type AddressOf = (request: FastifyRequest) => string | undefined

/**
 * The client's address: that of the connection, or, where `server.trustProxy` lists that one, what it says in
 * `X-Forwarded-For`. From anybody else the header is ignored, since whoever sends it can write into it what they like.
 * That is warned of once: behind a proxy that is not listed all clients have one address, and share its limits.
 */
export function createAddressOf(log: Log): AddressOf {
  let isWarned = false

  return (request) => {
    const { ip, socket, headers } = request
    const network = networkOf(ip)
    if (!isWarned && network !== undefined && headers['x-forwarded-for'] && ip === socket.remoteAddress) {
      isWarned = true
      log.warn(
        { address: ip },
        'X-Forwarded-For is ignored, because server.trustProxy does not list this address: whoever comes through it counts as one client',
      )
    }
    return network === undefined ? undefined : withoutPort(ip)
  }
}
