import { escapeHtml } from '../base/html.ts'
import { directionOf } from './language.ts'

/** Colours are left to the reader's program, which knows whether it is light or dark. */
const style = "max-width:34em;margin:0 auto;padding:1.5em;font:16px/1.5 system-ui,'Segoe UI',sans-serif"

/**
 * The HTML part that says what the text part says, its placeholders still in it. Blank lines part paragraphs; the link
 * is one that can be followed and read.
 */
export function pageOf(subject: string, text: string, language: string): string {
  const title = escapeHtml(subject)
  const spoken = `lang="${escapeHtml(language)}" dir="${directionOf(language)}"`
  // Mail programs drop the outer elements, so the inner one says the language as well.
  return `<!doctype html>
<html ${spoken}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body style="margin:0">
<div ${spoken} style="${style}">
<h1 style="font-size:1.25em;margin:0 0 1em">${title}</h1>
${paragraphsOf(text).map(paragraph).join('\n')}
</div>
</body>
</html>
`
}

function paragraphsOf(text: string): string[] {
  return text
    .trim()
    .split(/\n\s*\n|\n(?=[ \t]*\{\{\s*link\s*\}\})/)
    .map((one) => one.trim())
}

function paragraph(text: string): string {
  const content = escapeHtml(text)
    .replace(/\s*\n\s*/g, '<br>\n')
    .replace(/\{\{\s*link\s*\}\}/g, '<a href="{{link}}" style="overflow-wrap:anywhere">{{link}}</a>')
  return `<p style="margin:0 0 1em">${content}</p>`
}
