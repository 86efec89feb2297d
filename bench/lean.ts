/**
 * The leanest honest program that does one thing Latchkey does: an authenticated read of oneself. Bare `node:http`,
 * bare `node:sqlite`, one prepared statement, the same headers, on the same database file. It is the yardstick, so it
 * stays as it is.
 *
 * Usage: node bench/lean.ts FILE
 */
import { hash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { reportUsage } from './usage.ts'

interface Row {
  readonly id: number
  readonly email: string
  readonly email_verified: number | null
  readonly username: string | null
  readonly realm: string | null
  readonly properties: string
  readonly expires_at: number | null
}

const database = new DatabaseSync(process.argv[2] as string)
const tokenAndUser = database.prepare(`
  SELECT user.id, user.realm, user.username, user.email, user.email_verified, user.properties, token.expires_at
  FROM access_tokens AS token JOIN users AS user ON user.id = token.user_id WHERE token.id = ?
`)

const headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Answers bear a name, as ours do. */
const names = `${randomBytes(10).toString('hex')}-`
let answers = 0

const server = createServer((request, response) => {
  const [, api, users, id] = (request.url ?? '').split('/')
  if (request.method !== 'GET' || api !== 'api' || users !== 'users')
    return void response.writeHead(404).end()
  const token = request.headers.authorization
  const row = token && (tokenAndUser.get(hash('sha256', token, 'hex')) as unknown as Row | undefined)
  if (!row || (row.expires_at !== null && row.expires_at <= Date.now()) || String(row.id) !== id) {
    return void response.writeHead(401).end()
  }
  const user: Record<string, unknown> = {}
  if (row.realm !== null) user.realm = row.realm
  if (row.username !== null) user.username = row.username
  user.email = row.email
  if (row.email_verified !== null) user.emailVerified = Boolean(row.email_verified)
  user.id = row.id
  if (row.properties !== '{}') Object.assign(user, JSON.parse(row.properties))
  const text = JSON.stringify(user)
  response.writeHead(200, {
    'x-request-id': names + (answers++).toString(36),
    ...headers,
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address.port}` })
})
reportUsage()
