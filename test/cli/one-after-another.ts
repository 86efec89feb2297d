import { createInterface } from 'node:readline'
import { run } from '../../src/cli/run.ts'

/**
 * Runs the commands that come in, each a line with a list of arguments as JSON, and parts what they write by a NUL: to
 * start a process costs more than most of them take.
 */
process.stdout.setMaxListeners(0)
for await (const line of createInterface({ input: process.stdin })) {
  const status = await run(JSON.parse(line))
  process.stderr.write('\0')
  process.stdout.write(`\0${status}\n`)
}
process.exit(0)
