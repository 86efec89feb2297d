import type { LetterName } from '../domain/letters.ts'

/** A letter to one person. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface OfAccount {
  /** The public URL of the server the account is at. */
  readonly site: string
}

interface WithLink extends OfAccount {
  readonly link: string
  /** How many seconds the link is good for. */
  readonly ttl: number
}

/** The letters there are, and what each is told when it is written. */
export interface LetterValues {
  /** Asks for proof that somebody reads the address. */
  readonly verification: WithLink
  /** Brings the link to choose a new password. */
  readonly resetPassword: WithLink
  /** Tells the owner after the fact; without a link, since whoever reads along must not gain by it. */
  readonly passwordChanged: OfAccount
  /** Tells the old address, and brings the link that undoes the change. */
  readonly emailChanged: WithLink & { readonly newEmail: string }
  /** Tells the owner of an account that somebody tried to sign up with the same address. */
  readonly accountExists: OfAccount
}

export type { LetterName }

const always = ['email', 'site'] as const
const withLink = [...always, 'link', 'duration', 'minutes'] as const

/**
 * What the words of each letter may hold between double braces: `email` it goes to, the host of the `site`, the `link`,
 * how long that is good for in words (`duration`) and in `minutes`, and what is shown of the `newEmail`.
 */
export const placeholders = {
  verification: withLink,
  resetPassword: withLink,
  passwordChanged: always,
  emailChanged: [...withLink, 'newEmail'],
  accountExists: always,
} as const satisfies Record<LetterName, readonly string[]>

export type Placeholder = (typeof placeholders)[LetterName][number]

export const letterNames = Object.keys(placeholders) as LetterName[]

/** Whether the letter would be of no use without its link. */
export function carriesLink(name: LetterName): boolean {
  return placeholders[name].some((placeholder) => placeholder === 'link')
}
