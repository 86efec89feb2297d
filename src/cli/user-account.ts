import type { AccountDetails, Accounts, LatchkeyOptions } from '../index.ts'
import { withAccounts } from './accounts.ts'
import { confirm, readPassword } from './ask.ts'
import { Failure, statuses } from './failure.ts'
import { printLine, toJson, visible } from './print.ts'
import { showAccount, showSessions } from './user-show.ts'

export interface AccountCommand {
  /** Of which user model; may be left out where there is one. */
  readonly model: string | undefined
  readonly realm: string | undefined
  readonly json: boolean
  /** Whether not to ask. */
  readonly yes: boolean
}

/** One account, and what was said about it beside its name. */
interface Job extends AccountCommand {
  readonly users: Accounts['users']
  readonly tokens: Accounts['tokens']
  readonly account: AccountDetails
  readonly id: AccountDetails['user']['id']
  readonly role: string
}

/** A sentence on what is done; none where it has been printed. */
type Work = (job: Job) => Promise<string | undefined>

const verbs = {
  show: async ({ account, json }) => void (await showAccount(account, json)),

  sessions: async ({ tokens, id, json }) => void (await showSessions(await tokens.listSessions(id), json)),

  async 'set-password'({ users, id }) {
    await users.setPassword({ newPassword: await readPassword() }, id)
    return 'has a new password'
  },

  async verify({ users, id, account }) {
    await users.markVerified(id)
    return account.user.emailVerified === true ? 'is verified already' : 'is verified'
  },

  async block({ users, id, account }) {
    await users.block(id)
    return account.blockedAt === null ? 'is blocked, and all sessions have ended' : 'is blocked already'
  },

  async unblock({ users, id, account }) {
    await users.unblock(id)
    return account.blockedAt === null ? 'is not blocked' : 'is not blocked any more'
  },

  async unlock({ users, id }) {
    await users.unlock(id)
    return 'can be logged in to from anywhere: failed attempts are forgotten'
  },

  async grant({ users, id, role }) {
    await users.grantRole(id, role)
    return `has the role ${role}`
  },

  async revoke({ users, id, role, account }) {
    const isRevoked = await users.revokeRole(id, role)
    if (account.configuredRoles.includes(role))
      throw new Failure(
        `the configuration gives ${nameOf(account)} the role ${visible(role)}; take it away there`,
      )
    if (!isRevoked) throw new Failure(`${nameOf(account)} does not have the role ${visible(role)}`)
    return `does not have the role ${role} any more`
  },

  async 'end-sessions'({ tokens, id, account }) {
    await tokens.deleteAll(id)
    return `has no session any more, of ${account.sessions}`
  },

  async delete({ users, id, account, json, yes }) {
    if (!yes) await confirm(`Delete ${nameOf(account)} for good?`)
    await users.deleteById(id)
    if (!json) return 'is deleted'
    await printLine(toJson(account))
    return undefined
  },
} as const satisfies Record<string, Work>

type Verb = keyof typeof verbs

export function isAccountVerb(verb: string): verb is Verb {
  return Object.hasOwn(verbs, verb)
}

/** Runs a command about one account, named by its id, e-mail address or user name. @returns the exit status */
export async function runOnAccount(
  options: LatchkeyOptions,
  verb: Verb,
  operands: readonly string[],
  command: AccountCommand,
): Promise<number> {
  const [name, role = '', ...others] = operands
  const needsRole = verb === 'grant' || verb === 'revoke'
  if (name === undefined || others.length > 0 || needsRole !== (role !== '')) {
    throw new Failure(
      `user ${verb} needs an id, e-mail address or user name${needsRole ? ', and a role' : ''}, and nothing else`,
    )
  }
  return withAccounts(options, command.model, async ({ users, tokens }) => {
    const find = () => users.findAccount(name, command.realm)
    const account = await find()
    if (!account) throw new Failure(`there is no account called ${visible(name)}`, statuses.noSuchUser)
    const { id } = account.user
    const work: Work = verbs[verb]
    const done = await work({ ...command, users, tokens, account, id, role })
    if (done !== undefined)
      await printLine(
        command.json ? toJson(await users.findAccount(String(id))) : `${nameOf(account)} ${visible(done)}`,
      )
    return statuses.done
  })
}

function nameOf({ user: { id, email } }: AccountDetails): string {
  // The configuration may hide addresses, from everybody.
  return email === undefined ? `id ${visible(id)}` : `${visible(email)} (id ${visible(id)})`
}
