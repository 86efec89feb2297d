import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LatchkeyError } from '../base/errors.ts'

/**
 * Loads the module that `hooks` names.
 * @param known what its exports may be called
 * @returns its exported functions, by name
 * @throws {LatchkeyError} CONFIGURATION_INVALID when it cannot be loaded, or exports anything else
 */
export async function loadHookModule(
  path: string,
  known: readonly string[],
): Promise<ReadonlyMap<string, (operation: unknown) => unknown>> {
  const file = resolve(path)
  const exported = await importModule(file)
  const functions = new Map<string, (operation: unknown) => unknown>()
  for (const [name, value] of Object.entries(exported)) {
    if (!known.includes(name))
      fail(`${file} exports "${name}"; a hook or event is called ${known.join(', ')}`)
    if (typeof value !== 'function') fail(`${file} exports "${name}", which must be a function`)
    functions.set(name, value as (operation: unknown) => unknown)
  }
  return functions
}

async function importModule(file: string): Promise<object> {
  try {
    return (await import(pathToFileURL(file).href)) as object
  } catch (cause) {
    return fail(`${file} cannot be loaded: ${(cause as Error).message}`, cause)
  }
}

function fail(problem: string, cause?: unknown): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`hooks: ${problem}`], cause })
}
