import { type Static, Type } from 'typebox'
import { logLevels } from '../base/log.ts'
import { pepperPattern } from '../base/pepper.ts'
import { choice } from './choice.ts'
import { compatibilities } from './compatibility.ts'
import { Database } from './database-options.ts'
import { RateLimit, RateLimits } from './limit-options.ts'
import { Server } from './server-options.ts'
import { Tokens } from './token-options.ts'
import { User } from './user-options.ts'

/**
 * Every option there is: type, limits, default and reason in one spot. The start-up check, the environment
 * variables, the command-line flags and `docs/configuration.md` all read this. LoopBack's names where it has one.
 */

const Rest = Type.Object(
  {
    root: Type.String({
      default: '/api',
      pattern: '^(/[A-Za-z0-9._~-]+)*$',
      expected: 'empty, or a path such as /api',
      description: 'Path below which the API lives: LoopBack’s `restApiRoot`.',
    }),
    path: Type.String({
      default: '/users',
      pattern: '^/[A-Za-z0-9._~-]+$',
      expected: 'one segment of a path, such as /users',
      description:
        'Path of the users below the root: LoopBack’s `http.path`. Paths answer in any letter case.',
    }),
  },
  { additionalProperties: false, default: {} },
)

const Mail = Type.Object(
  {
    url: Type.String({
      default: 'directory:mail',
      pattern: '^(smtps?://.+|directory:.+)$',
      expected: 'an smtp:// or smtps:// URL, or "directory:" and a folder',
      secret: 'inUrl',
      description:
        'Where mail goes: `smtp://user:password@host:587`, `smtps://…`, or `directory:…`, which writes each message into a file of its own (`.eml`).',
    }),
    from: Type.String({ default: 'noreply@example.com', minLength: 3, description: 'Sender of all mail.' }),
    language: Type.String({
      default: 'en',
      minLength: 1,
      description:
        'Language, as a tag such as `de` or `pt-BR`, of mail to those of whom no better one is known (docs/mail.md).',
    }),
    templates: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Folder with your own subjects and texts of letters, read at start (docs/mail.md).',
      }),
    ),
  },
  { additionalProperties: false, default: {} },
)

const Pages = Type.Object(
  {
    confirmed: Type.String({
      default: '/',
      minLength: 1,
      description:
        'Where the link of our confirmation mails ends: the web root, which says that it worked, or a place that `redirects` allows.',
    }),
    resetPassword: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Page of your own to choose a new password, as a URL or a path. The link of our mails leads there, with `access_token`; it posts `newPassword` to `POST /users/reset-password` (docs/pages.md).',
      }),
    ),
    undoEmail: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Page of your own to take back a change of e-mail, as a URL or a path. The link of our mails leads there, with `uid` and `token` (docs/pages.md).',
      }),
    ),
  },
  { additionalProperties: false, default: {} },
)

export const Options = Type.Object(
  {
    compatibility: choice(compatibilities, {
      default: 'documented',
      description:
        'Whose answers to give. `documented` follows the documentation of LoopBack’s User model, with its holes closed; `loopback3` and `loopback2` answer as those really do (docs/loopback.md).',
    }),
    server: Server,
    database: Database,
    rest: Rest,
    mail: Mail,
    pages: Pages,
    redirects: Type.Array(Type.String({ minLength: 1 }), {
      default: ['/'],
      description:
        'Where `redirect` of a confirmation link may lead: an entry that starts with `/` allows that path and all below it on `publicUrl`; any other is an origin.',
    }),
    user: User,
    tokens: Tokens,
    hooks: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A module of yours, `.js`, `.mjs` or `.ts`: functions called like a hook (`beforeCreate`, …) or an event (`created`, …), which are called before and after ([events and hooks](events.md)).',
      }),
    ),
    passwordPepper: Type.Optional(
      Type.String({
        pattern: pepperPattern,
        expected: 'keys as id:key, where each key is at least 32 bytes in base64',
        secret: true,
        description:
          'Keys that passwords are mixed with before they are hashed, as `id:key`, the present one first ([a pepper](passwords.md#a-pepper)). **Whoever loses a key loses all passwords hashed with it.**',
      }),
    ),
    roles: Type.Record(Type.String({ minLength: 1 }), Type.Array(Type.String()), {
      default: {},
      description: 'Roles by e-mail: `{ "admin": ["root@example.com"] }`. Access rules name them.',
    }),
    rateLimit: RateLimit,
    log: Type.Object(
      {
        level: choice(logLevels, {
          default: 'info',
          description: 'How much is logged. `debug` adds a line per request.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false, default: {} },
)

/** `user` as a whole; by itself it is one object of options. */
export const UserModels = Type.Union([Type.String(), Type.Object({}), Type.Array(Type.Object({}))], {
  description:
    'The user model: the path of a LoopBack model file, such as `common/models/customer.json`, or the options below, with `model` for a file that they stand above; or a list of several models.',
})

/** What is an option as well as a group of them, by its path. */
export const groups: Readonly<Record<string, object>> = { user: UserModels, rateLimit: RateLimits }

/** Every option with its default filled in. */
export type CompleteOptions = Static<typeof Options>

type Given<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Given<T[Key]> }
    : T

/** The options of one user model. */
export interface UserOptions extends Given<CompleteOptions['user']> {
  /** The path of a LoopBack model file that the other options here stand above. */
  readonly model?: string
  /** As `roles` at the top, for this model. */
  readonly roles?: LatchkeyOptions['roles']
}

/** A user model: its options, or the path of a LoopBack model file such as `common/models/customer.json`. */
export type UserEntry = UserOptions | string

/** What `createLatchkey` takes, and `latchkey.config.json` holds: every option is optional. */
export interface LatchkeyOptions extends Omit<Given<CompleteOptions>, 'user' | 'rateLimit'> {
  readonly user?: UserEntry | readonly UserEntry[]
  /** `false`: no limits at all. */
  readonly rateLimit?: false | Given<CompleteOptions['rateLimit']>
}
