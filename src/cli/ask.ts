import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { Failure } from './failure.ts'

/** From a prompt that shows nothing, twice, or the first line of what is piped in. Never an argument: those are public. */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY
    ? await askTwice()
    : (await readAll(process.stdin)).split(/\r?\n/, 1)[0]
  if (!password)
    throw new Failure('there is no password: type one, or have it in the first line of standard input')
  return password
}

async function askTwice(): Promise<string> {
  const password = await ask('Password: ', false)
  if (password !== (await ask('Again: ', false))) throw new Failure('the two passwords are not the same')
  return password
}

/** Asks for a yes. @throws {Failure} where the answer is another, or nobody is there to give one */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Failure(`${question} Say --yes where nobody can be asked`)
  const answer = await ask(`${question} [y/N] `, true)
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('nothing was changed')
}

/** @param shows whether what is typed is to be seen */
async function ask(question: string, shows: boolean): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const output = shows ? process.stderr : silent
  const prompt = createInterface({ input: process.stdin, output, terminal: true })
  if (!shows) process.stderr.write(question)
  const gone = new Promise<never>((_resolve, reject) => {
    prompt.once('close', () => reject(new Failure('nobody answered')))
  })
  try {
    return await Promise.race([prompt.question(shows ? question : ''), gone])
  } finally {
    gone.catch(() => {})
    prompt.close()
    if (!shows) process.stderr.write('\n')
  }
}
