import type { UserId } from './model/user.ts'

/** The letters there are. */
export const letterNames = [
  'verification',
  'resetPassword',
  'passwordChanged',
  'emailChanged',
  'accountExists',
] as const
export type LetterName = (typeof letterNames)[number]

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
  /** What the account itself prefers, whatever type that is of. */
  readonly language: unknown
  /** For the link in it; made this moment, and kept nowhere but in the letter. */
  readonly token?: string
}
