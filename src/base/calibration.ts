import { totalmem } from 'node:os'
import * as argon2 from '@node-rs/argon2'
import { hashSlots } from './hash-gate.ts'
import { type HashParameters, weakestParameters } from './hash-parameters.ts'

/** Runs, of which the middle one counts. */
const runs = 5
/** All hashes at once may take an eighth of the machine's memory; more than 256 MiB for one helps little. */
const mostMemory = Math.min(262_144, Math.floor(totalmem() / 1_024 / 8 / hashSlots))

export interface Suggestion {
  /** For `user.argon2`. */
  readonly parameters: HashParameters
  /** What one hash took with them, in milliseconds; more than was asked for where the weakest take as long. */
  readonly ms: number
}

/**
 * The strongest parameters of Argon2id with which this machine makes a hash in the time given: as much memory as can be,
 * then as many passes. Takes a few seconds, on a machine that does nothing else.
 */
export async function suggestHashParameters(budgetMs = 100): Promise<Suggestion> {
  const weakest = { parameters: weakestParameters, ms: await timeOf(weakestParameters) }
  // Time grows with the product of both, but not quite evenly; so what is reckoned is measured, and taken back a little.
  let times = budgetMs / weakest.ms
  while (times > 1) {
    const parameters = scaled(times)
    const ms = await timeOf(parameters)
    if (ms <= budgetMs) return { parameters, ms }
    times *= Math.min(0.95, budgetMs / ms)
  }
  return weakest
}

/** The weakest parameters, made so many times as expensive. */
function scaled(times: number): HashParameters {
  const { memoryCost: least, timeCost, parallelism } = weakestParameters
  const memory = Math.min(least * times, Math.max(mostMemory, least))
  const memoryCost = Math.max(least, Math.floor(memory / 1_024) * 1_024)
  const passes = Math.floor((timeCost * times * least) / memoryCost)
  return { memoryCost, timeCost: Math.max(timeCost, passes), parallelism }
}

async function timeOf(parameters: HashParameters): Promise<number> {
  await argon2.hash('once for the memory', parameters)
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    await argon2.hash('a password', parameters)
    times.push(performance.now() - started)
  }
  return times.sort((one, other) => one - other)[Math.floor(runs / 2)] as number
}
