import { carriesLink, type LetterName, type Placeholder, placeholders } from './letters.ts'

/** The words of one letter in one language, with `{{placeholders}}`. */
export interface Sheet {
  readonly subject?: string
  readonly text?: string
  /** Never without `text`, which must say the same. */
  readonly html?: string
}

export type Sheets = ReadonlyMap<LetterName, Sheet>

/** What stands for each placeholder. */
export type Filling = Readonly<Record<Placeholder, string>>

const placeholder = /\{\{\s*(\w+)\s*\}\}/g

/** Puts the values in, each through `encode`, in one pass: braces within a value are text. */
export function fill(template: string, values: Filling, encode = (text: string) => text): string {
  return template.replace(placeholder, (_, name: Placeholder) => encode(values[name]))
}

/** What is wrong with one part of a letter, in words; undefined if nothing is. */
export function problemIn(name: LetterName, part: keyof Sheet, template: string): string | undefined {
  const known: readonly string[] = placeholders[name]
  const used = [...template.matchAll(placeholder)].map(([, used]) => used as string)
  const stranger = used.find((used) => !known.includes(used))
  if (stranger !== undefined) {
    return `there is no {{${stranger}}} in this letter; there is ${known.map((one) => `{{${one}}}`).join(', ')}`
  }
  // Braces that close are no sign: a style sheet has them as well.
  if (template.replace(placeholder, '').includes('{{'))
    return '"{{" must begin a placeholder such as {{site}}'
  if (template.trim() === '') return 'must not be empty'
  if (part === 'subject') {
    return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(template) ? 'must be one line, without control characters' : undefined
  }
  if (carriesLink(name) && !used.includes('link')) return 'this letter must hold {{link}}'
  if (part === 'html' && standsUnquoted(template)) return 'a placeholder within a tag must stand in quotes'
  return undefined
}

/** Escaping keeps a value between tags, and between the quotes of an attribute; elsewhere in a tag it could get out. */
function standsUnquoted(html: string): boolean {
  return [...html.matchAll(placeholder)].some(({ index }) => {
    const tag = html.slice(html.lastIndexOf('<', index), index)
    return tag.startsWith('<') && !tag.includes('>') && !/=\s*("[^"]*|'[^']*)$/.test(tag)
  })
}
