import type { CompleteOptions } from './options.ts'

type ServerOptions = Pick<CompleteOptions['server'], 'cors' | 'tls'>

/**
 * What is wrong with the origins or with TLS, as `path: problem`; undefined when nothing is.
 * @param publicUrl undefined where it follows host and port
 */
export function problemAtEdge(
  { cors, tls }: ServerOptions,
  publicUrl: string | undefined,
): string | undefined {
  const stray = cors.origins.findIndex((entry) => originOf(entry) === undefined)
  if (stray >= 0) {
    return `server.cors.origins.${stray}: must be an origin such as https://app.example.com, and no wildcard`
  }
  if (tls && publicUrl?.startsWith('http:'))
    return 'server.publicUrl: must start with https while server.tls is set'
  return undefined
}

/**
 * An origin as browsers write it. That of an app in a web view has a scheme of its own (`capacitor://localhost`), which
 * the standard's parser calls opaque.
 * @returns undefined for what is none: `*`, `null`, or a URL with a path
 */
export function originOf(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || text.includes('*')) return undefined
  if (/^https?:$/.test(url.protocol)) return url.href === `${url.origin}/` ? url.origin : undefined
  return /^[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+(:\d+)?$/.test(text) ? text : undefined
}
