import { hash } from 'node:crypto'

/** Text has at least 4.5 times the light of its ground or less, borders of fields and the focus ring 3 (WCAG 2.2 AA). */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --text: #1b1f26; --quiet: #545b66; --edge: #d5dae1; --field: #757d89;
  --accent: #2152c4; --on-accent: #fff; --tint: #e6edfb; --wrong: #b3201a; --wrong-tint: #fcebea;
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101318; --card: #1a1e25; --text: #e9ecf1; --quiet: #a8b0bd; --edge: #2e343e; --field: #7f8896;
    --accent: #8fb2ff; --on-accent: #0b1530; --tint: #222d45; --wrong: #ff9c94; --wrong-tint: #3a2223;
  }
}
* { box-sizing: border-box }
body { margin: 0; padding: min(10vh, 6vw) 1rem 2rem; background: var(--ground); color: var(--text) }
main {
  max-width: 27rem; margin: auto; padding: clamp(1.25rem, 6vw, 2.5rem); overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--edge); border-radius: 1rem;
  box-shadow: 0 .5rem 2rem rgb(0 0 0 / .06);
}
svg {
  display: block; width: 3rem; height: 3rem; padding: .6rem; margin-bottom: 1.25rem; border-radius: 50%;
  fill: none; stroke: var(--accent); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
  background: var(--tint);
}
svg.wrong { stroke: var(--wrong); background: var(--wrong-tint) }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
p { margin: 0; color: var(--quiet); text-wrap: pretty }
form { margin-top: 1.5rem }
label { display: block; margin-top: 1.1rem; font-weight: 600 }
.hint { font-size: .9375rem }
input, button { display: block; width: 100%; min-height: 2.9rem; padding: .5rem .8rem; border-radius: .55rem; font: inherit }
input { margin-top: .4rem; border: 1px solid var(--field); background: var(--card); color: inherit }
input:read-only { border-color: var(--edge); background: var(--ground) }
button {
  margin-top: 1.25rem; border: 1px solid transparent; background: var(--accent); color: var(--on-accent);
  font-weight: 600; cursor: pointer;
}
button:hover { filter: brightness(1.1) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.wrong { color: var(--wrong) }
p.wrong { margin-top: .4rem; font-size: .9375rem; font-weight: 600 }
input[aria-invalid] { border-color: var(--wrong); border-width: 2px }
.detail { margin-top: 1rem; font-size: .875rem }
`

/** The one stylesheet, allowed by its digest: nothing else on a page may bring styles, and nothing scripts. */
export const stylePolicy = `'sha256-${hash('sha256', style, 'base64')}'`
