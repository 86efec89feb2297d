/**
 * How long refusing somebody takes, by who it is, with the default settings: requests of each kind in turn, and the
 * median of each. What counts is the ratio to the first of its group: near 1, nobody learns who has an account from it.
 *
 * Usage: node bench/enumeration.ts [PAIRS]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey } from '../src/index.ts'

const pairs = Number(process.argv[2] ?? 40)
const password = 'correct horse battery staple'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
const latchkey = await createLatchkey({
  database: { url: `sqlite:${join(folder, 'bench.db')}` },
  mail: { url: `directory:${join(folder, 'mail')}` },
  user: { emailVerificationRequired: true, hideExistingAccounts: true },
  rateLimit: false,
  log: { level: 'silent' },
})
const url = await latchkey.listen({ port: 0 })
await latchkey.users.create({ email: 'known@example.com', username: 'known', password, emailVerified: true })
await latchkey.users.create({ email: 'unproved@example.com', password })

let count = 0
const login = (name: object) => () => post('login', { ...name, password: 'a wrong one' })
const mailTo = (path: string, email: string) => () => post(path, { email })
const groups: Record<string, Record<string, () => Promise<void>>> = {
  login: {
    known: login({ email: 'known@example.com' }),
    unknown: login({ email: 'unknown@example.com' }),
    unproved: login({ email: 'unproved@example.com' }),
    'known by name': login({ username: 'known' }),
    'unknown by name': login({ username: 'unknown' }),
  },
  reset: {
    known: mailTo('reset', 'known@example.com'),
    unknown: mailTo('reset', 'unknown@example.com'),
  },
  verify: {
    unproved: mailTo('verify', 'unproved@example.com'),
    unknown: mailTo('verify', 'unknown@example.com'),
  },
  'sign-up': {
    taken: () => post('', { email: 'known@example.com', password }),
    new: () => post('', { email: `new${count++}@example.com`, password }),
  },
}

for (const [group, kinds] of Object.entries(groups)) {
  const medians = await measure(kinds)
  const [first = Number.NaN] = Object.values(medians)
  const shown = Object.entries(medians).map(
    ([kind, ms]) => `${kind} ${ms.toFixed(1)} ms (${(ms / first).toFixed(2)})`,
  )
  console.log(`${group}: ${shown.join(', ')}`)
}
await latchkey.close()
rmSync(folder, { recursive: true, force: true })

async function measure(kinds: Record<string, () => Promise<void>>): Promise<Record<string, number>> {
  // Once each for the compiler.
  for (const request of Object.values(kinds)) await request()
  const times: Record<string, number[]> = {}
  for (let pair = 0; pair < pairs; pair++) {
    for (const [kind, request] of Object.entries(kinds)) {
      const started = performance.now()
      await request()
      times[kind] ??= []
      times[kind].push(performance.now() - started)
      // What goes on after an answer, such as sending mail, is not the next one's.
      await pause(30)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([kind, each]) => [kind, medianOf(each)]))
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${url}/api/users${path === '' ? '' : `/${path}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.arrayBuffer()
}
