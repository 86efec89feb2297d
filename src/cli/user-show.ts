import type { AccountDetails, SessionView } from '../index.ts'
import { printLine, toJson, visible } from './print.ts'

/** Shows one account: what no client sees of it, then its properties. */
export async function showAccount(account: AccountDetails, json: boolean): Promise<void> {
  if (json) {
    await printLine(toJson(account))
    return
  }
  const { user, blockedAt, hasPassword, roles, configuredRoles, sessions } = account
  const facts = {
    password: hasPassword ? 'set' : 'none',
    blocked: blockedAt === null ? 'no' : `since ${blockedAt}`,
    roles:
      [...roles, ...configuredRoles.map((role) => `${role} (by the configuration)`)].join(', ') || 'none',
    sessions,
  }
  for (const [name, value] of Object.entries(facts)) await printLine(`${name}: ${visible(value)}`)
  // Set in, because a property may be called `roles`.
  for (const [name, value] of Object.entries(user)) {
    await printLine(`  ${visible(name)}: ${typeof value === 'string' ? visible(value) : toJson(value)}`)
  }
}

/** Shows sessions by their handles, a line each, the one used last first. */
export async function showSessions(
  sessions: readonly Omit<SessionView, 'current'>[],
  json: boolean,
): Promise<void> {
  for (const session of sessions) await printLine(json ? toJson(session) : sessionLine(session))
}

function sessionLine({ id, created, lastUsed, address, agent }: Omit<SessionView, 'current'>): string {
  const use = lastUsed === null ? 'never used' : `last used ${lastUsed}`
  return [id, `opened ${created}`, use, address ?? '', agent ?? ''].map(visible).join('\t').trimEnd()
}
