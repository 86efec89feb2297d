import { LatchkeyError } from './base/errors.ts'
import type { HashGate } from './base/hash-gate.ts'
import { createPasswordHasher } from './base/password-hash.ts'
import { createPasswordPolicy } from './base/password-policy.ts'
import { createPepper } from './base/pepper.ts'
import type { RequestScope } from './base/request-scope.ts'
import { risksOf } from './config/compatibility.ts'
import { dangersOf } from './config/dangers.ts'
import { loadHookModule } from './config/hook-module.ts'
import { atOrigin, type ConfiguredModel, tellingOrigin } from './config/models.ts'
import type { Settings } from './config/settings.ts'
import { readConfiguredRoles } from './domain/access/configured-roles.ts'
import { checkRules } from './domain/access/rules.ts'
import { checkSwitches } from './domain/access/switches.ts'
import type { Context } from './domain/context.ts'
import { createAnnouncer, type EventName, eventNames, type Listener } from './domain/events.ts'
import { createFilterLanguage } from './domain/filter/language.ts'
import { tokenVocabulary, userVocabulary, type Vocabulary } from './domain/filter/vocabulary.ts'
import { createHookBook, type Hook, type HookName, hookNames } from './domain/hooks.ts'
import { type Housekeeping, startHousekeeping } from './domain/housekeeping.ts'
import { createLimits } from './domain/limits/limits.ts'
import { checkDefaults } from './domain/model/properties.ts'
import { createService, type Service } from './domain/service.ts'
import { createUseBook, type UseBook } from './domain/sessions/uses.ts'
import type { Storage } from './domain/storage.ts'
import { checkRedirect } from './domain/users/redirect.ts'
import { isPerRealm } from './domain/users/uniqueness.ts'
import { checkPatterns } from './domain/users/validations.ts'
import type { LetterWriter } from './mail/letter-writer.ts'
import { linkIn } from './mail/links.ts'
import { employPostman, type Postman } from './mail/postman.ts'
import type { Transport } from './mail/transport.ts'
import type { ModelOptions } from './storage/open.ts'
import { logEvents } from './watch/security-log.ts'

/** What the user models of one house have in common. */
export interface Shared extends Pick<Context, 'log' | 'clock' | 'publicUrl' | 'afterwards'> {
  readonly gate: HashGate
  readonly requests: RequestScope
  readonly transport: Transport
  readonly letters: LetterWriter
}

/** A user model at work: its verbs, its events, and what goes on in the background. */
export interface UserModel {
  readonly name: string
  readonly settings: Settings
  readonly service: Service
  readonly events: Context['events']
  readonly hooks: Context['hooks']
  readonly uses: UseBook
  readonly housekeeping: Housekeeping
  readonly postman: Postman
}

/**
 * Checks what only the domain knows to be wrong with a model.
 * @returns what is allowed but dangerous, or asked for in its file and not done, in plain words
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function inspectModel({ origin, settings, notes, isOwnMethod }: ConfiguredModel): string[] {
  const { user, behaviour } = settings
  const dangers = tellingOrigin(origin, () => {
    checkDefaults(user.properties)
    checkPatterns(user.validations)
    checkSwitches(user.sharedMethods, isOwnMethod)
    readConfiguredRoles(settings)
    checkConfirmedPage(settings)
    return [
      ...checkRules(user.acls, behaviour.methods, isOwnMethod),
      ...risksOf({ ...user }, behaviour),
      ...dangersOf(settings),
    ]
  })
  return [...notes, ...dangers.map((danger) => atOrigin(origin, danger))]
}

/** Our own mails ask for a redirect like any other. */
function checkConfirmedPage({ pages, redirects, publicUrl, server }: Settings): void {
  try {
    checkRedirect(pages.confirmed, redirects, publicUrl ?? `http://localhost:${server.port}`)
  } catch (cause) {
    const problem = 'pages.confirmed: must be / or a place that redirects allows'
    throw new LatchkeyError('CONFIGURATION_INVALID', { values: [problem], cause })
  }
}

/** What the tables of a model follow from. */
export function tableOptions({ name, settings }: ConfiguredModel): ModelOptions {
  const { user } = settings
  return {
    name,
    idType: user.idType,
    perRealm: isPerRealm(settings),
    indexed: [...user.properties.values()]
      .filter(({ index }) => index)
      .map((property) => ({
        name: property.name,
        type: property.type,
        column: false,
        path: [property.name],
      })),
  }
}

/** Puts a model to work over its storage. */
export async function startModel(
  { name, settings }: ConfiguredModel,
  storage: Storage,
  { gate, requests, transport, letters, ...shared }: Shared,
): Promise<UserModel> {
  const { passwordHash: algorithm, saltWorkFactor, argon2, passwordPolicy, idType } = settings.user
  const pepper = createPepper(settings.passwordPepper, shared.log)
  // The postman takes the context, and the context tells the postman.
  const door = { knock: () => {} }
  const languageOf = (vocabulary: Vocabulary) => createFilterLanguage(settings.behaviour.filters, vocabulary)
  const uses = createUseBook({ ...shared, storage, settings })
  const events = createAnnouncer(shared.log)
  const context: Context = {
    ...shared,
    storage,
    settings,
    limits: createLimits({ ...shared, storage, settings, events, deadline: requests.deadline }),
    uses,
    passwords: await createPasswordHasher({ algorithm, saltWorkFactor, argon2, pepper, gate }),
    passwordPolicy: createPasswordPolicy(passwordPolicy, shared.log),
    filters: {
      users: languageOf(userVocabulary(settings.user)),
      tokens: languageOf(tokenVocabulary(idType)),
    },
    configuredRoles: readConfiguredRoles(settings),
    events,
    hooks: createHookBook(requests.apart),
    post: () => door.knock(),
  }
  const postman = employPostman(context, {
    transport,
    write: (letter) => {
      const { name, to, language, email: newEmail, proof } = letter
      const values = {
        site: context.publicUrl(),
        link: linkIn(letter, settings, context.publicUrl()),
        ttl: proof?.ttl ?? 0,
        newEmail,
      }
      return letters.write(name, {
        to,
        language: letters.chooseLanguage(language.preferred, language.accepted),
        values,
      })
    },
  })
  door.knock = postman.wake
  const service = createService(context)
  logEvents(context, requests)
  const housekeeping = await startHousekeeping(context)
  const { hooks } = context
  return { name, settings, service, events, hooks, uses, housekeeping, postman }
}

/**
 * What the module of `hooks` exports.
 * @returns puts it where its names say, for one model
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export async function readHooks({ hooks }: Settings): Promise<(model: UserModel) => void> {
  if (hooks === undefined) return () => {}
  const functions = await loadHookModule(hooks, [...hookNames, ...eventNames])
  return (model) => {
    for (const [name, run] of functions) {
      // What a module exports has no types; its names say what each function is handed.
      if (isHookName(name)) model.hooks.add(name, run as Hook<typeof name>)
      else model.events.on(name as EventName, run as Listener<EventName>)
    }
  }
}

function isHookName(name: string): name is HookName {
  return (hookNames as readonly string[]).includes(name)
}
