import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openFolder } from '../cli/latchkey-process.ts'
import { password } from '../open-house.ts'

interface Program extends AsyncDisposable {
  call(path: string, body?: object, token?: string): Promise<unknown>
}

const email = 'foo@bar.com'

/** Runs a program of `examples/` as it stands, but for the port, with the real packages it names. */
async function start(name: string): Promise<Program> {
  const folder = openFolder()
  const port = await freePort()
  const source = readFileSync(join(import.meta.dirname, `../../examples/${name}.ts`), 'utf8')
    .replaceAll('3000', String(port))
    .replace("'latchkey'", `'${import.meta.resolve('../../src/index.ts')}'`)
    .replace(/from '(\w[^:']*|@[^']*)'$/gm, (_, name) => `from '${import.meta.resolve(name)}'`)
  writeFileSync(folder.file('program.mts'), source)
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

describe('examples/node-http.ts', () => {
  it('serves the API, and a greeting for everything else', async () => {
    await using program = await start('node-http')
    const token = await signUp(program)
    assert.equal(await program.call('/'), 'hello, stranger\n')
    assert.equal(await program.call(`/?access_token=${token}`), `hello, ${email}\n`)
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

describe('docs/embedding.md', () => {
  it('shows nothing but what stands in the examples', () => {
    const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
    const programs = ['express', 'node-http', 'hono', 'fastify'].map((name) => read(`examples/${name}.ts`))
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
