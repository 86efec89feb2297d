#!/usr/bin/env node
import { availableParallelism } from 'node:os'
import { assertNode } from '../base/node-version.ts'

// Read when the pool starts, so before anything is imported that could start it: room for hashes on every core, and
// four threads beside them for files and names.
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4)

try {
  assertNode()
  // Only now: an older Node could not even load the rest.
  const { run } = await import('./run.ts')
  // Exits even if something still holds a connection open, such as a mail server that never answers.
  process.exit(await run(process.argv.slice(2)))
} catch (error) {
  console.error(`latchkey: ${error instanceof Error ? error.message : error}`)
  // Of several workers: to be told what to do is nothing to stay for.
  process.channel?.unref()
  process.exitCode = 1
}
