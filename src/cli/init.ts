import { readdirSync, writeFileSync } from 'node:fs'

/** What a new house starts with: all of it may be changed, and what is not here has a default. */
const sensible = {
  server: { host: '127.0.0.1', port: 3000 },
  database: { url: 'sqlite:latchkey.db' },
  mail: { url: 'directory:mail', from: 'noreply@example.com' },
  user: { passwordPolicy: { minLength: 15, blocklist: true } },
}

/** Writes a configuration to begin with; never over one that is there. @param file undefined: where `serve` looks first */
export function init(file: string | undefined): number {
  const present = readdirSync('.').find((name) => /^latchkey\.config\.(json|ts|mjs)$/.test(name))
  if (file === undefined && present) throw new Error(`${present} is there already: nothing was written`)
  const path = file ?? 'latchkey.config.json'
  try {
    writeFileSync(path, `${JSON.stringify(sensible, null, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(
      code === 'EEXIST'
        ? `${path} is there already: nothing was written`
        : `cannot write ${path}: ${message}`,
    )
  }
  console.log(`${path} is written; every option is explained in docs/configuration.md`)
  return 0
}
