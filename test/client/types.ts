import {
  type ApiError,
  type Change,
  createClient,
  type Filter,
  isApiError,
  type User,
  type Where,
} from '../../src/client/index.ts'
import type { UserView } from '../../src/index.ts'

/*
 * What the compiler says about programs that use the client. Nothing here runs: `npm run check` is the test, and fails
 * where a line below `@ts-expect-error` is no error.
 */

interface Member extends User {
  readonly nickname?: string
  readonly age?: number
  readonly plan?: 'free' | 'pro'
  readonly isPatron?: boolean
  readonly tags?: readonly string[]
  readonly address?: { readonly city: string }
}

/** Passes a value of exactly this type on, for a compiler that would let a wider one through. */
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
function isTrue<_Claim extends true>(): void {}

const { users, tokens } = createClient<Member>({ url: '/api/users' })

export const conditions: readonly Where<Member>[] = [
  {},
  { email: 'foo@bar.com', age: 30, isPatron: true, plan: 'free', nickname: null },
  { age: { gte: 18, lt: 65 }, nickname: { ilike: 'f%' }, isPatron: { neq: true } },
  { age: { between: [18, 65] }, plan: { inq: ['free', 'pro', null] }, email: { regexp: '/^foo/i' } },
  { tags: 'blue', address: { exists: true }, 'address.city': 'Oslo', 'tags.0': { like: 'b%' } },
  { or: [{ age: { exists: false } }, { and: [{ age: 3 }, { nor: [{ id: 1 }] }] }] },
  // @ts-expect-error no such property
  { nickame: 'Foo' },
  // @ts-expect-error a number is no text
  { age: '30' },
  // @ts-expect-error no such plan
  { plan: 'gold' },
  // @ts-expect-error no such plan among others
  { plan: { inq: ['free', 'gold'] } },
  // @ts-expect-error no such operator
  { age: { greater: 18 } },
  // @ts-expect-error numbers fit no pattern
  { age: { like: '3%' } },
  // @ts-expect-error booleans have no order
  { isPatron: { gt: false } },
  // @ts-expect-error two bounds
  { age: { between: [18] } },
  // @ts-expect-error a member of the list is a text
  { tags: 3 },
  // @ts-expect-error a whole object cannot be compared with
  { address: { city: 'Oslo' } },
  // @ts-expect-error a text has nothing to reach into
  { 'nickname.city': 'Oslo' },
  // @ts-expect-error conditions are typed below `or` as well
  { or: [{ age: '30' }] },
]

export const filters: readonly Filter<Member>[] = [
  { order: 'email DESC', limit: 10, skip: 20 },
  { order: ['age', 'email ASC', 'address.city DESC'], offset: 20 },
  { fields: 'id' },
  { fields: ['id', 'email'] },
  { fields: { address: false } },
  // @ts-expect-error no such direction
  { order: 'email descending' },
  // @ts-expect-error no such property
  { order: 'mail DESC' },
  // @ts-expect-error no such property
  { fields: ['id', 'mail'] },
  // @ts-expect-error a number
  { limit: '10' },
  // @ts-expect-error no such part of a filter
  { sort: 'email' },
]

export async function find(): Promise<void> {
  const [whole, some, one, fewer] = await Promise.all([
    users.find({ where: { age: 30 }, order: 'age DESC' }),
    users.find({ fields: ['id', 'email'] }),
    users.findOne({ fields: 'email' }),
    users.find({ fields: { address: false } }),
  ])
  isTrue<Same<typeof whole, Member[]>>()
  isTrue<Same<typeof some, Pick<Member, 'id' | 'email'>[]>>()
  isTrue<Same<typeof one, Pick<Member, 'email'>>>()
  isTrue<Same<typeof fewer, Partial<Member>[]>>()

  // @ts-expect-error no such property
  await users.find({ where: { nickame: 'Foo' } })
  // @ts-expect-error no such property
  await users.find({ fields: ['id', 'mail'] })
  // @ts-expect-error no such property
  await users.count({ mail: 'foo@bar.com' })
  // @ts-expect-error a user is found by the id alone
  await users.findById(1, { where: { age: 30 } })
  // @ts-expect-error users bring no such relation along
  await users.find({ include: 'user' })
}

export async function change(): Promise<void> {
  await users.create({ email: 'foo@bar.com', password: 'bar', age: 30 })
  await users.patchOrCreate({ id: 1, age: 31 })
  await users.updateAll({ plan: 'free' }, { plan: 'pro' })
  // @ts-expect-error nobody signs up without a password
  await users.create({ email: 'foo@bar.com' })
  // @ts-expect-error a new user has all that a user must have
  await users.patchOrCreate({ age: 31 })
  // @ts-expect-error a replacement too has an address
  await users.replaceById(1, { age: 31 })
  // @ts-expect-error no such property
  await users.patchAttributes(1, { nickame: 'Foo' })
  // @ts-expect-error everybody must be meant: {}
  await users.updateAll(undefined, { plan: 'pro' })
}

export async function logIn(): Promise<void> {
  const credentials = { email: 'foo@bar.com', password: 'bar' }
  const { user } = await users.login(credentials, { include: 'user' })
  isTrue<Same<typeof user, Member>>()
  // @ts-expect-error nobody asked for the user
  ;(await users.login(credentials)).user
  // @ts-expect-error neither name nor address
  await users.login({ password: 'bar' })
  // @ts-expect-error the token of the mailed link is wanted
  await users.setPassword({ newPassword: 'bar' })
}

export async function ids(): Promise<void> {
  const named = createClient<User<string>>({ url: '/api/users' })
  await named.users.findById('4f9c')
  await named.tokens.list('4f9c', { where: { ttl: { gt: 60 } }, include: 'user' })
  // @ts-expect-error these ids are texts
  await named.users.findById(1)
  // @ts-expect-error these are numbers
  await users.findById('1')
  // @ts-expect-error and so is whose tokens they are
  await tokens.list('1')
}

export function narrow(error: unknown, told: Change<Member>): void {
  if (isApiError(error, 'VALIDATION_FAILED')) error.details.codes.email?.includes('uniqueness')
  if (isApiError(error, 'HASHING_BUSY', 'DATABASE_BUSY')) {
    isTrue<Same<typeof error.code, 'HASHING_BUSY' | 'DATABASE_BUSY'>>()
    isTrue<Same<typeof error.retryAfter, number | undefined>>()
  }
  if (isApiError(error)) isTrue<Same<typeof error, ApiError>>()
  // @ts-expect-error no such code
  isApiError(error, 'LOGIN_FALED')
  // @ts-expect-error whoever is gone has nothing to show
  if (told.type === 'remove') told.data
}

/** What the server shows of a user is what the client makes of one. */
export const seen = (user: UserView & { id: number }): User => user
