import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import { LatchkeyError } from './errors.ts'
import type { HashGate } from './hash-gate.ts'
import type { HashParameters } from './hash-parameters.ts'
import type { Pepper } from './pepper.ts'

export type PasswordAlgorithm = 'argon2id' | 'bcrypt'

/** Bytes after normalisation. Enough for any passphrase (NIST asks for 64 characters), too few to be a burden. */
const longestPassword = 1_024
/** The same before normalisation, which makes one byte of four. What is longer is not even normalised: that takes long. */
const longestTyped = longestPassword * 4
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
  /** For `algorithm: 'argon2id'`; its variant and version are the package's defaults. */
  readonly argon2: HashParameters
  readonly pepper: Pepper
  readonly gate: HashGate
}

type Decoys = Readonly<Record<PasswordAlgorithm, string>>

const decoysByCost = new Map<string, Promise<Decoys>>()

/**
 * Hashes that stand in for that of a user there is none of, so that refusing costs what checking costs. They are
 * nobody's, so one pair serves every model of the process.
 */
function decoysFor({ saltWorkFactor, argon2: parameters }: PasswordHasherOptions): Promise<Decoys> {
  const cost = JSON.stringify([saltWorkFactor, parameters])
  let decoys = decoysByCost.get(cost)
  if (!decoys) {
    decoys = Promise.all([argon2.hash('a decoy', parameters), bcrypt.hash('a decoy', saltWorkFactor)]).then(
      ([argon2id, bcryptHash]) => ({ argon2id, bcrypt: bcryptHash }),
    )
    decoysByCost.set(cost, decoys)
  }
  return decoys
}

/**
 * Hashes with the configured algorithm and reads both. Passwords are normalised to NFKC first (NIST SP 800-63B
 * 3.1.1.2), and a text that looks like a hash is a password like any other.
 */
export async function createPasswordHasher(options: PasswordHasherOptions): Promise<PasswordHasher> {
  const { algorithm, saltWorkFactor, pepper, gate } = options
  const decoys = await decoysFor(options)
  // What is peppered is short, however long the password was.
  const longest = algorithm === 'bcrypt' && !pepper.current ? longestBcryptPassword : longestPassword
  let majority = algorithm

  async function make(normalised: string): Promise<string> {
    const seasoned = pepper.season(normalised, pepper.current)
    const hash = await (algorithm === 'bcrypt'
      ? bcrypt.hash(seasoned, saltWorkFactor)
      : argon2.hash(seasoned, options.argon2))
    return pepper.current === undefined ? hash : `${hash}#${pepper.current}`
  }

  function compare(password: string, stored: string): Promise<boolean> {
    const [hash, keyId] = partsOf(stored)
    return fits(pepper.season(password, keyId), hash)
  }

  function checked(password: string): string {
    if (!isPassword(password)) throw new LatchkeyError('INVALID_PASSWORD')
    const typed = Buffer.byteLength(password)
    if (typed > longestTyped) throw new LatchkeyError('PASSWORD_TOO_LONG', { values: [longest, typed] })
    const normalised = password.normalize('NFKC')
    const bytes = Buffer.byteLength(normalised)
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
      if (!isPassword(password) || Buffer.byteLength(password) > longestTyped) return false
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
      if (Buffer.byteLength(normalised) > longest) return undefined
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

/** A text that can be hashed as it is: half a character would become another one, and to bcrypt `a\\0a` is `a`. */
function isPassword(password: unknown): password is string {
  return (
    typeof password === 'string' && password !== '' && password.isWellFormed() && !password.includes('\0')
  )
}

/** A stored hash, and the id of the pepper key it was made with, which stands behind a `#`. */
function partsOf(stored: string): [hash: string, keyId: string | undefined] {
  const at = stored.lastIndexOf('#')
  return at < 0 ? [stored, undefined] : [stored.slice(0, at), stored.slice(at + 1)]
}

async function fits(password: string, hash: string): Promise<boolean> {
  if (algorithmOf(hash) === 'bcrypt') return bcrypt.verify(password, hash)
  // A damaged hash opens nothing; argon2 throws on it where bcrypt answers false.
  return argon2.verify(hash, password).catch(() => false)
}

function isWeaker(
  stored: string,
  { algorithm, saltWorkFactor, pepper, argon2: wanted }: PasswordHasherOptions,
) {
  const [hash, keyId] = partsOf(stored)
  // Once Argon2id, always Argon2id: choosing bcrypt later must not weaken what is there.
  if (algorithmOf(hash) === 'argon2id' && algorithm === 'bcrypt') return false
  if (keyId !== pepper.current) return true
  if (algorithmOf(hash) === 'bcrypt') return algorithm === 'argon2id' || bcryptCostOf(hash) < saltWorkFactor
  const { memoryCost, timeCost } = argon2.parseOptions(hash)
  return memoryCost < wanted.memoryCost || timeCost < wanted.timeCost
}

/** The two digits after `$2b$`. */
function bcryptCostOf(hash: string): number {
  return Number(/^\$2[abxy]\$(\d\d)\$/.exec(hash)?.[1])
}
