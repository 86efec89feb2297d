import type { Context } from '../domain/context.ts'

/** One line per event that an operator may have to ask about later; never a secret. */
export function logEvents({ events, log }: Context): void {
  events.on('created', ({ user }) =>
    log.info({ event: 'created', userId: user.id }, 'an account was created'),
  )
  events.on('loggedIn', ({ user }) => log.info({ event: 'loggedIn', userId: user.id }, 'somebody logged in'))
  events.on('loggedOut', ({ userId }) => log.info({ event: 'loggedOut', userId }, 'somebody logged out'))
  events.on('loginFailed', ({ userId }) => log.info({ event: 'loginFailed', userId }, 'a login failed'))
  events.on('verified', ({ user }) =>
    log.info({ event: 'verified', userId: user.id }, 'an address was confirmed'),
  )
  events.on('passwordChanged', ({ user }) =>
    log.info({ event: 'passwordChanged', userId: user.id }, 'a password was changed'),
  )
  events.on('emailChanged', ({ user }) =>
    log.info({ event: 'emailChanged', userId: user.id }, 'an address was changed'),
  )
  events.on('deleted', ({ user }) =>
    log.info({ event: 'deleted', userId: user.id }, 'an account was deleted'),
  )
}
