import { LatchkeyError } from '../base/errors.ts'
import { readPepper } from '../base/pepper.ts'
import type { Behaviour } from './compatibility.ts'
import type { CompleteOptions } from './options.ts'

interface Secrets extends Pick<CompleteOptions, 'user' | 'passwordPepper'> {
  readonly behaviour: Behaviour
}

/** What would not be secret although the configuration says so. @throws {LatchkeyError} CONFIGURATION_INVALID */
export function checkSecrecy({ user, behaviour, passwordPepper = '' }: Secrets): void {
  const { hideExistingAccounts, emailVerificationRequired } = user
  // Else a new account could be told from one that is there by logging in.
  if (hideExistingAccounts && !emailVerificationRequired)
    fail('user.hideExistingAccounts', 'needs user.emailVerificationRequired: true')
  if (hideExistingAccounts && behaviour.resetAnswers === 'telling')
    fail('user.hideExistingAccounts', 'must be false in this mode of compatibility, where a reset tells')
  const ids = readPepper(passwordPepper).map(([id]) => id)
  const double = ids.find((id, index) => ids.indexOf(id) !== index)
  if (double !== undefined) fail('passwordPepper', `there are two keys of the id ${double}`)
}

function fail(path: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${path}: ${problem}`] })
}
