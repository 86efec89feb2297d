import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { UserChange } from '../../domain/users/changes.ts'
import { objectArgument, objectArguments } from '../arguments.ts'
import { framesFor } from '../change-frames.ts'
import { varyByOrigin } from '../express-answers.ts'
import { guard, stateOf } from '../guard.ts'
import { harmless } from '../replies.ts'
import { fixedName, type RouteContext } from '../route-context.ts'

/** How often we look whether whoever listens still may, and whether they are still there. */
const heartbeatMs = 10_000
/** Bytes a listener may leave unread before we hang up: what it missed, a fresh look at the users tells. */
const mostUnread = 1_000_000

/**
 * Every change of a user, or of those that fit the `where` of its `options`, as server-sent events in LoopBack's form, for
 * as long as the session lasts. A stream tells of what this process changed.
 */
export function changeStreamRoutes(app: FastifyInstance, context: RouteContext): void {
  const streams = new Set<() => void>()
  // A server that is told to stop would wait for these for ever.
  app.addHook('preClose', async () => {
    for (const end of streams) end()
  })

  const route = {
    preHandler: [objectArguments('options'), guard(context, 'createChangeStream')],
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
  const frames = framesFor(settings, request.headers.accept, stateOf(request).query._format)
  // First: options that make no sense are refused, which a stream under way could not be.
  const stopListening = service.onChange((change) => send(change), objectArgument(request, 'options'))
  if (settings.behaviour.caching === 'etag') varyByOrigin(reply)
  const { raw } = reply.hijack()
  raw.writeHead(200, { ...reply.getHeaders(), ...harmless, ...frames.headers } as OutgoingHttpHeaders)
  raw.write(frames.opening)

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
    else raw.write(frames.frameOf(change))
  }

  async function beat(): Promise<void> {
    try {
      const { candidates } = stateOf(request)
      const caller = candidates.length > 0 ? await service.identify(candidates) : undefined
      const { allowed } = await service.decide('createChangeStream', caller, undefined)
      if (!allowed) return end()
      raw.write(frames.heartbeat)
    } catch (error) {
      log.info({ error }, 'a change stream ended')
      end()
    }
  }
}
