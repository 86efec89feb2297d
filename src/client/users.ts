import type { Fields, Filter, Shown, Where } from './filter.ts'
import type { AccessToken, Change, Credentials, Mailbox, NewUser, User, UserChanges } from './model.ts'
import type { CallOptions } from './transport.ts'

/** The users, by LoopBack's names of their methods. */
export interface Users<Model extends User<number | string>> {
  /** Signs somebody up. */
  create(user: NewUser<Model>, options?: CallOptions): Promise<Model>
  /** Creates all of them, or none. */
  createMany(users: readonly NewUser<Model>[], options?: CallOptions): Promise<Model[]>

  /** All users that a filter finds. */
  find<const Chosen extends Fields<Model> = undefined>(
    filter?: Filter<Model, Chosen, 'accessTokens'>,
    options?: CallOptions,
  ): Promise<Shown<Model, Chosen>[]>
  /** The first user that a filter finds; nobody is `MODEL_NOT_FOUND`. */
  findOne<const Chosen extends Fields<Model> = undefined>(
    filter?: Filter<Model, Chosen, 'accessTokens'>,
    options?: CallOptions,
  ): Promise<Shown<Model, Chosen>>
  findById<const Chosen extends Fields<Model> = undefined>(
    id: Model['id'],
    filter?: Pick<Filter<Model, Chosen, 'accessTokens'>, 'fields' | 'include'>,
    options?: CallOptions,
  ): Promise<Shown<Model, Chosen>>
  /** Whoever asks. */
  findMe<const Chosen extends Fields<Model> = undefined>(
    filter?: Pick<Filter<Model, Chosen, 'accessTokens'>, 'fields' | 'include'>,
    options?: CallOptions,
  ): Promise<Shown<Model, Chosen>>
  exists(id: Model['id'], options?: CallOptions): Promise<boolean>
  count(where?: Where<Model>, options?: CallOptions): Promise<number>

  /** Updates the user of that id, or creates one where there is no id. */
  patchOrCreate(
    user: NewUser<Model> | (UserChanges<Model> & Pick<Model, 'id'>),
    options?: CallOptions,
  ): Promise<Model>
  /** Replaces the user of that id, or creates one where there is no id. */
  replaceOrCreate(
    user: NewUser<Model> | (UserChanges<Model> & Pick<Model, 'id' | 'email'>),
    options?: CallOptions,
  ): Promise<Model>
  /** Updates the one who fits, or creates somebody where nobody does; several are `SEVERAL_FOUND`. */
  upsertWithWhere(where: Where<Model>, user: UserChanges<Model>, options?: CallOptions): Promise<Model>
  /** Updates all who fit; tells how many. */
  updateAll(where: Where<Model>, changes: UserChanges<Model>, options?: CallOptions): Promise<number>
  /** Updates what is given, and leaves the rest. */
  patchAttributes(id: Model['id'], changes: UserChanges<Model>, options?: CallOptions): Promise<Model>
  /** Drops what is not given, but for the password and what only the server may set. */
  replaceById(
    id: Model['id'],
    user: UserChanges<Model> & Pick<Model, 'email'>,
    options?: CallOptions,
  ): Promise<Model>
  /** Tells how many there were: 1 or 0. */
  deleteById(id: Model['id'], options?: CallOptions): Promise<number>

  /** Opens a session, and stores its token. `include: 'user'` brings the user along. */
  login(
    credentials: Credentials,
    options: CallOptions & { readonly include: 'user' },
  ): Promise<AccessToken<Model> & { readonly user: Model }>
  login(credentials: Credentials, options?: CallOptions): Promise<AccessToken<Model>>
  /**
   * Ends the session. The stored token is forgotten once the server has answered that it is worth nothing; where it
   * gave no answer the session is still open, and the token still there to try again.
   */
  logout(options?: CallOptions): Promise<void>
  /** Proves an address by what stands in the mailed link. */
  confirm(link: { readonly uid: Model['id']; readonly token: string }, options?: CallOptions): Promise<void>
  /** Mails the link again. */
  verify(id: Model['id'], options?: CallOptions): Promise<void>
  /** The same for who cannot log in before they have it. Whether somebody has that address is not told. */
  requestVerification(account: Mailbox, options?: CallOptions): Promise<void>
  /** Takes the address back that an account had before a change, by what stands in the link mailed there. */
  undoEmailChange(
    link: { readonly uid: Model['id']; readonly token: string },
    options?: CallOptions,
  ): Promise<void>
  /** Mails a link to choose a new password. Whether somebody has that address is not told. */
  resetPassword(account: Mailbox, options?: CallOptions): Promise<void>
  /** @param options with the `token` of the mailed link: it is the one thing it opens */
  setPassword(
    password: { readonly newPassword: string },
    options: CallOptions & { readonly token: string },
  ): Promise<void>
  /** The user's other sessions end. */
  changePassword(
    passwords: { readonly oldPassword: string; readonly newPassword: string },
    options?: CallOptions,
  ): Promise<void>

  /**
   * Every change of a user from now on: it resolves when the server listens, so who reads the users afterwards misses
   * nothing. Ends when the server does, or the session; leave the loop or abort the signal to end it yourself.
   */
  changes(options?: CallOptions): Promise<AsyncIterable<Change<Model>>>
}
