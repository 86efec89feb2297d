import { type Difference, difference } from './difference.ts'
import { valueDifferences } from './value-differences.ts'
import { wireDifferences } from './wire-differences.ts'

export type { Difference }

/** Whose answers to give: the documentation's, or those of a LoopBack as it really behaves. */
export const compatibilities = ['documented', 'loopback3', 'loopback2'] as const
export type Compatibility = (typeof compatibilities)[number]

/** Options under `user` whose default is LoopBack's own in its modes. Whoever sets one has the last word. */
export const optionDifferences = {
  caseSensitiveEmail: {
    documented: false,
    loopback3: true,
    loopback2: true,
    reason: 'People type their address in any letter case.',
    risk: 'Two accounts may differ by nothing but the case of an address.',
  },
  replaceOnPUT: {
    documented: false,
    loopback3: true,
    loopback2: false,
    reason: 'The documentation says that PUT updates the attributes given.',
  },
  rejectPasswordChangesViaPatchOrReplace: {
    documented: true,
    loopback3: false,
    loopback2: false,
    reason: 'A new password takes the old one, or a token mailed to the owner.',
    risk: 'Whoever steals a session can set a new password, and has the account.',
  },
  restrictResetPasswordTokenScope: {
    documented: true,
    loopback3: false,
    loopback2: false,
    reason: 'A mailed token is for setting a password and nothing else.',
    risk: 'Any session can set a new password without the old one, and a mailed token is a whole session.',
  },
  logoutSessionsOnSensitiveChanges: {
    documented: true,
    loopback3: true,
    loopback2: false,
    reason: 'A new password or address is of no use while whoever knew the old one stays logged in.',
    risk: 'Sessions of a thief outlive the change of password that was to end them.',
  },
} as const satisfies Record<string, Difference>

/** How requests are read and answered. There are no options for these: a mode is all of its column. */
export const behaviourDifferences = {
  ...wireDifferences,
  ...valueDifferences,
  ids: difference<'canonical' | 'coerced'>({
    documented: 'canonical',
    loopback3: 'coerced',
    loopback2: 'coerced',
    reason:
      'An id has one spelling. To LoopBack `01`, `1e0` and `true` are user 1 as well (never to the rules about owners).',
  }),
  owners: difference<'path' | 'anywhere'>({
    documented: 'path',
    loopback3: 'anywhere',
    loopback2: 'anywhere',
    reason:
      'A rule about `$owner` speaks of the user in the path, or whose id is in the body of an upsert. LoopBack takes an `id` in any body or query for it.',
    risk: 'A rule that lets `$owner` use `find` or `count` lets in whoever adds their own `?id=`.',
  }),
  filters: difference<'checked' | 'loopback3' | 'loopback2'>({
    documented: 'checked',
    loopback3: 'loopback3',
    loopback2: 'loopback2',
    reason:
      'All operators of a condition count and what makes no sense gets 400. LoopBack takes the first operator, matches `like` anywhere, and drops conditions on hidden properties.',
  }),
  values: difference<'checked' | 'loopback3' | 'loopback2'>({
    documented: 'checked',
    loopback3: 'loopback3',
    loopback2: 'loopback2',
    reason:
      'A value that is not of its declared type gets 422. LoopBack makes something of it: `"old"` becomes a number that is none, shown as null.',
  }),
  protectedProperties: difference<'refused' | 'ignored'>({
    documented: 'refused',
    loopback3: 'ignored',
    loopback2: 'ignored',
    reason: 'Whoever sends what only the server may set learns that it was not taken.',
  }),
  severalCreates: difference<'allOrNone' | 'oneByOne'>({
    documented: 'allOrNone',
    loopback3: 'oneByOne',
    loopback2: 'oneByOne',
    reason:
      'Of a list either all accounts are made or none, and a refusal is 422. LoopBack makes those it can and answers 500.',
  }),
  upsertChecks: difference<boolean>({
    documented: true,
    loopback3: false,
    loopback2: false,
    reason: 'What an update would store is checked. LoopBack’s upsert of a known id stores anything.',
    risk: 'Whoever the rules let upsert can store an address that is none.',
  }),
  upsertWithWhereChecks: difference<'stored' | 'sent'>({
    documented: 'stored',
    loopback3: 'sent',
    loopback2: 'sent',
    reason:
      'What `upsertWithWhere` would store must be valid. LoopBack wants what was sent to be a whole new user, also where it updates one.',
  }),
  replaceIsPasswordChange: difference<boolean>({
    documented: false,
    loopback3: true,
    loopback2: true,
    reason:
      'With `rejectPasswordChangesViaPatchOrReplace` a replacement without a password is fine; LoopBack refuses every one.',
  }),
  resetAnswers: difference<'alike' | 'telling'>({
    documented: 'alike',
    loopback3: 'telling',
    loopback2: 'telling',
    reason: '`POST /users/reset` answers 200 to everybody, as documented; LoopBack 204, or 404 or 401.',
    risk: 'Anybody can find out who has an account.',
  }),
  verifyByEveryone: difference<boolean>({
    documented: false,
    loopback3: true,
    loopback2: false,
    reason: 'Only the owner has the confirmation mailed again.',
    risk: 'Anybody can have mail sent to any account, by its id.',
  }),
  methods: difference<'loopback3' | 'loopback2'>({
    documented: 'loopback3',
    loopback3: 'loopback3',
    loopback2: 'loopback2',
    reason:
      'The names rules know methods by. LoopBack 2 calls `patchOrCreate` `upsert` and `patchAttributes` `updateAttributes`; there rules by the newer names have no effect.',
  }),
  uniqueness: difference<'realmWithDelimiter' | 'realm'>({
    documented: 'realmWithDelimiter',
    loopback3: 'realmWithDelimiter',
    loopback2: 'realm',
    reason:
      'Names are unique among all users, unless both `realmRequired` and `realmDelimiter` are set: then within a realm. In LoopBack 2 one of them is enough.',
  }),
}

type Behaviours = typeof behaviourDifferences

/** What the modes do differently, for one mode. The source asks for these, never for the mode. */
export type Behaviour = {
  readonly [Name in keyof Behaviours]: Behaviours[Name]['documented']
}

/** The column of a mode. */
export function behaviourOf(compatibility: Compatibility): Behaviour {
  return Object.freeze(columnOf(behaviourDifferences, compatibility)) as Behaviour
}

/** The defaults of options under `user` in a mode. */
export function userDefaultsOf(compatibility: Compatibility): Readonly<Record<string, unknown>> {
  return columnOf(optionDifferences, compatibility)
}

/** What is open that is closed by default, in a sentence each: chosen by the mode, or by an option. */
export function risksOf(user: Readonly<Record<string, unknown>>, behaviour: Behaviour): string[] {
  return [
    ...risksAmong(optionDifferences, user, 'user.'),
    ...risksAmong(behaviourDifferences, behaviour, 'compatibility: '),
  ]
}

function risksAmong(
  table: Record<string, Difference>,
  values: Readonly<Record<string, unknown>>,
  prefix: string,
): string[] {
  return Object.entries(table)
    .filter(([name, { documented, risk }]) => risk !== undefined && values[name] !== documented)
    .map(([name, { risk }]) => `${prefix}${name} is ${values[name]}: ${risk}`)
}

function columnOf(table: Record<string, Difference>, compatibility: Compatibility): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row[compatibility]]))
}
