import type { Awaitable } from '../../base/awaitable.ts'
import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { Actor, Context } from '../context.ts'
import { applyFields } from '../filter/parse.ts'
import { appearanceOf, readUserId, type User } from '../model/user.ts'

/** Shows a user as a filter's `fields` ask. */
export type View = (user: User) => PlainObject

/**
 * The users a filter finds, page by page: read as they are asked for, so that no list is too long.
 * @param signal here and below: aborted when nobody waits for the answer any more
 * @throws {LatchkeyError} at once, for a filter that makes no sense
 */
export function find(
  { storage, settings, filters }: Context,
  filter?: PlainObject,
  signal?: AbortSignal,
): AsyncIterable<readonly PlainObject[]> {
  const { query, fields } = filters.users.parseFilter(filter)
  const pages = storage.users.find(query, signal)
  return shown(pages, (user) => applyFields(appearanceOf(user, settings.user), fields))
}

async function* shown(
  pages: AsyncIterable<readonly User[]>,
  view: View,
): AsyncIterable<readonly PlainObject[]> {
  for await (const page of pages) yield page.map(view)
}

/** The first user a filter finds. @throws {LatchkeyError} MODEL_NOT_FOUND when there is none */
export async function findOne(
  { storage, settings, filters }: Context,
  filter?: PlainObject,
  signal?: AbortSignal,
): Promise<PlainObject> {
  const { query, fields } = filters.users.parseFilter({ ...filter, limit: undefined })
  for await (const [user] of storage.users.find({ ...query, limit: 1 }, signal)) {
    if (user) return applyFields(appearanceOf(user, settings.user), fields)
  }
  throw new LatchkeyError('MODEL_NOT_FOUND', { values: [settings.user.modelName, 'undefined'] })
}

/**
 * One user by id.
 * @param filter only its `fields` (and `include`) count
 * @throws {LatchkeyError} MODEL_NOT_FOUND
 */
export function findById(
  { settings, storage, filters }: Context,
  id: unknown,
  filter: PlainObject | undefined,
  { caller }: Actor,
): Awaitable<PlainObject> {
  const userId = readUserId(id, settings)
  const show = (user: User | undefined): PlainObject => {
    if (!user) throw new LatchkeyError('MODEL_NOT_FOUND', { values: [settings.user.modelName, id] })
    if (filter === undefined) return appearanceOf(user, settings.user)
    const { fields } = filters.users.parseFilter({ fields: filter.fields, include: filter.include })
    return applyFields(appearanceOf(user, settings.user), fields)
  }
  // The token's look-up brought its user along; reading oneself takes no second one.
  if (caller && caller.user.id === userId) return show(caller.user)
  return userId === undefined ? show(undefined) : storage.users.findById(userId).then(show)
}

export async function exists({ storage, settings }: Context, id: unknown): Promise<boolean> {
  const userId = readUserId(id, settings)
  return userId !== undefined && (await storage.users.findById(userId)) !== undefined
}

/** How many users fit the conditions. @throws {LatchkeyError} for conditions that make no sense */
export async function count(
  { storage, filters }: Context,
  where?: PlainObject,
  signal?: AbortSignal,
): Promise<number> {
  return storage.users.count(filters.users.parseWhere(where), signal)
}
