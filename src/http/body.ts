import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import { parseCheckedJson } from '../base/json.ts'
import type { Behaviour } from '../config/compatibility.ts'
import { parseParameters } from './query-string.ts'

/** Bytes, also of what a compressed body unfolds to. What nobody's account needs more of, and LoopBack's own limit. */
export const largestBody = 102_400

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const isRead = new RegExp(`^\\s*(?:${json}|${form})\\s*(?:;|$)`, 'i')

const utf8 = new TextDecoder('utf-8', { fatal: true })
const inflaters = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
])

type BodyManners = Pick<Behaviour, 'contentTypes' | 'compressedBodies'>

/** Reads JSON and forms, and nothing else (a form on another site can send text/plain, but not these unnoticed). */
export function addBodyParsers(app: FastifyInstance, { contentTypes, compressedBodies }: BodyManners): void {
  const readText = compressedBodies ? readInflated : readPlain
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(json, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseJson(await readText(request, body)),
  )
  app.addContentTypeParser(form, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseParameters(await readText(request, body)),
  )
  if (contentTypes === 'ignored') ignoreOtherTypes(app)
  else refuseOtherTypes(app)
}

function refuseOtherTypes(app: FastifyInstance): void {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) => {
    // A type without content, as browsers' fetch sends it, is no harm.
    if (body.length === 0) return undefined
    throw new LatchkeyError('UNSUPPORTED_MEDIA_TYPE', { values: [headers['content-type'] ?? ''] })
  })
}

/** Reads no body at all. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  ignoreOtherTypes(app)
}

/** What we do not read is left to Node, which lets it run dry once the answer is out. */
function ignoreOtherTypes(app: FastifyInstance): void {
  const hideType: onRequestHookHandler = (request, _reply, done) => {
    const type = request.raw.headers['content-type']
    // Fastify refuses what is no type at all before it asks for a parser.
    if (type !== undefined && !isRead.test(type))
      request.headers = { 'content-type': 'application/octet-stream' }
    done()
  }
  app.addHook('onRequest', hideType)
  app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
}

function readPlain(request: FastifyRequest, body: Buffer): string {
  const encoding = encodingOf(request)
  if (encoding !== 'identity') throw new LatchkeyError('UNSUPPORTED_ENCODING', { values: [encoding] })
  checkCharset(request)
  return decode(body)
}

async function readInflated(request: FastifyRequest, body: Buffer): Promise<string> {
  const encoding = encodingOf(request)
  const inflater = inflaters.get(encoding)
  if (!inflater) return readPlain(request, body)
  checkCharset(request)
  try {
    return decode(await inflater(body, { maxOutputLength: largestBody }))
  } catch (cause) {
    if (cause instanceof LatchkeyError) throw cause
    const { code, errno, message } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new LatchkeyError('BODY_TOO_LARGE', { cause })
    throw new LatchkeyError('MALFORMED_ENCODING', { values: [message, code, errno], cause })
  }
}

function encodingOf({ headers }: FastifyRequest): string {
  return (headers['content-encoding'] ?? 'identity').toLowerCase()
}

function checkCharset({ headers }: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  if (!/^utf-?8$/i.test(charset))
    throw new LatchkeyError('UNSUPPORTED_CHARSET', { values: [charset.toUpperCase()] })
}

function decode(body: Buffer): string {
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
