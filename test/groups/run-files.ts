import { globSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const tests = join(import.meta.dirname, '..')

// Every group reads the same source.
enableCompileCache(join(tests, '../node_modules/.cache/node'))

/**
 * Runs test files in this one process, one after another: to start a process costs more than most of them take.
 * @param patterns globs below `test/`, without `.test.ts`
 * @param share `{ part: 1, of: 2 }`: every other file, from the first
 */
export async function runFiles(
  patterns: readonly string[],
  { part, of }: { part: number; of: number } = { part: 1, of: 1 },
): Promise<void> {
  const files = patterns.flatMap((pattern) => globSync(`${pattern}.test.ts`, { cwd: tests }).sort())
  if (files.length === 0) throw new Error(`no test file fits ${patterns}`)
  for (const [index, file] of files.entries()) {
    if (index % of === part - 1) await import(pathToFileURL(join(tests, file)).href)
  }
}
