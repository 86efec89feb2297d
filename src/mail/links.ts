import type { ReadyLetter } from '../domain/letters.ts'

/**
 * The link in a letter, if it has one.
 * @param base where the model's API is reached; never what a request said its host was
 */
export function linkIn({ name, userId, proof }: ReadyLetter, base: string): string {
  const token = proof?.token ?? ''
  const uid = String(userId)
  switch (name) {
    case 'verification':
      return `${base}/confirm?${new URLSearchParams({ uid, redirect: '/', token })}`
    case 'resetPassword':
      return `${base}/reset-password?${new URLSearchParams({ access_token: token })}`
    case 'emailChanged':
      return `${base}/undo-email-change?${new URLSearchParams({ uid, token })}`
    default:
      return ''
  }
}
