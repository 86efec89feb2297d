/**
 * Sends the same requests to the real LoopBack 2 and 3 and to Latchkey, compares the answers, and prints what differs.
 *
 * Usage: npm run conformance [-- --only TEXT --version loopback3 --self --all --runs N --seed N]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { areas } from './cases/index.ts'
import { clientsArea, compareClients } from './clients/index.ts'
import { draw } from './generated/generated.ts'
import { allGenerated } from './generated/index.ts'
import { type Area, versions } from './harness/case.ts'
import { compareAll } from './harness/compare-all.ts'
import { type Host, startLatchkey, startLoopBack } from './harness/host.ts'
import { judgeAll, type Pair, type Verdict } from './harness/judge.ts'
import { report } from './harness/report.ts'
import { intendedDifferences } from './intended-differences.ts'

const { values: options } = parseArgs({
  options: {
    /** Only scenarios whose area or name contains this. */
    only: { type: 'string', default: '' },
    version: { type: 'string' },
    /** Compares LoopBack with itself and leaves Latchkey out. */
    self: { type: 'boolean', default: false },
    /** Shows every difference, not just the first ones. */
    all: { type: 'boolean', default: false },
    /** Shows only differences in these parts, such as `status,body`; all are counted. */
    show: { type: 'string' },
    /** Writes every unexplained pair into this file, as JSON. */
    json: { type: 'string' },
    /** How often each kind of request is drawn at random, for each version. */
    runs: { type: 'string', default: '100' },
    /** Draws what an earlier run drew. */
    seed: { type: 'string' },
  },
})

const chosenVersions = versions.filter(
  (version) => options.version === undefined || options.version === version,
)
const chosen = areas.map((area) => narrow(area, options.only)).filter(({ scenarios }) => scenarios.length > 0)
const started = performance.now()
const pairs: Pair[] = []
const broken: Pair[] = []
const drawn: Verdict[] = []
const drawing = {
  runs: Number(options.runs),
  seed: Number(options.seed ?? Date.now() % 1_000_000),
  intendedDifferences,
}
const latchkey = startLatchkey()
try {
  await Promise.all(chosenVersions.map(compareVersion))
} finally {
  latchkey.stop()
}

console.log(`\nseed ${drawing.seed}`)
const isWhole = options.only === '' && chosenVersions.length === versions.length && !options.self
const verdicts = [...judgeAll(pairs, intendedDifferences), ...drawn]
const isGood = report(
  { verdicts, broken, intendedDifferences, isWhole },
  { all: options.all, parts: options.show?.split(',') },
)
if (options.json !== undefined) {
  const unexplained = verdicts.filter(({ outcome }) => outcome === 'unexplained').map(({ pair }) => pair)
  writeFileSync(options.json, JSON.stringify(unexplained, null, 1))
}
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`)
process.exit(isGood ? 0 : 1)

async function compareVersion(version: (typeof versions)[number]): Promise<void> {
  const [first, second] = [startLoopBack(version), startLoopBack(version)]
  try {
    const compared = await compareAll(chosen, version, { first, second, latchkey }, options.self)
    pairs.push(...compared.pairs)
    broken.push(...compared.broken)
    const other = options.self ? second : latchkey
    if (clientsArea.includes(options.only)) {
      const spoken = await compareClients(version, first, other)
      pairs.push(...spoken)
      if (options.self) broken.push(...spoken.filter(({ parts }) => parts.length > 0))
    }
    const chosenKinds = allGenerated.filter(({ name }) => drawing.runs > 0 && name.includes(options.only))
    for (const kind of chosenKinds) {
      const verdicts = await draw(kind, version, [first, other], drawing)
      drawn.push(...verdicts)
      if (options.self)
        broken.push(...verdicts.filter(({ outcome }) => outcome !== 'equal').map(({ pair }) => pair))
    }
  } finally {
    for (const host of [first, second] as Host[]) host.stop()
  }
}

function narrow({ name, scenarios }: Area, text: string): Area {
  return { name, scenarios: scenarios.filter((scenario) => `${name} · ${scenario.name}`.includes(text)) }
}
