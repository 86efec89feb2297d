import type { IntendedDifference } from './harness/judge.ts'
import { accountDifferences } from './intended/accounts.ts'
import { requestDifferences } from './intended/requests.ts'
import { saferAnswers } from './intended/safer.ts'
import { sessionDifferences } from './intended/sessions.ts'

/** Every difference that was decided on, with its reason. The report prints them; one that never shows fails the run. */
export const intendedDifferences: readonly IntendedDifference[] = [
  ...saferAnswers,
  ...sessionDifferences,
  ...accountDifferences,
  ...requestDifferences,
]
