import { difference } from './difference.ts'

/** How requests are read, and how answers and refusals are worded. */
export const wireDifferences = {
  tokenSearch: difference<'unambiguous' | 'first'>({
    documented: 'unambiguous',
    loopback3: 'first',
    loopback2: 'first',
    reason:
      'Two different tokens in one request are an attack or a mistake. LoopBack takes the first it finds: in the query, `X-Access-Token`, `Authorization`.',
  }),
  tokenInLogoutBody: difference<boolean>({
    documented: true,
    loopback3: false,
    loopback2: false,
    reason: 'The documentation wants the token in the body of a logout; LoopBack never looks there.',
  }),
  ownSessions: difference<boolean>({
    documented: true,
    loopback3: false,
    loopback2: false,
    reason:
      '`GET /users/me` and `/users/me/sessions` are about whoever asks. LoopBack has no such paths; to it `me` is an id.',
  }),
  expiredTokens: difference<'told' | 'toldOnce'>({
    documented: 'told',
    loopback3: 'toldOnce',
    loopback2: 'toldOnce',
    reason:
      'An expired token says so until it is purged. LoopBack deletes it on first use; then it is unknown.',
  }),
  contentTypes: difference<'refused' | 'ignored'>({
    documented: 'refused',
    loopback3: 'ignored',
    loopback2: 'ignored',
    reason: 'A body that is neither JSON nor a form gets 415; LoopBack takes it for none.',
  }),
  argumentsInHeaders: difference<boolean>({
    documented: false,
    loopback3: true,
    loopback2: true,
    reason: 'LoopBack looks for `filter` and `where` among the headers too, where nobody expects them.',
  }),
  bracketedValues: difference<'text' | 'guessed'>({
    documented: 'text',
    loopback3: 'text',
    loopback2: 'guessed',
    reason: 'LoopBack 2 guesses that bracketed `true`, `null` and numbers in a query are no texts.',
  }),
  queryLimits: difference<'told' | 'silent'>({
    documented: 'told',
    loopback3: 'silent',
    loopback2: 'silent',
    reason:
      'Brackets in a query may nest as deep as a filter needs, and what is too much gets 400. Deeper than five levels LoopBack silently finds nothing.',
  }),
  argumentTypes: difference<'lenient' | 'loopback3' | 'loopback2'>({
    documented: 'lenient',
    loopback3: 'loopback3',
    loopback2: 'loopback2',
    reason:
      'Blanks around JSON in a query are no harm, and an empty `filter` or `null` is none. LoopBack 3 minds the former, LoopBack 2 the latter; and there a list, or JSON in a JSON text, will do for an object.',
  }),
  argumentsBeforeRules: difference<boolean>({
    documented: true,
    loopback3: true,
    loopback2: false,
    reason:
      'A filter that is no object is refused before anybody is asked for permission; LoopBack 2 asks first.',
  }),
  compressedBodies: difference<boolean>({
    documented: false,
    loopback3: true,
    loopback2: true,
    reason:
      'A body in gzip gets 415: no documented client sends one. LoopBack inflates it (and so do we, up to the limit for bodies).',
  }),
  unknownPaths: difference<'bare' | 'judged'>({
    documented: 'bare',
    loopback3: 'judged',
    loopback2: 'judged',
    reason:
      'A path below the root that leads nowhere gets 404, whoever asks. LoopBack looks at the token first, and may say that it has expired.',
  }),
  caching: difference<'no-store' | 'etag'>({
    documented: 'no-store',
    loopback3: 'etag',
    loopback2: 'etag',
    reason:
      'Answers about accounts are kept nowhere. LoopBack sends a weak ETag, and 304 to who has that already.',
    risk: 'Browsers and caches keep what was answered, until they ask again.',
  }),
  negotiation: difference<'json' | 'accept'>({
    documented: 'json',
    loopback3: 'accept',
    loopback2: 'accept',
    reason:
      'Everything is JSON. LoopBack answers 406 when `Accept` or `_format` ask for something else, after the method has run.',
  }),
  errors: difference<'coded' | 'loopback3' | 'loopback2'>({
    documented: 'coded',
    loopback3: 'loopback3',
    loopback2: 'loopback2',
    reason: 'Every refusal has a `code`; many of LoopBack’s have none.',
  }),
  documentedArguments: difference<boolean>({
    documented: true,
    loopback3: false,
    loopback2: false,
    reason:
      'The documentation has a bare `where` for a user’s tokens, and `data` in the query of `PUT /users/{id}`. LoopBack looks at neither.',
  }),
}
