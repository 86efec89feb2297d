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
  /** Set where the two sides hold different accounts from then on: later differences of the scenario are its fault. */
  readonly taints?: true
  readonly when?: (pair: Pair) => boolean
}

export interface Verdict {
  readonly pair: Pair
  /** Names of the intended differences that explain it together; empty for equal and unexplained pairs. */
  readonly intended: readonly string[]
  readonly outcome: 'equal' | 'intended' | 'unexplained'
}

/** Pairs up what both sides answered to the same requests; if one did not even start, that is the only pair. */
export function pairUp(
  place: Pick<Pair, 'version' | 'area'>,
  scenario: Scenario,
  loopback: readonly Exchange[],
  latchkey: readonly Exchange[],
): Pair[] {
  const refused = [...loopback, ...latchkey].some(isUnstarted)
  return (refused ? loopback.slice(0, 1) : loopback).map(({ request, answer }, index) => {
    const one = normalise(answer, request.anyOrder)
    const other = normalise((latchkey[index] as Exchange).answer, request.anyOrder)
    const parts: Part[] = refused ? ['start'] : compare(one, other, request.headers?.origin !== undefined)
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

/**
 * Judges pairs in the order in which they were played. What differs only because of something intended that happened
 * before in the same scenario counts as that.
 */
export function judgeAll(
  pairs: readonly Pair[],
  intendedDifferences: readonly IntendedDifference[],
): Verdict[] {
  const tainted = new Map<string, readonly string[]>()
  return pairs.map((pair) => {
    const { version, area, scenario } = pair
    const place = `${version} ${area} ${scenario}`
    const verdict = judge(pair, intendedDifferences)
    const tainting = verdict.intended.filter((name) => taints(name, intendedDifferences))
    const known = tainted.get(place) ?? []
    if (tainting.length > 0) tainted.set(place, [...new Set([...known, ...tainting])])
    return verdict.outcome === 'unexplained' && known.length > 0
      ? { pair, intended: known, outcome: 'intended' }
      : verdict
  })
}

function taints(name: string, intendedDifferences: readonly IntendedDifference[]): boolean {
  return intendedDifferences.some((difference) => difference.name === name && difference.taints === true)
}

function judge(pair: Pair, intendedDifferences: readonly IntendedDifference[]): Verdict {
  if (pair.parts.length === 0) return { pair, intended: [], outcome: 'equal' }
  const fitting = intendedDifferences.filter((difference) => fits(difference, pair))
  const explained = new Set(fitting.flatMap(({ parts }) => parts))
  const isExplained = pair.parts.every((part) => explained.has(part))
  const helpful = fitting.filter(({ parts }) => parts.some((part) => pair.parts.includes(part)))
  return isExplained
    ? { pair, intended: helpful.map(({ name }) => name), outcome: 'intended' }
    : { pair, intended: [], outcome: 'unexplained' }
}

function isUnstarted({ answer }: Exchange): boolean {
  return answer.failure?.startsWith('not started') ?? false
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
