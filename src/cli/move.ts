import { type LatchkeyOptions, type MovedDatabases, move } from '../index.ts'

/** How often to tell how far it is. */
const intervalMs = 1_000

/** Copies one database to another, and tells how far it is where that takes a while. */
export async function moveAccounts(options: LatchkeyOptions, databases: MovedDatabases): Promise<number> {
  if (databases.from === undefined && databases.to === undefined)
    throw new Error('move needs --to or --from, or both; what is left out is database.url')
  let told = performance.now()
  const counts = await move(options, databases, {
    onProgress: (doing, rows, ofRows) => {
      if (performance.now() - told < intervalMs) return
      told = performance.now()
      console.error(`latchkey: ${doing} ${rows} of ${ofRows} rows`)
    },
    onWait: (error) => console.error(`latchkey: waiting for the database: ${(error as Error).message}`),
  })
  console.log(JSON.stringify(counts))
  return 0
}
