import { randomBytes } from 'node:crypto'
import type { Settings } from '../config/settings.ts'
import type { UserChange } from '../domain/users/changes.ts'
import { preferredType } from './accept.ts'

/** How changes are put into an answer that does not end. */
export interface ChangeFrames {
  readonly headers: Readonly<Record<string, string>>
  readonly opening: string
  frameOf(change: UserChange): string
  /** Says nothing, but fails where nobody is listening any more. */
  readonly heartbeat: string
}

const eventType = 'text/event-stream'

/** Server-sent events; where LoopBack's way of answering is asked for, its lines of JSON for who takes no events. */
export function framesFor(
  { behaviour: { negotiation, caching } }: Settings,
  accept: string | undefined,
  format: unknown,
): ChangeFrames {
  const takesEvents = format === 'event-stream' || preferredType(accept, [eventType]) !== undefined
  if (negotiation === 'accept' && !takesEvents) return jsonLines()
  return {
    headers: {
      'content-type': eventType,
      'cache-control': `${caching === 'no-store' ? 'no-store' : 'no-cache'}, no-transform`,
    },
    opening: ':ok\n\n',
    frameOf: (change) => `event: data\ndata: ${JSON.stringify(change)}\n\n`,
    heartbeat: ':\n\n',
  }
}

/** The form of the package `mux-demux`, which LoopBack's remote connector reads: each line names the stream it is of. */
function jsonLines(): ChangeFrames {
  const name = randomBytes(16).toString('hex')
  const line = (kind: string, value: unknown) => `${JSON.stringify([name, kind, value])}\n`
  return {
    headers: { 'content-type': 'application/json; boundary=NL' },
    opening: line('new', { opts: { writable: false, readable: true } }),
    frameOf: (change) => line('data', change),
    heartbeat: '',
  }
}
