import { Readable } from 'node:stream'
import type { FastifyInstance, preParsingHookHandler } from 'fastify'
import { stringify } from 'qs'
import type { Behaviour } from '../config/compatibility.ts'

/**
 * Takes a body that the host has read before us (`express.json()`) from `req.body`. It is written down again, and goes
 * through our own reading with all its limits and checks: the parser that is asked least is the one that decides.
 */
export function takeSpentBodies(
  app: FastifyInstance,
  { compressedBodies }: Pick<Behaviour, 'compressedBodies'>,
): void {
  const takeBody: preParsingHookHandler = (request, _reply, payload, done) => {
    const raw: typeof request.raw & { readonly body?: unknown } = request.raw
    // Whether there is a `body` says nothing: older parsers set an empty one where they read none.
    if (!raw.readableEnded) return done(null, payload)

    const { headers, body } = raw
    const length = headers['content-length']
    const text = length === '0' ? '' : textOf(body, headers['content-type'])
    const again: Readable & { receivedEncodedLength?: number } = Readable.from([text], { objectMode: false })
    // What came was that long, whatever we made of it. Where nobody kept it, the difference tells.
    if (length !== undefined && body !== undefined) again.receivedEncodedLength = Number(length)
    // Whoever read it has unfolded it too; where that is not ours to do, it is refused as ever.
    if (compressedBodies) request.headers = { ...request.headers, 'content-encoding': 'identity' }
    done(null, again)
  }
  app.addHook('preParsing', takeBody)
}

function textOf(body: unknown, type = ''): string | Uint8Array {
  if (body === undefined) return ''
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  const isForm = /^\s*application\/x-www-form-urlencoded/i.test(type)
  return isForm ? stringify(body) : JSON.stringify(body)
}
