import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { parseParameters } from './query-string.ts'
import { checkText } from './text.ts'

/** Bytes. What nobody's account needs more of, and LoopBack's own limit. */
export const largestBody = 102_400
const deepestJson = 32

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
  app.addContentTypeParser('*', async ({ headers }: FastifyRequest) => {
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
  checkNesting(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new LatchkeyError('MALFORMED_JSON', { values: [(cause as Error).message], cause })
  }
  checkText(value)
  return value
}

/** Counts brackets before anything recurses into them. */
function checkNesting(text: string): void {
  let depth = 0
  let inString = false
  for (let position = 0; position < text.length; position++) {
    const character = text[position]
    if (inString) {
      if (character === '\\') position++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') {
      if (++depth > deepestJson) throw new LatchkeyError('TOO_DEEP', { values: [deepestJson] })
    } else if (character === '}' || character === ']') depth--
  }
}
