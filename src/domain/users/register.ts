import { isRefusal, LatchkeyError } from '../../base/errors.ts'
import { isPlainObject } from '../../base/values.ts'
import { type Actor, type Context, hookContext } from '../context.ts'
import { type NewUser, type User, viewOf } from '../model/user.ts'
import { type Issue, validationError } from '../model/validation.ts'
import { DuplicateError, type Storage } from '../storage.ts'
import { draftNew } from './account.ts'
import { hidesAccounts, isAboutEmail, pretend } from './hidden-accounts.ts'
import { readInput } from './input.ts'
import { judgeNewPassword } from './new-password.ts'
import { explainDuplicate, isPerRealm, taken, takenNames } from './uniqueness.ts'
import { validateUniqueness } from './validations.ts'

/** Most accounts one request may create. */
const mostAccounts = 100

/** An account that passed every check but the database's own. */
interface Candidate {
  readonly user: Omit<NewUser, 'passwordHash'>
  readonly password: string
  /** Somebody has the address, and whoever asks must not learn it. */
  readonly isHidden: boolean
}

/**
 * Creates an account, and mails a link to confirm its address where that is required.
 * @param input what the client sent; what only the server may set in it is ignored
 * @returns the account; with `hideExistingAccounts`, and an address somebody has, one that there is not
 * @throws {LatchkeyError} VALIDATION_FAILED, PROPERTY_NAME_NOT_ALLOWED, HASHING_BUSY, and as `judgeNewPassword`
 */
export async function create(context: Context, input: unknown, actor: Actor): Promise<User> {
  const candidate = await prepare(context, await hooked(context, input, actor), actor, [])
  const [user] = await insertAll(context, [candidate], actor)
  return user as User
}

/**
 * Creates several accounts: all of them, or none. Where `severalCreates` is `oneByOne`, as LoopBack does it: those that
 * can be made are, and the refusals of the others are thrown.
 * @throws {LatchkeyError} TOO_MANY_ACCOUNTS, or SEVERAL_FAILED with `details` parallel to the input: null, or what is wrong
 */
export async function createMany(
  context: Context,
  inputs: readonly unknown[],
  actor: Actor,
): Promise<User[]> {
  if (!inputs.every(isPlainObject)) throw new LatchkeyError('INVALID_ITEMS')
  if (inputs.length > mostAccounts) throw new LatchkeyError('TOO_MANY_ACCOUNTS', { values: [mostAccounts] })
  const way = { allOrNone: createTogether, oneByOne: createEach }[context.settings.behaviour.severalCreates]
  return way(context, inputs, actor)
}

async function createEach(context: Context, inputs: readonly unknown[], actor: Actor): Promise<User[]> {
  const created: User[] = []
  const problems: (LatchkeyError | null)[] = []
  for (const input of inputs) {
    try {
      created.push(await create(context, input, actor))
      problems.push(null)
    } catch (error) {
      problems.push(blameOf(error))
    }
  }
  // LoopBack's list ends with the last refusal.
  const count = problems.findLastIndex((problem) => problem !== null) + 1
  if (count > 0) throw new LatchkeyError('SEVERAL_FAILED', { details: problems.slice(0, count) })
  return created
}

async function createTogether(context: Context, inputs: readonly unknown[], actor: Actor): Promise<User[]> {
  const candidates: Candidate[] = []
  const problems: (LatchkeyError | null)[] = []
  for (const input of inputs) {
    try {
      const data = await hooked(context, input, actor)
      candidates.push(await prepare(context, data, actor, candidates))
      problems.push(null)
    } catch (error) {
      problems.push(blameOf(error))
    }
  }
  if (problems.some((problem) => problem !== null))
    throw new LatchkeyError('SEVERAL_FAILED', { details: problems })
  return insertAll(context, candidates, actor, (error, index) => {
    if (!(error instanceof LatchkeyError && error.kind === 'invalid')) return error
    // Somebody took the name between our asking and our writing.
    const details = inputs.map((_, position) => (position === index ? error : null))
    return new LatchkeyError('SEVERAL_FAILED', { details })
  })
}

/** What the application makes of a sign-up before it is looked at. */
async function hooked(context: Context, input: unknown, actor: Actor): Promise<unknown> {
  if (!context.hooks.has('beforeCreate') || !isPlainObject(input)) return input
  const data = { ...input }
  await context.hooks.run('beforeCreate', { ...hookContext(context, actor), data })
  return data
}

/** Refuses what could not become an account, without making it. @throws {LatchkeyError} as `create` does */
export async function checkNew(context: Context, input: unknown, actor: Actor): Promise<void> {
  await prepare(context, input, actor, [])
}

/** What is wrong with one of several; whatever is not about that one is thrown. */
function blameOf(error: unknown): LatchkeyError {
  if (error instanceof LatchkeyError && error.kind === 'invalid') return error
  throw error
}

async function prepare(
  context: Context,
  given: unknown,
  actor: Actor,
  siblings: readonly Candidate[],
): Promise<Candidate> {
  const { storage, settings, passwords } = context
  const input = readInput(given)
  const { password } = input
  if (typeof password === 'string') passwords.check(password)
  const { account: user, issues } = draftNew(context, input, actor)
  if (typeof password === 'string') await judgeNewPassword(context, password, user)
  const inUse = await takenNames(storage, settings, user)
  const repeated = await validateUniqueness(storage, user, settings)
  const isHidden = hidesAccounts(settings, actor) && [...inUse, ...repeated].some(isAboutEmail)
  const isTold = (issue: Issue) => !isHidden || !isAboutEmail(issue)
  const problems: Issue[] = [
    ...issues,
    ...inUse.filter(isTold),
    ...takenBySiblings(user, siblings, isPerRealm(settings)),
    ...repeated.filter(isTold),
  ]
  if (problems.length > 0) throw validationError(settings.user.modelName, problems)
  return { user, password: password as string, isHidden }
}

function takenBySiblings(
  { email, username, realm }: Candidate['user'],
  siblings: readonly Candidate[],
  perRealm: boolean,
): Issue[] {
  const inRealm = perRealm ? siblings.filter((sibling) => sibling.user.realm === realm) : siblings
  const issues: Issue[] = []
  if (inRealm.some(({ user }) => user.email === email)) issues.push(taken('email', email))
  if (username && inRealm.some(({ user }) => user.username === username))
    issues.push(taken('username', username))
  return issues
}

/** @param blame what to throw for the account at an index that the database refused */
async function insertAll(
  context: Context,
  candidates: readonly Candidate[],
  actor: Actor,
  blame = (error: unknown, _index: number): unknown => error,
): Promise<User[]> {
  const { events, passwords } = context
  // Hashed before the transaction, so that no lock is held meanwhile; one by one, so that a list of a hundred neither
  // crowds out everybody else nor is refused for the queue it makes itself.
  const hashes: string[] = []
  for (const { password } of candidates) hashes.push(await passwords.hash(password))
  const hidden = new Set([...candidates.keys()].filter((index) => candidates[index]?.isHidden))
  const created = await insertHashed(context, { candidates, hashes, hidden }, actor, blame)
  context.post()
  for (const [index, user] of created.entries())
    if (!hidden.has(index)) events.emit('created', { user: viewOf(user) })
  return created
}

interface Hashed {
  readonly candidates: readonly Candidate[]
  readonly hashes: readonly string[]
  /** Which of them are to be pretended; grows by those whose address turns out to be taken. */
  readonly hidden: Set<number>
}

async function insertHashed(
  context: Context,
  hashed: Hashed,
  actor: Actor,
  blame: (error: unknown, index: number) => unknown,
): Promise<User[]> {
  const { storage, settings } = context
  const { candidates, hashes, hidden } = hashed
  let current = 0
  const inserting = storage.transaction(async (transaction) => {
    const users: User[] = []
    for (const [index, { user }] of candidates.entries()) {
      current = index
      const account = { ...user, passwordHash: hashes[index] as string }
      const insert = hidden.has(index) ? pretend : insertOne
      users.push(await insert(context, transaction, account, actor))
    }
    return users
  })
  return inserting.catch((error: unknown) => {
    const isRaced = error instanceof DuplicateError && error.property === 'email' && !hidden.has(current)
    if (!isRaced || !hidesAccounts(settings, actor)) {
      const told = explainDuplicate(error, settings.user, candidates[current]?.user ?? {})
      throw isRefusal(told, 'VALIDATION_FAILED') ? blame(told, current) : told
    }
    // Somebody took the address between our asking and our writing: whoever lost must not learn that either.
    hidden.add(current)
    return insertHashed(context, hashed, actor, blame)
  })
}

async function insertOne(
  { settings, clock }: Context,
  transaction: Storage,
  account: NewUser,
  actor: Actor,
): Promise<User> {
  const { users, outbox } = transaction
  // Asked again where nobody comes between the answer and the writing.
  const repeated = await validateUniqueness(transaction, account, settings)
  if (hidesAccounts(settings, actor) && repeated.some(isAboutEmail))
    throw new DuplicateError('email', undefined)
  if (repeated.length > 0) throw validationError(settings.user.modelName, repeated)
  const user = await users.insert(account)
  if (settings.user.emailVerificationRequired && user.emailVerified !== true) {
    const { email, id: userId } = user
    await outbox.add({ name: 'verification', email, userId, language: actor.language }, clock())
  }
  return user
}
