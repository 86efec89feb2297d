import { once } from 'node:events'

/** What a terminal would obey, and what turns the direction of a line: an account may be called like that. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A text that shows what is in it and does nothing else, such as clear the screen or pretend to be two lines. */
export function visible(text: unknown): string {
  return String(text).replace(invisible, escaped)
}

/** A value as JSON in one line, as harmless. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(invisible, escaped)
}

/** As JSON has it, by halves beyond 16 bits. */
function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Writes a line, as fast as whoever reads takes it. @returns false once nobody reads any more, as `head` does */
export async function printLine(line: string): Promise<boolean> {
  const { stdout } = process
  if (stdout.destroyed || stdout.errored) return false
  if (!stdout.write(`${line}\n`))
    await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {})
  return !stdout.errored
}

/** Whoever stops reading ends a list, and is no failure. */
export function forgiveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
