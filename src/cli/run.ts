import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { loadConfiguration, optionNames } from '../index.ts'
import { backUp } from './backup.ts'
import { calibrate } from './calibrate.ts'
import { checkConfig } from './check-config.ts'
import { complain, Failure } from './failure.ts'
import { init } from './init.ts'
import { moveAccounts } from './move.ts'
import { ownOptions, refuseStray } from './own-options.ts'
import { forgiveClosedPipes } from './print.ts'
import { serve } from './serve.ts'
import { runUser } from './user.ts'

const help = `latchkey: the accounts service an app puts its end users in

  latchkey init                          write a configuration to begin with, never over one that is there
  latchkey serve                         serve the API
      --workers N                        by so many processes; short for --server.workers
  latchkey check-config                  say what is wrong with the configuration, and what is dangerous in it
  latchkey backup FILE                   copy the database (SQLite) to a new file, also while it is served
  latchkey move --to URL                 copy everything to another database, which must be empty, and compare
      --from URL                         from where, if not from database.url
  latchkey calibrate                     suggest how costly password hashes should be on this machine
      --ms 100                           how long one may take, in milliseconds

  latchkey user create --email …         create an account; the password comes from a prompt or standard input
      --username …                       its user name
      --role …                           a role it gets, for good; may be given several times
  latchkey user list                     list accounts, one a line
      --filter JSON                      those a LoopBack filter finds
  latchkey user show ACCOUNT             what there is to know of one; ACCOUNT is an id, e-mail address or user name
  latchkey user set-password ACCOUNT     set a password, from a prompt or standard input; its sessions end
  latchkey user verify ACCOUNT           vouch for its address
  latchkey user block ACCOUNT            keep its owner out: no login, no session, no mailed link
  latchkey user unblock ACCOUNT          let them in again
  latchkey user unlock ACCOUNT           forget failed logins, so that nobody has to wait for the next
  latchkey user grant ACCOUNT ROLE       give it a role
  latchkey user revoke ACCOUNT ROLE      take it away
  latchkey user sessions ACCOUNT         list its sessions
  latchkey user end-sessions ACCOUNT     end all of them
  latchkey user delete ACCOUNT           delete it
      --yes                              without asking

Options of the commands about users:
  --model NAME                           of which user model, where there are several
  --realm REALM                          where names are unique within a realm
  --json                                 write JSON, an object a line; check-config has it as well

Options of every command:
  --config FILE                          configuration (default: latchkey.config.json, .ts or .mjs, if there is one)
  --host HOST  --port PORT               short for --server.host and --server.port
  --<option> VALUE                       any option of docs/configuration.md, such as --database.url sqlite::memory:

latchkey --version writes the version.

A command ends with status 0 when it is done, 67 when there is no such account, 69 when the database cannot be used,
and 1 for all else.
`

/** Runs one command. @returns the exit status */
export async function run(args: readonly string[]): Promise<number> {
  try {
    forgiveClosedPipes()
    return await obey(args)
  } catch (error) {
    return complain(error)
  }
}

async function obey(args: readonly string[]): Promise<number> {
  const everyOption = Object.fromEntries(optionNames.map(({ path }) => [path, { type: 'string' as const }]))
  const { values, positionals } = parse(args, { ...everyOption, ...ownOptions })
  const [first, ...operands] = positionals
  const command = first === 'backup' || first === 'user' ? first : positionals.join(' ') || undefined
  if (values.version) {
    console.log(version())
    return 0
  }
  if (values.help || command === undefined) {
    console.log(help)
    return values.help ? 0 : 1
  }

  const {
    config,
    host,
    port,
    workers,
    json = false,
    yes = false,
    ms = '100',
    from,
    to,
    help: _,
    version: __,
    ...rest
  } = values
  refuseStray(command === 'user' ? positionals.slice(0, 2).join(' ') : command, values)
  // Neither needs a configuration, and one writes it.
  if (command === 'init') return init(config)
  if (command === 'calibrate') return calibrate(ms)

  const { model, realm, email, username, role: roles = [], filter, ...paths } = rest
  const flags = { ...(paths as Record<string, string>) }
  if (host !== undefined) flags['server.host'] = host
  if (port !== undefined) flags['server.port'] = port
  if (workers !== undefined) flags['server.workers'] = workers
  const sources = { file: config ?? (process.env.LATCHKEY_CONFIG || undefined), env: process.env, flags }
  if (command === 'check-config') return checkConfig(sources, json)

  const { options, warnings } = await loadConfiguration(sources)
  switch (command) {
    case 'serve':
      return serve(options, warnings)
    case 'user': {
      const [verb = '', ...accounts] = operands
      const about = { model, realm, email, username, roles, filter, json, yes }
      return runUser(options, { verb, operands: accounts, ...about })
    }
    case 'backup':
      return backUp(options, operands)
    case 'move':
      return moveAccounts(options, { from, to })
    default:
      throw new Failure(`there is no command "${command}"; see latchkey --help`)
  }
}

/** Stands where the package does, whether it runs from source or built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error
    const name = /'(-[^']*)'/.exec(message)?.[1]
    throw new Failure(`${name}: there is no such option; see latchkey --help`)
  }
}
