import { isPlainObject } from '../../base/values.ts'
import type { Condition, Judgement, Where } from '../model/query.ts'
import { Expression } from './loopback/patterns.ts'
import { judgement, type Question } from './loopback/where.ts'
import { likePattern, regexpPattern, type WrittenPattern } from './pattern.ts'

/** Conditions as another thread can take them: without functions, patterns as their text. */
export type Packed =
  | { readonly all: readonly Packed[] }
  | { readonly any: readonly Packed[] }
  | { readonly none: readonly Packed[] }
  | { readonly condition: Condition }
  | { readonly question: Question; readonly expression: Written | undefined }

type Written = Pick<Expression, 'source' | 'flags'>

export function pack(where: Where): Packed {
  if ('all' in where) return { all: where.all.map(pack) }
  if ('any' in where) return { any: where.any.map(pack) }
  if ('none' in where) return { none: where.none.map(pack) }
  return 'fits' in where ? packJudgement(where) : { condition: { ...where, value: packOperand(where) } }
}

/** The same conditions, to judge by. */
export function unpack(packed: Packed): Where {
  if ('all' in packed) return { all: packed.all.map(unpack) }
  if ('any' in packed) return { any: packed.any.map(unpack) }
  if ('none' in packed) return { none: packed.none.map(unpack) }
  if ('question' in packed) return unpackJudgement(packed)
  return { ...packed.condition, value: unpackOperand(packed.condition) }
}

function packOperand({ is, value }: Condition): unknown {
  if (is === 'regexp') return (value as WrittenPattern).text
  return isLike(is) ? (value as { text: string }).text : value
}

function unpackOperand({ is, value }: Condition): unknown {
  const text = value as string
  if (is === 'regexp') return regexpPattern(text)
  return isLike(is) ? { text, pattern: likePattern(text, is === 'ilike' || is === 'nilike') } : value
}

function isLike(is: Condition['is']): boolean {
  return ['like', 'nlike', 'ilike', 'nilike'].includes(is)
}

/** Only LoopBack's language judges. What makes an expression one is its class, which does not travel. */
function packJudgement({ from }: Judgement): Packed {
  const question = from as Question
  const { operand } = question
  if (!isPlainObject(operand) || !(operand.regexp instanceof Expression)) {
    return { question, expression: undefined }
  }
  const { regexp, ...others } = operand
  const { source, flags } = regexp
  return { question: { ...question, operand: others }, expression: { source, flags } }
}

function unpackJudgement({ question, expression }: Extract<Packed, { question: unknown }>): Judgement {
  if (!expression) return judgement(question)
  const regexp = new Expression(expression.source, expression.flags)
  return judgement({ ...question, operand: { ...(question.operand as object), regexp } })
}
