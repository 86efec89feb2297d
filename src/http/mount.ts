import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { createInstance } from './instance.ts'
import { createPlugins, nothingElse } from './plugin.ts'
import type { RouteContext } from './route-context.ts'
import { takeSpentBodies } from './spent-body.ts'

/** A handler of Node's own HTTP, and of Express and Connect, which hand over what comes after it. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** The API of all user models inside somebody else's server. */
export interface Mount {
  readonly handler: Handler
  /** The instance that answers; made when the first request comes. */
  open(): Promise<FastifyInstance>
  /** Ends the change streams, and resolves once all that is under way has been answered. */
  close(): Promise<void>
}

export function createMount(models: readonly [RouteContext, ...RouteContext[]]): Mount {
  const isOurs = prefixTest(models.map(({ settings: { rest } }) => `${rest.root}${rest.path}`))
  const traffic = createTraffic()
  let opening: Promise<FastifyInstance> | undefined

  function open(): Promise<FastifyInstance> {
    opening ??= build(models, traffic)
    return opening
  }

  return {
    open,

    handler(request, response, next) {
      if (next && !isOurs(request.url ?? '')) return next()
      open().then(
        (app) => app.routing(request, response),
        (error) => (next ? next(error) : response.destroy(error)),
      )
    },

    async close() {
      if (!opening) return
      const app = await opening
      await app.close()
      await traffic.stopped()
    },
  }
}

async function build(
  models: readonly [RouteContext, ...RouteContext[]],
  traffic: Traffic,
): Promise<FastifyInstance> {
  const [first] = models
  const app = createInstance(first)
  app.addHook('onRequest', (_request, { raw }, done) => {
    traffic.add(raw)
    done()
  })
  takeSpentBodies(app, first.settings.behaviour)
  await app.register(createPlugins(models))
  await nothingElse(app, first)
  await app.ready()
  return app
}

interface Traffic {
  add(response: ServerResponse): void
  stopped(): Promise<void>
}

/** What is under way: the host's server knows it too, but it is not ours to close. */
function createTraffic(): Traffic {
  const underway = new Set<ServerResponse>()
  const events = new EventEmitter()
  return {
    add(response) {
      underway.add(response)
      response.once('close', () => {
        underway.delete(response)
        if (underway.size === 0) events.emit('quiet')
      })
    },
    async stopped() {
      if (underway.size > 0) await once(events, 'quiet')
    },
  }
}

/** Whether a URL leads below one of the prefixes, as the router would read it. */
function prefixTest(prefixes: readonly string[]): (url: string) => boolean {
  const all = prefixes.map((prefix) => prefix.toLowerCase())
  return (url) => {
    const [path = ''] = url.split(/[?#]/, 1)
    const clean = decoded(path)
      .replace(/\/{2,}/g, '/')
      .toLowerCase()
    return all.some((prefix) => clean === prefix || clean.startsWith(`${prefix}/`))
  }
}

/** What cannot be decoded is compared as it stands: it may well be ours to refuse. */
function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
