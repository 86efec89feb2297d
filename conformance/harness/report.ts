import type { Version } from './case.ts'
import type { IntendedDifference, Pair, Verdict } from './judge.ts'

/** What the whole run came to. */
export interface Results {
  readonly verdicts: readonly Verdict[]
  /** Pairs in which LoopBack did not even equal itself. */
  readonly broken: readonly Pair[]
  readonly intendedDifferences: readonly IntendedDifference[]
  /** Whether all cases ran; if not, an intended difference that did not show says nothing. */
  readonly isWhole: boolean
}

/** Which differences to print; all are counted. */
export interface Showing {
  readonly all: boolean
  /** Parts of answers, if not any. */
  readonly parts: readonly string[] | undefined
}

/** Prints differences, intended ones with their reasons, and figures. @returns whether all is as it should be */
export function report(results: Results, showing: Showing): boolean {
  const { verdicts, broken, intendedDifferences, isWhole } = results
  const unexplained = verdicts.filter(({ outcome }) => outcome === 'unexplained')
  for (const pair of broken) console.log(`\nLOOPBACK DIFFERS FROM ITSELF\n${describe(pair)}`)
  const asked = unexplained.filter(({ pair }) =>
    pair.parts.some((part) => showing.parts?.includes(part) ?? true),
  )
  const shown = showing.all ? asked : asked.slice(0, 40)
  for (const { pair } of shown) console.log(`\n${describe(pair)}`)
  if (shown.length < asked.length)
    console.log(`\n… and ${asked.length - shown.length} more (--all shows them)`)

  const stale = printIntended(intendedDifferences, verdicts, isWhole)
  printFigures(verdicts)
  console.log(
    `\n${verdicts.length} pairs, ${broken.length} in which LoopBack differs from itself, ${unexplained.length} unexplained, ${stale} intended differences that did not show`,
  )
  return broken.length === 0 && unexplained.length === 0 && stale === 0
}

function describe(pair: Pair): string {
  const { version, area, scenario, request, parts, loopback, latchkey } = pair
  const { method, path, by, body, raw, headers } = request
  const sent = [
    by && `by ${by}`,
    headers && JSON.stringify(headers),
    body !== undefined ? JSON.stringify(body) : raw && `raw ${JSON.stringify(raw.toString())}`,
  ]
  return [
    `${version} · ${area} · ${scenario}`,
    `  ${method} ${path} ${sent.filter(Boolean).join(' ')}`.slice(0, 500),
    `  differs in ${parts.join(', ')}`,
    `    LoopBack  ${summary(pair, loopback)}`,
    `    Latchkey  ${summary(pair, latchkey)}`,
  ].join('\n')
}

function summary({ parts }: Pair, { status, text, headers }: Pair['loopback']): string {
  const names = parts.filter((part) => part.startsWith('header ')).map((part) => part.slice('header '.length))
  const shown = names.map((name) => `${name}: ${headers[name] ?? '–'}`)
  return `${status} ${shown.join('; ')} ${text}`.slice(0, 700)
}

function printIntended(
  differences: readonly IntendedDifference[],
  verdicts: readonly Verdict[],
  isWhole: boolean,
): number {
  let stale = 0
  if (differences.length > 0) console.log('\nIntended differences')
  for (const { name, reason } of differences) {
    const pairs = verdicts.filter(({ intended }) => intended.includes(name)).length
    if (pairs === 0 && !isWhole) continue
    if (pairs === 0) stale++
    console.log(
      `  ${String(pairs).padStart(5)}  ${name}${pairs === 0 ? ' — NEVER SHOWED' : ''}\n         ${reason}`,
    )
  }
  return stale
}

function printFigures(verdicts: readonly Verdict[]): void {
  const rows = new Map<
    string,
    { version: Version; area: string; counts: Record<Verdict['outcome'], number> }
  >()
  for (const { pair, outcome } of verdicts) {
    for (const area of [pair.area, 'all']) {
      const key = `${pair.version} ${area}`
      const row = rows.get(key) ?? {
        version: pair.version,
        area,
        counts: { equal: 0, intended: 0, unexplained: 0 },
      }
      row.counts[outcome]++
      rows.set(key, row)
    }
  }
  console.log(`\n${'version'.padEnd(10)}  ${'area'.padEnd(26)} pairs  equal  intended  unexplained`)
  const sorted = [...rows.values()].sort((one, other) => order(one).localeCompare(order(other)))
  for (const { version, area, counts } of sorted) {
    const { equal, intended, unexplained } = counts
    const figures = [
      String(equal + intended + unexplained).padStart(5),
      String(equal).padStart(6),
      String(intended).padStart(9),
      String(unexplained).padStart(12),
    ]
    console.log(`${version.padEnd(10)}  ${area.padEnd(26)} ${figures.join(' ')}`)
  }
}

function order({ version, area }: { version: Version; area: string }): string {
  return `${version} ${area === 'all' ? '~' : area}`
}
