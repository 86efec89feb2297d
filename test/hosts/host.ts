import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import type { Latchkey, LatchkeyOptions } from '../../src/index.ts'

/** Whose server a house stands in. */
export interface Host {
  /** What the house must be told of it. */
  readonly server: LatchkeyOptions['server']
  /** @returns where `/api` is, as a URL */
  serve(latchkey: Latchkey): Promise<string>
  close(): Promise<void>
}

/** Whether the host reads bodies before we see them. */
export function parsesBodies(name: string | undefined): boolean {
  return name === 'express with parsers' || name === 'express below a path'
}

const probes = ['/live', '/health']
const live: RequestListener = (_request, response) => void response.end('alive')

/** Where Express has what it is told to put below a path. */
const mountPath = '/accounts'

type HostApp = RequestListener & { readonly end?: () => Promise<void> }

/** The application around us has probes of its own, as our own server has. */
const listeners: Readonly<Record<string, (latchkey: Latchkey) => HostApp | Promise<HostApp>>> = {
  'node:http': (latchkey) => (request, response) =>
    latchkey.handler(
      request,
      response,
      probes.includes(request.url ?? '') ? () => live(request, response) : undefined,
    ),
  express: (latchkey) => express().use(latchkey.handler).get(probes, live),
  'express with parsers': (latchkey) =>
    express()
      .use(express.json({ strict: false }), express.urlencoded({ extended: true }), latchkey.handler)
      .get(probes, live),
  'express below a path': (latchkey) =>
    express()
      .get(
        probes.map((path) => mountPath + path),
        live,
      )
      .use(mountPath, express.urlencoded(), latchkey.handler),
  fastify: async (latchkey) => {
    const app = fastify({ routerOptions: { caseSensitive: false } })
    for (const path of probes) app.get(path, async () => 'alive')
    await app.register(latchkey.plugin)
    await app.ready()
    const listener: RequestListener = (request, response) => app.routing(request, response)
    return Object.assign(listener, { end: () => app.close() })
  },
  fetch: (latchkey) => {
    const app = new Hono().on('GET', probes, (context) => context.text('alive'))
    app.all('*', ({ req }) => latchkey.fetch(req.raw))
    return getRequestListener(app.fetch)
  },
}

/** @param name one of `listeners`; undefined: our own server */
export async function openHost(name: string | undefined): Promise<Host> {
  if (name === undefined) {
    return { server: {}, serve: (latchkey) => latchkey.listen({ port: 0 }), close: async () => {} }
  }
  const listenerFor = listeners[name]
  if (!listenerFor) throw new Error(`TEST_HOST is none of: ${Object.keys(listeners).join(', ')}`)
  const http = createServer({ maxHeaderSize: 32_768, keepAliveTimeout: 65_000 }).listen(0, 'localhost')
  await new Promise((resolve) => http.once('listening', resolve))
  const { port } = http.address() as AddressInfo
  const url = `http://localhost:${port}${name === 'express below a path' ? mountPath : ''}`
  let app: HostApp | undefined
  return {
    // Links in mails start with it.
    server: { publicUrl: url },
    async serve(latchkey) {
      app = await listenerFor(latchkey)
      http.on('request', app)
      return url
    },
    async close() {
      await app?.end?.()
      http.close()
      http.closeAllConnections()
    },
  }
}
