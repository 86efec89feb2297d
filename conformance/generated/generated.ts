import fc, { type Arbitrary } from 'fast-check'
import type { Scenario, Step, Version } from '../harness/case.ts'
import type { Host, Server } from '../harness/host.ts'
import { type IntendedDifference, judgeAll, pairUp, type Verdict } from '../harness/judge.ts'
import { type Exchange, loginsOf, openingOf, playSteps } from '../harness/play.ts'
import type { Memory } from '../harness/symbols.ts'

/** Requests drawn at random from a grammar, for accounts and settings that stay the same. */
export interface Generated {
  readonly name: string
  readonly base: Scenario
  /** Whether both sides can go on with the same accounts; else each draw gets new ones. */
  readonly changesNothing: boolean
  readonly steps: Arbitrary<readonly Step[]>
}

export interface Drawing {
  readonly runs: number
  readonly seed: number
  readonly intendedDifferences: readonly IntendedDifference[]
}

/** Draws and compares; what differs is shrunk to the smallest requests that still do. @returns all verdicts that count */
export async function draw(
  generated: Generated,
  version: Version,
  hosts: readonly [loopback: Host, latchkey: Host],
  { runs, seed, intendedDifferences }: Drawing,
): Promise<Verdict[]> {
  const { name: area, base, steps } = generated
  const sides = hosts.map((host) => createSide(generated, host, version))
  const equal: Verdict[] = []
  let isShrinking = false

  async function verdictsOn(drawn: readonly Step[]): Promise<Verdict[]> {
    const [ours, theirs] = await Promise.all([sides[0]?.play(drawn), sides[1]?.play(drawn)])
    return judgeAll(pairUp({ version, area }, base, ours ?? [], theirs ?? []), intendedDifferences)
  }

  const property = fc.asyncProperty(steps, async (drawn) => {
    const verdicts = await verdictsOn(drawn)
    if (verdicts.some(isUnexplained)) {
      isShrinking = true
      return false
    }
    if (!isShrinking) equal.push(...verdicts)
    return true
  })
  const { counterexample } = await fc.check(property, { seed, numRuns: runs })
  const smallest = counterexample ? await verdictsOn(counterexample[0]) : []
  for (const side of sides) await side.close()
  return [...equal, ...smallest]
}

function isUnexplained({ outcome }: Verdict): boolean {
  return outcome === 'unexplained'
}

interface Side {
  play(steps: readonly Step[]): Promise<Exchange[]>
  close(): Promise<void>
}

function createSide({ base, changesNothing }: Generated, host: Host, version: Version): Side {
  let server: Server | undefined
  let memory: Memory = new Map()

  async function close(): Promise<void> {
    await server?.close()
    server = undefined
  }

  return {
    async play(steps) {
      if (!server) {
        server = await host.open(openingOf(base, version))
        memory = new Map()
        await playSteps(loginsOf(base), server, memory)
      }
      const exchanges = await playSteps(steps, server, memory)
      if (!changesNothing || exchanges.some(({ answer }) => answer.failure !== undefined)) await close()
      return exchanges
    },
    close,
  }
}
