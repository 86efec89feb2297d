import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { intendedDifferences } from '../conformance/intended-differences.ts'
import { catalogue, type ErrorName, LatchkeyError } from '../src/base/errors.ts'
import type { PlainObject } from '../src/base/values.ts'
import { behaviourDifferences, type Difference, optionDifferences } from '../src/config/compatibility.ts'
import { type OptionName, optionNames } from '../src/config/load.ts'
import { fileSuffix } from '../src/config/secrets.ts'
import { statusOf } from '../src/http/errors.ts'
import { explanations } from './error-explanations.ts'

/**
 * Prints what the documentation says about options and errors from the source that decides it. A page keeps its
 * hand-written parts; what stands between the two marks is ours.
 *
 * Usage: npm run docs
 */
const marks = ['<!-- printed by `npm run docs`: from here -->', '<!-- printed by `npm run docs`: to here -->']

/** The pages with a printed part, and what prints it. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': () => optionNames.map(describeOption).join('\n'),
  'docs/loopback.md': printDifferences,
  'docs/reference/errors.md': printErrors,
  'docs/reference/loopback-differences.md': printIntendedDifferences,
  'docs/security.md': printRisks,
}

export function readPage(page: string): string {
  return readFileSync(join(import.meta.dirname, '..', page), 'utf8')
}

/** The page with its printed part brought up to date. */
export function refreshed(page: string): string {
  const [before, after] = marks as [string, string]
  const text = readPage(page)
  const start = text.indexOf(before)
  const end = text.indexOf(after)
  if (start < 0 || end < start) throw new Error(`${page} has no place to print into`)
  const printed = pages[page]?.() ?? ''
  return `${text.slice(0, start + before.length)}\n\n${printed}\n${text.slice(end)}`
}

function describeOption({ path, variable, schema }: OptionName): string {
  const { default: value } = schema
  const fallback = value === undefined ? 'not set by default' : `default ${code(JSON.stringify(value))}`
  return `### ${code(path)}

${schema.description}

- ${describeType(schema)}; ${fallback}
- ${nameInShell({ path, variable, schema })}${shortFlags[path] ? ` · ${code(shortFlags[path])}` : ''}
`
}

/** How an option is set beside the configuration file. */
function nameInShell({ path, variable, schema }: OptionName): string {
  const names = [code(variable)]
  if (schema.secret !== undefined) names.push(code(variable + fileSuffix))
  // What is nothing but a secret is no flag.
  if (schema.secret !== true) names.push(code(`--${path}`))
  return names.join(' · ')
}

const shortFlags: Readonly<Record<string, string>> = { 'server.host': '--host', 'server.port': '--port' }

/** A JSON schema in words: what may be given, and within which limits. */
function describeType(schema: PlainObject): string {
  const { type, enum: choices, anyOf, const: only, items } = schema
  if (only !== undefined) return code(JSON.stringify(only))
  if (Array.isArray(choices)) return `one of ${choices.map((choice) => code(String(choice))).join(', ')}`
  if (Array.isArray(anyOf)) return anyOf.map((one) => describeType(one)).join(', or ')
  if (type === 'boolean') return '`true` or `false`'
  if (type === 'array') return `a list, each entry ${describeType(items as PlainObject)}`
  if (type === 'object') return 'an object'
  return [type === 'string' ? 'a text' : 'a whole number', ...limitsOf(schema)].join(' ')
}

function limitsOf({ minimum, maximum, minLength, maxLength, expected }: PlainObject): string[] {
  const limits: string[] = []
  if (minimum !== undefined)
    limits.push(maximum === undefined ? `from ${minimum}` : `from ${minimum} to ${maximum}`)
  if (minLength !== undefined && minLength !== 1) limits.push(`of at least ${minLength} characters`)
  if (minLength === 1) limits.push('that is not empty')
  if (maxLength !== undefined) limits.push(`of at most ${maxLength} characters`)
  if (expected !== undefined) limits.push(String(expected))
  return limits
}

function printDifferences(): string {
  const options = Object.entries(optionDifferences).map(([name, row]) =>
    describeDifference(`user.${name}`, row),
  )
  const behaviours = Object.entries(behaviourDifferences).map(([name, row]) => describeDifference(name, row))
  const head = [
    '| | `documented` | `loopback3` | `loopback2` | Why we do otherwise by default, and what LoopBack’s way risks |',
    '|---|---|---|---|---|',
  ]
  return [
    '### Options with another default',
    '',
    ...head,
    ...options,
    '',
    '### Behaviour',
    '',
    ...head,
    ...behaviours,
    '',
  ].join('\n')
}

function describeDifference(
  name: string,
  { documented, loopback3, loopback2, reason, risk }: Difference,
): string {
  const values = [documented, loopback3, loopback2].map((value) =>
    code(typeof value === 'object' ? JSON.stringify(value) : String(value)),
  )
  const why = risk === undefined ? reason : `${reason} **Risk:** ${risk}`
  return `| ${[code(name), ...values, cell(why)].join(' | ')} |`
}

/** What is open in LoopBack's modes that is closed by default. */
function printRisks(): string {
  const rows = [...tableOf(optionDifferences, 'user.'), ...tableOf(behaviourDifferences, '')].flatMap(
    ([name, { documented, loopback3, loopback2, risk }]) => {
      const opens = { loopback3, loopback2 }
      const modes = Object.entries(opens).filter(([, value]) => value !== documented)
      const columns = modes.map(([mode, value]) => `${code(mode)} (${code(String(value))})`)
      return risk === undefined ? [] : [`| ${code(name)} | ${columns.join(', ')} | ${cell(risk)} |`]
    },
  )
  return ['| | Open in | Risk |', '|---|---|---|', ...rows, ''].join('\n')
}

function tableOf(table: Record<string, Difference>, prefix: string): [name: string, Difference][] {
  return Object.entries(table).map(([name, row]) => [prefix + name, row])
}

/** The list of the conformance suite, without its matchers. */
function printIntendedDifferences(): string {
  const rows = intendedDifferences.map(
    ({ name, reason, versions = ['loopback3', 'loopback2'] }) =>
      `| ${[cell(name), versions.map(code).join(' '), cell(reason)].join(' | ')} |`,
  )
  return ['| Difference | Mode | Reason |', '|---|---|---|', ...rows, ''].join('\n')
}

const neverSent: readonly ErrorName[] = ['CONFIGURATION_INVALID', 'DATABASE_UNUSABLE']

function printErrors(): string {
  const rows = (Object.keys(catalogue) as ErrorName[]).map((id) => {
    const error = new LatchkeyError(id, { values: ['…', '…', '…'] })
    const status = neverSent.includes(id) ? '–' : statusOf(error)
    const names = [
      code(error.code),
      ...(error.code === id ? [] : [`id ${code(id)}`]),
      ...(error.name === 'Error' ? [] : [`name ${code(error.name)}`]),
    ]
    return `| ${status} | ${names.join('<br>')} | ${cell(error.message)} | ${cell(explanations[id])} |`
  })
  return ['| Status | Code | Message | Meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`${text}\``
}

if (import.meta.main) {
  for (const page of Object.keys(pages)) {
    const text = refreshed(page)
    const isNews = text !== readPage(page)
    if (isNews) writeFileSync(join(import.meta.dirname, '..', page), text)
    console.log(`${page}: ${isNews ? 'printed anew' : 'up to date'}`)
  }
}
