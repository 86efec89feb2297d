import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { escapeHtml } from '../base/html.ts'
import { sendHtml } from './replies.ts'

const style = `
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
body { margin: 15vh auto; max-width: 26rem; padding: 0 1.5rem }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input, button { margin-top: .5rem; padding: .6rem; border-radius: .4rem; border: 1px solid #888 }
button { cursor: pointer; border: 0; background: #1a5fb4; color: #fff }
`
/** The one stylesheet, allowed by its digest: nothing else on a page may bring styles, and nothing scripts. */
const styles = `'sha256-${hash('sha256', style, 'base64')}'`

export function sendPage(reply: FastifyReply, html: string, status = 200): FastifyReply {
  return sendHtml(reply, html, styles, status)
}

/** The page at the web root, where a confirmed link ends. */
export function rootPage(isConfirmed: boolean): string {
  return isConfirmed
    ? messagePage('Your e-mail address is confirmed', 'You can now log in.')
    : messagePage('Latchkey', 'The accounts service is running.')
}

export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>`)
}

/** The form behind a mailed reset link. It posts to its own address, which carries the token. */
export function resetForm(): string {
  return page(
    'Choose a new password',
    `<form method="post">
<label>New password
<input type="password" name="newPassword" autocomplete="new-password" required autofocus></label>
<button>Set password</button>
</form>`,
  )
}

/** The form behind the link that goes back to an old address: looking at it changes nothing. */
export function undoEmailForm(): string {
  return page(
    'Go back to your old e-mail address?',
    `<p>The address of your account was changed. If that was not you, take it back.</p>
<form method="post"><button>Take my address back</button></form>`,
  )
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</html>
`
}
