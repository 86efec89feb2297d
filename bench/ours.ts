/** Latchkey as a subject of the benchmark. Usage: node bench/ours.ts FILE */
import { createLatchkey } from '../src/index.ts'
import { reportUsage } from './usage.ts'

const latchkey = await createLatchkey({
  database: { url: `sqlite:${process.argv[2]}` },
  log: { level: 'error' },
})
const url = await latchkey.listen({ port: 0 })
process.send?.({ url: url.replace('localhost', '127.0.0.1') })
reportUsage()
