import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from './server.ts'

/** An empty place in a PostgreSQL, found by its URL. */
export interface EmptySchema extends AsyncDisposable {
  readonly url: string
  readonly name: string
}

let own: Promise<string> | undefined

/** Where PostgreSQL is: TEST_DATABASE_URL, set by whoever runs the tests or by setup.ts; else one of our own. */
export function postgresUrl(): Promise<string> {
  const { TEST_DATABASE_URL: given } = process.env
  if (given) return Promise.resolve(given)
  own ??= startPostgres().then(({ url }) => url)
  return own
}

/** Runs statements outside of everything that is tested; rows come as arrays. */
export async function administer(
  text: string,
  { values = [], schema = 'public' }: { values?: readonly unknown[]; schema?: string } = {},
): Promise<unknown[][]> {
  const connectionString = await postgresUrl()
  const client = new pg.Client({ connectionString, options: `-c search_path=${schema}` } as never)
  await client.connect()
  try {
    return await new Promise((resolve, reject) => {
      client.query({ text, values, rowMode: 'array' }, (error, result) =>
        error ? reject(error) : resolve(result.rows as unknown[][]),
      )
    })
  } finally {
    await client.end()
  }
}

/** Makes a schema, which costs a fraction of what a database does. */
export async function openSchema(): Promise<EmptySchema> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await administer(`create schema ${name}`)
  return {
    name,
    url: await urlOf(name),
    async [Symbol.asyncDispose]() {
      await administer(`drop schema ${name} cascade`)
    },
  }
}

async function urlOf(name: string): Promise<string> {
  const url = new URL(await postgresUrl())
  url.searchParams.set('options', `-c search_path=${name}`)
  return url.href.replaceAll('+', '%20')
}

const emptied: string[] = []

/** Leaves the tables as they are made. */
export const emptying =
  'delete from users; delete from outbox; delete from counters; alter sequence users_id_seq restart'

/**
 * A schema somebody else has used for one model without a name, with ids that are integers, and left empty: making the
 * tables is what takes the time. Whoever takes it leaves it so.
 */
export async function openUsedSchema(): Promise<EmptySchema> {
  const name = emptied.pop() ?? (await openSchema()).name
  return {
    name,
    url: await urlOf(name),
    async [Symbol.asyncDispose]() {
      await administer(emptying, { schema: name })
      emptied.push(name)
    },
  }
}
