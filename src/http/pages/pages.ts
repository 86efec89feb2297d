import type { ErrorKind, LatchkeyError } from '../../base/errors.ts'
import { escapeHtml } from '../../base/html.ts'
import type { LinkName } from '../../config/page-links.ts'
import { type Icon, type Page, paragraph } from './layout.ts'
import type { Words } from './words.ts'

export const rootPage: Page = ({ root }) => message('key', root)

/** Where a confirmed link ends. */
export const confirmedPage: Page = ({ confirmed }) => message('done', confirmed)

/** The answer to whoever asked for a link again: the same for everybody. */
export const sentPage: Page = ({ sent }) => message('letter', sent)

export const passwordSetPage: Page = ({ chosen }) => message('done', chosen)

export const emailUndonePage: Page = ({ undone }) => message('done', undone)

/**
 * The form behind a mailed reset link. It posts to its own address, which carries the token.
 * @param user whose password it is; a password manager keeps the new one under the address
 * @param minLength fewest characters the password may have, where there is a rule
 * @param refusal why the password that was sent will not do
 */
export function resetPage(
  { email }: { readonly email: string },
  minLength: number | undefined,
  refusal?: LatchkeyError,
): Page {
  return (words) => {
    const { title, label, atLeast, button } = words.choose
    const rule = minLength === undefined ? '' : `${atLeast.replace('{min}', String(minLength))} `
    const hint = rule + words.choose.hint
    const problem = refusal && `<p id="problem" class="wrong">${escapeHtml(problemIn(refusal, words))}</p>\n`
    const state = problem ? 'aria-describedby="problem hint" aria-invalid="true"' : 'aria-describedby="hint"'
    return {
      title,
      icon: 'key',
      html: `<form method="post">
<label for="username">${escapeHtml(words.email)}</label>
<input type="text" id="username" autocomplete="username" value="${escapeHtml(email)}" readonly>
<label for="newPassword">${escapeHtml(label)}</label>
<p id="hint" class="hint">${escapeHtml(hint)}</p>
${problem ?? ''}<input type="password" name="newPassword" id="newPassword" autocomplete="new-password" ${state} required autofocus>
<button>${escapeHtml(button)}</button>
</form>`,
    }
  }
}

function problemIn({ id, values }: LatchkeyError, { choose, failed }: Words): string {
  if (id === 'ARGUMENT_REQUIRED') return choose.empty
  if (id === 'PASSWORD_TOO_LONG') return choose.tooLong.replace('{max}', String(values[0]))
  if (id === 'PASSWORD_TOO_SHORT') return choose.atLeast.replace('{min}', String(values[0]))
  if (id === 'PASSWORD_TOO_COMMON') return choose.common
  if (id === 'PASSWORD_TOO_PERSONAL') return choose.personal
  if (id === 'PASSWORD_BREACHED') return choose.breached
  return id === 'HASHING_BUSY' ? failed.busy : choose.refused
}

/** The question behind the link that goes back to an old address: looking at it changes nothing. */
export const undoEmailPage: Page = ({ undo }) => ({
  title: undo.title,
  icon: 'back',
  html: `${paragraph(undo.text)}
<form method="post"><button>${escapeHtml(undo.button)}</button></form>`,
})

/** Where the request for another link goes, relative to the link that is no longer good. */
const senders: Readonly<Partial<Record<LinkName, string>>> = { confirm: 'verify', resetPassword: 'reset' }

/** A link that has been used or has expired, and a way to another one. */
export function deadLinkPage(link: LinkName): Page {
  return (words) => {
    const { deadLink, email, sendLink } = words
    const form = `
<form method="post" action="${senders[link]}">
<label for="email">${escapeHtml(email)}</label>
<input type="text" inputmode="email" name="email" id="email" autocomplete="email" autocapitalize="none" spellcheck="false" required>
<button>${escapeHtml(sendLink)}</button>
</form>`
    return {
      title: deadLink.title,
      icon: 'wrong',
      html: `${paragraph(deadLink[link])}${senders[link] === undefined ? '' : form}`,
    }
  }
}

const advice: Readonly<Partial<Record<ErrorKind, keyof Words['failed']>>> = {
  internal: 'ours',
  unavailable: 'busy',
  tooMany: 'busy',
  missing: 'missing',
}

/** Any other refusal: what a person can do about it, and for whoever they ask, what it was. */
export function failedPage({ kind, message: detail }: LatchkeyError): Page {
  return ({ failed }) => {
    const note = kind === 'internal' ? '' : `\n<p class="detail" lang="en">${escapeHtml(detail)}</p>`
    const text = failed[advice[kind] ?? 'request']
    return { title: failed.title, icon: 'wrong', html: `${paragraph(text)}${note}` }
  }
}

/** A refusal in the words of LoopBack, which are English. */
export function plainPage(title: string, text: string): Page {
  return () => ({ title, icon: 'wrong', html: `<p lang="en">${escapeHtml(text)}</p>` })
}

function message(icon: Icon, { title, text }: Words['root']) {
  return { title, icon, html: paragraph(text) }
}
