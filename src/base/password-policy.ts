import { createBreachCheck } from './breach-check.ts'
import { loadCommonPasswords } from './common-passwords.ts'
import { LatchkeyError } from './errors.ts'
import type { Log } from './log.ts'

export interface PasswordPolicyOptions {
  /** Code points after normalisation. */
  readonly minLength: number
  readonly blocklist: boolean
  /** The URL of a service to ask; `true` is Have I Been Pwned. */
  readonly breachCheck: string | boolean
}

/** What is asked of a new password; nothing is asked at login. */
export interface PasswordPolicy {
  /** @throws {LatchkeyError} PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON, PASSWORD_BREACHED */
  judge(password: string): Promise<void>
  /** @param words of the account and the house, in any form. @throws {LatchkeyError} PASSWORD_TOO_PERSONAL */
  judgeBeside(password: string, words: readonly string[]): void
}

/** Characters besides the account's own words: the least NIST accepts of any password, one with a second factor. */
const leastBesides = 8
/** Words shorter than this are in many a password by chance. */
const leastOfWord = 4

/**
 * Length, a list of common passwords, the account's own words, and a check for breaches where that is asked for; no rules
 * about kinds of characters, which make passwords worse (NIST SP 800-63B 3.1.1.2, ASVS 6.2.4, 6.2.5, 6.2.11).
 * @param options undefined: nothing is asked
 */
export function createPasswordPolicy(
  options: PasswordPolicyOptions | undefined,
  log: Log,
): PasswordPolicy | undefined {
  if (!options) return undefined
  const { minLength, blocklist, breachCheck } = options
  const isBreached = breachCheck === false ? undefined : createBreachCheck(breachCheck, log)

  return {
    async judge(password) {
      const normalised = password.normalize('NFKC')
      const { length } = [...normalised]
      if (length < minLength) throw new LatchkeyError('PASSWORD_TOO_SHORT', { values: [minLength, length] })
      if (blocklist && (await isCommon(normalised.toLowerCase())))
        throw new LatchkeyError('PASSWORD_TOO_COMMON')
      if (await isBreached?.(normalised)) throw new LatchkeyError('PASSWORD_BREACHED')
    },

    judgeBeside(password, words) {
      if (blocklist && isPersonal(folded(password), words.map(folded)))
        throw new LatchkeyError('PASSWORD_TOO_PERSONAL')
    },
  }
}

/** Common as it stands, or nothing but a common or very short piece again and again. */
async function isCommon(password: string): Promise<boolean> {
  const common = await loadCommonPasswords()
  if (common.has(password)) return true
  const piece = pieceOf(password)
  return piece.length * 2 <= password.length && (piece.length < leastOfWord || common.has(piece))
}

/** The shortest text that makes this one when it is said again and again: `ab` of `ababa` (Knuth, Morris, Pratt). */
function pieceOf(text: string): string {
  const borders = [0]
  for (let end = 1; end < text.length; end++) {
    let border = borders[end - 1] as number
    while (border > 0 && text[end] !== text[border]) border = borders[border - 1] as number
    borders.push(text[end] === text[border] ? border + 1 : 0)
  }
  return text.slice(0, text.length - (borders.at(-1) ?? 0))
}

/** One of the words, or little besides them. */
function isPersonal(password: string, words: readonly string[]): boolean {
  const parts = words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])
  const telling = parts.filter((word) => [...word].length >= leastOfWord)
  // The longest first: an address before what is in it.
  const rest = telling
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, word) => left.replaceAll(word, ''), password)
  return words.includes(password) || (rest !== password && [...rest].length < leastBesides)
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
