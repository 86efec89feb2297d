import type { Awaitable } from '../base/awaitable.ts'
import type { NewLetter, WaitingLetter } from './letters.ts'
import type { AccessToken, SeenToken, TokenUse, Visit } from './model/access-token.ts'
import type { Query, Where } from './model/query.ts'
import type { NewUser, User, UserChanges, UserId } from './model/user.ts'

/**
 * What every backend owes the domain. It speaks of users and tokens, never of rows. Whatever is written outside
 * `transaction` is a transaction of its own; when a promise of a write resolves, the change survives a power cut.
 */
export interface Storage {
  readonly users: UserStore
  readonly tokens: TokenStore
  readonly mailedTokens: MailedTokenStore
  readonly outbox: Outbox
  readonly roles: RoleStore
  readonly counters: CounterStore
  /**
   * Runs the work in one transaction: all of it is kept, or, when it throws, none. It may run again where the database
   * stopped it to let another go first, so it leaves nothing behind anywhere else.
   */
  transaction<T>(work: (storage: Storage) => Promise<T>): Promise<T>
  /** Within a transaction: whoever asks for the same name waits until it is over. */
  takeTurn(name: string): Promise<void>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Thrown by a store when a unique index refuses a row. */
export class DuplicateError extends Error {
  readonly property: 'email' | 'username'
  constructor(property: 'email' | 'username', cause: unknown) {
    super(`${property} is taken`, { cause })
    this.property = property
  }
}

/** What names an account at login: one of e-mail and username, within a realm if given (`''`: in none). */
export interface LoginName {
  readonly email?: string
  readonly username?: string
  readonly realm?: string
}

export interface UserStore {
  /** @throws {DuplicateError} */
  insert(user: NewUser): Promise<User>
  /**
   * Within a transaction the account is held: until its end nobody else changes or deletes it, or opens a session for it.
   * Whoever changes an account, or ends its sessions, holds it first; then no two wait for each other.
   */
  findById(id: UserId): Promise<User | undefined>
  findByLogin(name: LoginName): Promise<User | undefined>
  /**
   * Pages of users in the query's order, read as they are asked for: memory stays bounded however many there are.
   * @param signal aborted when nobody waits any more; the work ends, and whoever does wait gets the signal's reason
   */
  find(query: Query, signal?: AbortSignal): AsyncIterable<readonly User[]>
  count(where: Where, signal?: AbortSignal): Promise<number>
  /** The user as changed, or undefined when there is none. @throws {DuplicateError} */
  update(id: UserId, changes: UserChanges): Promise<User | undefined>
  /** Sets a hash only while the old one is still there; false when somebody was faster. */
  replacePasswordHash(id: UserId, old: string | null, hash: string): Promise<boolean>
  /** Blocks the account from an instant on, or, by null, no longer; false when there is none. */
  setBlocked(id: UserId, blockedAt: Date | null): Promise<boolean>
  /** Deletes the user with all tokens and roles; false when there was none. */
  delete(id: UserId): Promise<boolean>
  /** How many of a sample of accounts have a bcrypt hash, and how many another. */
  samplePasswordHashes(): Promise<{ bcrypt: number; other: number }>
}

/** A token with its user, and the roles granted to them where they were asked for. */
export interface FoundToken {
  readonly token: AccessToken
  readonly user: User
  readonly granted?: readonly string[]
}

export interface TokenStore {
  insert(token: AccessToken): Promise<void>
  /** Inserts only while the user still exists, unblocked, with that very password hash and address; false when not. */
  insertForLogin(token: AccessToken & Visit, user: Pick<User, 'passwordHash' | 'email'>): Promise<boolean>
  /** The token of that digest with its user, and roles where asked for, in one look-up; undefined as well while blocked. */
  findWithUser(digest: string, withRoles?: boolean): Awaitable<FoundToken | undefined>
  /** All tokens of a user, oldest first. */
  findByUser(userId: UserId): Promise<readonly SeenToken[]>
  /** Of the tokens of a user up to `most`, the one used last first; one that nobody has used counts from when it was made. */
  findLatestOfUser(userId: UserId, most: number): Promise<readonly SeenToken[]>
  /** Within a transaction the token is held: until its end nobody else ends it. */
  findOfUser(userId: UserId, digest: string): Promise<AccessToken | undefined>
  /**
   * Changes life and scopes; false when there is no such token.
   * @param expiresAt when its time is over; null: never
   */
  update(token: AccessToken, expiresAt: Date | null): Promise<boolean>
  /** Writes down that tokens were used; where from stays as it was where a use does not say it. */
  markUsed(uses: readonly TokenUse[]): Promise<void>
  delete(digest: string): Promise<boolean>
  /** Ends the user's tokens but for one, if named. */
  deleteByUser(userId: UserId, exceptDigest?: string): Promise<void>
  /** Ends the user's tokens that set a new password: all, or those made before the instant. */
  deleteResets(userId: UserId, madeBefore?: Date): Promise<void>
  /** Removes up to `most` tokens that expired before the instant; tells how many there were. */
  purgeExpired(before: Date, most: number): Promise<number>
}

/** What a mailed token is for: to prove an address, or to go back to the one before. */
export type MailedPurpose = 'verification' | 'undoEmail'

/**
 * A token mailed to prove that somebody reads an address: good for one user, one address, once. A right to go back to an
 * address is kept as one too from the moment of the change: under the name of the letter that will bring the token.
 */
export interface MailedToken {
  /** SHA-256 of the token, in hex; or the name of a letter, which opens nothing. */
  readonly id: string
  readonly userId: UserId
  readonly purpose: MailedPurpose
  /** The address it was mailed to; it proves that one and no other. */
  readonly email: string
  readonly expiresAt: Date
}

export interface MailedTokenStore {
  insert(token: MailedToken): Promise<void>
  /** When it ends; undefined when it has been used or withdrawn. */
  expiryOf(id: string): Promise<Date | undefined>
  /** When the last of a user's tokens of a purpose ends; undefined when there is none. */
  lastExpiry(userId: UserId, purpose: MailedPurpose): Promise<Date | undefined>
  /** Uses the token up, once, for the right user and purpose, before it expires: tells what it proves. */
  consume(
    token: Pick<MailedToken, 'id' | 'userId' | 'purpose'>,
    now: Date,
  ): Promise<Pick<MailedToken, 'email' | 'expiresAt'> | undefined>
  /** Withdraws tokens of a user: all of a purpose, or those that end at an instant or later. */
  deleteByUser(userId: UserId, purpose: MailedPurpose, endingFrom?: Date): Promise<void>
  purgeExpired(before: Date, most: number): Promise<number>
}

/** Letters on their way. A letter is added in the transaction of what causes it, and so is as safe as that. */
export interface Outbox {
  /** @param due when to send it first. @returns the name it has from now on */
  add(letter: NewLetter, due: Date): Promise<string>
  /** Takes up to `most` letters that are due by `now`. Nobody else gets them before the instant `until`. */
  claim(now: Date, until: Date, most: number): Promise<readonly WaitingLetter[]>
  /** When the next letter is due; undefined when none waits. */
  nextDue(): Promise<Date | undefined>
  /** Puts a letter off to an instant. */
  postpone(id: string, due: Date): Promise<void>
  /** Notes that a letter is about to go, and to whom: it goes with its user. */
  markReady(id: string, userId: UserId, now: Date): Promise<void>
  /** Notes that the letter is out; it is remembered for a while, to count. */
  markSent(id: string, sentAt: Date): Promise<void>
  /** Drops a letter that nobody needs any more. */
  remove(id: string): Promise<void>
  /** Forgets up to `most` letters sent before the instant; tells how many there were. */
  purgeSent(before: Date, most: number): Promise<number>
}

export interface RoleStore {
  /** Names of the roles granted to the user by id. */
  namesOf(userId: UserId): Promise<readonly string[]>
  grant(userId: UserId, role: string): Promise<void>
  /** False when the user had no such role. */
  revoke(userId: UserId, role: string): Promise<boolean>
}

/** How much was counted under a key, until an instant; then it begins anew. */
export interface Counter {
  readonly key: string
  readonly points: number
  readonly expiresAt: Date
}

/** Counters of attempts. To lose the last of them in a power cut does no harm, so they wait for no disk. */
export interface CounterStore {
  /** The counters of these keys, in their order; undefined for what is not counted, or no longer. */
  read(keys: readonly string[], now: Date): Promise<readonly (Counter | undefined)[]>
  /**
   * Adds points, all at once; nobody comes between. What was over by now begins anew with the instant given, what was not
   * keeps its own.
   * @param added no two of one key
   * @returns what the counters are now, in the same order
   */
  add(added: readonly Counter[], now: Date): Promise<readonly Counter[]>
  /** Takes points off each of the counters that are not over, down to none. */
  giveBack(keys: readonly string[], points: number, now: Date): Promise<void>
  /** As if nothing had been counted. */
  forget(keys: readonly string[]): Promise<void>
  /** Forgets all counters whose keys begin with a text, which has no `%` and no `_`. */
  forgetAll(beginning: string): Promise<void>
  /** Removes up to `most` counters that were over before the instant; tells how many there were. */
  purgeExpired(before: Date, most: number): Promise<number>
}
