import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { Behaviour } from '../../config/compatibility.ts'
import type { Settings, Validation } from '../../config/settings.ts'
import { regexpPattern } from '../filter/pattern.ts'
import type { Where } from '../model/query.ts'
import { columnProperties, type NewUser, type UserId } from '../model/user.ts'
import { type Issue, isBlank, withoutValuesOf } from '../model/validation.ts'
import type { Storage } from '../storage.ts'

type Account = Omit<NewUser, 'passwordHash' | 'email'> & {
  /** Anything, where it is no address. */
  readonly email: unknown
}

/** What the declared validations, but for `uniqueness`, find wrong with an account. */
export function validate(account: Account, { user, behaviour }: Settings): Issue[] {
  const record = recordOf(account)
  return user.validations
    .filter((validation) => applies(validation, record))
    .flatMap((validation) => {
      const value = record[validation.property]
      return faultsOf(validation, value, behaviour.values).map((kind) =>
        issueOf(validation, kind, value, behaviour.values),
      )
    })
}

/**
 * Refuses patterns we cannot run, before they fail every sign-up.
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function checkPatterns(validations: readonly Validation[]): void {
  for (const [index, { validation, with: pattern }] of validations.entries()) {
    if (validation !== 'format') continue
    try {
      regexpPattern(pattern as string)
    } catch (error) {
      const problem = `user.validations.${index}.with: ${(error as Error).message}`
      throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
    }
  }
}

/**
 * What `uniqueness` finds: values somebody else has (lists and objects are not compared). Asked in the transaction
 * that stores the account, it holds.
 */
export async function validateUniqueness(
  storage: Storage,
  account: Account,
  { user, behaviour }: Settings,
  ownId?: UserId,
): Promise<Issue[]> {
  const record = recordOf(account)
  const issues: Issue[] = []
  for (const validation of user.validations) {
    const { property, scopedTo = [] } = validation
    const value = record[property]
    if (validation.validation !== 'uniqueness' || isBlank(value) || typeof value === 'object') continue
    if (!applies(validation, record)) continue
    // Where there are several writers, nobody else may store the same between the answer and the writing.
    await storage.takeTurn(JSON.stringify([property, value]))
    const scope = scopedTo.filter((name) => record[name] !== undefined)
    const alike: Where = { all: [property, ...scope].map((name) => sameAs(name, record[name])) }
    const others = ownId === undefined ? alike : { all: [alike, { none: [sameAs('id', ownId)] }] }
    if ((await storage.users.count(others)) > 0)
      issues.push(issueOf(validation, undefined, value, behaviour.values))
  }
  return withoutValuesOf(user.hidden, issues)
}

const columns: ReadonlySet<string> = new Set(columnProperties)

/** A condition SQL can judge by itself, because a transaction has no time to judge rows one by one. */
function sameAs(name: string, value: unknown): Where {
  const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string'
  const property = { name, column: columns.has(name), path: [name], type } as const
  return { property, is: 'eq', value: typeof value === 'object' ? null : value }
}

/** An account as validations see it: unset columns are not there. */
function recordOf({ realm, username, email, emailVerified, properties }: Account): PlainObject {
  const record: PlainObject = { ...properties }
  for (const [name, value] of Object.entries({ realm, username, email, emailVerified }))
    if (value !== null) record[name] = value
  return record
}

/** `if` and `unless` name a property; where it is absent, the first asks and the second does not. */
function applies({ if: condition, unless }: Validation, record: PlainObject): boolean {
  if (condition !== undefined && record[condition] !== undefined && !record[condition]) return false
  return unless === undefined || (record[unless] !== undefined && !record[unless])
}

/** The ways a value fails a validation; `undefined` where there is but one. */
function faultsOf(
  validation: Validation,
  value: unknown,
  values: Behaviour['values'],
): (string | undefined)[] {
  const failed = (fails: boolean): undefined[] => (fails ? [undefined] : [])
  switch (validation.validation) {
    case 'presence':
      return failed(isBlank(value))
    case 'absence':
      return failed(!isBlank(value))
    case 'date':
      return failed(
        value !== null && value !== undefined && Number.isNaN(new Date(value as string).getTime()),
      )
    case 'uniqueness':
      return []
  }
  const lack = lackOf(value, values)
  if (lack) return validation[lack === 'null' ? 'allowNull' : 'allowBlank'] ? [] : [lack]
  switch (validation.validation) {
    case 'length':
      return lengthFaults(validation, (value as { length?: unknown }).length)
    case 'numericality':
      return numberFaults(validation, value)
    case 'inclusion':
      return failed(!validation.in?.includes(value))
    case 'exclusion':
      return failed(validation.in?.includes(value) === true)
    case 'format':
      return failed(!fits(validation, value, values))
  }
}

/** Whether there is something to judge; LoopBack 2 counts what was never set as null, LoopBack 3 as blank. */
function lackOf(value: unknown, values: Behaviour['values']): 'null' | 'blank' | undefined {
  if (values === 'loopback2') {
    if (value === undefined || value === null) return 'null'
    return isBlank(value) ? 'blank' : undefined
  }
  if (value === undefined || value === '') return 'blank'
  return value === null ? 'null' : undefined
}

function lengthFaults({ min, max, is }: Validation, length: unknown): string[] {
  const isNumber = typeof length === 'number'
  const faults: string[] = []
  if (min && isNumber && length < min) faults.push('min')
  if (max && isNumber && length > max) faults.push('max')
  if (is && length !== is) faults.push('is')
  return faults
}

function numberFaults({ int }: Validation, value: unknown): string[] {
  if (typeof value !== 'number' || Number.isNaN(value)) return ['number']
  return int && !Number.isInteger(value) ? ['int'] : []
}

function fits({ with: pattern }: Validation, value: unknown, values: Behaviour['values']): boolean {
  const isJudged = typeof value === 'string' || (typeof value === 'number' && values !== 'loopback2')
  return isJudged && regexpPattern(pattern as string).test(String(value))
}

const messages: Readonly<Record<string, string>> = {
  presence: "can't be blank",
  absence: "can't be set",
  'length.min': 'too short',
  'length.max': 'too long',
  'length.is': 'length is wrong',
  'numericality.int': 'is not an integer',
  'numericality.number': 'is not a number',
  inclusion: 'is not included in the list',
  exclusion: 'is reserved',
  uniqueness: 'is not unique',
  date: 'is not a valid date',
}
const lacks: Readonly<Record<string, string>> = { null: 'is null', blank: 'is blank' }

function issueOf(
  { property, validation, code = validation, message }: Validation,
  kind: string | undefined,
  value: unknown,
  values: Behaviour['values'],
): Issue {
  const name = kind === undefined ? validation : `${validation}.${kind}`
  const standard = messages[name] ?? lacks[kind ?? ''] ?? 'is invalid'
  const issue = { property, code: kind === undefined ? code : `${code}.${kind}`, value }
  if (message === undefined) return { ...issue, message: standard }
  if (typeof message === 'object')
    return { ...issue, message: message[kind ?? ''] ?? lacks[kind ?? ''] ?? 'is invalid' }
  // To LoopBack one text is none where there are several ways to fail.
  const isLost = values !== 'checked' && kind !== undefined
  return { ...issue, message: isLost ? (lacks[kind] ?? 'is invalid') : message }
}
