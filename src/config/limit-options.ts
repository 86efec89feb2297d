import { type TProperties, Type } from 'typebox'
import { isPlainObject, type PlainObject } from '../base/values.ts'

const seconds = Type.Integer({ default: 3_600, minimum: 1, maximum: 86_400 })
const number = (standard: number) => Type.Integer({ default: standard, minimum: 1, maximum: 1_000_000 })

/** One limit: its numbers, or `false` for none. */
function limit<Members extends TProperties>(members: Members, description: string) {
  const standard = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, (member as { default?: unknown }).default]),
  )
  return Type.Union([Type.Literal(false), Type.Object(members, { additionalProperties: false })], {
    default: standard,
    description,
  })
}

const guessing = { address: number(100), account: number(50), delayAfter: number(10), window: seconds }

/** The options under `rateLimit`: what each operation may cost whom. */
export const RateLimit = Type.Object(
  {
    login: limit(
      guessing,
      'Failed logins within `window` seconds: `address` of them from one address; from all addresses together `account` of them for one e-mail address or username, whether or not anybody has it. After `delayAfter` of these each must wait longer than the one before. An address from which somebody has logged in to an account counts for itself there.',
    ),
    changePassword: limit(
      guessing,
      'The same for wrong current passwords at `POST /users/change-password`, where `account` is the user’s.',
    ),
    signUp: limit(
      { address: number(300), window: seconds },
      'Accounts that one `address` may make, or try to make, and new e-mail addresses and usernames it may try to give one, within `window` seconds. Whom a role or a rule of yours lets in is not counted.',
    ),
    reset: limit(
      { address: number(60), mailbox: number(5), window: seconds },
      'Resets of a password that one `address` may ask for within `window` seconds; and how many of these mails one mailbox gets, whoever asks: beyond that the answer is the same, and nothing is sent.',
    ),
    verify: limit(
      { address: number(60), mailbox: number(5), window: seconds },
      'The same for links to confirm an e-mail address, at `POST /users/verify` and `POST /users/{id}/verify`.',
    ),
    confirm: limit(
      { address: number(60), window: seconds },
      'Links that were refused, from one `address` within `window` seconds, at `GET /users/confirm` and `POST /users/undo-email-change`.',
    ),
    resetPassword: limit(
      { address: number(60), window: seconds },
      'The same for `POST /users/reset-password`: wrong tokens, and passwords that were refused.',
    ),
  },
  { additionalProperties: false, default: {} },
)

/** `rateLimit` as a whole. */
export const RateLimits = Type.Union([Type.Literal(false), Type.Object({})], {
  description: 'Limits on guessing and flooding, below; `false` switches all of them off.',
})

/** What is meant by `rateLimit`, in full: `false` is none of them, and of a limit the numbers not given are the default. */
export function completeLimits(given: unknown): unknown {
  const standard = Object.entries(RateLimit.properties)
  if (given === false) return Object.fromEntries(standard.map(([name]) => [name, false]))
  if (!isPlainObject(given)) return given
  const complete = Object.entries(given).map(([name, limit]) => {
    const { default: numbers } = ((RateLimit.properties as PlainObject)[name] ?? {}) as {
      default?: PlainObject
    }
    return [name, isPlainObject(limit) ? { ...numbers, ...limit } : limit]
  })
  return Object.fromEntries(complete)
}
