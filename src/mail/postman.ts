import type { Context } from '../domain/context.ts'
import type { UserView } from '../domain/model/user.ts'
import { verificationTtlMs } from '../domain/users/confirm.ts'
import type { LetterWriter } from './letter-writer.ts'
import type { LetterName, LetterValues } from './letters.ts'
import { openTransport } from './transport.ts'

/** Sends the letters that events ask for, in the background. */
export interface Postman {
  close(): void
}

/**
 * Listens for what must be told by mail. Links start with `publicUrl`, never with what a request said its host was.
 * A letter that cannot be handed over is logged and announced as `mailFailed`; no request waits for it or fails by it.
 */
export function employPostman(context: Context, letters: LetterWriter): Postman {
  const { events, settings, log, afterwards, publicUrl } = context
  const transport = openTransport(settings.mail.url, settings.mail.from)
  const base = () => `${publicUrl()}${settings.rest.root}${settings.rest.path}`

  function post<Name extends LetterName>(
    name: Name,
    { email, language }: UserView,
    values: LetterValues[Name],
  ) {
    const letter = letters.write(name, {
      to: email,
      language: letters.chooseLanguage(language),
      values,
    })
    afterwards(async () => {
      try {
        await transport.send(letter)
      } catch (error) {
        log.error({ to: letter.to, subject: letter.subject, error }, 'a mail could not be sent')
        events.emit('mailFailed', { to: letter.to, error: error as Error })
      }
    })
  }

  events.on('verificationRequested', ({ user, token }) => {
    const query = new URLSearchParams({ uid: String(user.id), redirect: '/', token })
    const link = `${base()}/confirm?${query}`
    post('verification', user, { site: publicUrl(), link, ttl: verificationTtlMs / 1_000 })
  })
  events.on('resetLinkRequested', ({ user, accessToken }) => {
    const query = new URLSearchParams({ access_token: accessToken.id })
    const link = `${base()}/reset-password?${query}`
    post('resetPassword', user, { site: publicUrl(), link, ttl: accessToken.ttl })
  })
  return transport
}
