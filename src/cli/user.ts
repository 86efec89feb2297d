import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { type Accounts, createLatchkey, type Latchkey, type LatchkeyOptions } from '../index.ts'

export interface NewAccount {
  /** Of which user model; may be left out where there is one. */
  readonly model: string | undefined
  readonly email: string | undefined
  readonly username: string | undefined
  readonly roles: readonly string[]
}

/** Creates an account for the operator, who vouches for its address. */
export async function createUser(
  options: LatchkeyOptions,
  { model, email, username, roles }: NewAccount,
): Promise<number> {
  if (email === undefined) throw new Error('user create needs --email')
  // Before anything is made: an account without its role could not be made again.
  const badRole = roles.find((role) => role === '' || role.startsWith('$'))
  if (badRole !== undefined) throw new Error(`--role: "${badRole}" cannot be the name of a role`)
  const password = await readPassword()
  const latchkey = await createLatchkey({ ...options, log: { level: 'error' } })
  try {
    const { users } = accountsCalled(model, latchkey.models)
    const user = await users.create({ email, username, password, emailVerified: true })
    for (const role of roles) await users.grantRole(user.id, role)
    console.log(JSON.stringify(user))
    return 0
  } finally {
    await latchkey.close()
  }
}

/** An account among the wrong people is not easily noticed, so of several models one must be named. */
function accountsCalled(model: string | undefined, models: Latchkey['models']): Accounts {
  const names = Object.keys(models)
  const name =
    model === undefined && names.length === 1
      ? names[0]
      : names.find((known) => known.toLowerCase() === model?.toLowerCase())
  if (name === undefined) throw new Error(`user create needs --model, one of ${names.join(', ')}`)
  return models[name] as Accounts
}

/** From a prompt that shows nothing, or the first line of what is piped in. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await readAll(process.stdin)).split(/\r?\n/, 1)[0] ?? ''
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write('Password: ')
  const password = await prompt.question('')
  prompt.close()
  process.stderr.write('\n')
  return password
}
