/** The first pause after a failure; each further one is twice as long, up to an hour. */
const firstPauseMs = 15_000
const longestPauseMs = 60 * 60 * 1_000
/** A letter older than this is given up: whoever waited for it has asked for another. */
const longestTryMs = 24 * 60 * 60 * 1_000

/**
 * How long to wait before a letter is tried again.
 * @param attempts how often it has been tried, at least once
 * @param random from 0 to 1: letters that failed together do not come back together
 */
export function pauseAfter(attempts: number, random = Math.random()): number {
  const pause = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs)
  return pause * (0.75 + random / 2)
}

/** True when trying again makes no sense: the letter is too old, or its recipient was refused for good (RFC 5321 4.2.1). */
export function isHopeless(error: unknown, ageMs: number): boolean {
  if (ageMs >= longestTryMs) return true
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  const isAboutLetter = code === 'EENVELOPE' || code === 'EMESSAGE'
  return isAboutLetter && responseCode !== undefined && responseCode >= 500
}
