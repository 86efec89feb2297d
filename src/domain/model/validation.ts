import { LatchkeyError } from '../../base/errors.ts'
import { describeValue } from '../../base/values.ts'

/** One thing wrong with one property, in LoopBack's words. */
export interface Issue {
  readonly property: string
  /** LoopBack's name of the validation: `presence`, `uniqueness`, `custom.email`, … */
  readonly code: string
  readonly message: string
  readonly value: unknown
}

/** LoopBack's `ValidationError` (422): every issue in one sentence, and in `details` for programs. */
export function validationError(modelName: string, issues: readonly Issue[]): LatchkeyError {
  // All of one property stand together, where the first of them stood.
  const grouped = [...Map.groupBy(issues, ({ property }) => property).values()].flat()
  const told = grouped.map(
    ({ property, message, value }) => `\`${property}\` ${message} (value: ${describeValue(value)})`,
  )
  return new LatchkeyError('VALIDATION_FAILED', {
    values: [`The \`${modelName}\` instance is not valid. Details: ${told.join('; ')}.`],
    details: {
      context: modelName,
      codes: byProperty(issues, 'code'),
      messages: byProperty(issues, 'message'),
    },
  })
}

function byProperty(issues: readonly Issue[], field: 'code' | 'message'): Record<string, string[]> {
  const grouped: Record<string, string[]> = Object.create(null)
  for (const issue of issues) {
    grouped[issue.property] ??= []
    grouped[issue.property]?.push(issue[field])
  }
  return grouped
}

/** LoopBack's notion of a value that is not there. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : Number.isNaN(value)
}

export function blank(property: string, value: unknown): Issue {
  return { property, code: 'presence', message: "can't be blank", value }
}

/** What hides from answers hides from refusals too. */
export function withoutValuesOf(hidden: readonly string[], issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => (hidden.includes(issue.property) ? { ...issue, value: undefined } : issue))
}
