import type { Kysely } from 'kysely'
import type { UserId } from '../../domain/model/user.ts'
import type { RoleStore } from '../../domain/storage.ts'
import { type Engine, fixed, slot } from './engine.ts'
import type { Schema } from './schema.ts'

/** The statements about roles, built once. */
export function createRoleStatements(db: Kysely<Schema>) {
  const userId = slot<UserId>('user_id')
  return {
    ofUser: fixed<{ user_id: UserId }>(
      db.selectFrom('user_roles').select('role').where('user_id', '=', userId),
    ),
    grant: fixed<{ user_id: UserId; role: string }>(
      db
        .insertInto('user_roles')
        .values({ user_id: userId, role: slot<string>('role') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
  }
}

export function createRoleStore(
  engine: Engine,
  statements: ReturnType<typeof createRoleStatements>,
): RoleStore {
  return {
    namesOf: async (userId) =>
      (await engine.all(statements.ofUser({ user_id: userId }))).map(([role]) => role as string),
    grant: async (userId, role) => void (await engine.run(statements.grant({ user_id: userId, role }))),
  }
}
