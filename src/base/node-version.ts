import { LatchkeyError } from './errors.ts'

/** The oldest Node with what we stand on: `node:sqlite` without a flag. */
const oldest = 24

/** @throws {LatchkeyError} CONFIGURATION_INVALID on a Node that is too old, in one sentence */
export function assertNode(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= oldest) return
  throw new LatchkeyError('CONFIGURATION_INVALID', {
    values: [`Latchkey needs Node ${oldest} or newer; this is Node ${version}`],
  })
}
