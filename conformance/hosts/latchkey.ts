import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createLatchkey, type Latchkey, type LatchkeyOptions } from '../../src/index.ts'
import type { UserSettings } from '../harness/case.ts'
import type { Opening } from '../harness/host.ts'

/** Serves scenarios with the Latchkey of this checkout, each in a house of its own. */
const answerParent = createRequire(import.meta.url)('./answer-parent.cjs')

interface House {
  readonly latchkey: Latchkey
  /** Where its letters go. */
  readonly mail: string
  /** Tokens of the resets asked for. */
  readonly resets: readonly string[]
  /** Tokens of confirmations handed out so far. */
  readonly seen: Set<string>
}

const houses = new Map<number, House>()
const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

answerParent({
  async open({ compatibility, user, model, people }: Opening): Promise<number> {
    const mail = mkdtempSync(join(folder, 'mail-'))
    const options = {
      compatibility,
      server: { port: 0 },
      database: { url: 'sqlite::memory:' },
      rest: { root: '/api', ...(model ? {} : { path: '/Users' }) },
      mail: { url: `directory:${mail}`, from: 'noreply@example.com' },
      rateLimit: false,
      log: { level: 'error' },
      user: model
        ? { passwordHash: 'bcrypt', model: written(model) }
        : { passwordHash: 'bcrypt', ...understood(user) },
    }
    const latchkey = await createLatchkey(options as LatchkeyOptions)
    const resets: string[] = []
    latchkey.on('resetPasswordRequest', ({ accessToken }) => void resets.push(accessToken.id))
    for (const { roles = [], login: _, ...properties } of people) {
      const { id } = await latchkey.users.create(properties)
      for (const role of roles) await latchkey.users.grantRole(id, role)
    }
    const port = Number(new URL(await latchkey.listen()).port)
    houses.set(port, { latchkey, mail, resets, seen: new Set() })
    return port
  },

  async letters({ port, kind }: { port: number; kind: string }): Promise<readonly string[]> {
    const house = houses.get(port)
    if (!house) return []
    if (kind === 'reset') return house.resets
    // Letters are sent after the answer.
    const seen = house.seen.size
    for (let tries = 0; tries < 20; tries++) {
      for (const token of confirmationsIn(house.mail)) house.seen.add(token)
      if (house.seen.size > seen) break
      await pause(50)
    }
    return [...house.seen]
  },

  async close({ port }: { port: number }): Promise<void> {
    const house = houses.get(port)
    houses.delete(port)
    await house?.latchkey.close()
  },
})

/** Without what LoopBack does in its own way or only carries along: Latchkey reads as much past it in a model file. */
function understood({ verifyOptions: _, forceId: __, properties = {}, ...user }: UserSettings): object {
  const plain = Object.entries(properties).map(([name, declared]) => [name, withoutWords(declared)])
  return { ...user, properties: Object.fromEntries(plain) }
}

function withoutWords(declared: unknown): unknown {
  if (declared === null || typeof declared !== 'object' || Array.isArray(declared)) return declared
  const { length: _, description: __, comments: ___, ...rest } = declared as Record<string, unknown>
  return rest
}

/** The tokens of the links to confirm an address, in the order they were mailed. */
function confirmationsIn(directory: string): string[] {
  const letters = readdirSync(directory)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8').replace(/=\r\n/g, '').replaceAll('=3D', '='))
  return letters.flatMap((letter) => /\/confirm\?\S*?token=(\w+)/.exec(letter)?.[1] ?? [])
}

/** Puts a model file where Latchkey can read it. @returns its path */
function written(model: object): string {
  const path = join(mkdtempSync(join(folder, 'model-')), 'model.json')
  writeFileSync(path, JSON.stringify(model))
  return path
}
