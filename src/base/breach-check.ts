import { createHash } from 'node:crypto'
import type { Log } from './log.ts'

/** Have I Been Pwned, which asks for no key. */
const publicService = 'https://api.pwnedpasswords.com/range'
/** Beyond this, a password is taken without the check. */
const longestWaitMs = 1_000
/** A service that has failed is left alone for so long: nobody waits for it meanwhile. */
const pauseMs = 60_000
/** An answer has some 800 lines of 40 characters, padded; more than this is not one. */
const longestAnswer = 1_000_000

/**
 * Asks whether a password is known from a data breach. Only the first five of 40 digits of its SHA-1 leave the house, and
 * the answer is padded, so neither the service nor who listens learns which password was meant (k-anonymity).
 * @param url of a service with the range API of Have I Been Pwned, without the prefix at its end; `true` is that one
 * @param now milliseconds of a clock that only goes forward
 * @returns asks; false as well when the service does not answer in time, which is logged
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export function createBreachCheck(
  url: string | true,
  log: Log,
  now = () => performance.now(),
): (password: string) => Promise<boolean> {
  const base = (url === true ? publicService : url).replace(/\/$/, '')
  let pausedUntil = Number.NEGATIVE_INFINITY

  return async (password) => {
    if (now() < pausedUntil) return false
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
    try {
      const lines = await ask(`${base}/${digest.slice(0, 5)}`)
      return lines.some((line) => isAbout(line, digest.slice(5)))
    } catch (error) {
      pausedUntil = now() + pauseMs
      log.warn({ error }, 'the breach check failed: for a minute passwords are taken without it')
      return false
    }
  }
}

async function ask(url: string): Promise<string[]> {
  const response = await fetch(url, {
    headers: { 'add-padding': 'true', 'user-agent': 'latchkey' },
    redirect: 'error',
    signal: AbortSignal.timeout(longestWaitMs),
  })
  if (!response.ok || !response.body) throw new Error(`the service answered ${response.status}`)
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.length > longestAnswer) throw new Error('the service answered too much')
  }
  return text.split(/\r?\n/)
}

/** A line is the rest of a digest and how often it was seen; what pads the answer was seen 0 times. */
function isAbout(line: string, rest: string): boolean {
  const [digest = '', count] = line.trim().split(':', 2)
  return digest.toUpperCase() === rest && Number(count) > 0
}
