/** The LoopBacks we answer like; also the values of `compatibility`. */
export const versions = ['loopback3', 'loopback2'] as const
export type Version = (typeof versions)[number]

/** An access rule in LoopBack's form. */
export interface Rule {
  readonly principalType: 'ROLE' | 'USER' | 'APP'
  readonly principalId: string | number
  readonly permission: 'ALLOW' | 'DENY' | 'ALARM' | 'AUDIT'
  readonly accessType?: string
  readonly property?: string | readonly string[]
}

/** LoopBack's settings of the User model, with what else its model file can hold. Both sides get the same. */
export interface UserSettings {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly acls?: readonly Rule[]
  readonly [setting: string]: unknown
}

/** Made by the operator before the first request, with ids from 1, and logged in unless `login` is false. */
export interface Person {
  readonly email: string
  readonly password?: string
  readonly roles?: readonly string[]
  readonly login?: false
  readonly [property: string]: unknown
}

/**
 * One request. Texts in path, headers and body may name what was answered before: `<joe.id>` is the `id` in the
 * answer remembered as `joe`; `<base64 joe.id>` its encoding.
 */
export interface Request {
  readonly method: string
  /** Below `/api`; after a leading `!`, the whole path as it stands. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it stands; its content type is up to `headers`. */
  readonly raw?: string | Uint8Array
  /** Whose token goes into `Authorization`: the `id` remembered under that name. */
  readonly by?: string
  /** The name to remember the answer's body by. */
  readonly as?: string
  /** Set where LoopBack's own order of a list follows from random tokens. */
  readonly anyOrder?: true
}

/** Waits in real time, for tokens to expire. */
export interface Wait {
  readonly waitMs: number
}

/** Takes the token out of the newest letter of its kind and remembers it as `{ token }`. */
export interface Letter {
  readonly letter: 'reset' | 'verification'
  readonly as: string
}

/** Reads an answer that may never end, from its head until the other requests have been answered. */
export interface Listening {
  readonly listenTo: Request
  readonly meanwhile: readonly Request[]
}

export type Step = Request | Wait | Letter | Listening

export interface Scenario {
  readonly name: string
  /** Where it makes sense; everywhere, if not given. */
  readonly on?: readonly Version[]
  readonly user?: UserSettings
  /** A model file of LoopBack's, in place of `user`; its model is the public one. */
  readonly model?: Readonly<Record<string, unknown>>
  readonly people?: readonly Person[]
  readonly steps: readonly Step[]
}

export interface Area {
  readonly name: string
  readonly scenarios: readonly Scenario[]
}

/** The password of everybody who is given no other. */
export const password = 'opensesame'

export const adminRule: Rule = {
  principalType: 'ROLE',
  principalId: 'admin',
  permission: 'ALLOW',
  accessType: '*',
}
export const openRule: Rule = {
  principalType: 'ROLE',
  principalId: '$authenticated',
  permission: 'ALLOW',
  accessType: '*',
}

/** The usual people: root may do everything, joe and ann what everybody may. */
export const root: Person = { email: 'root@example.com', roles: ['admin'] }
export const joe: Person = { email: 'joe@example.com', username: 'joe' }
export const ann: Person = { email: 'ann@example.com', username: 'ann' }
export const crowd = [root, joe, ann]

type Extras = Omit<Request, 'method' | 'path' | 'body'>

export function send(method: string, path: string, extras: Omit<Request, 'method' | 'path'> = {}): Request {
  return { method, path, ...extras }
}

export const get = (path: string, extras: Extras = {}) => send('GET', path, extras)
export const head = (path: string, extras: Extras = {}) => send('HEAD', path, extras)
export const remove = (path: string, extras: Extras = {}) => send('DELETE', path, extras)
export const post = (path: string, body?: unknown, extras: Extras = {}) =>
  send('POST', path, withBody(body, extras))
export const put = (path: string, body?: unknown, extras: Extras = {}) =>
  send('PUT', path, withBody(body, extras))
export const patch = (path: string, body?: unknown, extras: Extras = {}) =>
  send('PATCH', path, withBody(body, extras))

/** `GET path?filter=…` or another parameter that holds JSON. */
export function ask(path: string, value: unknown, extras: Extras = {}, parameter = 'filter'): Request {
  return get(`${path}?${parameter}=${encodeURIComponent(JSON.stringify(value))}`, extras)
}

/** A login that is remembered by the local part of the address. */
export function login(person: Person, extras: Extras = {}): Request {
  const credentials = { email: person.email, password: person.password ?? password }
  return post('/Users/login', credentials, { as: nameOf(person), ...extras })
}

export function nameOf({ email }: Person): string {
  return email.split('@')[0] as string
}

function withBody(body: unknown, extras: Extras): Omit<Request, 'method' | 'path'> {
  return body === undefined ? extras : { ...extras, body }
}
