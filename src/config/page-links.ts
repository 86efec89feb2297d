import type { CompleteOptions } from './options.ts'

/** What a mailed link is for. */
export type LinkName = 'confirm' | 'resetPassword' | 'undoEmail'

const paths: Readonly<Record<LinkName, string>> = {
  confirm: 'confirm',
  resetPassword: 'reset-password',
  undoEmail: 'undo-email-change',
}

/**
 * The address a mailed link has: of our own page or method, or of the application's where `pages` names one.
 * @param query what the page needs to know, the token among it
 * @param publicUrl where we are reached; never what a request said its host was
 */
export function linkFor(
  link: LinkName,
  query: Readonly<Record<string, string>>,
  { pages, rest }: Pick<CompleteOptions, 'pages' | 'rest'>,
  publicUrl: string,
): string {
  const own = `${publicUrl}${rest.root}${rest.path}/${paths[link]}`
  // A confirmation is ours to do, whoever shows that it is done.
  const others = link === 'confirm' ? undefined : pages[link]
  const url = new URL(others ?? own, publicUrl)
  const asked = link === 'confirm' ? { redirect: pages.confirmed, ...query } : query
  for (const [name, value] of Object.entries(asked)) url.searchParams.append(name, value)
  return url.href
}

/** An address of the application's that links may lead to: a path on our origin, or an http or https URL. */
export function isPlace(text: string): boolean {
  if (/[\\\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || text.startsWith('//')) return false
  if (text.startsWith('/')) return true
  const url = URL.parse(text)
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  return isWeb && !url.username && !url.password && !url.hostname.includes('*')
}
