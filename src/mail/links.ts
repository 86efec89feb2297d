import { linkFor } from '../config/page-links.ts'
import type { Settings } from '../config/settings.ts'
import type { ReadyLetter } from '../domain/letters.ts'

/**
 * The link in a letter, if it has one.
 * @param publicUrl where we are reached; never what a request said its host was
 */
export function linkIn(
  { name, userId, proof }: ReadyLetter,
  settings: Pick<Settings, 'pages' | 'rest'>,
  publicUrl: string,
): string {
  const token = proof?.token ?? ''
  const uid = String(userId)
  switch (name) {
    case 'verification':
      return linkFor('confirm', { uid, token }, settings, publicUrl)
    case 'resetPassword':
      return linkFor('resetPassword', { access_token: token }, settings, publicUrl)
    case 'emailChanged':
      return linkFor('undoEmail', { uid, token }, settings, publicUrl)
    default:
      return ''
  }
}
