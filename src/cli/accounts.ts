import { createLog } from '../base/log.ts'
import { type Accounts, createLatchkey, type Latchkey, type LatchkeyOptions } from '../index.ts'
import { Failure } from './failure.ts'

/**
 * Opens the database, which servers may have open as well, for some work on the accounts of one user model.
 * @param model its name in any letter case; may be left out where there is one
 * @param makes whether a database that is not there is made: in the wrong folder it would look as if all accounts were gone
 */
export async function withAccounts<T>(
  options: LatchkeyOptions,
  model: string | undefined,
  work: (accounts: Accounts) => Promise<T>,
  { makes = false } = {},
): Promise<T> {
  const latchkey = await createLatchkey(options, {
    // Standard output is for what was asked for.
    log: createLog('error', { output: 'stderr' }),
    // A server waits for its database; whoever typed a command would wait without knowing for what.
    signal: AbortSignal.abort(),
    isThere: !makes,
  })
  try {
    return await work(accountsCalled(model, latchkey.models))
  } finally {
    await latchkey.close()
  }
}

/** An account among the wrong people is not easily noticed, so of several models one must be named. */
function accountsCalled(model: string | undefined, models: Latchkey['models']): Accounts {
  const names = Object.keys(models)
  const name =
    model === undefined && names.length === 1
      ? names[0]
      : names.find((known) => known.toLowerCase() === model?.toLowerCase())
  if (name === undefined) throw new Failure(`user needs --model, one of ${names.join(', ')}`)
  return models[name] as Accounts
}
