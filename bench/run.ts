/**
 * An authenticated read of oneself, at Latchkey and at the leanest program that does the same, in turn and in one run.
 * The figure is the lean program's CPU time per request over ours: 1 means that Latchkey costs nothing on top.
 *
 * Usage: npm run bench [-- ROUNDS]
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { digestOf, randomToken } from '../src/base/secrets.ts'
import { createLatchkey } from '../src/index.ts'
import { load, type Request } from './load.ts'

const accounts = 10_000
const requestsPerRound = 20_000
const connections = 32
const rounds = Number(process.argv[2] ?? 7)

interface Subject {
  readonly process: ChildProcess
  readonly url: string
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
try {
  const file = join(folder, 'bench.db')
  const requests = await fill(file)
  const lean = await start('lean.ts', file)
  const ours = await start('ours.ts', file)
  // Once round for the compilers of both.
  for (const subject of [lean, ours]) await cpuPerRequest(subject, requests)

  const ratios: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const leanCpu = await cpuPerRequest(lean, requests)
    const oursCpu = await cpuPerRequest(ours, requests)
    ratios.push(leanCpu / oursCpu)
    console.log(
      `round ${round}: lean ${leanCpu.toFixed(1)} µs, Latchkey ${oursCpu.toFixed(1)} µs CPU per request`,
    )
  }
  ratios.sort((one, other) => one - other)
  const middle = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN
  console.log(
    `authenticated read, lean/Latchkey by CPU time: median ${middle.toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`,
  )
  lean.process.kill()
  ours.process.kill()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Ten thousand accounts with a session each, put in by hand: hashing passwords is not what is measured. */
async function fill(file: string): Promise<Request[]> {
  const latchkey = await createLatchkey({ database: { url: `sqlite:${file}` }, log: { level: 'error' } })
  await latchkey.close()
  const database = new DatabaseSync(file)
  const user = database.prepare('INSERT INTO users (id, email, username) VALUES (?, ?, ?)')
  const token = database.prepare(
    'INSERT INTO access_tokens (id, user_id, ttl, created_at, expires_at) VALUES (?, ?, ?, ?, ?)',
  )
  const requests: Request[] = []
  const ttl = 1_209_600
  const now = Date.now()
  database.exec('BEGIN')
  for (let id = 1; id <= accounts; id++) {
    const secret = randomToken()
    user.run(id, `user${id}@example.com`, `user${id}`)
    token.run(digestOf(secret), id, ttl, now, now + ttl * 1_000)
    requests.push({ path: `/api/users/${id}`, token: secret })
  }
  database.exec('COMMIT')
  database.close()
  return requests
}

async function start(program: string, file: string): Promise<Subject> {
  const child = fork(join(import.meta.dirname, program), [file])
  const [message] = await once(child, 'message')
  return { process: child, url: (message as { url: string }).url }
}

async function cpuPerRequest(subject: Subject, requests: readonly Request[]): Promise<number> {
  const before = await cpuOf(subject)
  await load(subject.url, requests, requestsPerRound, connections)
  return ((await cpuOf(subject)) - before) / requestsPerRound
}

async function cpuOf({ process: child }: Subject): Promise<number> {
  child.send('usage')
  const [message] = await once(child, 'message')
  return (message as { cpu: number }).cpu
}
