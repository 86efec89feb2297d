import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { parseCheckedJson } from '../base/json.ts'
import { parseParameters } from './query-string.ts'

/** Bytes. What nobody's account needs more of, and LoopBack's own limit. */
export const largestBody = 102_400

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads JSON and forms, and nothing else (a form on another site can send text/plain, but not these unnoticed). */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseJson(readText(request, body)),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseParameters(readText(request, body)),
  )
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) => {
    // A type without content, as browsers' fetch sends it, is no harm.
    if (body.length === 0) return undefined
    throw new LatchkeyError('UNSUPPORTED_MEDIA_TYPE', { values: [headers['content-type'] ?? ''] })
  })
}

function readText({ headers }: FastifyRequest, body: Buffer): string {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new LatchkeyError('UNSUPPORTED_ENCODING', { values: [encoding] })
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  if (!/^utf-?8$/i.test(charset))
    throw new LatchkeyError('UNSUPPORTED_CHARSET', { values: [charset.toUpperCase()] })
  try {
    return utf8.decode(body)
  } catch (cause) {
    throw new LatchkeyError('MALFORMED_TEXT', { cause })
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return parseCheckedJson(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new LatchkeyError('MALFORMED_JSON', { values: [cause.message], cause })
  }
}
