import type { IntendedDifference, Pair } from '../harness/judge.ts'
import {
  areBothRefused,
  codeOf,
  gives,
  isDone,
  isRefused,
  messageOf,
  wholeAnswer,
} from '../harness/predicates.ts'

const isOfList = ({ request }: Pair): boolean => Array.isArray(request.body)

/** What accounts hold, and how they come to. */
export const accountDifferences: readonly IntendedDifference[] = [
  {
    name: 'ids are the server’s',
    reason:
      'LoopBack 2, and 3 with `forceId: false`, let clients choose an id where an account can be made or updated; access rules and other tables name ids.',
    request: /^(POST|PUT|PATCH) \/Users(\/replaceOrCreate|\/upsertWithWhere\?.*|\/update\?.*)?$/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isDone(pair, 'loopback') && gives(pair, 'id'),
  },
  {
    name: 'a list is no account',
    reason:
      'Updates and upserts take one object. LoopBack 2 takes lists, too, and may keep their indexes as properties.',
    versions: ['loopback2'],
    request: /^(PATCH|PUT|POST) /,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isOfList(pair) && pair.request.path !== '/Users/2/accessTokens' && pair.area !== 'create',
  },
  {
    name: 'no NUL',
    reason: 'Databases and hash functions end a text at a NUL; it is refused everywhere.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) => codeOf(pair, 'latchkey') === 'MALFORMED_TEXT',
  },
  {
    name: 'a password has 72 bytes at most',
    reason: 'bcrypt does not look at more; LoopBack 2 counts characters instead.',
    versions: ['loopback2'],
    parts: wholeAnswer,
    taints: true,
    when: (pair) => codeOf(pair, 'latchkey') === 'PASSWORD_TOO_LONG' && isDone(pair, 'loopback'),
  },
  {
    name: 'addresses as LoopBack 3 judges them',
    reason: 'LoopBack 2’s pattern takes addresses that are none, and refuses those beyond ASCII.',
    versions: ['loopback2'],
    areas: ['create'],
    scenario: /^addresses$/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isRefused(pair, 'loopback') !== isRefused(pair, 'latchkey'),
  },
  {
    name: 'taken and wrong is wrong',
    reason: 'Of an address that is none LoopBack 2 says that it is taken, too.',
    versions: ['loopback2'],
    parts: ['body'],
    when: (pair) =>
      messageOf(pair, 'loopback').includes('`email` is invalid') &&
      messageOf(pair, 'loopback') !== messageOf(pair, 'latchkey') &&
      messageOf(pair, 'loopback').replace(/; `email` Email already exists \(value: "[^"]*"\)/, '') ===
        messageOf(pair, 'latchkey'),
  },
  {
    name: 'a word for each of several',
    reason:
      'Of a list of new accounts `details` has a member for each; LoopBack’s ends with the last refusal.',
    areas: ['create'],
    scenario: /^ids go on counting$/,
    parts: ['body'],
    when: (pair) => isOfList(pair),
  },
  {
    name: 'JSON in a text is read at once',
    reason:
      'Of a property of type object or any, or a list with what is no number in it, LoopBack answers what was sent, and shows something else on later reads; we answer at once what will be shown.',
    areas: ['properties'],
    scenario: /^type (object|any|\[)/,
    parts: ['body'],
    when: (pair) => isDone(pair, 'loopback') && isDone(pair, 'latchkey'),
  },
  {
    name: '`strict` holds for `update`',
    reason: 'LoopBack’s `update` stores properties that `strict` forbids, and they can be filtered by.',
    areas: ['properties'],
    scenario: /^strict/,
    request: /^(POST \/Users\/update|GET \/Users\?filter=.*"other")/,
    parts: wholeAnswer,
  },
  {
    name: '`update` stores nothing invalid',
    reason: 'LoopBack’s `update` validates nothing: accounts get addresses that are none.',
    request: /^POST \/Users\/update\?/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isDone(pair, 'loopback') && messageOf(pair, 'latchkey').includes('is invalid'),
  },
  {
    name: 'a hidden address is one',
    reason:
      'With `email` hidden, LoopBack drops its own condition on it, and takes every new account for a duplicate.',
    areas: ['properties'],
    scenario: /^hidden address$/,
    parts: wholeAnswer,
  },
  {
    name: 'having no realm is a realm',
    reason: 'With both realm settings LoopBack compares an account without realm with those of all realms.',
    areas: ['settings'],
    scenario: /^\{"realmRequired":true,"realmDelimiter"/,
    request: /^POST \/Users$/,
    parts: wholeAnswer,
    taints: true,
  },
  {
    name: 'a new realm is ignored first',
    reason: 'A realm stays; so the names are not compared with those of another one.',
    areas: ['settings'],
    request: /^PATCH \/Users\/1$/,
    parts: wholeAnswer,
    when: (pair) => gives(pair, 'realm') && isDone(pair, 'latchkey'),
  },
  {
    name: 'a refused value as it was sent',
    reason: "LoopBack’s message shows what it made of it: `[ 0 ]` is `[ '0' ]` there.",
    request: /^(POST|PUT|PATCH) \/Users/,
    parts: ['body'],
    when: (pair) =>
      areBothRefused(pair) &&
      messageOf(pair, 'loopback').replaceAll("'", '') === messageOf(pair, 'latchkey').replaceAll("'", ''),
  },
  {
    name: 'which of several mistakes is named',
    reason: 'Where a request is wrong in two ways, both sides refuse it, but not for the same reason.',
    request:
      /^((PUT|PATCH) \/Users(\/2)?|POST \/Users\/(replaceOrCreate|\d+\/replace|(upsertWithWhere|update)\?.*|change-password|reset-password|logout\?.*))$/,
    parts: wholeAnswer,
    when: (pair) => areBothRefused(pair) && !messageOf(pair, 'loopback').includes('has no method handling'),
  },
]
