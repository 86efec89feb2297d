import { redactText } from '../base/log.ts'
import { LatchkeyError } from '../index.ts'

/** How a command may end, so that a script can tell. The numbers are those of sysexits.h. */
export const statuses = {
  done: 0,
  /** What was asked for makes no sense, was refused, or was called off. */
  refused: 1,
  /** There is no such account. */
  noSuchUser: 67,
  /** The database cannot be opened, or is busy. */
  unavailable: 69,
} as const

/** Ends a command with a sentence for the operator. */
export class Failure extends Error {
  readonly status: number
  constructor(message: string, status: number = statuses.refused) {
    super(message)
    this.status = status
  }
}

/** Says on standard error why a command failed. @returns the status to end with */
export function complain(error: unknown): number {
  console.error(`latchkey: ${redactText(reasonOf(error))}`)
  if (error instanceof Failure) return error.status
  const isAboutDatabase = /^DATABASE_/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')
  return isAboutDatabase ? statuses.unavailable : statuses.refused
}

/** A client is not told why the service cannot serve; the operator is. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isBare = error instanceof LatchkeyError && error.kind === 'unavailable'
  const { cause } = error
  return isBare && cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}
