import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRefusal } from '../../src/base/errors.ts'
import type { PropertyType } from '../../src/config/settings.ts'
import { coerceOnWrite } from '../../src/domain/model/coercion.ts'

type Mode = Parameters<typeof coerceOnWrite>[2]

/** What becomes of a value: `nonsense` where nothing does. */
function written(type: PropertyType | readonly [PropertyType], value: unknown, mode: Mode): unknown {
  const declared = typeof type === 'string' ? { type } : { type: 'array' as const, items: type[0] }
  const result = coerceOnWrite(declared, value, mode)
  return result === undefined ? 'nonsense' : result
}

type Row = readonly [type: PropertyType | readonly [PropertyType], value: unknown, ...results: unknown[]]

describe('a value that is stored', () => {
  const rows: readonly Row[] = [
    // type, value, checked, LoopBack 3; LoopBack 2 where it differs from 3
    ['number', '5', 5, 5],
    ['number', '', 0, 0],
    ['number', true, 1, 1],
    ['number', 'old', 'nonsense', Number.NaN],
    ['number', [], 'nonsense', 0],
    ['number', [7], 'nonsense', 7],
    ['number', {}, 'nonsense', Number.NaN],
    ['string', 5, '5', '5'],
    ['string', {}, 'nonsense', '[object Object]'],
    ['string', [1, [2]], 'nonsense', '1,2'],
    ['boolean', '', false, false],
    ['boolean', 'on', true, true],
    ['boolean', 'false', false, false],
    ['boolean', '0', false, false],
    ['boolean', 'no', 'nonsense', true],
    ['boolean', [], 'nonsense', true],
    ['date', '2020-01-02', '2020-01-02T00:00:00.000Z', '2020-01-02T00:00:00.000Z'],
    ['date', 0, '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ['date', true, 'nonsense', '1970-01-01T00:00:00.001Z'],
    ['date', 'soon', 'nonsense', 'nonsense'],
    ['date', '+010000-01-01T00:00:00Z', 'nonsense', 'nonsense'],
    ['object', { a: 1 }, { a: 1 }, { a: 1 }],
    ['object', 5, 'nonsense', 5],
    ['object', '{"a":1}', 'nonsense', { a: 1 }],
    ['any', '5', '5', 5],
    ['any', 'null', 'null', null],
    ['any', 'plain', 'plain', 'plain'],
    ['array', '[1,"a"]', [1, 'a'], [1, 'a']],
    ['array', false, 'nonsense', []],
    ['array', '0', 'nonsense', []],
    [['string'], [1, null, {}], 'nonsense', ['1', 'null', '[object Object]']],
    [['string'], [1, null], ['1', null], ['1', 'null']],
    [['string'], [[1]], 'nonsense', [[1]], ['1']],
    [['number'], ['5', null, 'x'], 'nonsense', [5, 0, Number.NaN]],
    [['number'], '["5"]', [5], [5]],
    [['boolean'], ['a', null], 'nonsense', [true, false]],
    [['date'], [0, null, 'x'], 'nonsense', ['1970-01-01T00:00:00.000Z', null, null]],
    [['object'], [null, 1], 'nonsense', [{}, 1]],
    [['any'], ['5', [1]], ['5', [1]], ['5', [1]]],
    [['geopoint'], ['1,2'], [{ lat: 1, lng: 2 }], [{ lat: 1, lng: 2 }]],
    ['geopoint', { lat: '1', lng: 2, z: 3 }, { lat: 1, lng: 2 }, { lat: 1, lng: 2 }],
    ['geopoint', [1, 2, 3], { lat: 1, lng: 2 }, { lat: 1, lng: 2 }],
    ['geopoint', '1, 2', { lat: 1, lng: 2 }, { lat: 1, lng: 2 }],
    ['geopoint', '{"lat":1,"lng":2}', { lat: 1, lng: 2 }, { lat: 1, lng: 2 }, 'nonsense'],
    ['geopoint', '[1,2]', { lat: 1, lng: 2 }, { lat: 1, lng: 2 }, 'nonsense'],
    ['geopoint', { lat: null, lng: '' }, 'nonsense', { lat: 0, lng: 0 }],
    ['geopoint', { lat: 91, lng: 0 }, 'nonsense', 'nonsense'],
    ['geopoint', { lat: 0, lng: -181 }, 'nonsense', 'nonsense'],
    ['geopoint', '1,2,3', 'nonsense', 'nonsense'],
    ['geopoint', '5', 'nonsense', 'nonsense'],
    ['geopoint', 5, 'nonsense', 'nonsense'],
  ]
  for (const [type, value, checked, three, two = three] of rows) {
    it(`as ${JSON.stringify(type)}: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        (['checked', 'loopback3', 'loopback2'] as const).map((mode) => written(type, value, mode)),
        [checked, three, two],
      )
    })
  }

  it('is null where null was said, of whatever type', () => {
    for (const type of ['string', 'number', 'boolean', 'date', 'object', 'array', 'any', 'geopoint'] as const)
      for (const mode of ['checked', 'loopback3', 'loopback2'] as const)
        assert.equal(written(type, null, mode), null)
  })

  for (const [value, message] of [
    ['x', 'could not create List from JSON string: "x"'],
    ['', 'could not create List from JSON string: ""'],
    ['5', 'Items must be an array: 5'],
    [{ a: 1 }, 'Items must be an array: {"a":1}'],
    [true, 'Items must be an array: true'],
  ] as const) {
    it(`is refused in LoopBack’s words where ${JSON.stringify(value)} is to be a list`, () => {
      for (const mode of ['loopback3', 'loopback2'] as const) {
        assert.throws(
          () => written('array', value, mode),
          (error: unknown) => isRefusal(error, 'INVALID_LIST') && error.message === message,
        )
      }
      assert.equal(written('array', value, 'checked'), 'nonsense')
    })
  }

  it('has no members that would become members of every object, also where it is JSON in a text', () => {
    for (const [type, mode] of [
      ['array', 'checked'],
      ['any', 'loopback3'],
      ['object', 'loopback2'],
    ] as const) {
      assert.throws(
        () => written(type, '[{"constructor":1}]', mode),
        (error: unknown) => isRefusal(error, 'PROPERTY_NAME_NOT_ALLOWED'),
      )
    }
  })
})
