import type { PlainObject } from '../../base/values.ts'
import type { Context } from '../context.ts'
import { block, unblock } from './block.ts'
import { markVerified } from './confirm.ts'
import { unlock } from './login-names.ts'
import { type AccountDetails, type AccountRecord, findAccount, listAccounts } from './records.ts'
import { grantRole, revokeRole } from './roles.ts'

/** What the operator does with accounts, and no client can. */
export function operatorVerbs(context: Context) {
  return {
    /** The account with an id, an e-mail address or a user name; undefined where there is none. */
    findAccount: (name: string, realm?: string): Promise<AccountDetails | undefined> =>
      findAccount(context, name, realm),

    /** Accounts a filter finds, in pages. */
    listAccounts: (filter?: PlainObject): AsyncIterable<readonly AccountRecord[]> =>
      listAccounts(context, filter),

    /** Vouches for an address, as following the mailed link does. */
    markVerified: (id: unknown): Promise<void> => markVerified(context, id),

    /** Keeps the owner of an account out, from this moment on and everywhere. */
    block: (id: unknown): Promise<void> => block(context, id),
    /** Lets them in again. */
    unblock: (id: unknown): Promise<void> => unblock(context, id),

    /** Forgets failed guesses at a user's password: nobody has to wait before the next. */
    unlock: (id: unknown): Promise<void> => unlock(context, id),

    /** Puts a user into a role by id, for good. */
    grantRole: (id: unknown, role: string): Promise<void> => grantRole(context, id, role),
    /** Takes it away again; tells whether they had it by id. */
    revokeRole: (id: unknown, role: string): Promise<boolean> => revokeRole(context, id, role),
  }
}
