import fc, { type Arbitrary } from 'fast-check'

/** Texts on the edges of what is read as something else. */
export const text: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('ann', 'Bob', 'bob', 'joe@example.com', 'x', '30', '2000-01-01') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'true',
      'false',
      'null',
      'undefined',
      '0',
      '-1',
      '1e1',
      '0x1',
      '[1]',
      '{}',
      '%',
      '_',
      '^a',
      '/b/i',
      'ü',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
)

export const scalar: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(0, 1, -1, 18, 30, 30.5, 1e21) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(true, false, null) },
)

/** Whatever JSON can hold, mostly small and mostly flat. */
export const anything: Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'city'), scalar, { maxKeys: 2 }) },
)

/** An object in which each of the keys may be missing. */
export function partial(
  keys: Readonly<Record<string, Arbitrary<unknown>>>,
): Arbitrary<Record<string, unknown>> {
  return fc.record({ ...keys }, { requiredKeys: [] }) as Arbitrary<Record<string, unknown>>
}

/** An object as a query with brackets: `a[b][0]=c`. */
export function bracketed(name: string, value: unknown): string[] {
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) =>
      bracketed(`${name}[${encodeURIComponent(key)}]`, item),
    )
  }
  return [`${name}=${encodeURIComponent(String(value))}`]
}
