/**
 * A user as the server shows one. Extend it by the properties your accounts have, as JSON brings them (dates are
 * texts): `interface Member extends User { nickname?: string }`; with UUIDs `User<string>`.
 */
export interface User<Id extends number | string = number> {
  readonly id: Id
  readonly email: string
  readonly realm?: string | null
  readonly username?: string | null
  readonly emailVerified?: boolean | null
}

/** What may be said of a user; `id` only as it is already. */
export type UserChanges<Model> = Partial<Model> & { readonly password?: string }

/** A user to be. Which further properties must be there only the server knows. */
export type NewUser<Model> = UserChanges<Model> & { readonly email: string; readonly password: string }

/** `email` wins if both are given. */
export type Credentials = (
  | { readonly email: string; readonly username?: string }
  | { readonly username: string }
) & {
  readonly password: string
  readonly realm?: string
  /** How long the session shall last, in seconds. */
  readonly ttl?: number
}

/** Whose link it is that shall be mailed; `realm` where the same address may live in several. */
export interface Mailbox {
  readonly email: string
  readonly realm?: string
}

export interface AccessToken<Model extends User<number | string> = User> {
  /** The token itself right after it was made, and its handle ever after: that names it and opens nothing. */
  readonly id: string
  /** Seconds from `created`; -1 for ever. */
  readonly ttl: number
  /** ISO 8601, in UTC. */
  readonly created: string
  readonly userId: Model['id']
  readonly scopes?: readonly string[]
}

export interface NewToken {
  /** Seconds. */
  readonly ttl?: number
  readonly scopes?: readonly string[]
}

/** What a change stream tells. */
export type Change<Model extends User<number | string> = User> =
  | { readonly type: 'create' | 'update'; readonly target: Model['id']; readonly data: Model }
  | { readonly type: 'remove'; readonly target: Model['id'] }
