import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openFolder } from '../cli/latchkey-process.ts'
import { password } from '../open-house.ts'

const runFile = promisify(execFile)

interface Program extends AsyncDisposable {
  call(path: string, body?: object, token?: string): Promise<unknown>
}

const email = 'foo@bar.com'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** A program of `examples/` as it stands, with the real packages it names. */
function sourceOf(name: string): string {
  return read(`examples/${name}.ts`)
    .replace("'latchkey'", `'${import.meta.resolve('../../src/index.ts')}'`)
    .replace("'@/accounts'", "'./accounts.mts'")
    .replace(/from '(\w[^:']*|@[^']*)'$/gm, (_, name) => `from '${import.meta.resolve(name)}'`)
}

/** Runs one that serves, but for the port. */
async function start(name: string): Promise<Program> {
  const folder = openFolder()
  const port = await freePort()
  writeFileSync(folder.file('program.mts'), sourceOf(name).replaceAll('3000', String(port)))
  const child = spawn(process.execPath, ['program.mts'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'close')
  child.stderr.on('data', (chunk) => (output += chunk))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('listening\n')) resolve()
    })
    ended.then(() => reject(new Error(output)))
  })
  return {
    async call(path, body, token) {
      const reply = await fetch(`http://localhost:${port}${path}`, {
        headers: { 'content-type': 'application/json', ...(token ? { authorization: token } : {}) },
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      })
      const text = await reply.text()
      return text.startsWith('{') ? JSON.parse(text) : text
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const [status] = await ended
      folder[Symbol.dispose]()
      assert.equal(status, 0, output)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function signUp({ call }: Program): Promise<string> {
  await call('/api/users', { email, password })
  return ((await call('/api/users/login', { email, password })) as { id: string }).id
}

const refused = (statusCode: number, code: string, message: string) => ({
  error: { statusCode, name: 'Error', message, code },
})
const unknown = refused(401, 'AUTHORIZATION_REQUIRED', 'Authorization Required')

describe('examples/express.ts', () => {
  it('serves the API, and routes for those who are logged in and for those with a role', async () => {
    await using program = await start('express')
    const token = await signUp(program)
    assert.deepEqual(await program.call('/orders'), unknown)
    assert.deepEqual(await program.call('/orders', undefined, token), { ordersOf: email })
    assert.deepEqual(
      await program.call('/accounts', undefined, token),
      refused(403, 'ACCESS_DENIED', 'Access Denied'),
    )
  })
})

describe('examples/connect.ts', () => {
  it('serves the API, and a route for those who are logged in', async () => {
    await using program = await start('connect')
    const token = await signUp(program)
    assert.deepEqual(await program.call('/orders'), unknown)
    assert.deepEqual(await program.call('/orders', undefined, token), { ordersOf: email })
  })
})

describe('examples/node-http.ts', () => {
  it('serves the API, a route for those who are logged in, and a greeting for everything else', async () => {
    await using program = await start('node-http')
    const token = await signUp(program)
    assert.equal(await program.call('/'), 'hello, stranger\n')
    assert.equal(await program.call(`/?access_token=${token}`), `hello, ${email}\n`)
    assert.deepEqual(await program.call('/orders'), unknown)
    assert.equal(await program.call('/orders', undefined, token), `orders of ${email}\n`)
  })
})

describe('examples/hono.ts', () => {
  it('serves the API, and a route for those who are logged in', async () => {
    await using program = await start('hono')
    const token = await signUp(program)
    assert.deepEqual(await program.call('/orders'), unknown)
    assert.deepEqual(await program.call('/orders', undefined, token), { ordersOf: email })
  })
})

describe('examples/fastify.ts', () => {
  it('serves the API, a route for those who are logged in, and one that acts on their behalf', async () => {
    await using program = await start('fastify')
    const token = await signUp(program)
    assert.deepEqual(await program.call('/orders'), unknown)
    assert.deepEqual(await program.call('/orders', undefined, token), { ordersOf: email })
    assert.deepEqual(await program.call('/mine', undefined, token), { email, id: 1 })
  })
})

/*
 * What Next does with a route file, importing it and calling what it exports with a Request, is done here;
 * `scripts/next-test` builds and serves the same files with Next itself.
 */
describe('examples/next', () => {
  it('has route files that serve the API, and a route for those who are logged in', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('accounts.mts'), sourceOf('next/accounts'))
    writeFileSync(folder.file('api.mts'), sourceOf('next/app/api/[...path]/route'))
    writeFileSync(folder.file('order.mts'), sourceOf('next/app/orders/[id]/route'))
    writeFileSync(folder.file('program.mts'), visitNext)
    const { stdout } = await runFile(process.execPath, ['program.mts'], { cwd: folder.path })
    const answers = stdout.split('\n').filter((line) => line.startsWith('['))
    assert.deepEqual(
      answers.map((line) => JSON.parse(line)),
      [
        ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
        [200, { email, id: 1 }],
        [200, { email, id: 1 }],
        [401, unknown],
        [200, { order: '7', of: email }],
        [200, { email, id: 1, city: 'Bern' }],
        [200, { count: 1 }],
      ],
    )
  })

  const visitNext = `
    import * as api from './api.mts'
    import { GET } from './order.mts'
    import { accounts } from './accounts.mts'

    const origin = 'http://localhost:3000'
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    const ask = (method: string, path: string, body?: object) =>
      new Request(origin + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    const print = async (reply: Response) => console.log(JSON.stringify([reply.status, await reply.json()]))
    const account = ${JSON.stringify({ email, password })}
    const context = { params: Promise.resolve({ id: '7' }) }

    console.log(JSON.stringify(Object.keys(api).sort()))
    await print(await api.POST(ask('POST', '/api/users', account)))
    const login = await api.POST(ask('POST', '/api/users/login', account))
    const { id: token } = await login.json()
    await print(await api.GET(ask('GET', '/api/Users/1?access_token=' + token)))
    await print(await GET(ask('GET', '/orders/7'), context))
    headers.authorization = token
    await print(await GET(ask('GET', '/orders/7'), context))
    await print(await api.PATCH(ask('PATCH', '/api/users/1', { city: 'Bern' })))
    await print(await api.DELETE(ask('DELETE', '/api/users/1')))
    await (await accounts()).close()
  `
})

describe('examples/without-http.ts', () => {
  it('prints what its comments say', async () => {
    using folder = openFolder()
    writeFileSync(folder.file('program.mts'), sourceOf('without-http'))
    const { stdout } = await runFile(process.execPath, ['program.mts'], { cwd: folder.path })
    const printed = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{"level"'))
    const promised = [...sourceOf('without-http').matchAll(/console\.log\(.*\/\/ (.*)$/gm)]
    assert.deepEqual(
      printed,
      promised.map(([, output]) => output),
    )
  })
})

describe('docs/embedding.md', () => {
  it('shows nothing but what stands in the examples', () => {
    const programs = globSync('examples/**/*.ts', { cwd: root }).map(read)
    const blocks = [...read('docs/embedding.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(
      ([, block]) => block as string,
    )
    assert.ok(blocks.length >= programs.length)
    for (const block of blocks)
      assert.ok(
        programs.some((program) => program.includes(block)),
        block,
      )
  })
})
