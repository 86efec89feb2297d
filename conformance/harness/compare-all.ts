import type { Area, Scenario, Version } from './case.ts'
import type { Host } from './host.ts'
import { type Pair, pairUp } from './judge.ts'
import { play } from './play.ts'

/** Two of the real LoopBack, so that it can be compared with itself, and Latchkey. */
export interface Hosts {
  readonly first: Host
  readonly second: Host
  readonly latchkey: Host
}

/** How many scenarios run at a time: most of them wait now and then. */
const atATime = 4

export interface Compared {
  readonly pairs: readonly Pair[]
  readonly broken: readonly Pair[]
}

/** Plays every scenario at all three, and compares LoopBack with itself and with Latchkey. */
export async function compareAll(
  areas: readonly Area[],
  version: Version,
  hosts: Hosts,
  isSelfCheck: boolean,
): Promise<Compared> {
  const pairs: Pair[] = []
  const broken: Pair[] = []

  async function run({ name: area }: Area, scenario: Scenario): Promise<void> {
    const playAt = (host: Host) => play(scenario, host, version)
    const [first, second, ours] = await Promise.all([
      playAt(hosts.first),
      playAt(hosts.second),
      isSelfCheck ? [] : playAt(hosts.latchkey),
    ])
    const place = { version, area }
    const itself = pairUp(place, scenario, first, second)
    broken.push(...itself.filter(({ parts, loopback }) => parts.length > 0 || isUnplayed(loopback.status)))
    pairs.push(...(isSelfCheck ? itself : pairUp(place, scenario, first, ours)))
  }

  const all = areas.flatMap((area) =>
    area.scenarios.filter(({ on }) => on?.includes(version) ?? true).map((scenario) => ({ area, scenario })),
  )
  // Those that LoopBack dies of would take their neighbours along.
  const safe = all.filter(({ scenario }) => !scenario.deadly)
  const queue = [...safe]
  const workers = Array.from({ length: atATime }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await run(next.area, next.scenario)
  })
  await Promise.all(workers)
  for (const { area, scenario } of all) if (scenario.deadly) await run(area, scenario)
  return { pairs, broken }
}

function isUnplayed(status: number | string): boolean {
  return typeof status === 'string' && status.startsWith('not started')
}
