import { LatchkeyError } from '../base/errors.ts'
import { isPlainObject, type PlainObject } from '../base/values.ts'
import type { ModelDefinition } from './model-file.ts'
import type { Translation } from './model-properties.ts'
import { User } from './user-options.ts'

/** What is read elsewhere, means the same here, or only tells LoopBack's connectors how to store a model. */
const nothingLost: ReadonlySet<string> = new Set(
  `base super plural http description $schema idInjection public dataSource acls relations methods scopes mixins remoting
  mysql postgresql mssql oracle db2 mongodb cassandra cloudant couchdb redis sqlite3 mongodb3 memory
  prohibitHiddenPropertiesInQuery sharedMethods`.split(/\s+/),
)

/** Settings that Latchkey does nothing with: what LoopBack does with them. */
const meanings: Readonly<Record<string, string>> = {
  forceId: 'LoopBack lets clients choose the id of a new account; here the database does',
  indexes: 'LoopBack has the database make these indexes; unique ones refuse accounts, and nothing does here',
  persistUndefinedAsNull: 'LoopBack shows properties that were never set as null; here they are left out',
  automaticValidation: 'LoopBack may skip the checks before a write; Latchkey never does',
  validateUpsert: 'LoopBack may skip the checks of an upsert; Latchkey never does',
  configureModelMerge:
    'LoopBack merges settings of base models in a way of its own; here they are merged as by default',
  maxDepthOfQuery: 'the depth of a filter has Latchkey’s own limit',
  maxDepthOfData: 'the depth of what is sent has Latchkey’s own limit',
  allowExtendedOperators:
    'LoopBack hands operators of the database on from a filter; Latchkey knows LoopBack’s own',
  excludeBaseProperties: 'LoopBack takes these properties of its User away; Latchkey keeps them',
  trackChanges: 'LoopBack keeps a list of changes for replication; there is none here',
}

const unknownSetting = 'Latchkey knows no such setting; in LoopBack code of yours may read it'

/** Settings that, ignored, would show or open what they close. */
const grave: Readonly<Record<string, string>> = {
  scope:
    'LoopBack narrows every query by this filter, and accounts outside it cannot be seen; here they could',
}

/**
 * Translates what a model file says besides its properties and rules.
 * @throws {LatchkeyError} CONFIGURATION_INVALID for what may not be ignored
 */
export function translateSettings(definition: ModelDefinition): Translation {
  const { file, settings } = definition
  const notes: string[] = []
  const options: PlainObject = {}
  for (const [key, value] of Object.entries(settings)) {
    if (nothingLost.has(key)) continue
    if (Object.hasOwn(User.properties, key)) options[key] = value
    else if (Object.hasOwn(grave, key)) fail(file, `${key}: ${grave[key]}`)
    else if (!asHere[key]?.includes(value)) notes.push(`${file}: ${key}: ${meanings[key] ?? unknownSetting}`)
  }
  const switches = switchesOf(definition)
  if (switches) options.sharedMethods = switches
  return { options, notes: [...notes, ...describeCode(definition), ...describeRelations(definition)] }
}

function fail(file: string, problem: string): never {
  throw new LatchkeyError('CONFIGURATION_INVALID', { values: [`${file}: ${problem}`] })
}

/** Generated files say much that is so anyway. */
const asHere: Readonly<Record<string, readonly unknown[]>> = {
  forceId: [true, 'auto'],
  validateUpsert: [true],
  automaticValidation: [true],
  persistUndefinedAsNull: [false],
  configureModelMerge: [false],
  allowExtendedOperators: [false],
  trackChanges: [false],
}

/** LoopBack takes them from `model-config.json` only; who writes them here wants these doors shut as well. */
function switchesOf({ settings: { remoting, sharedMethods } }: ModelDefinition): unknown {
  const inRemoting = isPlainObject(remoting) ? remoting.sharedMethods : undefined
  return sharedMethods ?? inRemoting
}

function namesIn(value: unknown): string[] {
  return isPlainObject(value) ? Object.keys(value).filter((name) => value[name] !== false) : []
}

/** What is code in LoopBack: a file only names it. */
function describeCode({ file, settings }: ModelDefinition): string[] {
  const { methods, scopes, mixins, remoting } = settings
  const isNormalised = isPlainObject(remoting) && remoting.normalizeHttpPath === true
  return [
    ...(isNormalised
      ? ['remoting.normalizeHttpPath: the path stays as it is; say another with http.path']
      : []),
    ...namesIn(methods).map(
      (name) =>
        `methods.${name}: code of yours; here nothing answers at its path, unless User has a method of that name`,
    ),
    ...namesIn(scopes).map(
      (name) => `scopes.${name}: a query of yours with a path of its own; nothing answers there here`,
    ),
    ...namesIn(mixins).map(
      (name) => `mixins.${name}: code that LoopBack runs with the model; here none does`,
    ),
  ].map((note) => `${file}: ${note}`)
}

function describeRelations({ file, settings: { relations } }: ModelDefinition): string[] {
  const { accessTokens, ...others } = isPlainObject(relations) ? relations : {}
  const notes = Object.keys(others).map(
    (name) =>
      `relations.${name}: LoopBack serves these models below a user and includes them in one; Latchkey keeps accounts alone`,
  )
  return [...describeTokens(accessTokens), ...notes].map((note) => `${file}: ${note}`)
}

/** The name a token carries to tell whose it is, where the models of a LoopBack application share their tokens. */
export function principalTypeOf({ name, settings: { relations } }: ModelDefinition): string | undefined {
  const { accessTokens } = isPlainObject(relations) ? relations : {}
  return isPlainObject(accessTokens) && accessTokens.polymorphic ? name : undefined
}

function describeTokens(relation: unknown): string[] {
  if (!isPlainObject(relation)) return []
  const { foreignKey, options } = relation
  const notes: string[] = []
  if (foreignKey !== undefined && foreignKey !== 'userId') {
    notes.push('relations.accessTokens.foreignKey: a token calls its user `userId`')
  }
  if (!isPlainObject(options) || options.disableInclude !== true) {
    notes.push(
      'relations.accessTokens.options: LoopBack lets a filter include the tokens; Latchkey never does',
    )
  }
  return notes
}
