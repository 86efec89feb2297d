import { LatchkeyError } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { viewOf } from '../model/user.ts'
import { present } from './block.ts'

/** Puts a user into a role by id, for good. @throws {LatchkeyError} INVALID_ROLE, INSTANCE_NOT_FOUND */
export async function grantRole(context: Context, id: unknown, role: string): Promise<void> {
  checkRoleName(role)
  const user = await context.storage.transaction(async (transaction) => {
    const found = await present(context, transaction, id)
    await transaction.roles.grant(found.id, role)
    return found
  })
  context.events.emit('roleGranted', { user: viewOf(user), role })
}

/**
 * Takes a role away that was granted by id. One that the configuration gives an address stays.
 * @returns whether the user had it
 * @throws {LatchkeyError} INSTANCE_NOT_FOUND
 */
export async function revokeRole(context: Context, id: unknown, role: string): Promise<boolean> {
  const { user, isRevoked } = await context.storage.transaction(async (transaction) => {
    const found = await present(context, transaction, id)
    return { user: found, isRevoked: await transaction.roles.revoke(found.id, role) }
  })
  if (isRevoked) context.events.emit('roleRevoked', { user: viewOf(user), role })
  return isRevoked
}

/** @throws {LatchkeyError} INVALID_ROLE */
function checkRoleName(role: string): void {
  if (role === '' || role.startsWith('$')) throw new LatchkeyError('INVALID_ROLE', { values: [role] })
}
