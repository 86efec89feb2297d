import type { Kysely } from 'kysely'
import type { UserId } from '../../domain/model/user.ts'
import type { RoleStore } from '../../domain/storage.ts'
import { type Engine, fixed, slot } from './engine.ts'
import type { Schema } from './schema.ts'

/** The statements about roles, built once. */
export function createRoleStatements(db: Kysely<Schema>) {
  const userId = slot<UserId>('user_id')
  return {
    rolesOf: fixed<{ user_id: UserId }>(
      db.selectFrom('user_roles').select('role').where('user_id', '=', userId),
    ),
    grantRole: fixed<{ user_id: UserId; role: string }>(
      db
        .insertInto('user_roles')
        .values({ user_id: userId, role: slot<string>('role') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    revokeRole: fixed<{ user_id: UserId; role: string }>(
      db.deleteFrom('user_roles').where('user_id', '=', userId).where('role', '=', slot<string>('role')),
    ),
  }
}

export type RoleStatements = ReturnType<typeof createRoleStatements>

export function createRoleStore(engine: Engine, statements: RoleStatements): RoleStore {
  return {
    namesOf: async (userId) =>
      (await engine.all(statements.rolesOf({ user_id: userId }))).map(([role]) => role as string),
    grant: async (userId, role) => void (await engine.run(statements.grantRole({ user_id: userId, role }))),
    revoke: async (userId, role) => (await engine.run(statements.revokeRole({ user_id: userId, role }))) > 0,
  }
}
