import { type ParseArgsConfig, parseArgs } from 'node:util'
import { loadOptions, optionNames } from '../index.ts'
import { backUp } from './backup.ts'
import { calibrate } from './calibrate.ts'
import { init } from './init.ts'
import { moveAccounts } from './move.ts'
import { serve } from './serve.ts'
import { createUser } from './user.ts'

const help = `latchkey: the accounts service an app puts its end users in

  latchkey serve                     serve the API
      --workers N                    by so many processes; short for --server.workers
  latchkey user create --email …     create an account; the password comes from a prompt or standard input
      --model …                      of which user model, where there are several
      --username …                   its user name
      --role …                       a role it gets, for good; may be given several times
  latchkey backup FILE               copy the database (SQLite) to a new file, also while it is served
  latchkey init                      write a configuration to begin with, never over one that is there
  latchkey calibrate                 suggest how costly password hashes should be on this machine
      --ms 100                       how long one may take, in milliseconds

  latchkey move --to URL             copy everything to another database, which must be empty, and compare
      --from URL                     from where, if not from database.url

Options of every command:
  --config FILE                      configuration (default: latchkey.config.json, .ts or .mjs, if there is one)
  --host HOST  --port PORT           short for --server.host and --server.port
  --<option> VALUE                   any option of docs/configuration.md, such as --database.url sqlite::memory:
`

const own = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  workers: { type: 'string' },
  model: { type: 'string' },
  email: { type: 'string' },
  username: { type: 'string' },
  role: { type: 'string', multiple: true },
  ms: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs one command. @returns the exit status */
export async function run(args: readonly string[]): Promise<number> {
  const everyOption = Object.fromEntries(optionNames.map(({ path }) => [path, { type: 'string' as const }]))
  const { values, positionals } = parse(args, { ...everyOption, ...own })
  const [verb = '', ...operands] = positionals
  const command = verb === 'backup' ? verb : positionals.join(' ')
  if (values.help || command === '') {
    console.log(help)
    return values.help ? 0 : 1
  }

  const {
    config,
    host,
    port,
    workers,
    model,
    email,
    username,
    role = [],
    ms = '100',
    from,
    to,
    help: _,
    ...paths
  } = values
  // Neither needs a configuration, and one writes it.
  if (command === 'init') return init(config)
  if (command === 'calibrate') return calibrate(ms)

  const flags = { ...(paths as Record<string, string>) }
  if (host !== undefined) flags['server.host'] = host
  if (port !== undefined) flags['server.port'] = port
  if (workers !== undefined) flags['server.workers'] = workers
  const options = await loadOptions({
    file: config ?? (process.env.LATCHKEY_CONFIG || undefined),
    env: process.env,
    flags,
  })
  switch (command) {
    case 'serve':
      return serve(options)
    case 'user create':
      return createUser(options, { model, email, username, roles: role })
    case 'backup':
      return backUp(options, operands)
    case 'move':
      return moveAccounts(options, { from, to })
    default:
      throw new Error(`there is no command "${command}"; see latchkey --help`)
  }
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
    throw new Error(`${name}: there is no such option; see latchkey --help`)
  }
}
