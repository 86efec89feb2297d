import { Failure } from './failure.ts'

/** Options of the command line itself, beside all those of the configuration. */
export const ownOptions = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  workers: { type: 'string' },
  model: { type: 'string' },
  realm: { type: 'string' },
  email: { type: 'string' },
  username: { type: 'string' },
  role: { type: 'string', multiple: true },
  ms: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  filter: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Which commands take an option, by how they begin; those that are not listed every command takes. */
const takers: Readonly<Partial<Record<string, readonly string[]>>> = {
  workers: ['serve', 'check-config'],
  model: ['user'],
  realm: ['user'],
  email: ['user create'],
  username: ['user create'],
  role: ['user create'],
  ms: ['calibrate'],
  from: ['move'],
  to: ['move'],
  filter: ['user list'],
  json: ['user', 'check-config'],
  yes: ['user delete'],
}

/**
 * What a command would overlook may be what somebody relies on: `user list --email …` would list everybody.
 * @throws {Failure} naming an option that is for other commands
 */
export function refuseStray(command: string, given: object): void {
  const stray = Object.keys(given).find(
    (option) => takers[option]?.some((taker) => `${command} `.startsWith(`${taker} `)) === false,
  )
  if (stray !== undefined) throw new Failure(`--${stray}: ${command} does not take it; see latchkey --help`)
}
