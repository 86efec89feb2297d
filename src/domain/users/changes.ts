import type { PlainObject } from '../../base/values.ts'
import type { Context } from '../context.ts'
import type { Events } from '../events.ts'
import { matches } from '../filter/matches.ts'
import { reduced, type UserId, type UserView } from '../model/user.ts'

/** What a change stream tells, in LoopBack's form. */
export interface UserChange {
  readonly target: UserId
  readonly data?: UserView
  readonly type: 'create' | 'update' | 'remove'
}

/**
 * Tells of every change of a user that this process makes, until the function it returns is called.
 * @param where in `options`, conditions on the user: as changed, or as it was when deleted
 * @throws {LatchkeyError} what a bad filter gets
 */
export function onChange(
  { events: { on, off }, settings, filters }: Context,
  listener: (change: UserChange) => void,
  { where }: PlainObject = {},
): () => void {
  const { query } = filters.users.parseFilter({ where })
  const tell = (type: 'create' | 'update', user: UserView) => {
    if (matches(query.where, user)) listener({ target: user.id, data: reduced(user, settings.user), type })
  }
  const created = ({ user }: Events['created']) => tell('create', user)
  const updated = ({ user }: Events['updated' | 'verified']) => tell('update', user)
  const deleted = ({ user }: Events['deleted']) => {
    if (matches(query.where, user)) listener({ target: user.id, type: 'remove' })
  }
  on('created', created)
  on('updated', updated)
  on('verified', updated)
  on('deleted', deleted)
  return () => {
    off('created', created)
    off('updated', updated)
    off('verified', updated)
    off('deleted', deleted)
  }
}
