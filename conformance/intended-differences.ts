import type { IntendedDifference } from './harness/judge.ts'

/** Every difference that was decided on, with its reason. The report prints them; one that never shows fails the run. */
export const intendedDifferences: readonly IntendedDifference[] = []
