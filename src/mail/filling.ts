import { domainToUnicode } from 'node:url'
import type { LetterName, LetterValues } from './letters.ts'
import type { Filling } from './sheet.ts'

/** All a letter may be told. */
type Values = Partial<LetterValues[LetterName] & LetterValues['emailChanged']> & { readonly site: string }

/** What stands for the placeholders, each one line without anything invisible. */
export function fillingOf(email: string, values: Values, language: string): Filling {
  const { site, link = '', ttl = 0, newEmail = '' } = values
  return {
    email: visible(email),
    site: hostOf(site),
    link: visible(link),
    duration: durationIn(language, ttl),
    minutes: String(Math.floor(ttl / 60)),
    newEmail: visible(maskAddress(newEmail)),
  }
}

/** Without line breaks, control characters, changes of direction and the like, by which a text could pretend. */
function visible(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
}

function hostOf(site: string): string {
  const { hostname, port } = new URL(site)
  return `${domainToUnicode(hostname)}${port && `:${port}`}`
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** In the largest unit of which there are at least two, rounded down: a link must not be promised for longer than it lives. */
function durationIn(language: string, seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= 2 * length) ?? (['second', 1] as const)
  // English where nothing is known of the language, and not whatever the machine speaks.
  const format = new Intl.NumberFormat([language, 'en'], { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(Math.floor(seconds / length))
}

/**
 * Enough to know one's own new address by: `j***@e***.com`. Whoever took the account over chose that address, and it
 * must bring no message of theirs to the old one.
 */
function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  const ending = /\.[a-z]{2,6}$/i.exec(domain)?.[0] ?? ''
  return `${initial(address)}***@${initial(domain)}***${ending}`
}

function initial(text: string): string {
  return [...text][0] ?? ''
}
