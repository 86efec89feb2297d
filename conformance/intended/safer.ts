import type { IntendedDifference } from '../harness/judge.ts'
import {
  areEqualWithout,
  codeOf,
  gives,
  isDone,
  isRefused,
  isStatus,
  wholeAnswer,
} from '../harness/predicates.ts'

/** Where LoopBack's own answer would be unsafe, or is a failure. */
export const saferAnswers: readonly IntendedDifference[] = [
  {
    name: 'refused instead of an internal error, a crash or a hang',
    reason: 'LoopBack answers 500, dies or says nothing at bad input; here it is the client’s mistake.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isStatus(pair, 'loopback', 500, 'hung') && isRefused(pair, 'latchkey'),
  },
  {
    name: 'alive where LoopBack died',
    reason: 'Some requests end LoopBack’s process; there is no answer to compare with, then or afterwards.',
    parts: [...wholeAnswer, 'header cache-control'],
    when: (pair) =>
      isStatus(pair, 'loopback', 'died') && (isDone(pair, 'latchkey') || isRefused(pair, 'latchkey')),
  },
  {
    name: 'done where LoopBack stumbles',
    reason:
      'What is an internal error there, such as an operator on a value it cannot apply to, makes sense here.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isStatus(pair, 'loopback', 500) && isDone(pair, 'latchkey'),
  },
  {
    name: 'nobody confirms an own address by a property',
    reason: '`emailVerified` from the account itself is ignored: roles may hang on a verified address.',
    parts: ['body', 'order', 'header etag'],
    when: (pair) => areEqualWithout(pair, 'emailVerified') && !areEqualWithout(pair),
  },
  {
    name: 'an address that was not proved is not',
    reason: 'Follows from the one before: whoever sets `emailVerified` without right still cannot log in.',
    areas: ['confirm'],
    request: /^POST \/Users\/(login|reset)$/,
    parts: wholeAnswer,
    when: (pair) =>
      isDone(pair, 'loopback') && String(codeOf(pair, 'latchkey')).endsWith('EMAIL_NOT_VERIFIED'),
  },
  {
    name: 'roles are not the client’s to set',
    reason: '`roles` in an account is ignored, so that no program takes it for what the operator granted.',
    parts: ['body', 'order', 'header etag'],
    when: (pair) => areEqualWithout(pair, 'roles') && !areEqualWithout(pair),
  },
  {
    name: 'no properties named like those every object has',
    reason:
      'A `toString` or `constructor` of one’s own breaks programs that read the account; LoopBack’s own too.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) => codeOf(pair, 'latchkey') === 'PROPERTY_NAME_NOT_ALLOWED',
  },
  {
    name: 'lists show handles of tokens',
    reason: 'Only digests are kept. A handle has 64 characters, whatever the length of the token.',
    areas: ['settings'],
    scenario: /accessTokenIdLength/,
    request: /^GET .*\/accessTokens$/,
    parts: ['body', 'header etag'],
  },
  {
    name: 'a realm stays',
    reason: 'Whoever changes the own realm takes over what belongs to that name elsewhere: ignored.',
    parts: ['body', 'order', 'header etag'],
    when: (pair) => areEqualWithout(pair, 'realm') && !areEqualWithout(pair),
  },
  {
    name: 'a hash is no password',
    reason: 'A client that chooses the hash chooses its cost too, and keeps a core busy for days.',
    areas: ['create'],
    scenario: /^a hash for a password$/,
    request: /^POST \/Users\/login$/,
    parts: wholeAnswer,
  },
  {
    name: 'nobody chooses a token',
    reason: 'Ids of tokens are drawn here and nowhere else; one from the client is ignored.',
    areas: ['access-tokens'],
    request: /^(POST|PUT) .*\/accessTokens/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => gives(pair, 'id'),
  },
  {
    name: 'no token properties through ttl',
    reason: 'LoopBack takes an object as `ttl` for the token’s own properties, scopes included.',
    parts: wholeAnswer,
    request: /^POST \/Users\/login$/,
    when: (pair) => gives(pair, 'ttl') && codeOf(pair, 'latchkey') === 'INVALID_TTL',
  },
  {
    name: 'nobody chooses a verification token',
    reason: 'Whoever chooses it needs no mail to confirm with it.',
    request: /^GET \/Users\/confirm\?uid=\d+&token=chosen/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isDone(pair, 'loopback') && codeOf(pair, 'latchkey') === 'INVALID_TOKEN',
  },
  {
    name: 'a confirmation leads only where the operator allows',
    reason: 'An open redirect lends our name to any page.',
    areas: ['confirm'],
    request: /redirect=/,
    parts: wholeAnswer,
    when: (pair) => codeOf(pair, 'latchkey') === 'REDIRECT_NOT_ALLOWED',
  },
  {
    name: 'a mailed token sets one password',
    reason: 'Mailed tokens are used up by their use.',
    areas: ['passwords'],
    request: /access_token=<mailed\.token>|\/login$/,
    parts: wholeAnswer,
    taints: true,
    scenario: /^a mailed token/,
    when: (pair) => isDone(pair, 'loopback') && isStatus(pair, 'latchkey', 401),
  },
  {
    name: 'no password in clear text',
    reason: 'LoopBack’s `update` stores a password as it is; here every password is hashed, and works.',
    areas: ['upsert', 'settings'],
    request: /^POST \/Users\/login$/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => codeOf(pair, 'loopback') === 'LOGIN_FAILED' && isDone(pair, 'latchkey'),
  },
  {
    name: 'addresses and names stay unique',
    reason: 'An index keeps them so; LoopBack lets `update` and upserts of known ids store a second one.',
    parts: wholeAnswer,
    taints: true,
    request: /^(PATCH|PUT|POST) /,
    when: (pair) =>
      isDone(pair, 'loopback') &&
      isRefused(pair, 'latchkey', 500) &&
      pair.latchkey.text.includes('already exists'),
  },
  {
    name: 'no password in an error',
    reason: 'LoopBack 2 repeats a refused password in its message.',
    versions: ['loopback2'],
    parts: ['body', 'header etag'],
    when: (pair) =>
      ['PASSWORD_TOO_LONG', 'INVALID_PASSWORD'].includes(String(codeOf(pair, 'loopback'))) &&
      areEqualWithout(pair, 'message'),
  },
  {
    name: 'no sorting by what is hidden',
    reason: 'The order of a list tells what is not shown in it.',
    areas: ['properties'],
    scenario: /^hidden/,
    request: /"order":"p%20DESC"/,
    parts: ['body', 'header etag'],
  },
  {
    name: 'no JSONP',
    reason: 'A page of another origin would read accounts with the visitor’s cookies or address.',
    areas: ['http'],
    parts: wholeAnswer,
    when: (pair) => String(pair.loopback.headers['content-type']).startsWith('text/javascript'),
  },
  {
    name: 'no XML',
    reason: 'LoopBack itself has it switched off, and yet `_format=xml` opens it, with texts “undefined”.',
    areas: ['http'],
    parts: wholeAnswer,
    when: (pair) => /xml/.test(String(pair.loopback.headers['content-type'])),
  },
  {
    name: 'a page at the web root',
    reason: 'A confirmed link leads there; it tells who follows it that it worked.',
    areas: ['paths'],
    request: /^(GET|HEAD) !\/$/,
    parts: [...wholeAnswer, 'header cache-control'],
  },
  {
    name: 'a form for a mailed link',
    reason: 'The link in a letter about a lost password shows a plain form; to LoopBack it is an id.',
    request: /^(GET|HEAD) \/Users\/reset-password/,
    parts: [...wholeAnswer, 'header cache-control'],
  },
  {
    name: 'deep and long filters are refused',
    reason: 'A filter has at most twelve levels and a hundred conditions.',
    areas: ['filter-rest'],
    scenario: /^(depth|many conditions)$/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'latchkey', 400),
  },
]
