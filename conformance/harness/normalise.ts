import { comparedHeaders } from './headers.ts'
import type { Answer } from './wire.ts'

/** An answer with what may differ between two runs of the same program taken out. */
export interface Normal {
  readonly status: number | string
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown
  /** The body as it stood, volatile values named. */
  readonly text: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The bytes that an ETag was made from. */
  readonly raw: string
}

/** Tokens and their handles: long, of letters of both cases or with digits among them. Their length stays visible. */
const random = /(?<![\w.-])(?=\w*(?:\d\w*[A-Za-z]|[A-Za-z]\w*\d|[a-z][A-Z]|[A-Z][a-z]))\w{32,256}(?![\w.-])/g
/** LoopBack lets hashes out now and then. */
const hash = /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g
const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
/** Dates as `String` writes them, to the second. */
const spelledInstant = /[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4} \([^)]*\)/g
const localHost = /(?:localhost|127\.0\.0\.1):\d+/g
/** What version 2 and 3 call a stream by, when they put several into one answer. */
const streamName = /^\["[0-9a-f]{16,32}",/gm
const nearMs = 3_600_000

/** @param anyOrder whether the order of a list is by chance */
export function normalise(answer: Answer, anyOrder = false): Normal {
  const text = anyOrder ? sorted(nameVolatile(answer.body)) : nameVolatile(answer.body)
  const headers: Record<string, string | undefined> = {}
  for (const name of comparedHeaders) {
    const value = answer.headers[name]
    headers[name] = value === undefined ? undefined : nameVolatile(value)
  }
  return {
    status: answer.failure ?? answer.status,
    body: parsed(text),
    text,
    headers,
    raw: anyOrder ? '' : answer.body,
  }
}

function nameVolatile(text: string): string {
  return text
    .replace(streamName, '["«stream»",')
    .replace(hash, '«hash»')
    .replace(random, (token) => `«random ${token.length}»`)
    .replace(instant, nameNow)
    .replace(spelledInstant, nameNow)
    .replace(localHost, '«here»')
}

function nameNow(date: string): string {
  return Math.abs(Date.parse(date) - Date.now()) < nearMs ? '«now»' : date
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function sorted(text: string): string {
  const list = parsed(text)
  return Array.isArray(list) ? JSON.stringify(list.map((item) => JSON.stringify(item)).sort()) : text
}
