import type { FastifyError } from 'fastify'
import { type ErrorKind, LatchkeyError } from '../base/errors.ts'

/** The one place that knows numbers. */
const statuses: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  tooLarge: 413,
  unsupported: 415,
  invalid: 422,
  tooMany: 429,
  unavailable: 503,
  internal: 500,
}

export function statusOf({ kind, status }: LatchkeyError): number {
  return status ?? statuses[kind]
}

/** Any error as a refusal of the catalogue: Fastify's own by what they mean, and what nobody foresaw as a bare 500. */
export function toRefusal(error: unknown, url: string): LatchkeyError {
  if (error instanceof LatchkeyError) return error
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new LatchkeyError('BODY_TOO_LARGE', { cause: error })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new LatchkeyError('UNSUPPORTED_MEDIA_TYPE', { values: ['?'], cause: error })
    case 'FST_ERR_BAD_URL':
      return new LatchkeyError('MALFORMED_URL', { values: [brokenSegment(url)], cause: error })
  }
  // Whatever else Fastify blames on the request (a wrong content length, say) is the request's fault.
  const isTheirs = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
  return new LatchkeyError(isTheirs ? 'MALFORMED_REQUEST' : 'INTERNAL_ERROR', { cause: error })
}

/** The part of a path whose escapes make no sense; cut, because it may be as long as a URL can be. */
function brokenSegment(url: string): string {
  const segments = (url.split('?', 1)[0] ?? '').split('/')
  const broken = segments.find((segment) => !canDecode(segment)) ?? ''
  return broken.slice(0, 100)
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
