import { hash, randomInt, randomUUID } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * A random token of characters of `[A-Za-z0-9]` from the system's cryptographic source: 64 of them are some 381 bits
 * (ASVS 7.2.3 asks for 128). The same length and letters as LoopBack's, so that clients' checks of a token's
 * form still pass.
 */
export function randomToken(length = 64): string {
  let token = ''
  for (let position = 0; position < length; position++) token += alphabet[randomInt(alphabet.length)]
  return token
}

/**
 * What we keep of a token: its SHA-256 in 64 hex digits. A slow hash is not needed above 112 bits (ASVS 6.5.2),
 * and a look-up by digest tells an attacker who times it nothing.
 */
export function digestOf(token: string): string {
  return hash('sha256', token, 'hex')
}

/** A random UUID (version 4): for names, not for secrets. */
export function randomUuid(): string {
  return randomUUID()
}
