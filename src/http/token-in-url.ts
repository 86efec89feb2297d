import { LatchkeyError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { PlainObject } from '../base/values.ts'
import type { Settings } from '../config/settings.ts'

/** Counts tokens that come in URLs, of all user models together. */
export interface UrlTokenCount {
  note(): void
  /** Tells what has not been told yet. */
  close(): void
}

const onceInMs = 60_000

/** Tells the log of them: the first at once, and then, at most once a minute, how many there were since. */
export function createUrlTokenCount(log: Log, clock: () => Date): UrlTokenCount {
  let count = 0
  let toldAt = Number.NEGATIVE_INFINITY

  function tell(): void {
    log.warn(
      { event: 'tokensInUrls', count },
      'access tokens came in URLs, which end up in logs and histories; tokens.allowInQuery: false refuses them',
    )
    count = 0
  }

  return {
    note() {
      count++
      const now = clock().getTime()
      // Set back, a clock shall not silence us.
      if (Math.abs(now - toldAt) < onceInMs) return
      toldAt = now
      tell()
    },
    close() {
      if (count > 0) tell()
    },
  }
}

/** @throws {LatchkeyError} TOKEN_IN_URL for a token in a URL, unless it may stand there; then it is counted */
export function judgeUrl(
  { settings, tokensInUrls }: { readonly settings: Settings; readonly tokensInUrls: UrlTokenCount },
  { access_token: token }: PlainObject,
): void {
  if (token === undefined) return
  if (!settings.tokens.allowInQuery) throw new LatchkeyError('TOKEN_IN_URL')
  tokensInUrls.note()
}
