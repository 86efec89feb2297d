import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Letter } from './letters.ts'

/** Hands letters over: to an SMTP server, or into a directory. */
export interface Transport {
  /**
   * Resolves once the letter has been taken.
   * @param id names the message: one sent twice has the same Message-ID
   * @param signal calls it back: the connection it is on is closed, so that it does not arrive later all the same
   */
  send(letter: Letter, id: string, signal?: AbortSignal): Promise<void>
  close(): void
}

/** Letters on their way at once; as many as there are connections, so that none waits for one while its time runs. */
export const mostAtOnce = 5
/** Nobody waits for a mail server longer than this, at any step of the conversation. */
const smtpTimeoutMs = 10_000

/**
 * @param url `smtp://user:password@host:587`, `smtps://…`, or `directory:…` for one `.eml` file per message
 * @param from the sender of every letter
 */
export function openTransport(url: string, from: string): Transport {
  return url.startsWith('directory:')
    ? intoDirectory(url.slice('directory:'.length), from)
    : overSmtp(url, from)
}

/** The recipient is an address and nothing else: whatever it holds, it cannot become a second one. */
function messageOf({ to, ...content }: Letter, id: string, from: string) {
  const domain = /@([^@>]+)>?$/.exec(from)?.[1] ?? 'localhost'
  return { ...content, from, to: { name: '', address: to }, messageId: `<${id}@${domain}>` }
}

function overSmtp(url: string, from: string): Transport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: mostAtOnce,
    connectionTimeout: smtpTimeoutMs,
    greetingTimeout: smtpTimeoutMs,
    socketTimeout: 3 * smtpTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(letter, id, signal) {
      await transport.sendMail({ ...messageOf(letter, id, from), ...(signal && { signal }) })
    },
    close: () => transport.close(),
  }
}

function intoDirectory(directory: string, from: string): Transport {
  const transport = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(letter, id) {
      const { message } = await transport.sendMail(messageOf(letter, id, from))
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}`
      // Written under another name first, so that whoever watches the directory never reads half a message.
      const unfinished = join(directory, `.${name}.part`)
      await writeFile(unfinished, message as Buffer, { mode: 0o600, flush: true })
      await rename(unfinished, join(directory, `${name}.eml`))
    },
    close: () => transport.close(),
  }
}
