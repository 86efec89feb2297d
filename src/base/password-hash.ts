import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import { LatchkeyError } from './errors.ts'
import type { HashGate } from './hash-gate.ts'

export type PasswordAlgorithm = 'argon2id' | 'bcrypt'

/** OWASP Password Storage: Argon2id with 19 MiB, two passes, one lane; algorithm and version are the package's defaults. */
const argon2Parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Bytes after normalisation. Enough for any passphrase (NIST asks for 64 characters), too few to be a burden. */
const longestPassword = 1_024
/** What bcrypt looks at; a longer new password would be cut silently. */
const longestBcryptPassword = 72

export interface PasswordHasher {
  /** @throws {LatchkeyError} INVALID_PASSWORD (not a text, or empty), PASSWORD_TOO_LONG, HASHING_BUSY */
  hash(password: string): Promise<string>
  /** Throws what `hash` would throw of this password, without hashing it. */
  check(password: string): void
  /** True when the password fits. Without a stored hash it is false, after the same work. */
  verify(password: unknown, stored: string | null | undefined): Promise<boolean>
  /** A new hash where the stored one is weaker than today's setting; undefined where it is not. */
  rehash(password: string, stored: string): Promise<string | undefined>
  /** Tells which algorithm most stored hashes have; until told, the configured one. */
  expect(majority: PasswordAlgorithm): void
}

export interface PasswordHasherOptions {
  readonly algorithm: PasswordAlgorithm
  /** bcrypt's cost, for `algorithm: 'bcrypt'`: LoopBack's `saltWorkFactor`. */
  readonly saltWorkFactor: number
  readonly gate: HashGate
}

type Decoys = Readonly<Record<PasswordAlgorithm, string>>

const decoysByFactor = new Map<number, Promise<Decoys>>()

/**
 * Hashes that stand in for that of a user there is none of, so that refusing costs what checking costs. They are
 * nobody's, so one pair serves every model of the process.
 */
function decoysFor(saltWorkFactor: number): Promise<Decoys> {
  let decoys = decoysByFactor.get(saltWorkFactor)
  if (!decoys) {
    decoys = Promise.all([
      argon2.hash('a decoy', argon2Parameters),
      bcrypt.hash('a decoy', saltWorkFactor),
    ]).then(([argon2id, bcryptHash]) => ({ argon2id, bcrypt: bcryptHash }))
    decoysByFactor.set(saltWorkFactor, decoys)
  }
  return decoys
}

/**
 * Hashes with the configured algorithm and reads both. Passwords are normalised to NFKC first (NIST SP 800-63B
 * 3.1.1.2), and a text that looks like a hash is a password like any other.
 */
export async function createPasswordHasher(options: PasswordHasherOptions): Promise<PasswordHasher> {
  const { algorithm, saltWorkFactor, gate } = options
  const decoys = await decoysFor(saltWorkFactor)
  let majority = algorithm

  function make(normalised: string): Promise<string> {
    return algorithm === 'bcrypt'
      ? bcrypt.hash(normalised, saltWorkFactor)
      : argon2.hash(normalised, argon2Parameters)
  }

  function checked(password: string): string {
    if (typeof password !== 'string' || password === '' || !password.isWellFormed()) {
      throw new LatchkeyError('INVALID_PASSWORD')
    }
    const normalised = password.normalize('NFKC')
    const bytes = Buffer.byteLength(normalised)
    const longest = algorithm === 'bcrypt' ? longestBcryptPassword : longestPassword
    if (bytes > longest) throw new LatchkeyError('PASSWORD_TOO_LONG', { values: [longest, bytes] })
    return normalised
  }

  return {
    check(password) {
      checked(password)
    },

    async hash(password) {
      const normalised = checked(password)
      return gate.run(() => make(normalised))
    },

    async verify(password, stored) {
      if (
        typeof password !== 'string' ||
        password === '' ||
        Buffer.byteLength(password) > longestPassword * 3
      ) {
        return false
      }
      const normalised = password.normalize('NFKC')
      if (Buffer.byteLength(normalised) > longestPassword) return false
      const target = stored || decoys[majority]
      let matches = await gate.run(() => compare(normalised, target))
      // LoopBack hashed the bytes as they came; a hash from there may be of the text before normalisation.
      if (!matches && normalised !== password) matches = await gate.run(() => compare(password, target))
      return matches && Boolean(stored)
    },

    async rehash(password, stored) {
      if (!isWeaker(stored, options)) return undefined
      const normalised = password.normalize('NFKC')
      if (algorithm === 'bcrypt' && Buffer.byteLength(normalised) > longestBcryptPassword) return undefined
      return gate.run(() => make(normalised), true)
    },

    expect(kind) {
      majority = kind
    },
  }
}

/** Which algorithm made a stored hash. */
export function algorithmOf(stored: string): PasswordAlgorithm {
  return stored.startsWith('$argon2') ? 'argon2id' : 'bcrypt'
}

async function compare(password: string, stored: string): Promise<boolean> {
  if (algorithmOf(stored) === 'bcrypt') return bcrypt.verify(password, stored)
  // A damaged hash opens nothing; argon2 throws on it where bcrypt answers false.
  return argon2.verify(stored, password).catch(() => false)
}

function isWeaker(stored: string, { algorithm, saltWorkFactor }: PasswordHasherOptions): boolean {
  // Once Argon2id, always Argon2id: choosing bcrypt later must not weaken what is there.
  if (algorithmOf(stored) === 'bcrypt') {
    return algorithm === 'argon2id' || bcryptCostOf(stored) < saltWorkFactor
  }
  const { memoryCost, timeCost } = argon2.parseOptions(stored)
  return memoryCost < argon2Parameters.memoryCost || timeCost < argon2Parameters.timeCost
}

/** The two digits after `$2b$`. */
function bcryptCostOf(stored: string): number {
  return Number(/^\$2[abxy]\$(\d\d)\$/.exec(stored)?.[1])
}
