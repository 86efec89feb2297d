import type { Context } from '../domain/context.ts'

/** One line per event that an operator may have to ask about later; never a secret. */
export function logEvents({ events, log, settings }: Context): void {
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
  events.on('loginFailed', ({ userId }) =>
    log.info({ ...whose, event: 'loginFailed', userId }, 'a login failed'),
  )
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
