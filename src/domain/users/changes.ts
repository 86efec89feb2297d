import type { Context } from '../context.ts'
import type { Events } from '../events.ts'
import { reduced, type UserId, type UserView } from '../model/user.ts'

/** What a change stream tells, in LoopBack's form. */
export interface UserChange {
  readonly target: UserId
  readonly data?: UserView
  readonly type: 'create' | 'update' | 'remove'
}

/** Tells of every change of a user that this process makes, until the function it returns is called. */
export function onChange(
  { events: { on, off }, settings }: Context,
  listener: (change: UserChange) => void,
): () => void {
  const created = ({ user }: Events['created']) =>
    listener({ target: user.id, data: reduced(user, settings.user), type: 'create' })
  const updated = ({ user }: Events['updated' | 'verified']) =>
    listener({ target: user.id, data: reduced(user, settings.user), type: 'update' })
  const deleted = ({ user }: Events['deleted']) => listener({ target: user.id, type: 'remove' })
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
