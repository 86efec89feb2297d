import type { UserSettings } from '../../config/settings.ts'
import type { Actor, Context } from '../context.ts'
import { defaultsOf, oversized, readProperties, rememberNulls, withoutNaN } from '../model/properties.ts'
import type { NewUser, User } from '../model/user.ts'
import { blank, type Issue, withoutValuesOf } from '../model/validation.ts'
import {
  complainOfId,
  type ProtectedChanges,
  readEmail,
  readName,
  readVerified,
  type UserInput,
} from './input.ts'
import { validate } from './validations.ts'

/** An account as it would be stored, but for its password, and everything that is wrong with it. */
export interface Draft {
  readonly account: Omit<NewUser, 'passwordHash'>
  readonly issues: readonly Issue[]
}

/** A new account from what was sent; what only the server may set in it is ignored. */
export function draftNew(context: Context, input: UserInput, actor: Actor): Draft {
  const { settings } = context
  const { name: realm, issues } = readName('realm', input.realm, settings)
  const emailVerified = actor.trusted ? readVerified(input.emailVerified, settings) : unproved(context, input)
  const { account, issues: others } = draftWhole(context, input, { realm, emailVerified }, true)
  return { account, issues: [...complainOfId(input, settings), ...issues, ...others] }
}

/** LoopBack tells whoever claims anything about it that the address is not proved. */
function unproved({ settings }: Context, { emailVerified }: UserInput): false | null {
  const isTold = settings.behaviour.protectedProperties === 'ignored'
  return isTold && emailVerified !== undefined && emailVerified !== null ? false : null
}

/** A whole account in place of one; what nobody says stays only where it is not for a client to drop. */
export function draftReplacement(
  context: Context,
  before: User,
  input: UserInput,
  changes: ProtectedChanges,
): Draft {
  const { user, behaviour } = context.settings
  const isDropped = behaviour.protectedProperties === 'ignored' && (input.emailVerified ?? null) === null
  const emailVerified = isDropped ? null : before.emailVerified
  const columns = { realm: before.realm, emailVerified, ...changes }
  return draftWhole(context, input, columns, !user.rejectPasswordChangesViaPatchOrReplace)
}

function draftWhole(
  context: Context,
  input: UserInput,
  columns: Pick<User, 'realm' | 'emailVerified'>,
  needsPassword: boolean,
): Draft {
  const { settings, clock } = context
  const { email, issues: emailIssues } = readEmail(input.email, settings)
  const { name: username, issues: nameIssues } = readName('username', input.username, settings)
  const defaults = defaultsOf(settings.user.properties, input.properties, clock())
  const missing = needsPassword && typeof input.password !== 'string' ? [blank('password', undefined)] : []
  const given = { ...input.properties, ...defaults }
  const columnIssues = { before: nameIssues, after: [...missing, ...emailIssues] }
  return draft(context, input, { ...columns, email, username }, { given, stored: {} }, columnIssues)
}

/** The account with the attributes given, and the others as they are. */
export function draftPatch(
  context: Context,
  before: User,
  input: UserInput,
  changes: ProtectedChanges,
): Draft {
  const { settings } = context
  const { realm, emailVerified } = before
  const { email, issues: emailIssues } =
    input.email === undefined ? { email: before.email, issues: [] } : readEmail(input.email, settings)
  const { name: username, issues: nameIssues } =
    input.username === undefined
      ? { name: before.username, issues: [] }
      : readName('username', input.username, settings)
  const columns = { realm, emailVerified, ...changes, email, username }
  const properties = { given: input.properties, stored: before.properties }
  return draft(context, input, columns, properties, { before: nameIssues, after: emailIssues })
}

function draft(
  { settings }: Context,
  input: UserInput,
  columns: Omit<Draft['account'], 'properties'>,
  { given, stored }: { given: User['properties']; stored: User['properties'] },
  columnIssues: { before: readonly Issue[]; after: readonly Issue[] },
): Draft {
  const { values, issues, unknown } = readProperties(given, stored, settings)
  const said = { realm: input.realm, username: input.username, emailVerified: input.emailVerified }
  // An address that is none is judged as it was said.
  const whole = { ...columns, email: columns.email || input.email, properties: values }
  const judged = [...issues, ...columnIssues.after, ...validate(whole, settings)]
  const problems = [
    ...columnIssues.before,
    ...inOrder(judged, settings.user.properties),
    ...unknown,
    ...oversized(values),
  ]
  const properties = rememberNulls(withoutNaN(values), said, columns)
  return { account: { ...columns, properties }, issues: withoutValuesOf(settings.user.hidden, problems) }
}

/** LoopBack tells of required properties and dates first, then of the columns, then of the rest. */
function inOrder(issues: readonly Issue[], declared: UserSettings['properties']): Issue[] {
  const strict = [...declared.values()].filter(({ required, type }) => required || type === 'date')
  const first = [...strict.map(({ name }) => name), 'password', 'email', 'username']
  const placeOf = ({ property }: Issue) => (first.includes(property) ? first.indexOf(property) : first.length)
  return issues.toSorted((one, other) => placeOf(one) - placeOf(other))
}
