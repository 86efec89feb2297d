import type { Request, Scenario, Version } from './case.ts'
import { compare, type Part } from './compare.ts'
import { type Normal, normalise } from './normalise.ts'
import type { Exchange } from './play.ts'

/** The two answers to one request. */
export interface Pair {
  readonly version: Version
  readonly area: string
  readonly scenario: string
  readonly request: Request
  readonly settings: Scenario['user']
  readonly loopback: Normal
  readonly latchkey: Normal
  readonly parts: readonly Part[]
}

/** A difference somebody decided on: as narrow as can be, so that it hides no other. */
export interface IntendedDifference {
  readonly name: string
  readonly reason: string
  readonly versions?: readonly Version[]
  readonly areas?: readonly string[]
  readonly scenario?: RegExp
  /** Tried on method and path, as the case writes them. */
  readonly request?: RegExp
  /** What it explains; a pair that differs elsewhere too is still unexplained. */
  readonly parts: readonly Part[]
  readonly when?: (pair: Pair) => boolean
}

export interface Verdict {
  readonly pair: Pair
  /** Names of the intended differences that explain it together; empty for equal and unexplained pairs. */
  readonly intended: readonly string[]
  readonly outcome: 'equal' | 'intended' | 'unexplained'
}

/** Pairs up what both sides answered to the same requests. */
export function pairUp(
  place: Pick<Pair, 'version' | 'area'>,
  scenario: Scenario,
  loopback: readonly Exchange[],
  latchkey: readonly Exchange[],
): Pair[] {
  return loopback.map(({ request, answer }, index) => {
    const one = normalise(answer, request.anyOrder)
    const other = normalise((latchkey[index] as Exchange).answer, request.anyOrder)
    const parts = compare(one, other, request.headers?.origin !== undefined)
    return {
      ...place,
      scenario: scenario.name,
      settings: scenario.user,
      request,
      loopback: one,
      latchkey: other,
      parts,
    }
  })
}

export function judge(pair: Pair, intendedDifferences: readonly IntendedDifference[]): Verdict {
  if (pair.parts.length === 0) return { pair, intended: [], outcome: 'equal' }
  const fitting = intendedDifferences.filter((difference) => fits(difference, pair))
  const explained = new Set(fitting.flatMap(({ parts }) => parts))
  const isExplained = pair.parts.every((part) => explained.has(part))
  const helpful = fitting.filter(({ parts }) => parts.some((part) => pair.parts.includes(part)))
  return isExplained
    ? { pair, intended: helpful.map(({ name }) => name), outcome: 'intended' }
    : { pair, intended: [], outcome: 'unexplained' }
}

function fits(difference: IntendedDifference, pair: Pair): boolean {
  const { versions, areas, scenario, request, when } = difference
  return (
    (versions?.includes(pair.version) ?? true) &&
    (areas?.includes(pair.area) ?? true) &&
    (scenario?.test(pair.scenario) ?? true) &&
    (request?.test(`${pair.request.method} ${pair.request.path}`) ?? true) &&
    (when?.(pair) ?? true)
  )
}
