import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { UserChange } from '../../domain/users/changes.ts'
import { guard, stateOf } from '../guard.ts'
import { harmless } from '../replies.ts'
import { fixedName, type RouteContext } from '../route-context.ts'

/** How often we look whether whoever listens still may, and whether they are still there. */
const heartbeatMs = 10_000
/** Bytes a listener may leave unread before we hang up: what it missed, a fresh look at the users tells. */
const mostUnread = 1_000_000

/**
 * Every change of a user, as server-sent events in LoopBack's form, for as long as the session lasts. A stream tells of
 * what this process changed.
 */
export function changeStreamRoutes(app: FastifyInstance, context: RouteContext): void {
  const streams = new Set<() => void>()
  // A server that is told to stop would wait for these for ever.
  app.addHook('preClose', async () => {
    for (const end of streams) end()
  })

  const route = {
    preHandler: guard(context, 'createChangeStream'),
    handler: async (request: FastifyRequest, reply: FastifyReply) =>
      openStream(context, streams, request, reply),
  }
  app.get('/change-stream', { ...fixedName, ...route })
  app.post('/change-stream', route)
}

function openStream(
  { service, settings, log }: RouteContext,
  streams: Set<() => void>,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { raw } = reply.hijack()
  raw.writeHead(200, {
    ...reply.getHeaders(),
    ...harmless,
    'content-type': 'text/event-stream',
    'cache-control': `${settings.behaviour.caching === 'no-store' ? 'no-store' : 'no-cache'}, no-transform`,
  } as OutgoingHttpHeaders)
  raw.write(':ok\n\n')

  const stopListening = service.onChange((change) => send(change))
  const heartbeat = setInterval(() => void beat(), heartbeatMs)
  const end = (): void => {
    raw.end()
  }
  streams.add(end)
  raw.on('error', () => raw.destroy())
  raw.on('close', () => {
    clearInterval(heartbeat)
    stopListening()
    streams.delete(end)
  })

  function send(change: UserChange): void {
    if (raw.writableLength > mostUnread) raw.destroy()
    else raw.write(`event: data\ndata: ${JSON.stringify(change)}\n\n`)
  }

  async function beat(): Promise<void> {
    try {
      const { candidates } = stateOf(request)
      const caller = candidates.length > 0 ? await service.identify(candidates) : undefined
      const { allowed } = await service.decide('createChangeStream', caller, undefined)
      if (!allowed) return end()
      raw.write(':\n\n')
    } catch (error) {
      log.info({ error }, 'a change stream ended')
      end()
    }
  }
}
