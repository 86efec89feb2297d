import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { type House, password, type Reply } from '../open-house.ts'

const kinds = ['read', 'list', 'login', 'signUp'] as const
type Kind = (typeof kinds)[number]

/** Clients of every sort, each of whom sends one request after the other, whatever the answer. */
export interface Traffic extends AsyncDisposable {
  /** Resolves when requests of these kinds, sent from now on, are served. */
  served(...which: readonly Kind[]): Promise<void>
  /** Resolves when requests of these kinds, sent from now on, are refused. */
  refused(...which: readonly Kind[]): Promise<void>
  /** Waits for the last answers, and checks that each was either as it should be, or 503 in time and in plain words. */
  stop(): Promise<void>
  /** Addresses that were signed up, as families of three in one request each. */
  readonly acknowledged: readonly string[]
}

/** Five seconds are promised; the rest is for a machine that has other things to do. */
export const longestWaitMs = 12_000

export async function openTraffic(house: House, clientsOfAKind = 3): Promise<Traffic> {
  const admin = await house.adminToken()
  const acknowledged: string[] = []
  const problems: string[] = []
  const last = Object.fromEntries(kinds.map((kind) => [kind, { served: 0, refused: 0 }]))
  let isOver = false
  let families = 0

  const requests: Record<Kind, () => Promise<Reply>> = {
    read: () => house.get('/users/1', { token: admin }),
    list: () => house.find('/users', { where: { email: { like: '%@1.%' } }, limit: 3 }, { token: admin }),
    login: () => house.post('/users/login', { email: 'admin@example.com', password }),
    async signUp() {
      const emails = familyOf(++families)
      const reply = await house.post(
        '/users',
        emails.map((email) => ({ email, password })),
      )
      if (reply.status === 200) acknowledged.push(...emails)
      return reply
    },
  }

  async function repeat(kind: Kind): Promise<void> {
    while (!isOver) {
      const started = performance.now()
      const reply = await requests[kind]()
      const ms = performance.now() - started
      const problem = problemOf(reply)
      if (problem ?? ms > longestWaitMs)
        problems.push(`${kind} after ${Math.round(ms)} ms: ${problem ?? 'late'}`)
      const seen = last[kind] as { served: number; refused: number }
      seen[reply.status === 503 ? 'refused' : 'served'] = started
      await pause(5)
    }
  }

  const clients = kinds.flatMap((kind) => Array.from({ length: clientsOfAKind }, () => repeat(kind)))

  async function seen(what: 'served' | 'refused', which: readonly Kind[]): Promise<void> {
    const from = performance.now()
    await until(() => which.every((kind) => (last[kind]?.[what] ?? 0) > from), `${which} ${what}`)
  }

  async function stop(): Promise<void> {
    isOver = true
    await Promise.all(clients)
    assert.deepEqual(problems, [])
  }

  return {
    served: (...which) => seen('served', which.length > 0 ? which : kinds),
    refused: (...which) => seen('refused', which.length > 0 ? which : kinds),
    stop,
    acknowledged,
    async [Symbol.asyncDispose]() {
      isOver = true
      await Promise.all(clients)
    },
  }
}

const members = ['mother', 'father', 'child']

function familyOf(number: number): string[] {
  return members.map((name) => `${name}@${number}.example.com`)
}

/** What is wrong with an answer that nobody may be given. */
export function problemOf({ status, headers, body }: Reply): string | undefined {
  if (status === 200) return undefined
  const isRefusal =
    status === 503 &&
    /^[1-9]\d*$/.test(headers.get('retry-after') ?? '') &&
    plainWords.includes(`${body.error.code}: ${body.error.message}`)
  return isRefusal ? undefined : `${status} ${JSON.stringify(body)}`
}

const plainWords = [
  'HASHING_BUSY: Too many passwords are being checked; try again shortly',
  'DATABASE_BUSY: The database is busy; try again shortly',
  'DATABASE_UNAVAILABLE: The database cannot be reached; try again shortly',
]

/** Checks what sign-ups have left: all that were acknowledged, and no family by halves. */
export function assertKept(emails: readonly string[], acknowledged: readonly string[]): void {
  const kept = new Set(emails)
  assert.deepEqual(
    acknowledged.filter((email) => !kept.has(email)),
    [],
  )
  const domains = emails.map((email) => email.split('@')[1] as string).filter((domain) => /^\d/.test(domain))
  assert.equal(domains.length, new Set(domains).size * members.length, 'a family is there by halves')
}

/** Resolves as soon as a claim holds. */
export async function until(holds: () => boolean | Promise<boolean>, claim: string): Promise<void> {
  const deadline = performance.now() + 45_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came about: ${claim}`)
    await pause(10)
  }
}

/** Resolves when `/health` answers with a status. */
export function healthIs(house: House, status: number): Promise<void> {
  return until(async () => (await house.get(`${house.url}/health`)).status === status, `/health is ${status}`)
}
