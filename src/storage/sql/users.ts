import { type Kysely, sql } from 'kysely'
import type { Query } from '../../domain/model/query.ts'
import type { User, UserId } from '../../domain/model/user.ts'
import { DuplicateError, type LoginName, type UserStore } from '../../domain/storage.ts'
import { compileOrder, compileWhere } from './compile.ts'
import { checked, type Dialect, type Engine, fixed, type Statement, slot } from './engine.ts'
import { judged, toPages } from './judge.ts'
import type { Schema } from './schema.ts'
import { toRow, toUser, userColumns, type WriteRow } from './user-row.ts'

export interface UserStoreOptions {
  readonly db: Kysely<Schema>
  readonly dialect: Dialect
  /** Makes an id where the database does not. */
  readonly newId?: (() => UserId) | undefined
}

// Named by Kysely and not in the text, so that a model's own name for it takes its place.
const users = sql.table('users')

/** The users' statements, built once; `on` an engine they are a store. */
export function createUserStatements({ db, dialect, newId }: UserStoreOptions) {
  const byName = (name: 'email' | 'username', inRealm: boolean) => {
    const query = db.selectFrom('users').select(userColumns).where(name, '=', slot<string>(name)).limit(1)
    // Said again, because the index of user names holds only those that are not empty.
    const named = name === 'username' ? query.where(name, '<>', sql.lit('')) : query
    const realm = sql`coalesce(realm, '')`
    return fixed<LoginName>(inRealm ? named.where(realm, '=', slot<string>('realm')) : named.orderBy('id'))
  }
  const sample = (direction: 'asc' | 'desc') =>
    sql`select password_hash from (select password_hash from ${users} where password_hash is not null order by id ${sql.raw(direction)} limit 500) as ${sql.raw(`${direction}ending`)}`

  const row = {
    realm: slot<string | null>('realm'),
    username: slot<string | null>('username'),
    email: slot<string>('email'),
    email_verified: slot<number | null>('email_verified'),
    password_hash: slot<string | null>('password_hash'),
    properties: slot<string>('properties'),
  }
  const withId = db.selectFrom('users').select(userColumns).where('id', '=', slot<UserId>('id'))
  const statements = {
    insert: fixed<WriteRow>(
      db
        .insertInto('users')
        .values(newId ? { id: slot('id'), ...row } : row)
        .returning('id'),
    ),
    byId: fixed<{ id: UserId }>(withId),
    byIdHeld: fixed<{ id: UserId }>(withId.modifyEnd(dialect.hold('forUpdate'))),
    byEmail: byName('email', false),
    byEmailInRealm: byName('email', true),
    byUsername: byName('username', false),
    byUsernameInRealm: byName('username', true),
    update: fixed<WriteRow>(db.updateTable('users').set(row).where('id', '=', slot<UserId>('id'))),
    replaceHash: fixed<{ id: UserId; old: string | null; hash: string }>(
      db
        .updateTable('users')
        .set({ password_hash: slot<string>('hash') })
        .where('id', '=', slot<UserId>('id'))
        .where(sql<boolean>`password_hash is not distinct from ${slot('old')}`),
    ),
    setBlocked: fixed<{ id: UserId; blocked_at: number | null }>(
      db
        .updateTable('users')
        .set({ blocked_at: slot<number | null>('blocked_at') })
        .where('id', '=', slot<UserId>('id')),
    ),
    delete: fixed<{ id: UserId }>(db.deleteFrom('users').where('id', '=', slot<UserId>('id'))),
    sampleHashes: fixed<object>({
      compile: () =>
        sql`select count(*) as total, count(case when password_hash like '$2%' then 1 end) as bcrypt
          from (${sample('asc')} union all ${sample('desc')}) as samples`.compile(db),
    }),
  }
  return { ...statements, newId, db }
}

export function createUserStore(
  engine: Engine,
  statements: ReturnType<typeof createUserStatements>,
  isTransaction: boolean,
): UserStore {
  const { db, newId } = statements
  const { dialect } = engine

  async function refusingDuplicates<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      const property = dialect.duplicateOf(error)
      throw property ? new DuplicateError(property, error) : error
    })
  }

  async function findById(id: UserId): Promise<User | undefined> {
    const row = await engine.first((isTransaction ? statements.byIdHeld : statements.byId)({ id }))
    return row && toUser(row)
  }

  function select({ where, order, skip, limit }: Query): { statement: Statement; exact: boolean } {
    const { expression, exact } = compileWhere(where, dialect)
    const window = exact && (limit !== undefined || skip > 0) ? dialect.window(limit, skip) : sql``
    const query = sql`select ${sql.join(userColumns.map((column) => sql.ref(column)))} from ${users} where ${dialect.inTime()} and ${expression} ${compileOrder(order, dialect)} ${window}`
    return { statement: checked(query.compile(db)), exact }
  }

  function find(query: Query, signal?: AbortSignal): AsyncIterable<readonly User[]> {
    const { statement, exact } = select(query)
    if (exact) return toPages(engine.stream(statement, { signal }))
    return judged(toPages(engine.stream(statement, { signal, where: query.where })), query)
  }

  return {
    findById,

    async insert(user) {
      const values = { ...toRow(user), id: newId?.() }
      const [row] = await refusingDuplicates(engine.write(statements.insert(values)))
      return { ...user, id: row?.[0] as UserId, blockedAt: null }
    },

    async findByLogin(name) {
      const inRealm = name.realm !== undefined
      const statement =
        name.email !== undefined
          ? (inRealm ? statements.byEmailInRealm : statements.byEmail)(name)
          : (inRealm ? statements.byUsernameInRealm : statements.byUsername)(name)
      const row = await engine.first(statement)
      return row && toUser(row)
    },

    find,

    async count(where, signal) {
      const { expression, exact } = compileWhere(where, dialect)
      if (exact) {
        const query = sql`select count(*) from ${users} where ${dialect.inTime()} and ${expression}`
        const row = await engine.first(checked(query.compile(db)), { signal })
        return Number(row?.[0])
      }
      let total = 0
      const pages = find({ where, order: [], skip: 0, limit: undefined }, signal)
      for await (const page of pages) total += page.length
      return total
    },

    update(id, changes) {
      const update = engine.transaction(async (inner) => {
        const row = await inner.first(statements.byIdHeld({ id }))
        if (!row) return undefined
        const after = { ...toUser(row), ...changes }
        await inner.run(statements.update({ ...toRow(after), id }))
        return after
      })
      return refusingDuplicates(update)
    },

    replacePasswordHash: async (id, old, hash) =>
      (await engine.run(statements.replaceHash({ id, old, hash }))) > 0,
    setBlocked: async (id, blockedAt) =>
      (await engine.run(statements.setBlocked({ id, blocked_at: blockedAt?.getTime() ?? null }))) > 0,
    delete: async (id) => (await engine.run(statements.delete({ id }))) > 0,

    async samplePasswordHashes() {
      const [total, bcrypt] = ((await engine.first(statements.sampleHashes({}))) ?? [0, 0]).map(Number)
      return { bcrypt: bcrypt as number, other: (total as number) - (bcrypt as number) }
    },
  }
}
