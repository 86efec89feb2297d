import type { Accounts, LatchkeyOptions } from '../index.ts'
import { withAccounts } from './accounts.ts'
import { readPassword } from './ask.ts'
import { Failure, statuses } from './failure.ts'
import { printLine, toJson } from './print.ts'
import { type AccountCommand, isAccountVerb, runOnAccount } from './user-account.ts'
import { listUsers } from './user-list.ts'

/** What was said after `latchkey user`. */
export interface UserCommand extends AccountCommand {
  readonly verb: string
  readonly operands: readonly string[]
  readonly email: string | undefined
  readonly username: string | undefined
  readonly roles: readonly string[]
  readonly filter: string | undefined
}

/** Runs `latchkey user …`. @returns the exit status */
export async function runUser(options: LatchkeyOptions, command: UserCommand): Promise<number> {
  const { verb, operands, model, realm } = command
  if (verb === 'create') return createUser(options, command)
  if (verb === 'list') {
    if (operands.length > 0 || realm !== undefined)
      throw new Failure('user list takes no account and no realm; see --filter')
    return withAccounts(options, model, (accounts) => listUsers(accounts, command))
  }
  if (!isAccountVerb(verb))
    throw new Failure(`there is no command "${`user ${verb}`.trim()}"; see latchkey --help`)
  return runOnAccount(options, verb, operands, command)
}

/** Creates an account for the operator, who vouches for its address. */
async function createUser(
  options: LatchkeyOptions,
  { operands, model, realm, email, username, roles }: UserCommand,
): Promise<number> {
  if (email === undefined || operands.length > 0)
    throw new Failure('user create needs --email, and nothing else but options')
  // Before anything is made: an account without its role could not be made again.
  const badRole = roles.find((role) => role === '' || role.startsWith('$'))
  if (badRole !== undefined) throw new Failure(`--role: "${badRole}" cannot be the name of a role`)
  const password = await readPassword()
  const create = async ({ users }: Accounts) => {
    const user = await users.create({
      email,
      username,
      realm: realm || undefined,
      password,
      emailVerified: true,
    })
    for (const role of roles) await users.grantRole(user.id, role)
    await printLine(toJson(user))
    return statuses.done
  }
  return withAccounts(options, model, create, { makes: true })
}
