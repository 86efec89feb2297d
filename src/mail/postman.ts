import type { Context } from '../domain/context.ts'
import { type Letter, resetLetter, verificationLetter } from './letters.ts'
import type { Transport } from './transport.ts'

/**
 * Sends the letters that a user model's events ask for, in the background. Listens for what must be told by mail. Links start with `publicUrl`, never with what a request said its host was.
 * A letter that cannot be handed over is logged and announced as `mailFailed`; no request waits for it or fails by it.
 */
export function employPostman(context: Context, transport: Transport): void {
  const { events, settings, log, afterwards, publicUrl } = context
  const base = () => `${publicUrl()}${settings.rest.root}${settings.rest.path}`

  function post(letter: Letter): void {
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
    post(verificationLetter(user.email, `${base()}/confirm?${query}`))
  })
  events.on('resetLinkRequested', ({ email, accessToken }) => {
    const query = new URLSearchParams({ access_token: accessToken.id })
    post(resetLetter(email, `${base()}/reset-password?${query}`, accessToken.ttl))
  })
}
