import { createHmac, randomBytes } from 'node:crypto'
import type { Log } from './log.ts'

/** A key that is kept apart from the database, so that a stolen copy of it is no list of hashes to guess at. */
export interface Pepper {
  /** The id of the key new hashes are made with; undefined where there is none. */
  readonly current: string | undefined
  /** What is hashed in place of the password, by a key of that id; without one, the password itself. */
  season(password: string, keyId: string | undefined): string
}

/** `id:key`, where the key is at least 32 bytes in base64, in either alphabet. */
const entry = '[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/_-]{43,}={0,2}'
/** Keys, the present one first, with commas or white space between them. */
export const pepperPattern = `^\\s*${entry}(?:[\\s,]+${entry})*\\s*$`

/** The keys by their ids, in the order in which they stand. */
export function readPepper(text: string): [id: string, key: Buffer][] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((pair) => {
      const [id = '', key = ''] = pair.split(':', 2)
      return [id, Buffer.from(key, 'base64')]
    })
}

/**
 * Seasons by HMAC-SHA-256 (NIST SP 800-63B 3.1.1.2). What comes of it is 44 characters long, so bcrypt sees all of it, and
 * a NUL cannot be among them.
 * @param text as `pepperPattern` has it; undefined for no pepper
 */
export function createPepper(text: string | undefined, log: Log): Pepper {
  const keys = new Map(readPepper(text ?? ''))
  const [current] = keys.keys()
  const lost = new Set<string>()
  // Fits nothing, and takes as long.
  const nobodys = randomBytes(32)

  function keyCalled(id: string): Buffer {
    const key = keys.get(id)
    if (!key && !lost.has(id)) {
      lost.add(id)
      log.error({ keyId: id }, 'a password was hashed with a pepper key that is not given: it fits nothing')
    }
    return key ?? nobodys
  }

  return {
    current,
    season: (password, keyId) =>
      keyId === undefined
        ? password
        : createHmac('sha256', keyCalled(keyId)).update(password).digest('base64'),
  }
}
