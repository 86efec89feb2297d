import { escapeHtml } from '../base/html.ts'
import type { ReadyLetter } from '../domain/letters.ts'

/** A letter to one person. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Asks for proof that somebody reads the address. LoopBack's subject and opening words. */
export function verificationLetter(to: string, link: string): Letter {
  return {
    to,
    subject: 'Thanks for Registering',
    text: `Please verify your email by opening this link in a web browser:\n\t${link}\n\nThe link is good for a day. If you did not sign up, ignore this message.\n`,
    html: page(
      'Please verify your email by opening this link:',
      link,
      'The link is good for a day. If you did not sign up, ignore this message.',
    ),
  }
}

/** Brings the link to choose a new password. */
export function resetLetter(to: string, link: string, ttl: number): Letter {
  const note = `The link works once, within ${describeDuration(ttl)}. If you did not ask for it, ignore this message: your password stays as it is.`
  return {
    to,
    subject: 'Reset your password',
    text: `Choose a new password by opening this link in a web browser:\n\t${link}\n\n${note}\n`,
    html: page('Choose a new password by opening this link:', link, note),
  }
}

function page(invitation: string, link: string, note: string): string {
  const href = escapeHtml(link)
  return `<!doctype html><p>${escapeHtml(invitation)}</p><p><a href="${href}">${href}</a></p><p>${escapeHtml(note)}</p>\n`
}

function describeDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  return minutes >= 1 ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}` : `${seconds} seconds`
}

/** Writes a letter of any kind. */
export function writeLetter({ name, to }: ReadyLetter, link = '', ttl = 0): Letter {
  if (name === 'verification') return verificationLetter(to, link)
  if (name === 'resetPassword') return resetLetter(to, link, ttl)
  const text = name === 'passwordChanged' ? 'Your password was changed.' : 'Your address was changed.'
  return { to, subject: text, text: `${text}\n\t${link}\n`, html: page(text, link, '') }
}
