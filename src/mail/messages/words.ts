import { carriesLink, type LetterName, letterNames } from '../letters.ts'
import type { Sheets } from '../sheet.ts'

/** What one letter says. Its link, if it carries one, stands between the two parts. */
interface Words {
  readonly subject: string
  readonly opening: string
  readonly closing: string
}

/** One language. Words stand so that a `{{duration}}` fits in the form a number gives it: "3 дня", "15 minut". */
export type Messages = Readonly<Record<LetterName, Words>>

/** The words as a template has them. */
export function sheetsOf(messages: Messages): Sheets {
  const sheets = letterNames.map((name) => {
    const { subject, opening, closing } = messages[name]
    // LoopBack's form: the link on a line of its own, behind a tab.
    const link = carriesLink(name) ? '\n\t{{link}}' : ''
    return [name, { subject, text: `${opening}${link}\n\n${closing}\n` }] as const
  })
  return new Map(sheets)
}
