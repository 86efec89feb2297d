import { ask, get, type Person, type Request, type Rule } from '../harness/case.ts'

/** Lets everybody read the list, so that filters need no token. */
export const readers: readonly Rule[] = [
  {
    principalType: 'ROLE',
    principalId: '$everyone',
    permission: 'ALLOW',
    property: ['find', 'findOne', 'count', 'findById'],
  },
]

/** What a property of a type can hold, and be compared with. */
export interface Kind {
  /** As it stands under `properties`; undeclared if there is none. */
  readonly declared?: unknown
  /** What the accounts have; `undefined` leaves it out. */
  readonly held: readonly unknown[]
  readonly operands: readonly unknown[]
}

export const kinds: Readonly<Record<string, Kind>> = {
  string: {
    declared: 'string',
    held: ['ann', 'Bob', 'bob', '', null, undefined, '30', 'a%b_c', 'été'],
    operands: ['bob', 'BOB', '', 'b%', '_ob', '30', 30, 'undefined', 'null', 'a%b_c', 'z'],
  },
  number: {
    declared: 'number',
    held: [0, 18, 30, 30.5, -5, null, undefined, 1e21],
    operands: [30, '30', '30.0', '', 'old', 0, -5, 30.5, '1e1', '0x1e', ' 30 ', 1e21, '2020-01-01'],
  },
  boolean: {
    declared: 'boolean',
    held: [true, false, null, undefined],
    operands: [true, false, 'true', 'false', 'yes', '', 0, 1, '0', '1', 'null'],
  },
  date: {
    declared: 'date',
    held: ['1990-05-01T00:00:00.000Z', '2000-01-01T12:00:00.000Z', null, undefined],
    operands: [
      '1990-05-01',
      '1990-05-01T00:00:00.000Z',
      641520000000,
      '2000',
      '1990-05-01T02:00:00+02:00',
      '2100-01-01',
    ],
  },
  object: {
    declared: 'object',
    held: [{ city: 'Bern', zip: 3000 }, { city: 'Basel' }, {}, null, undefined],
    operands: [{ city: 'Bern', zip: 3000 }, { city: 'Bern' }, {}, '{"city":"Bern"}', 'Bern', 5],
  },
  array: {
    declared: ['string'],
    held: [['a', 'b'], ['b'], [], null, undefined],
    operands: ['a', 'b', ['a', 'b'], ['b'], [], 'c', 5, '0'],
  },
  any: {
    declared: 'any',
    held: ['x', 5, '5', true, 'true', null, undefined, [1], { a: 1 }],
    operands: ['x', 5, '5', true, 'true', [1], { a: 1 }, ''],
  },
  undeclared: {
    held: [
      'x',
      5,
      '5',
      30,
      true,
      'true',
      null,
      undefined,
      ['a', 1],
      { a: 1 },
      '',
      0,
      false,
      '2020-01-01T00:00:00.000Z',
    ],
    operands: [
      'x',
      5,
      '5',
      '30',
      true,
      'true',
      false,
      'false',
      'a',
      0,
      '',
      '2020-01-01',
      'undefined',
      'null',
      '%',
    ],
  },
}

/** Accounts that hold the values of a kind, one each, in a property `p`. */
export function holders({ held }: Kind): Person[] {
  return held.map((value, index) => ({
    email: `u${index + 1}@example.com`,
    login: false,
    ...(value === undefined ? {} : { p: value }),
  }))
}

export function settingsFor({ declared }: Kind): Record<string, unknown> {
  return declared === undefined ? { acls: readers } : { acls: readers, properties: { p: { type: declared } } }
}

/** Asks whom a condition finds, and for nothing else. */
export function whoHas(where: unknown): Request {
  return ask('/Users', { where, fields: ['id'] })
}

/** The same with brackets in the query, as `key=value` pairs. */
export function whoHasBracketed(query: string): Request {
  return get(`/Users?filter[fields]=id&${query}`)
}
