import { suggestHashParameters } from '../index.ts'

/**
 * Prints the options with which a hash takes this machine as long as it may: on standard output as they go into the
 * configuration, and what that means beside it.
 * @param text milliseconds
 */
export async function calibrate(text: string): Promise<number> {
  const budgetMs = Number(text)
  if (!(budgetMs >= 1 && budgetMs <= 10_000)) throw new Error('--ms: must be a number from 1 to 10000')
  const { parameters, ms } = await suggestHashParameters(budgetMs)
  console.log(JSON.stringify({ user: { argon2: parameters } }, null, 2))
  const { memoryCost, timeCost } = parameters
  const cost = `${Math.round(memoryCost / 1_024)} MiB and ${timeCost} passes take ${Math.round(ms)} ms here`
  const note = ms > budgetMs ? ', more than asked for; weaker ones are not safe' : ''
  console.error(`latchkey: ${cost}${note}`)
  return 0
}
