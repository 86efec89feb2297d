import { LatchkeyError } from '../base/errors.ts'
import { parseCheckedJson } from '../base/json.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { FilterInput, Service } from './service.ts'

/**
 * The operations as a program calls them. What it hands in is taken as HTTP takes it: a date is its text, and what
 * JSON or HTTP's own reading refuses is refused here, with the same errors.
 */
export function forPrograms({ users, tokens }: Service): Pick<Service, 'users' | 'tokens'> {
  return {
    users: {
      ...users,
      create: async (input, actor) => users.create(received(input), actor),
      createMany: async (inputs, actor) => users.createMany(receivedList(inputs), actor),
      find: (filter) => findLater(users.find, filter),
      findOne: async (filter) => users.findOne(receivedFilter(filter)),
      findById: async (id, filter, actor) => users.findById(id, receivedFilter(filter), actor),
      count: async (where) => users.count(receivedWhere(where)),
      patchOrCreate: async (input, actor) => users.patchOrCreate(received(input), actor),
      replaceOrCreate: async (input, actor) => users.replaceOrCreate(received(input), actor),
      upsertWithWhere: async (where, input, actor) =>
        users.upsertWithWhere(receivedWhere(where), received(input), actor),
      updateAll: async (where, input, actor) => users.updateAll(receivedWhere(where), received(input), actor),
      patchAttributes: async (id, input, actor) => users.patchAttributes(id, received(input), actor),
      replaceById: async (id, input, actor) => users.replaceById(id, received(input), actor),
      login: async (credentials, include, visit) => users.login(received(credentials), include, visit),
      confirm: async (confirmation) => users.confirm(proofIn(confirmation)),
      requestVerification: async (input, actor) => users.requestVerification(received(input), actor),
      listAccounts: (filter) => findLater(users.listAccounts, filter),
      undoEmailChange: async (proof) => users.undoEmailChange(proofIn(proof)),
      resetPassword: async (input, actor) => users.resetPassword(received(input), actor),
      changePassword: async (input, who) => users.changePassword(received(input), who),
      setPassword: async (input, who) => users.setPassword(received(input), who),
    },
    tokens: {
      ...tokens,
      list: async (userId, filter) => tokens.list(userId, receivedFilter(filter)),
      create: async (userId, input = {}, actor) => tokens.create(userId, received(input), actor),
      createMany: async (userId, inputs, actor) => tokens.createMany(userId, receivedList(inputs), actor),
      count: async (userId, where) => tokens.count(userId, receivedWhere(where)),
      update: async (userId, fk, input, actor) => tokens.update(userId, fk, received(input), actor),
    },
  }
}

/** A filter that makes no sense is told by the first page, as whatever else goes wrong. */
async function* findLater<Page>(find: (filter?: FilterInput) => AsyncIterable<Page>, filter?: FilterInput) {
  yield* find(receivedFilter(filter))
}

/** @throws {LatchkeyError} INVALID_ARGUMENT for what JSON cannot say; TOO_DEEP, MALFORMED_TEXT, PROPERTY_NAME_NOT_ALLOWED */
function received<Input>(input: Input, judge?: (name: string, value: unknown) => unknown): Input {
  if (typeof input !== 'object' || input === null) return input
  return parseCheckedJson(written(input, judge)) as Input
}

function written(input: object, judge?: (name: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(input, judge)
  } catch (cause) {
    if (cause instanceof LatchkeyError) throw cause
    // A bigint, a circle, or more levels than there is room for.
    throw new LatchkeyError('INVALID_ARGUMENT', { values: ['JSON'], cause })
  }
}

function receivedList(inputs: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(inputs)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an array'] })
  return received(inputs)
}

function receivedFilter(filter: FilterInput | undefined): FilterInput | undefined {
  const { where, ...rest } = objectIfAny(filter) ?? {}
  return { ...received(rest), where: received(where, keepCondition) }
}

function receivedWhere(where: PlainObject | undefined): PlainObject | undefined {
  return received(objectIfAny(where), keepCondition)
}

function objectIfAny(value: unknown): PlainObject | undefined {
  if (value === undefined || value === null) return undefined
  if (!isPlainObject(value)) throw new LatchkeyError('INVALID_ARGUMENT', { values: ['an object'] })
  return value
}

/** JSON would drop a condition that is undefined, and then everybody fits. */
function keepCondition(name: string, value: unknown): unknown {
  const isSaid = typeof value !== 'number' || Number.isFinite(value)
  if (!isSaid || ['undefined', 'function', 'symbol'].includes(typeof value))
    throw new LatchkeyError('INVALID_WHERE', { values: [`The condition "${name}" is ${String(value)}`] })
  return value
}

/** An id may be a number here; in a link it is text. */
function proofIn<Proof extends { readonly uid?: unknown }>(proof: Proof): Proof {
  const { uid, ...rest } = received(proof) ?? {}
  return { ...rest, uid: typeof uid === 'number' ? String(uid) : uid } as Proof
}
