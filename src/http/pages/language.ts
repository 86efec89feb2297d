import { chooseLanguage } from '../../base/language.ts'
import { cs } from './words/cs.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { it } from './words/it.ts'
import { ja } from './words/ja.ts'
import { ko } from './words/ko.ts'
import { nl } from './words/nl.ts'
import { pl } from './words/pl.ts'
import { pt } from './words/pt.ts'
import { ru } from './words/ru.ts'
import { tr } from './words/tr.ts'
import { zhHans } from './words/zh-Hans.ts'
import { zhHant } from './words/zh-Hant.ts'
import type { Words } from './words.ts'

/** By canonical tag; the same languages as the letters. */
export const allWords: Readonly<Record<string, Words>> = {
  cs,
  de,
  en,
  es,
  fr,
  it,
  ja,
  ko,
  nl,
  pl,
  pt,
  ru,
  tr,
  'zh-Hans': zhHans,
  'zh-Hant': zhHant,
}

const languages = { available: new Set(Object.keys(allWords)), fallback: 'en' }

/** @param acceptLanguage the header as it came, if one did */
export function chooseWords(acceptLanguage: unknown): { readonly language: string; readonly words: Words } {
  const language = chooseLanguage(languages, undefined, acceptLanguage)
  return { language, words: allWords[language] ?? en }
}
