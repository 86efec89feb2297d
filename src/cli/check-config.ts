import { checkConfiguration, type Sources } from '../index.ts'
import { statuses } from './failure.ts'
import { printLine, toJson, visible } from './print.ts'

/** Says what a start would refuse and what it would warn of, without one. */
export async function checkConfig(sources: Sources, json: boolean): Promise<number> {
  const report = await checkConfiguration(sources)
  const { problems, dangers } = report
  if (json) await printLine(toJson(report))
  else {
    for (const problem of problems) await printLine(`problem: ${visible(problem)}`)
    for (const danger of dangers) await printLine(`danger: ${visible(danger)}`)
    if (problems.length + dangers.length === 0) await printLine('nothing is wrong with the configuration')
  }
  return problems.length > 0 ? statuses.refused : statuses.done
}
