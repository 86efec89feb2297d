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
  const told = issues.map(
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

export function blank(property: string, value: unknown): Issue {
  return { property, code: 'presence', message: "can't be blank", value }
}
