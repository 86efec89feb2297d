import { Type } from 'typebox'

/** One of a few values; the check names them all when it is another. */
export const choice = <const Names extends readonly (string | number | boolean)[]>(
  names: Names,
  options: object,
) => Type.Unsafe<Names[number]>({ enum: names, ...options })
