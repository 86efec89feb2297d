import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LatchkeyError } from '../base/errors.ts'
import { canonicalTag } from './language.ts'
import { type LetterName, letterNames } from './letters.ts'
import { problemIn, type Sheet, type Sheets } from './sheet.ts'

/** The operator's own words. */
export interface Templates {
  /** For every language that has none of its own. */
  readonly common: Sheets
  /** By canonical tag. */
  readonly languages: ReadonlyMap<string, Sheets>
}

const parts: Readonly<Record<string, keyof Sheet>> = { 'subject.txt': 'subject', txt: 'text', html: 'html' }

/**
 * Reads `verification.txt`, `de/verification.subject.txt` and whatever else there is. Names that start with a dot are
 * left alone.
 * @throws {LatchkeyError} CONFIGURATION_INVALID, naming the file and what is wrong with it
 */
export function readTemplates(folder: string): Templates {
  const languages = new Map<string, Sheets>()
  const entries = listFolder(folder, '')
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const tag =
      canonicalTag(name) ?? fail(`${name}: the name of a folder must be a language tag such as de-AT`)
    if (languages.has(tag)) fail(`${name}: another folder is for the same language, ${tag}`)
    languages.set(tag, readSheets(folder, name))
  }
  return { common: readSheets(folder, ''), languages }
}

function readSheets(folder: string, language: string): Sheets {
  const sheets = new Map<LetterName, Sheet>()
  for (const entry of listFolder(folder, language)) {
    if (language === '' && entry.isDirectory()) continue
    const path = language === '' ? entry.name : `${language}/${entry.name}`
    const { letter, part } = readName(entry.name, path)
    const template = readTemplate(folder, path, part)
    const problem = problemIn(letter, part, template)
    if (problem !== undefined) fail(`${path}: ${problem}`)
    sheets.set(letter, { ...sheets.get(letter), [part]: template })
  }
  for (const [letter, { text, html }] of sheets) {
    const path = language === '' ? letter : `${language}/${letter}`
    if (html !== undefined && text === undefined)
      fail(`${path}.txt: must be there too, and say what ${letter}.html says`)
  }
  return sheets
}

function listFolder(folder: string, language: string) {
  try {
    const entries = readdirSync(join(folder, language), { withFileTypes: true })
    return entries.filter(({ name }) => !name.startsWith('.'))
  } catch (error) {
    fail(`${join(folder, language)} cannot be read: ${(error as Error).message}`, error)
  }
}

function readName(name: string, path: string): { letter: LetterName; part: keyof Sheet } {
  const dot = name.indexOf('.')
  const part = parts[name.slice(dot + 1)]
  if (dot < 0 || part === undefined) fail(`${path}: must end in .subject.txt, .txt or .html`)
  const letter = letterNames.find((known) => known === name.slice(0, dot))
  return letter
    ? { letter, part }
    : fail(`${path}: there is no letter of this name; there are ${letterNames.join(', ')}`)
}

function readTemplate(folder: string, path: string, part: keyof Sheet): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(folder, path)))
    const unified = text.replaceAll('\r\n', '\n')
    return part === 'subject' ? unified.trim() : unified
  } catch (error) {
    fail(`${path} cannot be read: ${(error as Error).message}`, error)
  }
}

function fail(problem: string, cause?: unknown): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`mail.templates: ${problem}`], cause })
}
