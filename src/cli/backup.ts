import { resolve } from 'node:path'
import { backup, type LatchkeyOptions } from '../index.ts'

/** How often to tell how far it is. */
const intervalMs = 1_000

/** Copies the database to a file, and tells how far it is where that takes a while. */
export async function backUp(options: LatchkeyOptions, files: readonly string[]): Promise<number> {
  const [file] = files
  if (file === undefined || files.length > 1) throw new Error('backup needs one file to make')
  let told = performance.now()
  const bytes = await backup(options, file, (pages, ofPages) => {
    if (performance.now() - told < intervalMs) return
    told = performance.now()
    console.error(`latchkey: ${Math.floor((100 * pages) / ofPages)} % copied`)
  })
  console.log(JSON.stringify({ file: resolve(file), bytes }))
  return 0
}
