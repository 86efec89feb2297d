import { LatchkeyError } from '../base/errors.ts'
import { escapeHtml } from '../base/html.ts'
import type { CompleteOptions } from '../config/options.ts'
import { fillingOf } from './filling.ts'
import { chooseLanguage, widerTags } from './language.ts'
import { pageOf } from './letter-page.ts'
import { type Letter, type LetterName, type LetterValues, letterNames } from './letters.ts'
import { builtInLanguages } from './messages/all.ts'
import { fill, type Sheets } from './sheet.ts'
import { readTemplates, type Templates } from './templates.ts'

/** Writes letters in the reader's language: in the operator's words where there are any, else in the built-in ones. */
export interface LetterWriter {
  /**
   * The language for one reader.
   * @param preferred what the account says, of whatever type
   * @param acceptLanguage what the request says, if it does
   */
  chooseLanguage(preferred: unknown, acceptLanguage?: unknown): string
  /** @param letter.language as chosen; one there are no letters in (any more) becomes the configured one */
  write<Name extends LetterName>(
    name: Name,
    letter: { readonly to: string; readonly language: string; readonly values: LetterValues[Name] },
  ): Letter
}

type Options = Pick<CompleteOptions['mail'], 'templates' | 'language'>

/** One letter in one language, ready to be filled in. */
interface Form {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The one it really is in. */
  readonly language: string
}

type Source = { readonly language: string; readonly sheets: Sheets }

/**
 * Reads and checks all templates there are; writing a letter afterwards reads nothing and cannot fail.
 * @throws {LatchkeyError} CONFIGURATION_INVALID, naming a template and what is wrong with it
 */
export function createLetterWriter(options: Options): LetterWriter {
  const templates: Templates =
    options.templates === undefined
      ? { common: new Map(), languages: new Map() }
      : readTemplates(options.templates)
  const available = new Set([...builtInLanguages.keys(), ...templates.languages.keys()])
  const fallback = widerTags(options.language).find((tag) => available.has(tag))
  if (fallback === undefined) {
    const problem = `mail.language: there are no letters in "${options.language}"; there are some in ${[...available].sort().join(', ')}`
    throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem] })
  }
  const forms = new Map(
    [...available].map((language) => [language, formsOf(sourcesOf(templates, language, fallback))]),
  )
  const formsIn = (language: string) =>
    forms.get(language) ?? (forms.get(fallback) as ReturnType<typeof formsOf>)

  return {
    chooseLanguage: (preferred, acceptLanguage) =>
      chooseLanguage({ available, fallback }, preferred, acceptLanguage),

    write(name, { to, language, values }) {
      const form = formsIn(language)[name]
      const filling = fillingOf(to, values, form.language)
      return {
        to,
        subject: fill(form.subject, filling),
        text: fill(form.text, filling),
        html: fill(form.html, filling, escapeHtml),
      }
    },
  }
}

/** Where the words of a language are looked for, in this order, letter by letter. */
function sourcesOf(templates: Templates, language: string, fallback: string): Source[] {
  const own = widerTags(language)
  const others = widerTags(fallback)
  return [
    ...sourcesIn(templates.languages, own),
    // Whoever writes one letter for all languages means also those we speak.
    { language: fallback, sheets: templates.common },
    ...sourcesIn(builtInLanguages, own),
    ...sourcesIn(templates.languages, others),
    ...sourcesIn(builtInLanguages, [...others, 'en']),
  ]
}

function sourcesIn(languages: ReadonlyMap<string, Sheets>, tags: readonly string[]): Source[] {
  return tags.flatMap((language) => {
    const sheets = languages.get(language)
    return sheets ? [{ language, sheets }] : []
  })
}

function formsOf(sources: readonly Source[]): Readonly<Record<LetterName, Form>> {
  const forms = letterNames.map((name) => [name, formOf(name, sources)])
  return Object.fromEntries(forms)
}

/** Text and HTML are always of one source, since they must say the same. */
function formOf(name: LetterName, sources: readonly Source[]): Form {
  const found = sources.map(({ language, sheets }) => ({ language, ...sheets.get(name) }))
  const { subject = '' } = found.find((sheet) => sheet.subject !== undefined) ?? {}
  const { text = '', html, language = 'en' } = found.find((sheet) => sheet.text !== undefined) ?? {}
  return { subject, text, html: html ?? pageOf(subject, text, language), language }
}
