import { networkOf } from '../base/network.ts'
import type { Context } from '../domain/context.ts'

/** One line per event that an operator may have to ask about later; never a secret. */
export function logEvents({ events, log, settings, clock }: Context): void {
  // Of several models one must be able to tell whose user 1 it was.
  const { modelName } = settings.user
  const whose = modelName === 'User' ? {} : { model: modelName }
  events.on('created', ({ user }) =>
    log.info({ ...whose, event: 'created', userId: user.id }, 'an account was created'),
  )
  events.on('loggedIn', ({ user }) =>
    log.info({ ...whose, event: 'loggedIn', userId: user.id }, 'somebody logged in'),
  )
  events.on('loggedOut', ({ userId }) =>
    log.info({ ...whose, event: 'loggedOut', userId }, 'somebody logged out'),
  )
  events.on('loginFailed', ({ userId, address }) =>
    log.info({ ...whose, event: 'loginFailed', userId, address }, 'a login failed'),
  )
  const isNews = createNews(clock)
  events.on('throttled', ({ limit, userId, address }) => {
    // Whoever is refused may go on asking, a thousand times a second.
    if (isNews(`${limit} ${networkOf(address) ?? userId}`))
      log.warn({ ...whose, event: 'throttled', limit, userId, address }, 'somebody tries too often')
  })
  events.on('verified', ({ user }) =>
    log.info({ ...whose, event: 'verified', userId: user.id }, 'an address was confirmed'),
  )
  events.on('passwordChanged', ({ user }) =>
    log.info({ ...whose, event: 'passwordChanged', userId: user.id }, 'a password was changed'),
  )
  events.on('emailChanged', ({ user }) =>
    log.info({ ...whose, event: 'emailChanged', userId: user.id }, 'an address was changed'),
  )
  events.on('deleted', ({ user }) =>
    log.info({ ...whose, event: 'deleted', userId: user.id }, 'an account was deleted'),
  )
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
