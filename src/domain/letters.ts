import type { UserId } from './model/user.ts'

/** The letters there are. */
export type LetterName =
  | 'verification'
  | 'resetPassword'
  | 'passwordChanged'
  | 'emailChanged'
  | 'accountExists'

/** A letter somebody shall get. What it says, and the token it may carry, are made when it is sent. */
export interface NewLetter {
  readonly name: LetterName
  /** Where it goes. */
  readonly email: string
  /** Whose it is about, where that is known before it is sent. */
  readonly userId?: UserId | undefined
  readonly realm?: string | undefined
  /** What the reader understands, as a BCP 47 tag or an `Accept-Language`. */
  readonly language?: string | undefined
}

/** A letter that waits in the outbox. */
export interface WaitingLetter extends NewLetter {
  /** Names the message as well, so that one sent twice is known as one (RFC 5322 3.6.4). */
  readonly id: string
  readonly createdAt: Date
  /** How often it has been tried, this time included. */
  readonly attempts: number
}

/** A letter ready to be written: what it needs beyond its words. */
export interface ReadyLetter {
  readonly name: LetterName
  readonly to: string
  readonly userId: UserId
  /** The account's present address, which `to` may no longer be. */
  readonly email: string
  /** What the account itself says of its language, whatever type that is of; and what the request said. */
  readonly language: { readonly preferred: unknown; readonly accepted: string | undefined }
  /** For the link in it; made this moment, and kept nowhere but in the letter. Good for `ttl` seconds. */
  readonly proof?: { readonly token: string; readonly ttl: number }
}
