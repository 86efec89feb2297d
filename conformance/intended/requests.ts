import type { IntendedDifference } from '../harness/judge.ts'
import {
  areBothRefused,
  areEqualInAnyOrder,
  areEqualWithout,
  codeOf,
  isDone,
  isRefused,
  isStatus,
  messageOf,
  wholeAnswer,
} from '../harness/predicates.ts'

/** Settings, paths, filters, and the form of answers. */
export const requestDifferences: readonly IntendedDifference[] = [
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
      'Off until origins can be listed; LoopBack lets every origin in. `OPTIONS` asks for nothing else.',
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
    name: 'ids in brackets or quotes, and beyond all numbers',
    reason:
      'Which spellings of an id mean the same differs from method to method in LoopBack; here it is one list.',
    areas: ['paths', 'generated ids'],
    request: /\/Users\/(\[\d+\]|"\d+"|99999999999999999999|9007199254740993)/,
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
      'As server-sent events, whatever `Accept` says, and of every change; LoopBack filters by `options`, and tells what was sent instead of what is.',
    areas: ['change-stream'],
    request: /change-stream/,
    parts: [...wholeAnswer, 'header content-encoding', 'header cache-control'],
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
    when: (pair) => pair.request.path.includes('findOne') || areEqualInAnyOrder(pair),
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
