import type { HashGate } from '../../base/hash-gate.ts'
import { networkOf } from '../../base/network.ts'
import type { RequestScope } from '../../base/request-scope.ts'
import { createTurnstile, mostPerAddress } from './turnstile.ts'

/**
 * A gate at which every address has a few places only, whatever its passwords are for: else one that signs up or sets
 * passwords by the hundred would have the whole queue to itself. What no request asked for waits as ever.
 */
export function shareGate(gate: HashGate, requests: Pick<RequestScope, 'current' | 'deadline'>): HashGate {
  const turnstile = createTurnstile(requests.deadline)
  return {
    async run(job, background) {
      const address = background ? undefined : networkOf(requests.current()?.address)
      if (address === undefined) return gate.run(job, background)
      const leave = await turnstile.enter(address, mostPerAddress)
      try {
        return await gate.run(job)
      } finally {
        leave()
      }
    },
  }
}
