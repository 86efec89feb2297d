import { LatchkeyError } from '../../base/errors.ts'
import type { PlainObject } from '../../base/values.ts'
import type { Actor, Context } from '../context.ts'
import type { Where } from '../model/query.ts'
import type { User } from '../model/user.ts'
import { type Issue, validationError } from '../model/validation.ts'
import { checkStillIn } from '../still-in.ts'
import type { UserInput } from './input.ts'
import { taken } from './uniqueness.ts'
import { announce, applyChange, type Outcome, patchAttributes, prepareChange } from './update.ts'

/**
 * Updates the attributes given of every user the conditions fit. Each page of users is one transaction: a list of any
 * length keeps nobody else from writing. A name that must be unique is refused before anything is changed.
 * @param where LoopBack's; `{}` fits everybody, and must be said
 * @returns how many users there were
 * @throws {LatchkeyError} ARGUMENT_REQUIRED without conditions, else as `patchAttributes`
 */
export async function updateAll(
  context: Context,
  where: PlainObject | undefined,
  given: unknown,
  actor: Actor,
): Promise<number> {
  const { storage, filters } = context
  if (where === undefined) throw new LatchkeyError('ARGUMENT_REQUIRED', { values: ['where'] })
  const conditions = filters.users.parseWhereOfWrite(where)
  const change = await prepareChange(context, given, 'patch')
  await refuseSharedNames(context, conditions, change.input)

  let total = 0
  for await (const page of storage.users.find({ where: conditions, order: [], skip: 0, limit: undefined })) {
    if (context.hooks.has('beforeUpdate')) {
      // A hook may make something else of it for each.
      for (const { id } of page) await patchAttributes(context, id, given, actor)
      total += page.length
      continue
    }
    const outcomes = await storage.transaction(async (transaction) => {
      const users: (User | undefined)[] = []
      for (const { id } of page) users.push(await transaction.users.findById(id))
      await checkStillIn(transaction, actor)
      const done: Outcome[] = []
      for (const user of users) {
        if (user) done.push(await applyChange(context, transaction, user, change, actor))
      }
      return done
    })
    for (const outcome of outcomes) announce(context, outcome)
    total += outcomes.length
  }
  return total
}

async function refuseSharedNames(
  { storage, settings }: Context,
  where: Where,
  { email, username }: UserInput,
): Promise<void> {
  const named = (['email', 'username'] as const).filter((name) => Boolean({ email, username }[name]))
  if (named.length === 0 || (await storage.users.count(where)) < 2) return
  const issues: Issue[] = named.map((name) => taken(name, { email, username }[name]))
  throw validationError(settings.user.modelName, issues)
}
