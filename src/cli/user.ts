import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { createLatchkey, type LatchkeyOptions } from '../index.ts'

export interface NewAccount {
  readonly email: string | undefined
  readonly username: string | undefined
  readonly roles: readonly string[]
}

/** Creates an account for the operator, who vouches for its address. */
export async function createUser(
  options: LatchkeyOptions,
  { email, username, roles }: NewAccount,
): Promise<number> {
  if (email === undefined) throw new Error('user create needs --email')
  // Before anything is made: an account without its role could not be made again.
  const badRole = roles.find((role) => role === '' || role.startsWith('$'))
  if (badRole !== undefined) throw new Error(`--role: "${badRole}" cannot be the name of a role`)
  const password = await readPassword()
  const latchkey = await createLatchkey({ ...options, log: { level: 'error' } })
  try {
    const user = await latchkey.users.create({ email, username, password, emailVerified: true })
    for (const role of roles) await latchkey.users.grantRole(user.id, role)
    console.log(JSON.stringify(user))
    return 0
  } finally {
    await latchkey.close()
  }
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
