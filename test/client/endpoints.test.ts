import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createClient } from '../../src/client/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/endpoints.md'), 'utf8')

/** What the manual lists: `POST /login`, and the method behind it. */
const endpoints = [...page.matchAll(/^\| `([A-Z]+ \/\S*)` +\| `(\w+)`/gm)].map(
  ([, call = '', method = '']) => ({
    call,
    method,
  }),
)

/** What each method of the client sends when it is called with sevens. */
async function sent(): Promise<string[]> {
  const calls: string[] = []
  const fetch = async (url: string, { method }: RequestInit): Promise<Response> => {
    const path = new URL(url).pathname
      .replace('/accessTokens/7', '/accessTokens/{fk}')
      .replace('/sessions/7', '/sessions/{handle}')
      .replace('/7', '/{id}')
    calls.push(`${method} ${path.replace('/users', '') || '/'}`)
    return Response.json({})
  }
  const client = createClient({ url: 'http://localhost/users', fetch: fetch as typeof globalThis.fetch })
  const methods = [client.users, client.tokens, client.sessions].flatMap((group) => Object.values(group))
  for (const call of methods as ((...args: number[]) => Promise<unknown>)[]) await call(7, 7, 7)
  return calls
}

describe('the client', () => {
  it('has a method for every method of the API', async () => {
    const calls = await sent()
    const reached = new Set(endpoints.filter(({ call }) => calls.includes(call)).map(({ method }) => method))
    const missing = endpoints.map(({ method }) => method).filter((method) => !reached.has(method))
    assert.ok(endpoints.length > 30)
    assert.deepEqual(missing, [])
  })

  it('calls nothing but what the manual lists', async () => {
    const listed = endpoints.map(({ call }) => call)
    assert.deepEqual(
      (await sent()).filter((call) => !listed.includes(call)),
      [],
    )
  })
})
