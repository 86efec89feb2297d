import { type Static, Type } from 'typebox'
import { logLevels } from '../base/log.ts'

/**
 * Every option there is: type, limits, default and reason in one spot. The start-up check, the environment
 * variables, the command-line flags and `docs/configuration.md` all read this. LoopBack's names where it has one.
 */

const choice = <const Names extends readonly (string | number)[]>(names: Names, options: object) =>
  Type.Unsafe<Names[number]>({ enum: names, ...options })

const Server = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      minLength: 1,
      description:
        'Address to listen on. On any other than a loopback address `publicUrl` must be set, because links in mails start with it.',
    }),
    port: Type.Integer({
      default: 3000,
      minimum: 0,
      maximum: 65_535,
      description: 'TCP port; 0 picks a free one.',
    }),
    publicUrl: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Where people reach this server, as an http or https URL. Links in mails and checks of redirects use this and never the `Host` header. Follows host and port when unset.',
      }),
    ),
    trustProxy: Type.Union([Type.Boolean(), Type.String(), Type.Array(Type.String())], {
      default: false,
      description:
        'Which peers may say who the client is in `X-Forwarded-For`: their addresses or networks (CIDR), or `true` for any. `false` ignores the header.',
    }),
  },
  { additionalProperties: false, default: {} },
)

const Database = Type.Object(
  {
    url: Type.String({
      default: 'sqlite:latchkey.db',
      pattern: '^sqlite:.+',
      description:
        '`sqlite:` and a file, which is made when there is none; `sqlite::memory:` keeps everything in memory.',
    }),
  },
  { additionalProperties: false, default: {} },
)

const Rest = Type.Object(
  {
    root: Type.String({
      default: '/api',
      pattern: '^(/[A-Za-z0-9._~-]+)*$',
      description: 'Path below which the API lives: LoopBack’s `restApiRoot`.',
    }),
    path: Type.String({
      default: '/users',
      pattern: '^/[A-Za-z0-9._~-]+$',
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
      description:
        'Where mail goes: `smtp://user:password@host:587`, `smtps://…`, or `directory:…`, which writes each message into a file of its own (`.eml`).',
    }),
    from: Type.String({ default: 'noreply@example.com', minLength: 3, description: 'Sender of all mail.' }),
  },
  { additionalProperties: false, default: {} },
)

/** Types a property can be declared with, in any letter case. */
export const propertyTypes = ['string', 'number', 'boolean', 'date', 'object', 'array', 'any'] as const

const Property = Type.Union([
  Type.String(),
  Type.Object(
    {
      type: Type.String(),
      required: Type.Optional(Type.Boolean()),
      default: Type.Optional(Type.Unknown()),
      index: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
])

const Acl = Type.Object(
  {
    principalType: choice(['ROLE', 'USER', 'APP'], {}),
    principalId: Type.Union([Type.String({ minLength: 1 }), Type.Integer()]),
    permission: choice(['ALLOW', 'DENY', 'ALARM', 'AUDIT'], {}),
    accessType: Type.Optional(choice(['READ', 'WRITE', 'EXECUTE', '*'], {})),
    property: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })])),
  },
  { additionalProperties: false },
)

const User = Type.Object(
  {
    ttl: Type.Integer({
      default: 1_209_600,
      minimum: 1,
      description: 'Life of an access token in seconds when login asks for none. Two weeks, as in LoopBack.',
    }),
    maxTTL: Type.Integer({
      default: 31_556_926,
      minimum: 1,
      description:
        'Longest life of an access token in seconds; a login that asks for more gets this. A year.',
    }),
    resetPasswordTokenTTL: Type.Integer({
      default: 900,
      minimum: 1,
      description: 'Life in seconds of the token in a mail that resets a password. A quarter of an hour.',
    }),
    allowEternalTokens: Type.Boolean({
      default: false,
      description:
        'Whether a login may ask for a token that never expires (`ttl` -1). A stolen one is good for ever.',
    }),
    emailVerificationRequired: Type.Boolean({
      default: false,
      description: 'Whether a new account must follow the link mailed to it before it can log in.',
    }),
    realmRequired: Type.Boolean({
      default: false,
      description:
        'Whether a login must name its realm. Together with `realmDelimiter`, names are unique per realm.',
    }),
    realmDelimiter: Type.String({
      default: '',
      maxLength: 16,
      description:
        'What parts realm and name in `email` or `username` at login, as `:` does in `realm:name`.',
    }),
    caseSensitiveEmail: Type.Boolean({
      default: false,
      description:
        'Whether `Joe@example.com` and `joe@example.com` are two people. If not, addresses are stored and answered in lower case.',
    }),
    replaceOnPUT: Type.Boolean({
      default: false,
      description:
        'Whether `PUT /users/{id}` replaces the user (whatever is not sent is dropped) instead of updating the attributes given.',
    }),
    rejectPasswordChangesViaPatchOrReplace: Type.Boolean({
      default: true,
      description:
        'Whether a password in `PUT` is refused, so that changing one always takes the old password or a reset token.',
    }),
    restrictResetPasswordTokenScope: Type.Boolean({
      default: true,
      description:
        'Whether a reset token opens `POST /users/reset-password` and nothing else, and that opens to nothing else. If not, any stolen session can set a new password.',
    }),
    passwordHash: choice(['argon2id', 'bcrypt'], {
      default: 'argon2id',
      description:
        'How new passwords are hashed. Hashes of both kinds are verified; bcrypt ones are upgraded to Argon2id at the next login.',
    }),
    saltWorkFactor: Type.Integer({
      default: 10,
      minimum: 4,
      maximum: 20,
      description: 'Cost of new bcrypt hashes.',
    }),
    idType: choice(['integer', 'uuid'], {
      default: 'integer',
      description: 'What ids are: integers from 1, or UUIDs (version 7). Fixed once the database exists.',
    }),
    strict: Type.Boolean({
      default: false,
      description: 'Whether properties that are not declared are refused (422) instead of kept.',
    }),
    aclErrorStatus: choice([401, 403, 404], {
      default: 401,
      description: 'Status of a refusal when the request had a valid token: 401, 403 or 404.',
    }),
    defaultPermission: choice(['ALLOW', 'DENY'], {
      default: 'ALLOW',
      description: 'What holds when no access rule applies. The built-in rules leave no such case.',
    }),
    rolesRequireVerifiedEmail: Type.Boolean({
      default: true,
      description:
        'Whether a role given by e-mail under `roles` holds only once the account has proved that address. `false` is for tests, and refused unless `publicUrl` is a loopback address.',
    }),
    hideExistingAccounts: Type.Boolean({
      default: false,
      description:
        'Whether signing up with a taken address answers as if it were new. Needs `emailVerificationRequired`. Not supported yet: must be false.',
    }),
    properties: Type.Record(Type.String(), Property, {
      default: {},
      description:
        'Declared properties: a type (`string`, `number`, `boolean`, `date`, `object`, `array`, `any`), or `{ "type", "required", "default", "index" }`.',
    }),
    acls: Type.Array(Acl, {
      default: [],
      description: 'Access rules in LoopBack’s form, appended to the built-in ones.',
    }),
  },
  { additionalProperties: false, default: {} },
)

export const Options = Type.Object(
  {
    compatibility: choice(['documented'], {
      default: 'documented',
      description:
        'Whose answers to give. `documented` follows the documentation of LoopBack’s User model, with its holes closed.',
    }),
    server: Server,
    database: Database,
    rest: Rest,
    mail: Mail,
    redirects: Type.Array(Type.String({ minLength: 1 }), {
      default: ['/'],
      description:
        'Where `redirect` of a confirmation link may lead: an entry that starts with `/` allows that path and all below it on `publicUrl`; any other is an origin.',
    }),
    user: User,
    roles: Type.Record(Type.String({ minLength: 1 }), Type.Array(Type.String()), {
      default: {},
      description: 'Roles by e-mail: `{ "admin": ["root@example.com"] }`. Access rules name them.',
    }),
    rateLimit: Type.Union([Type.Literal(false), Type.Object({}, { additionalProperties: false })], {
      default: {},
      description:
        'Limits on guessing; `false` switches them off. There are none yet, so both mean the same.',
    }),
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

/** Every option with its default filled in. */
export type CompleteOptions = Static<typeof Options>

type Given<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Given<T[Key]> }
    : T

/** What `createLatchkey` takes, and `latchkey.config.json` holds: every option is optional. */
export type LatchkeyOptions = Given<CompleteOptions>
