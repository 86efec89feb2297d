import { LatchkeyError } from '../base/errors.ts'
import type { PlainObject } from '../base/values.ts'
import type { Behaviour } from '../config/compatibility.ts'
import { type ErrorDialect, loopback2, loopback3, phraseOf, type Wording } from './error-dialects.ts'
import { statusOf } from './errors.ts'

/** A refusal as it goes out: LoopBack's error body is `{ "error": error }`. */
export interface ErrorReply {
  readonly status: number
  readonly error: PlainObject
}

/** How refusals are told, for each of the modes' ways. */
export const describers: Readonly<Record<Behaviour['errors'], (refusal: LatchkeyError) => ErrorReply>> = {
  coded: describe,
  loopback3: describeAsLoopBack3,
  loopback2: describeAsLoopBack2,
}

/** Absent fields are left out; of our own failures nothing is told. */
function describe(refusal: LatchkeyError): ErrorReply {
  const { name, message, code, details } = refusal
  const status = statusOf(refusal)
  return { status, error: { statusCode: status, name, message, code, ...withDetails(details, describe) } }
}

function describeAsLoopBack3(refusal: LatchkeyError): ErrorReply {
  const { status, message, code, extra, wording } = wordsOf(refusal, loopback3)
  const details = withDetails(refusal.details, describeAsLoopBack3)
  if (status >= 500) {
    // A list of refusals is the one failure it speaks of.
    return {
      status,
      error: { statusCode: status, message: wording.status ? message : phraseOf(status), ...details },
    }
  }
  return { status, error: { statusCode: status, name: refusal.name, message, ...code, ...details, ...extra } }
}

function describeAsLoopBack2(refusal: LatchkeyError): ErrorReply {
  const { status, message, code, extra, wording } = wordsOf(refusal, loopback2)
  const details = withDetails(refusal.details, (inner) => {
    // Of a list each has the status of the whole.
    const { statusCode: _, ...error } = describeAsLoopBack2(inner).error
    return { status, error: { ...error, status } }
  })
  const statusCode = wording.bare ? {} : { statusCode: status }
  return {
    status,
    error: { name: refusal.name, status, message, ...statusCode, ...code, ...details, ...extra },
  }
}

function wordsOf(refusal: LatchkeyError, { uncoded, wordings }: ErrorDialect) {
  const wording: Wording = wordings[refusal.id] ?? {}
  return {
    wording,
    status: wording.status ?? statusOf(refusal),
    message: wording.message?.(...refusal.values) ?? refusal.message,
    code: uncoded.has(refusal.id) ? {} : { code: refusal.code },
    extra: wording.extra?.(...refusal.values) ?? {},
  }
}

/** Of several accounts each has its own refusal, parallel to what was sent. */
function withDetails(details: unknown, tell: (refusal: LatchkeyError) => ErrorReply): PlainObject {
  if (details === undefined) return {}
  if (!Array.isArray(details)) return { details }
  return { details: details.map((one) => (one instanceof LatchkeyError ? tell(one).error : one)) }
}
