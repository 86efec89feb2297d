import { isLoopback } from './addresses.ts'
import type { Settings } from './settings.ts'

/** What is allowed but dangerous, in a sentence each. */
export function dangersOf(settings: Settings): string[] {
  return [...dangersOfUsers(settings), ...dangersOfProxies(settings), ...dangersInPublic(settings)]
}

function dangersOfUsers({ user }: Settings): string[] {
  const dangers: string[] = []
  if (!user.rolesRequireVerifiedEmail) {
    dangers.push(
      'user.rolesRequireVerifiedEmail is false: whoever signs up with an address under "roles" has its role',
    )
  }
  if (user.allowEternalTokens) {
    dangers.push('user.allowEternalTokens is true: a stolen eternal token is good until somebody ends it')
  }
  if (user.passwordPolicy === undefined)
    dangers.push('user.passwordPolicy is not set: any password will do, also one everybody tries first')
  return dangers
}

function dangersOfProxies({ server: { trustProxy } }: Settings): string[] {
  const networks = typeof trustProxy === 'boolean' ? [] : [trustProxy].flat()
  const isEverybody = trustProxy === true || networks.some((network) => /\/0+\s*(,|$)/.test(network))
  return isEverybody
    ? [
        'server.trustProxy lets everybody say which address they come from, in X-Forwarded-For: list your proxies',
      ]
    : []
}

/** What does no harm on a developer's machine. */
function dangersInPublic({ publicUrl, redirects, mail, database, rateLimit }: Settings): string[] {
  const url = publicUrl === undefined ? undefined : new URL(publicUrl)
  if (!url || isLoopback(url.hostname)) return []
  const dangers: string[] = []
  if (url.protocol === 'http:') {
    dangers.push(
      'server.publicUrl is http: whoever is on the way reads passwords, tokens and mailed links; use https',
    )
  }
  if (redirects.includes('/')) {
    dangers.push(
      `redirects has "/": a confirmation link may end at any page of ${url.origin}; list those it is for`,
    )
  }
  for (const entry of redirects.filter((place) => isPlainOrigin(place))) {
    dangers.push(`redirects has ${entry}: whoever is on the way can put another page there; use https`)
  }
  if (mail.url.startsWith('directory:'))
    dangers.push('mail.url is a folder: nobody gets their mail; use smtp or smtps')
  const unlimited = Object.entries(rateLimit).filter(([, limit]) => limit === false)
  for (const [name] of unlimited)
    dangers.push(`rateLimit.${name} is false: there is no end to guessing, or to what is sent`)
  if (database.url === 'sqlite::memory:')
    dangers.push('database.url is sqlite::memory: all accounts are gone when the server stops')
  return dangers
}

function isPlainOrigin(entry: string): boolean {
  return entry.startsWith('http:') && !isLoopback(new URL(entry).hostname)
}
