import { isRefusal } from './base/errors.ts'
import { isPlainObject, type PlainObject } from './base/values.ts'
import { type LoadedConfiguration, loadConfiguration, type Sources } from './config/load.ts'
import { readModels } from './config/models.ts'
import type { LatchkeyOptions } from './config/options.ts'
import { createLetterWriter } from './mail/letter-writer.ts'
import { inspectModel, readHooks } from './user-model.ts'

/** What a start would say of a configuration, a sentence each. */
export interface ConfigurationReport {
  /** Why it would fail. */
  readonly problems: readonly string[]
  /** What it would warn of. */
  readonly dangers: readonly string[]
}

/**
 * Reads a configuration as a start does, and opens nothing. What is wrong is taken out and the rest looked at again, so
 * that all of it is told at once, as far as one fault does not hide another.
 */
export async function checkConfiguration(sources: Sources = {}): Promise<ConfigurationReport> {
  const problems: string[] = []
  const loaded = await loadAll(sources, problems)
  if (!loaded) return { problems, dangers: [] }
  let options: PlainObject | undefined = loaded.options as PlainObject
  while (options) {
    const rest: PlainObject = options
    const outcome = await refusalOf(() => inspect(rest as LatchkeyOptions))
    if (typeof outcome !== 'string')
      return { problems, dangers: [...new Set([...loaded.warnings, ...outcome])] }
    problems.push(outcome)
    options = without(rest, nameIn(outcome).split('.'))
  }
  return { problems, dangers: loaded.warnings }
}

async function loadAll(sources: Sources, problems: string[]): Promise<LoadedConfiguration | undefined> {
  let env: PlainObject | undefined = { ...sources.env }
  while (env) {
    const rest = env as NonNullable<Sources['env']>
    const outcome = await refusalOf(() => loadConfiguration({ ...sources, env: rest }))
    if (typeof outcome !== 'string') return outcome
    problems.push(outcome)
    env = without(env, [nameIn(outcome)])
  }
  return undefined
}

/** @returns what a start with these options would warn of */
async function inspect(options: LatchkeyOptions): Promise<readonly string[]> {
  const models = readModels(options)
  const warnings = models.flatMap(inspectModel)
  const [{ settings }] = models
  createLetterWriter(settings.mail)
  await readHooks(settings)
  return warnings
}

/** What the work returns, or the sentence that refuses the configuration. */
async function refusalOf<T extends object>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work()
  } catch (error) {
    if (isRefusal(error, 'CONFIGURATION_INVALID')) return error.message
    throw error
  }
}

/** Sentences about an option or a variable begin with its name. */
function nameIn(problem: string): string {
  return problem.split(':', 1)[0] as string
}

/** The same without what stands at a path, or without the group where it is missing; undefined where there is neither. */
function without(options: PlainObject, [key = '', ...rest]: readonly string[]): PlainObject | undefined {
  if (!Object.hasOwn(options, key)) return undefined
  const { [key]: inner, ...others } = options
  const left = rest.length > 0 && isPlainObject(inner) ? without(inner, rest) : undefined
  return left ? { ...others, [key]: left } : others
}
