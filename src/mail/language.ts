/** What is longer names no language anybody reads, and is not worth parsing. */
const longestTag = 50
const longestHeader = 1_000
const mostRanges = 20

/** The languages there are letters in, as canonical tags, and the one for everybody else. */
export interface Languages {
  readonly available: ReadonlySet<string>
  readonly fallback: string
}

/**
 * The language to write to somebody in: what the account says, else what the browser says, else the fallback.
 * @param preferred a language tag, or anything else that may stand in a free property
 * @param acceptLanguage the header as it came, if one did (RFC 9110, 12.5.4)
 */
export function chooseLanguage(languages: Languages, preferred: unknown, acceptLanguage: unknown): string {
  const { available, fallback } = languages
  for (const tag of [preferred, ...rangesOf(acceptLanguage)]) {
    const found = widerTags(tag).find((wider) => available.has(wider))
    if (found !== undefined) return found
  }
  return fallback
}

/** The tag in the form in which tags are compared: `de-at` → `de-AT`. Undefined where it is none. */
export function canonicalTag(tag: unknown): string | undefined {
  return localeOf(tag)?.baseName
}

/**
 * The tag and those it is a case of, nearest first: `zh-TW` → `zh-TW`, `zh-Hant-TW`, `zh-Hant`, `zh`. It is RFC 4647's
 * look-up, with the script a region writes filled in.
 */
export function widerTags(tag: unknown): string[] {
  const locale = localeOf(tag)
  if (!locale) return []
  const { baseName } = locale
  const { script } = locale.maximize()
  const scripted = new Intl.Locale(baseName, script === undefined ? {} : { script })
  return [
    ...new Set([baseName, ...truncationsOf(baseName).slice(0, -1), ...truncationsOf(scripted.baseName)]),
  ]
}

/** Which way the language is written, as HTML's `dir` has it. */
export function directionOf(tag: string): string {
  return new Intl.Locale(tag).getTextInfo().direction ?? 'ltr'
}

function localeOf(tag: unknown): Intl.Locale | undefined {
  if (typeof tag !== 'string' || tag.length > longestTag) return undefined
  // Longer names of languages are allowed, and there are none: `english` is a mistake.
  if (!/^[a-z]{2,3}(?![a-z])/i.test(tag)) return undefined
  try {
    // An underscore is how POSIX and Java write it.
    return new Intl.Locale(tag.replaceAll('_', '-'))
  } catch {
    return undefined
  }
}

/** `de-AT-1996` → `de-AT-1996`, `de-AT`, `de` */
function truncationsOf(tag: string): string[] {
  const subtags = tag.split('-')
  return subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-'))
}

/** The ranges of the header, best first. `*` asks for nothing in particular, so the fallback is as good. */
function rangesOf(header: unknown): string[] {
  if (typeof header !== 'string' || header.length > longestHeader) return []
  return header
    .split(',', mostRanges)
    .map((entry) => {
      const [, tag = '', weight = '1'] =
        /^\s*([\w-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(entry) ?? []
      return { tag, weight: Number(weight) }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
