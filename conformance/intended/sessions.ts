import type { IntendedDifference } from '../harness/judge.ts'
import {
  areBothRefused,
  areEqualWithout,
  codeOf,
  gives,
  isDone,
  isStatus,
  wholeAnswer,
} from '../harness/predicates.ts'

/** Passwords, tokens and letters. */
export const sessionDifferences: readonly IntendedDifference[] = [
  {
    name: 'LoopBack 2 gets LoopBack 3’s methods for passwords',
    reason:
      'Without `verify`, `change-password` and `reset-password` the letter about a lost password would lead nowhere.',
    versions: ['loopback2'],
    request: /\/(verify|change-password|reset-password)(\?|$)/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isStatus(pair, 'loopback', 404),
  },
  {
    name: 'LoopBack 3’s settings count for LoopBack 2',
    reason: 'Whoever sets an option that LoopBack 2 does not know wants what it does.',
    versions: ['loopback2'],
    areas: ['settings', 'passwords'],
    scenario: /rejectPasswordChangesViaPatchOrReplace":true|restrictResetPasswordTokenScope":true/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) =>
      codeOf(pair, 'latchkey') === 'PASSWORD_CHANGE_NOT_ALLOWED' ||
      (pair.area === 'passwords' && gives(pair, 'email') && pair.latchkey.status === 401),
  },
  {
    name: 'sessions may stay after a change',
    reason: '`logoutSessionsOnSensitiveChanges: false` does what it says; LoopBack ends them all the same.',
    areas: ['settings'],
    scenario: /logoutSessionsOnSensitiveChanges/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => pair.request.path === '/Users/1',
  },
  {
    name: 'a confirmation mailed again by address',
    reason: '`POST /Users/verify` is ours: who is not logged in knows the address, not the id.',
    areas: ['confirm'],
    request: /^POST \/Users\/verify$/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'loopback', 404),
  },
  {
    name: 'a mailed token names its scopes',
    reason:
      'It may set a password without the old one, which other sessions may not; the list of tokens says so.',
    areas: ['passwords'],
    scenario: /^a mailed token/,
    request: /\/accessTokens\?/,
    parts: ['body'],
    when: (pair) => areEqualWithout(pair, 'scopes'),
  },
  {
    name: 'a life is a whole number of seconds',
    reason:
      'Nonsense in `ttl` is refused, parts of seconds are dropped, and `maxTTL` holds for every token. LoopBack makes tokens that live for ever, or that are dead and crash it.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) => gives(pair, 'ttl') && /\/(login|accessTokens)/.test(pair.request.path),
  },
  {
    name: 'tokens of nonsense lives',
    reason:
      'Follows from the one before: LoopBack says of its dead tokens that they are invalid, we never made them.',
    areas: ['login', 'settings'],
    scenario:
      /^a time to live that makes no sense$|^the time to live asked for$|^\{"allowEternalTokens":false/,
    request: /^GET \/Users\/1$/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'latchkey', 401),
  },
  {
    name: 'a token has what LoopBack documents',
    reason:
      '`created` is the server’s to say, `scopes` a list of names, and there are no properties of one’s own.',
    areas: ['access-tokens'],
    request: /^(POST|PUT) .*\/accessTokens/,
    parts: [...wholeAnswer, 'order'],
    taints: true,
    when: (pair) => gives(pair, 'created', 'scopes', 'extra') || Array.isArray(pair.request.body),
  },
  {
    name: 'scopes come last',
    reason: 'JSON objects have no order (RFC 8259).',
    areas: ['access-tokens', 'passwords'],
    request: /\/accessTokens/,
    parts: ['order'],
    when: (pair) => pair.loopback.text.includes('"scopes"'),
  },
  {
    name: 'verification tokens have 64 characters',
    reason: 'LoopBack’s have 128. Both are longer than anybody can guess.',
    areas: ['confirm'],
    request: /mailed\.token/,
    parts: ['body'],
    when: ({ loopback, latchkey }) =>
      loopback.text.replaceAll('«random 128»', '') === latchkey.text.replaceAll('«random 64»', ''),
  },
  {
    name: 'no letter where nothing is to be proved',
    reason: 'Who has confirmed an address gets no link to confirm it again; LoopBack sends one.',
    areas: ['confirm'],
    scenario: /^verify again/,
    request: /^GET \/Users\/(1|1\/confirm|confirm)(\?|$)/,
    parts: wholeAnswer,
  },
  {
    name: 'who resets a password is named by texts',
    reason:
      'A `realm` that is no text, or an empty `password`, is a mistake of the client; LoopBack overlooks it.',
    areas: ['passwords'],
    request: /^POST \/Users\/reset$/,
    parts: wholeAnswer,
    when: (pair) =>
      gives(pair, 'realm', 'password') &&
      ['INVALID_REALM', 'INVALID_PASSWORD'].includes(String(codeOf(pair, 'latchkey'))),
  },
  {
    name: 'ids in a link are those in a path',
    reason: '`uid=true` means account 1, as it does in LoopBack’s paths; its `confirm` looks for a text.',
    areas: ['confirm'],
    request: /uid=true/,
    parts: wholeAnswer,
    when: areBothRefused,
  },
  {
    name: 'an argument that is empty is none',
    reason: 'LoopBack 2 takes an empty `token` for one, and redirects to nowhere.',
    versions: ['loopback2'],
    areas: ['confirm'],
    request: /(token|redirect)=$/,
    parts: wholeAnswer,
  },
  {
    name: 'a new address is to be proved',
    reason: 'In LoopBack 2 the new address counts as proved because the old one was.',
    versions: ['loopback2'],
    areas: ['settings'],
    scenario: /^\{"emailVerificationRequired":true/,
    request: /^POST \/Users\/login$/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) =>
      codeOf(pair, 'latchkey') === 'LOGIN_FAILED_EMAIL_NOT_VERIFIED' && isDone(pair, 'loopback'),
  },
  {
    name: 'whose address is not proved',
    reason: 'LoopBack 2 does not say whose it is; LoopBack 3 does, to who knew the password.',
    versions: ['loopback2'],
    request: /^POST \/Users\/login$/,
    parts: ['body'],
    when: (pair) =>
      codeOf(pair, 'loopback') === 'LOGIN_FAILED_EMAIL_NOT_VERIFIED' && areEqualWithout(pair, 'details'),
  },
  {
    name: 'Bearer and the token as it is',
    reason:
      'LoopBack 3 wants the token in base64 there, LoopBack 2 nothing; everybody else sends it as it is.',
    areas: ['tokens'],
    scenario: /^headers \{"authorization":"Bearer/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'loopback', 401) && isDone(pair, 'latchkey'),
  },
  {
    name: 'logout by POST',
    reason:
      'LoopBack answers every verb of HTTP there, PROPFIND included; here it is POST, GET and the other usual ones.',
    areas: ['tokens'],
    request: /^PROPFIND \/Users\/logout$/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isStatus(pair, 'latchkey', 404),
  },
]
