import type { AccountRecord, Accounts, FilterInput } from '../index.ts'
import { Failure, statuses } from './failure.ts'
import { printLine, toJson, visible } from './print.ts'

/** Writes accounts as they are read: any number takes the same memory. */
export async function listUsers(
  { users }: Accounts,
  { filter, json }: { readonly filter: string | undefined; readonly json: boolean },
): Promise<number> {
  const line = json ? toJson : rowOf
  for await (const page of users.listAccounts(filterIn(filter))) {
    for (const record of page) if (!(await printLine(line(record)))) return statuses.done
  }
  return statuses.done
}

function filterIn(text: string | undefined): FilterInput | undefined {
  if (text === undefined) return undefined
  try {
    const filter: unknown = JSON.parse(text)
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) return filter as FilterInput
  } catch {
    // Told below, as whatever else is no filter.
  }
  throw new Failure('--filter must be a LoopBack filter as JSON, such as {"where":{"emailVerified":false}}')
}

/** id, e-mail, user name and what is special about it, with a tab between. */
function rowOf({ user, blockedAt, hasPassword }: AccountRecord): string {
  const marks = [
    ...(user.emailVerified === true ? ['verified'] : []),
    ...(blockedAt === null ? [] : ['blocked']),
    ...(hasPassword ? [] : ['without password']),
  ]
  return [user.id, user.email, user.username ?? '', marks.join(', ')].map(visible).join('\t').trimEnd()
}
