import { isDeepStrictEqual } from 'node:util'
import type { IntendedDifference, Pair } from './harness/judge.ts'
import {
  areBothRefused,
  areEqualInAnyOrder,
  areEqualWithout,
  codeOf,
  gives,
  isDone,
  isRefused,
  isStatus,
  messageOf,
  wholeAnswer,
} from './harness/predicates.ts'

/** Whether a change stream told nothing that the other one did not. */
function toldNoMore(one: string, other: string): boolean {
  const told = new Set(other.split('\n'))
  return one.split('\n').every((line) => told.has(line))
}

/** A refusal as it is of an address that is not taken. */
function withoutTaken(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replace(/; `email` Email already exists \(value: .*?\)(?=[.;])/g, '')
    .replaceAll(',"uniqueness"', '')
    .replaceAll(',"Email already exists"', '')
  return JSON.parse(text)
}

const isOfList = ({ request }: Pair): boolean => Array.isArray(request.body)

/** Every difference that was decided on, with its reason. The report prints them; one that never shows fails the run. */
export const intendedDifferences: readonly IntendedDifference[] = [
  // Where LoopBack’s own answer would be unsafe, or is a failure.
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
    name: 'a newer link ends the older one',
    reason: 'Of several letters about a lost password the last one counts, whoever reads the others.',
    areas: ['passwords'],
    scenario: /^one link after another$/,
    request: /^GET \/Users\/2$|<older\.token>/,
    parts: wholeAnswer,
    taints: true,
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

  // Passwords, tokens and letters.
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

  // What accounts hold, and how they come to.
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
    reason:
      'Of an address that is none, in LoopBack 3 of a list of addresses, LoopBack says that it is taken, too.',
    parts: ['body'],
    when: ({ loopback, latchkey }) =>
      loopback.text.includes('`email` is invalid') &&
      isDeepStrictEqual(withoutTaken(loopback.body), latchkey.body),
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
    when: (pair) =>
      isDone(pair, 'loopback') &&
      /is invalid|is not a valid date|could not create List|Items must be an array/.test(
        messageOf(pair, 'latchkey'),
      ),
  },
  {
    name: 'types hold for `update`',
    reason: 'LoopBack’s `update` keeps a list in a property of another type, with the type for each member.',
    areas: ['properties', 'generated changes'],
    scenario: /^a list for another type$|^changes$/,
    request: /^GET \/Users/,
    parts: ['body', 'header etag'],
    when: ({ loopback }) => /"(username|age|member|born)":\[/.test(loopback.text),
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
    name: 'which of several mistakes is named',
    reason: 'Where a request is wrong in two ways, both sides refuse it, but not for the same reason.',
    request:
      /^((PUT|PATCH) \/Users(\/2)?|POST \/Users\/(replaceOrCreate|\d+\/replace|(upsertWithWhere|update)\?.*|change-password|reset-password|logout\?.*))$/,
    parts: wholeAnswer,
    when: (pair) => areBothRefused(pair) && !messageOf(pair, 'loopback').includes('has no method handling'),
  },

  // Settings, paths, filters, and the form of answers.
  {
    name: 'rules and properties without effect are refused',
    reason:
      'A DENY of a method by another name, or `username` declared anew, has no effect here: said at start, not silently.',
    parts: ['start'],
    when: ({ latchkey }) => /rules know "|this name is taken by the user model/.test(String(latchkey.status)),
  },
  {
    name: '`settings` in a model file are settings',
    reason:
      'LoopBack reads settings at the top of a model file and under `options`, not under `settings`, silently.',
    areas: ['model-files'],
    scenario: /^settings under settings$/,
    parts: wholeAnswer,
  },
  {
    name: 'no CORS',
    reason:
      'Off unless origins are listed in `server.cors.origins`; what LoopBack generated lets every origin in.',
    parts: [
      ...wholeAnswer,
      'header access-control-allow-credentials',
      'header access-control-allow-headers',
      'header access-control-allow-methods',
      'header access-control-allow-origin',
      'header access-control-max-age',
      'header cache-control',
    ],
    when: ({ request, parts }) =>
      request.method === 'OPTIONS' || parts.every((part) => part.startsWith('header access-control-')),
  },
  {
    name: 'our own pages for errors',
    reason: 'Plain, in no cache, and without stack traces.',
    parts: ['body', 'header cache-control', 'header etag', 'header vary'],
    when: ({ loopback, latchkey }) =>
      loopback.status === latchkey.status &&
      [loopback, latchkey].every(({ headers }) => headers['content-type'] === 'text/html; charset=utf-8'),
  },
  {
    name: 'no page beside the API for `_format`',
    reason: '`_format` is a parameter of the API; who wants a page elsewhere says so in `Accept`.',
    versions: ['loopback3'],
    areas: ['http'],
    request: /^GET !\/elsewhere\?_format=html$/,
    parts: wholeAnswer,
  },
  {
    name: 'JSON is UTF-8',
    reason: 'UTF-16 is refused as a charset (RFC 8259, 8.1); LoopBack reads it, in the wrong order of bytes.',
    areas: ['http'],
    parts: wholeAnswer,
    when: (pair) => messageOf(pair, 'latchkey') === 'unsupported charset "UTF-16"',
  },
  {
    name: 'ids in brackets, and beyond all numbers',
    reason:
      'Which spellings of an id mean the same differs from method to method in LoopBack; here it is one list.',
    areas: ['paths', 'generated ids'],
    request: /\/Users\/(\[\d+\]|%5B\d+%5D|99999999999999999999|9007199254740993)/,
    parts: wholeAnswer,
    taints: true,
  },
  {
    name: 'one path in several spellings',
    reason:
      'Double slashes and escaped letters in the name of the model lead where the plain path does, by the same rules.',
    areas: ['paths'],
    request: /^GET (!\/\/api|.*\/\/$|\/%55)/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'loopback', 404),
  },
  {
    name: 'HEAD answers as GET does',
    reason: 'LoopBack’s HEAD of `exists` gets 404 where GET gets 200 and `false`.',
    request: /^HEAD \/Users\/[^/]+\/exists$/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'loopback', 404) && isStatus(pair, 'latchkey', 200),
  },
  {
    name: 'a GET has no body',
    reason: 'Content in a GET has no meaning, and proxies may drop it (RFC 9110, 9.3.1).',
    request: /^GET /,
    parts: wholeAnswer,
    when: ({ request }) => request.body !== undefined,
  },
  {
    name: 'change streams tell of whole accounts',
    reason:
      'Of an update or removal LoopBack tells what was sent and by which condition, and misses some where `options` has conditions; LoopBack 2 forgets those.',
    areas: ['change-stream'],
    request: /change-stream/,
    parts: ['body'],
    when: ({ loopback, latchkey }) =>
      loopback.text.includes('"where":') || toldNoMore(loopback.text, latchkey.text),
  },
  {
    name: 'no encoding that is none',
    reason:
      'LoopBack says that a stream is encoded as `x-no-compression`, which nobody knows (RFC 9110, 8.4.1).',
    areas: ['change-stream'],
    parts: ['header content-encoding'],
    when: ({ latchkey }) => latchkey.headers['content-encoding'] === undefined,
  },
  {
    name: 'JSON that is broken is refused',
    reason: 'LoopBack overlooks it in `include`.',
    areas: ['login'],
    request: /include=\["user"$/,
    parts: wholeAnswer,
    when: (pair) => isStatus(pair, 'latchkey', 400),
  },
  {
    name: 'a redirect without a body has no content type',
    reason: 'LoopBack 2 says that nothing is JSON.',
    versions: ['loopback2'],
    parts: ['header content-type'],
    when: (pair) => isStatus(pair, 'loopback', 302) && isStatus(pair, 'latchkey', 302),
  },
  {
    name: 'the order of an error’s members',
    reason: 'JSON objects have no order (RFC 8259).',
    versions: ['loopback2'],
    parts: ['order'],
    when: areBothRefused,
  },
  {
    name: 'no echo of a broken body',
    reason: 'LoopBack 2 repeats what it could not read, or how long it was; it may hold a password.',
    versions: ['loopback2'],
    parts: ['body'],
    when: (pair) => areBothRefused(pair) && areEqualWithout(pair, 'body', 'expected', 'length', 'limit'),
  },
  {
    name: 'regular expressions that run in linear time',
    reason: 'Look-ahead and references to groups can keep a core busy for ever.',
    parts: wholeAnswer,
    when: (pair) => messageOf(pair, 'latchkey').startsWith('not a regular expression we can run'),
  },
  {
    name: 'no conditions on what is hidden',
    reason:
      'A change by one is refused, and a count does not tell; LoopBack drops the condition, and changes everybody.',
    parts: wholeAnswer,
    taints: true,
    when: (pair) =>
      codeOf(pair, 'latchkey') === 'PROPERTY_NOT_FILTERABLE' ||
      (/^hidden/.test(pair.scenario) && /where"?[:=].*"p"/.test(pair.request.path)) ||
      /^\/Users\/count\?where=.*password/.test(pair.request.path),
  },
  {
    name: 'conditions on lists as they are meant',
    reason:
      'What LoopBack finds by a condition on a list, or refuses, hangs on how lists and texts become each other.',
    areas: ['filters', 'generated filters'],
    parts: wholeAnswer,
    when: ({ scenario, request }) =>
      scenario.startsWith('array, ') || /\btags\b|22tags%22/.test(request.path),
  },
  {
    name: 'a pattern is a text',
    reason: 'LoopBack 2 answers `{}` where it should answer a list, when the regular expression is none.',
    areas: ['filters', 'generated filters'],
    versions: ['loopback2'],
    request: /regexp/,
    parts: wholeAnswer,
    when: (pair) =>
      pair.loopback.text === '{}' ||
      messageOf(pair, 'latchkey').startsWith('Invalid argument, must be a string, regex'),
  },
  {
    name: 'values of several types in one order',
    reason:
      'LoopBack’s order of numbers, texts, booleans, null and what is missing depends on how they stood before.',
    areas: ['filter-rest', 'generated filters'],
    request: /order.*(mixed|member|age|name|born|any|free|tags)/,
    parts: ['body'],
    when: (pair) => /findOne|limit|skip|offset/.test(pair.request.path) || areEqualInAnyOrder(pair),
  },
  {
    name: 'nonsense in filters',
    reason:
      'Lists in place of a filter or under `fields`, a unit of length that is none, a condition on `hasOwnProperty`: LoopBack finds something by chance.',
    areas: ['filter-rest', 'filters', 'geo'],
    request: /fields%22%3A%5B%5B|parsecs|hasOwnProperty|\/1\?filter(\[|=\[|=\{\}&)/,
    parts: wholeAnswer,
  },
  {
    name: '`where` is somebody',
    reason: '`where=null` or a list is a mistake; LoopBack 3 updates everybody.',
    areas: ['upsert'],
    request: /^POST \/Users\/update\?where=(null|%5B)/,
    parts: wholeAnswer,
    taints: true,
    when: (pair) => isDone(pair, 'loopback') && isRefused(pair, 'latchkey'),
  },
]
