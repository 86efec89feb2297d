import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { LatchkeyError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'

/** Where key and certificate are, in PEM. */
export interface TlsFiles {
  readonly key: string
  readonly cert: string
}

/** Their content. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** How often we look whether they have changed. Files are often links to links, of which the system tells nothing. */
const lookEveryMs = 1_000

/** @throws {LatchkeyError} CONFIGURATION_INVALID, saying what cannot be read or used */
export async function readKeyPair(files: TlsFiles): Promise<KeyPair> {
  const [key, cert] = await Promise.all([readOne('key', files.key), readOne('cert', files.cert)])
  try {
    createSecureContext({ key, cert })
  } catch (cause) {
    throw unusable(`server.tls: key and certificate cannot be used: ${(cause as Error).message}`, cause)
  }
  return { key, cert }
}

async function readOne(name: keyof TlsFiles, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw unusable(`server.tls.${name}: cannot be read: ${cause.message}`, cause)
  })
}

function unusable(problem: string, cause: unknown): LatchkeyError {
  return new LatchkeyError('CONFIGURATION_INVALID', { values: [problem], cause })
}

/**
 * Hands new connections the new certificate once the files change. While they do not fit together, the old one is good:
 * whoever renews writes one after the other.
 */
export function followKeyPair(server: Server, files: TlsFiles, log: Log): void {
  const paths = [files.key, files.cert]
  const renew = (): void => {
    readKeyPair(files).then(
      (pair) => {
        server.setSecureContext(pair)
        log.info({ file: files.cert }, 'the certificate was read anew')
      },
      (error) => log.error({ error }, 'the changed certificate is not used'),
    )
  }
  for (const path of paths) watchFile(path, { interval: lookEveryMs, persistent: false }, renew)
  server.once('close', () => {
    for (const path of paths) unwatchFile(path, renew)
  })
}
