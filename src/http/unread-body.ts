import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { largestBody } from './body.ts'

/** Ends the connection with the answer wherever a client might go on sending a body for long that nobody reads. */
export function hangUpOnLongBodies(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    hangUpOnLongBody(request, reply)
    done(null, payload)
  })
}

/** Node would read all of it, for as long as a request may take, to get at the next request. */
export function hangUpOnLongBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.readableEnded) return
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers
  if (encoding !== undefined || Number(length) > largestBody) reply.header('connection', 'close')
}
