import { networkOf } from '../base/network.ts'
import type { RequestScope } from '../base/request-scope.ts'
import { methods } from '../domain/access/methods.ts'
import type { Context } from '../domain/context.ts'
import type { EventName, Events } from '../domain/events.ts'

/** What an operator may have to ask about later (ASVS 16.3.1), and in which words it is told. */
const told = {
  created: 'an account was created',
  loggedIn: 'somebody logged in',
  loggedOut: 'somebody logged out',
  loginFailed: 'a login failed',
  verified: 'an address was confirmed',
  resetAsked: 'a new password was asked for',
  passwordChanged: 'a password was changed',
  emailChanged: 'an address was changed',
  roleGranted: 'a role was granted',
  roleRevoked: 'a role was revoked',
  blocked: 'an account was blocked',
  unblocked: 'an account was unblocked',
  deleted: 'an account was deleted',
} as const satisfies Partial<Record<EventName, string>>

type Told = keyof typeof told

/** An id, as it stood in a request: neither a text of anybody's own, nor as long as a token. */
const idLike = /^[\w.-]{1,36}$/

/** One line per event: whose account, from which address, by which request; never a secret, nor an e-mail address. */
export function logEvents(
  { events, log, settings, clock }: Pick<Context, 'events' | 'log' | 'settings' | 'clock'>,
  requests: Pick<RequestScope, 'current'>,
): void {
  // Of several models one must be able to tell whose user 1 it was.
  const { modelName } = settings.user
  const whose = modelName === 'User' ? {} : { model: modelName }
  for (const event of Object.keys(told) as Told[]) {
    events.on(event, (about) => {
      const address = requests.current()?.address ?? ('address' in about ? about.address : undefined)
      log.info(
        { ...whose, event, ...accountIn(about), ...(address === undefined ? {} : { address }) },
        told[event],
      )
    })
  }
  const isNews = createNews(clock)
  events.on('roleUsed', ({ user, method, owner }) => {
    // Whoever works by a role looks at hundreds of accounts; what changes one is told each time.
    const isRead = methods[method].accessType === 'READ'
    if (isRead && !isNews(`${user.id} ${method}`)) return
    const address = requests.current()?.address
    const about = owner !== undefined && idLike.test(owner) ? { owner } : {}
    log.info({ ...whose, event: 'roleUsed', userId: user.id, method, ...about, address }, 'a role was used')
  })
  events.on('throttled', ({ limit, userId, address }) => {
    // Whoever is refused may go on asking, a thousand times a second.
    if (isNews(`${limit} ${networkOf(address) ?? userId}`))
      log.warn({ ...whose, event: 'throttled', limit, userId, address }, 'somebody tries too often')
  })
}

function accountIn(about: Events[Told]): object {
  const userId = 'user' in about ? about.user.id : about.userId
  return 'role' in about ? { userId, role: about.role } : { userId }
}

const newsLastsMs = 60_000
/** More than that are remembered anew. */
const mostNews = 10_000

/** Whether a text was not met within the last minute. */
function createNews(clock: () => Date): (text: string) => boolean {
  const seen = new Map<string, number>()
  return (text) => {
    const now = clock().getTime()
    const last = seen.get(text) ?? Number.NEGATIVE_INFINITY
    if (now - last < newsLastsMs) return false
    if (seen.size >= mostNews) seen.clear()
    seen.set(text, now)
    return true
  }
}
