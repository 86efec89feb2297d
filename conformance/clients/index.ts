import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { password, root, type Scenario, type Version } from '../harness/case.ts'
import type { Host } from '../harness/host.ts'
import { type Pair, pairUp } from '../harness/judge.ts'
import { type Exchange, openingOf } from '../harness/play.ts'

const run = promisify(execFile)

/** A program that speaks to a server as clients of LoopBack do, and prints a line for each of its calls. */
interface Client {
  readonly name: string
  lines(url: string): Promise<readonly string[]>
}

function script(name: string, file: string): Client {
  return {
    name,
    async lines(url) {
      const { stdout } = await run(process.execPath, [join(import.meta.dirname, file), `${url}/api`], {
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
        timeout: 60_000,
      })
      return stdout.trim().split('\n')
    },
  }
}

const json = ['-H', 'Content-Type: application/json']
const account = `{"email": "foo@bar.com","password": "${password}"}`
const login = `{
    "email": "foo@bar.com",
    "password": "${password}",
    "ttl": 86400
  }`

/** What one would type after reading LoopBack's page about its User. */
const curl: Client = {
  name: 'curl',
  async lines(url) {
    const say = async (...words: readonly string[]) => {
      const format = '\n%{http_code} %{content_type}'
      const { stdout } = await run('curl', ['-sS', '-w', format, ...words])
      return stdout.replaceAll('\n', ' ')
    }
    const created = await say(...json, '-d', account, `${url}/api/users`)
    const loggedIn = await say(...json, '-d', login, `${url}/api/users/login`)
    const token = /"id":"([^"]+)"/.exec(loggedIn)?.[1]
    return [
      created,
      loggedIn,
      await say(
        '-X',
        'POST',
        '-d',
        `email=foo@bar.com&password=${password}`,
        `${url}/api/Users/login?include=user`,
      ),
      await say(`${url}/api/Users/2?access_token=${token}`),
      await say('-H', `Authorization: ${token}`, `${url}/api/Users/2`),
      await say(
        '-X',
        'PUT',
        ...json,
        '-d',
        `{"email":"foo@bar.com","password":"${password}","age":5}`,
        `${url}/api/Users/2?access_token=${token}`,
      ),
      await say('-X', 'POST', ...json, '-d', '{"email": "foo@bar.com"}', `${url}/api/users/reset`),
      await say(`${url}/api/users/confirm?uid=2&token=wrong&redirect=/`),
      await say('-I', '-o', '/dev/null', `${url}/api/Users/2?access_token=${token}`),
      await say('-X', 'POST', `${url}/api/Users/logout?access_token=${token}`),
      await say(`${url}/api/Users/2?access_token=${token}`),
    ]
  },
}

const clients: readonly Client[] = [
  script('loopback-connector-remote', 'remote-app.cjs'),
  script('loopback-sdk-angular', 'angular-app.cjs'),
  curl,
]

export const clientsArea = 'clients'

/** Runs LoopBack's own clients against both sides. Generated and remote clients speak to version 3, as they were made for it. */
export async function compareClients(version: Version, loopback: Host, other: Host): Promise<Pair[]> {
  const chosen = version === 'loopback3' ? clients : [curl]
  const pairs: Pair[] = []
  for (const client of chosen) {
    const scenario: Scenario = { name: client.name, people: [{ ...root, login: false }], steps: [] }
    const [ours, theirs] = await Promise.all([
      exchanges(client, scenario, loopback, version),
      exchanges(client, scenario, other, version),
    ])
    pairs.push(
      ...pairUp({ version, area: clientsArea }, scenario, longest(ours, theirs), longest(theirs, ours)),
    )
  }
  return pairs
}

async function exchanges(
  client: Client,
  scenario: Scenario,
  host: Host,
  version: Version,
): Promise<Exchange[]> {
  try {
    const server = await host.open(openingOf(scenario, version))
    const lines = await client.lines(`http://127.0.0.1:${server.port}`)
    await server.close()
    return lines.map((line, index) => exchange(client.name, index, line))
  } catch (error) {
    return [exchange(client.name, 0, '', (error as Error).message)]
  }
}

function exchange(path: string, index: number, body: string, failure?: string): Exchange {
  const request = { method: 'CALL', path: `${path} ${index + 1}` }
  return { request, answer: { status: 0, headers: {}, body, ...(failure && { failure }) } }
}

/** As many lines as the other side printed, so that none goes uncompared. */
function longest(lines: readonly Exchange[], others: readonly Exchange[]): Exchange[] {
  const missing = others.slice(lines.length).map(({ request }) => ({
    request,
    answer: { status: 0, headers: {}, body: '', failure: 'said no more' },
  }))
  return [...lines, ...missing]
}
