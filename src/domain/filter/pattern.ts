import { RE2JS } from 're2js'

/** Judges texts in time linear to their length, whatever the pattern: RE2's automata instead of backtracking. */
export interface Pattern {
  test(text: string): boolean
}

/** A regular expression, which can be made again from its text. */
export interface WrittenPattern extends Pattern {
  readonly text: string
}

/** Longest pattern taken, in characters, and most `%` in one of the `like` family. */
const longestPattern = 256
const mostWildcards = 8
/**
 * Linear time is the product of the two: steps of a compiled expression (a few hundred for any that a person writes) and
 * characters of a text. A longer text fits no regular expression.
 */
const largestProgram = 500
const longestText = 20_000

/**
 * A regular expression: `^a`, or `/^a/i` with the flags i, m and s (g, u and y change nothing here).
 * @throws {Error} a sentence that says what is wrong with it
 */
export function regexpPattern(text: string): WrittenPattern {
  checkLength(text)
  const literal = /^\/(.*)\/([a-z]*)$/s.exec(text)
  const [source, letters] = literal ? [literal[1] ?? '', literal[2] ?? ''] : [text, '']
  let flags = 0
  for (const letter of letters) {
    if (letter === 'i') flags |= RE2JS.CASE_INSENSITIVE
    else if (letter === 'm') flags |= RE2JS.MULTILINE
    else if (letter === 's') flags |= RE2JS.DOTALL
    else if (!'guy'.includes(letter)) throw new Error(`there is no flag "${letter}"`)
  }
  return { text, ...bounded(compile(source, flags)) }
}

/**
 * A regular expression as JavaScript writes it, with the flags i and m (g changes nothing here).
 * @throws {Error} a sentence that says what is wrong with it
 */
export function scriptPattern(source: string, flags: string): Pattern {
  checkLength(source)
  // What is none in JavaScript is refused, also where RE2 would make something of it.
  new RegExp(source, flags)
  const letters =
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0)
  return bounded(compile(RE2JS.translateRegExp(source), letters))
}

function bounded(pattern: RE2JS): Pattern {
  if (pattern.programSize() > largestProgram) throw new Error('too many repetitions')
  return { test: (value) => value.length <= longestText && pattern.test(value) }
}

function compile(source: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(source, flags)
  } catch (error) {
    throw new Error(`not a regular expression we can run: ${(error as Error).message}`)
  }
}

/**
 * SQL's LIKE over the whole value: `%` stands for any run, `_` for one character, `\` takes the next one literally.
 * @throws {Error} a sentence that says what is wrong with it
 */
export function likePattern(text: string, ignoreCase: boolean): Pattern {
  let wildcards = 0
  let source = ''
  for (const { character, special } of likeParts(text)) {
    if (special && character === '%') wildcards++
    source += special ? (character === '%' ? '.*' : '.') : RE2JS.quote(character)
  }
  checkLength(text)
  if (wildcards > mostWildcards) throw new Error(`more than ${mostWildcards} wildcards`)
  return RE2JS.compile(`^(?:${source})$`, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
}

/** The characters of a LIKE pattern, each told to be literal or special (`%` or `_`). */
export function* likeParts(text: string): Iterable<{ character: string; special: boolean }> {
  let escaped = false
  for (const character of text) {
    if (!escaped && character === '\\') {
      escaped = true
      continue
    }
    yield { character, special: !escaped && (character === '%' || character === '_') }
    escaped = false
  }
  if (escaped) yield { character: '\\', special: false }
}

function checkLength(text: string): void {
  if (text.length > longestPattern) throw new Error(`longer than ${longestPattern} characters`)
}
