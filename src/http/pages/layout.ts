import { escapeHtml } from '../../base/html.ts'
import { directionOf } from '../../base/language.ts'
import { style } from './style.ts'
import type { Words } from './words.ts'

/** A page in whatever language its reader will be found to read. */
export type Page = (words: Words) => Content

export interface Content {
  readonly title: string
  readonly icon: Icon
  /** HTML below the heading. */
  readonly html: string
}

export type Icon = keyof typeof icons

/** Drawn in a square of 24. */
const icons = {
  done: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  key: '<circle cx="8" cy="16" r="4"/><path d="M11 13l8-8M16 8l3 3"/>',
  letter: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3.5 7l8.5 6 8.5-6"/>',
  back: '<path d="M9 6l-5 5 5 5M4 11h10a5 5 0 0 1 0 10h-2"/>',
  wrong: '<path d="M12 6v7M12 17.5v.01"/>',
} as const

export function render({ title, icon, html }: Content, language: string): string {
  const heading = escapeHtml(title)
  return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${heading}</title>
<style>${style}</style>
<main>
<svg viewBox="0 0 24 24" aria-hidden="true" class="${icon}">${icons[icon]}</svg>
<h1>${heading}</h1>
${html}
</main>
</html>
`
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`
}
