import { LatchkeyError } from '../../base/errors.ts'
import { isPlainObject, type PlainObject } from '../../base/values.ts'
import type { Actor, Context } from '../context.ts'
import type { User } from '../model/user.ts'
import { checkNew, create } from './register.ts'
import { nameOf, patchAttributes, patchUnchecked, replaceById } from './update.ts'

/**
 * Without an id: creates. With one: updates the attributes of the user who has it.
 * @throws {LatchkeyError} UPDATE_TARGET_NOT_FOUND for an unknown id, else as `create` and `patchAttributes`
 */
export async function patchOrCreate(context: Context, input: unknown, actor: Actor): Promise<User> {
  const id = idIn(input)
  if (id === undefined) return create(context, input, actor)
  const patch = context.settings.behaviour.upsertChecks ? patchAttributes : patchUnchecked
  return patch(context, id, input, actor).catch((error: unknown) => {
    const isUnknown = error instanceof LatchkeyError && error.id === 'INSTANCE_NOT_FOUND'
    throw isUnknown ? new LatchkeyError('UPDATE_TARGET_NOT_FOUND', { values: [nameOf(id)] }) : error
  })
}

/**
 * Without an id: creates. With one: replaces the user who has it.
 * @throws {LatchkeyError} REPLACE_TARGET_NOT_FOUND for an unknown id, else as `create` and `replaceById`
 */
export async function replaceOrCreate(context: Context, input: unknown, actor: Actor): Promise<User> {
  const id = idIn(input)
  return id === undefined ? create(context, input, actor) : replaceById(context, id, input, actor)
}

/**
 * Creates a user where none fits the conditions, and updates the attributes of the one who does.
 * @param where LoopBack's; `{}` fits everybody
 * @throws {LatchkeyError} ARGUMENT_REQUIRED without conditions, EMPTY_DATA, SEVERAL_FOUND when they fit more than one
 */
export async function upsertWithWhere(
  context: Context,
  where: PlainObject | undefined,
  input: unknown,
  actor: Actor,
): Promise<User> {
  if (where === undefined) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['where'] })
  if (isPlainObject(input) && Object.keys(input).length === 0) throw new LatchkeyError('EMPTY_DATA')
  const conditions = context.filters.users.parseWhereOfWrite(where)
  if (context.settings.behaviour.upsertWithWhereChecks === 'sent') await checkNew(context, input, actor)
  const found: User[] = []
  const pages = context.storage.users.find({ where: conditions, order: [], skip: 0, limit: 2 })
  for await (const page of pages) found.push(...page)

  const [user, another] = found
  if (another) throw new LatchkeyError('SEVERAL_FOUND')
  if (!user) return create(context, input, actor)
  return patchAttributes(context, user.id, input, actor)
}

function idIn(input: unknown): unknown {
  const id = isPlainObject(input) ? input.id : undefined
  return id === null || id === '' ? undefined : id
}
