import { likeParts } from '../../domain/filter/pattern.ts'

/** A pattern with every escape written so that databases take it too: a lone backslash at the end would be none. */
export function escapedLike(pattern: string): string {
  let like = ''
  for (const { character, special } of likeParts(pattern)) {
    like += special || !'%_\\'.includes(character) ? character : `\\${character}`
  }
  return like
}
