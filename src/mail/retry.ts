/** The first pause after a failure; each further one is twice as long, up to half a minute. */
const firstPauseMs = 1_000
const longPauseMs = 30_000
/** Or, if that is longer, up to this part of the letter's age: a long outage does not make a storm of tries. */
const partOfAge = 20
/** A letter older than this is given up: whoever waited for it has asked for another. */
const longestTryMs = 24 * 60 * 60 * 1_000

/** What Nodemailer says of a failure; nothing, where it is not a mail server's. */
interface SmtpError {
  readonly code?: string
  /** What was answered so: `RCPT TO`, `DATA`, …; `API` where Nodemailer did not even ask. */
  readonly command?: string
  readonly responseCode?: number
  /** Whether the answer means: never. */
  readonly permanent?: boolean
}

/**
 * How long to wait before a letter is tried again, in milliseconds.
 * @param attempts how often it has been tried, at least once
 * @param random from 0 to 1: letters that failed together do not come back together
 */
export function pauseAfter(attempts: number, ageMs: number, random = Math.random()): number {
  const longest = Math.max(longPauseMs, ageMs / partOfAge)
  return Math.min(firstPauseMs * 2 ** (attempts - 1), longest) * (0.75 + random / 2)
}

/**
 * True when trying again makes no sense: the letter is too old, or it was refused for good (RFC 5321 4.2.1) for what it
 * is or for whom it goes to. A refusal of ourselves, at login or as the sender, is for the operator to mend.
 */
export function isHopeless(error: unknown, ageMs: number): boolean {
  const { permanent, command } = error as SmtpError
  return ageMs >= longestTryMs || (isAboutLetter(error) && (permanent === true || command === 'API'))
}

/** What a server says to anything before it hangs up (RFC 5321 3.8). */
const goingAway = 421

/** True when it is this letter that was refused, for now or for good: others may have better luck. */
function isAboutLetter(error: unknown): boolean {
  const { code, command = '', responseCode } = error as SmtpError
  // Nodemailer itself refuses recipients that cannot be written into an envelope.
  if (command === 'API') return code === 'EENVELOPE'
  const isReply = responseCode !== undefined && responseCode !== goingAway
  return isReply && ['RCPT TO', 'DATA'].includes(command)
}

/** How the mail server does: while it takes nothing, it is left alone for a while between the tries. */
export interface Weather {
  /** Milliseconds until the next letters should be tried; 0 while all is well. */
  calm(): number
  /** Notes how a try went. @param error absent if the letter was taken */
  note(error?: unknown): void
}

const longestCalmMs = 10_000

/**
 * However many letters wait, a dead server costs a few tries in ten seconds.
 * @param patience failures in a row before each rest
 */
export function watchWeather(patience: number): Weather {
  let failures = 0
  let until = 0
  return {
    calm: () => Math.max(until - performance.now(), 0),
    note(error) {
      const isFair = error === undefined || isAboutLetter(error)
      failures = isFair ? 0 : failures + 1
      if (isFair) until = 0
      else if (failures % patience === 0)
        until = performance.now() + Math.min(firstPauseMs * 2 ** (failures / patience - 1), longestCalmMs)
    },
  }
}
