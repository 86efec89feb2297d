import type { Area, Scenario, Version } from './case.ts'
import type { Host } from './host.ts'
import { type Pair, pairUp } from './judge.ts'
import { type Exchange, play } from './play.ts'

/** Two of the real LoopBack, so that it can be compared with itself, and Latchkey. */
export interface Hosts {
  readonly first: Host
  readonly second: Host
  readonly latchkey: Host
}

interface Task {
  readonly area: string
  readonly scenario: Scenario
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
  const bereaved: Task[] = []

  async function run({ area, scenario }: Task, isAlone: boolean): Promise<void> {
    const deathsBefore = deathsAt(hosts)
    const playAt = (host: Host) => play(scenario, host, version)
    const [first, second, ours] = await Promise.all([
      playAt(hosts.first),
      playAt(hosts.second),
      isSelfCheck ? [] : playAt(hosts.latchkey),
    ])
    // A process that dies or hangs takes all scenarios along that it serves: whose fault it was shows when they play alone.
    const isDisturbed = deathsAt(hosts) > deathsBefore || [...first, ...second, ...ours].some(isHung)
    if (!isAlone && isDisturbed) {
      bereaved.push({ area, scenario })
      return
    }
    const place = { version, area }
    const itself = pairUp(place, scenario, first, second)
    broken.push(...itself.filter((pair) => pair.parts.length > 0 || isUnplayed(pair)))
    pairs.push(...(isSelfCheck ? itself : pairUp(place, scenario, first, ours)))
  }

  const queue = tasksOf(areas, version)
  const workers = Array.from({ length: atATime }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await run(next, false)
  })
  await Promise.all(workers)
  for (const task of bereaved) await run(task, true)
  return { pairs, broken }
}

function tasksOf(areas: readonly Area[], version: Version): Task[] {
  return areas.flatMap(({ name, scenarios }) =>
    scenarios.filter(({ on }) => on?.includes(version) ?? true).map((scenario) => ({ area: name, scenario })),
  )
}

function isHung({ answer }: Exchange): boolean {
  return answer.failure === 'hung'
}

function deathsAt({ first, second, latchkey }: Hosts): number {
  return first.deaths() + second.deaths() + latchkey.deaths()
}

function isUnplayed({ loopback, latchkey }: Pair): boolean {
  return [loopback, latchkey].some(({ status }) => String(status).startsWith('not started'))
}
