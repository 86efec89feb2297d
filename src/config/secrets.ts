import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LatchkeyError } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'

/**
 * An option that may hold a secret (`secret` in its schema) can be set by a file as well, whose name stands in the
 * option's variable with this at its end: what orchestrators mount is such a file, and a file is in no list of processes.
 */
export const fileSuffix = '_FILE'

/** Whether an option's value is a secret, or has one in it: a password in its URL. */
export function holdsSecret({ secret }: PlainObject, value: unknown): boolean {
  if (typeof value !== 'string' || secret === undefined) return false
  return secret === 'inUrl' ? /:\/\/[^\s:/@]*:\S+@/.test(value) : true
}

/**
 * The content of a file that holds a secret, without the line's end that editors put after it.
 * @throws {LatchkeyError} CONFIGURATION_INVALID, which names the variable alone: whoever put the secret itself there by
 *   mistake shall not find it in a log
 */
export async function readSecretFile(variable: string, path: string, directory: string): Promise<string> {
  const text = await readFile(resolve(directory, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw refusal(`${variable}: the file it names cannot be read (${error.code})`)
  })
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw refusal(`${variable}: the file it names is empty`)
  return secret
}

function refusal(problem: string): LatchkeyError {
  return new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
}
