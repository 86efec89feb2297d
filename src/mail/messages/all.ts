import type { Sheets } from '../sheet.ts'
import { cs } from './cs.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { ru } from './ru.ts'
import { tr } from './tr.ts'
import { type Messages, sheetsOf } from './words.ts'
import { zhHans } from './zh-Hans.ts'
import { zhHant } from './zh-Hant.ts'

const messages: Readonly<Record<string, Messages>> = {
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

/** The languages LoopBack 3 ships messages in, by canonical tag. */
export const builtInLanguages: ReadonlyMap<string, Sheets> = new Map(
  Object.entries(messages).map(([language, words]) => [language, sheetsOf(words)]),
)
