import { generatedChanges, generatedLogins, generatedSignUps } from './accounts.ts'
import { generatedFilters } from './filters.ts'
import type { Generated } from './generated.ts'
import { generatedIds, generatedTokens } from './requests.ts'

/** Everything that is drawn at random. */
export const allGenerated: readonly Generated[] = [
  generatedFilters,
  generatedSignUps,
  generatedChanges,
  generatedLogins,
  generatedTokens,
  generatedIds,
]
