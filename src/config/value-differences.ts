import { difference } from './difference.ts'
import type { PropertyType } from './property-options.ts'

/** What accounts hold: properties nobody declared, those LoopBack declares, and ids. */
export const valueDifferences = {
  unknownProperties: difference<'refused' | 'dropped'>({
    documented: 'refused',
    loopback3: 'refused',
    loopback2: 'dropped',
    reason:
      'With `strict: true` a property that is not declared gets 422. LoopBack 2 silently leaves it out; there only `"validate"` refuses.',
  }),
  builtInProperties: difference<Readonly<Record<string, PropertyType>>>({
    documented: {},
    loopback3: {},
    loopback2: {
      credentials: 'object',
      challenges: 'object',
      status: 'string',
      created: 'date',
      lastUpdated: 'date',
    },
    reason: 'LoopBack 2 declares these of every user, and hence coerces them.',
  }),
  memberOrder: difference<readonly string[]>({
    documented: [],
    loopback3: ['realm', 'username', 'email', 'emailVerified', 'id'],
    loopback2: [
      'realm',
      'username',
      'credentials',
      'challenges',
      'email',
      'emailVerified',
      'status',
      'created',
      'lastUpdated',
      'id',
    ],
    reason:
      'The JSON of a user starts with what every user has. LoopBack’s starts with declared properties, then come these, then all others.',
  }),
  idOnCreate: difference<'ignored' | 'refused'>({
    documented: 'ignored',
    loopback3: 'refused',
    loopback2: 'ignored',
    reason:
      'Ids are given by the server. LoopBack 3 refuses a new account that brings one (also 0); LoopBack 2 takes it, which would let strangers choose an id that access rules name.',
  }),
  idInUpdates: difference<'same' | 'exact'>({
    documented: 'same',
    loopback3: 'exact',
    loopback2: 'exact',
    reason:
      'An update may repeat its user’s id, or say none. LoopBack refuses `null` in an update of attributes, and in a replacement the id as text.',
  }),
  replacementsOfNobody: difference<'missing' | 'judged'>({
    documented: 'missing',
    loopback3: 'judged',
    loopback2: 'missing',
    reason:
      'Who replaces an unknown user gets 404; LoopBack 3 sees first whether what was sent is a whole user.',
  }),
}
