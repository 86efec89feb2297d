import { Type } from 'typebox'
import { weakestParameters } from '../base/hash-parameters.ts'
import { choice } from './choice.ts'
import { Property, Validation } from './property-options.ts'

export { propertyTypes } from './property-options.ts'

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

const PasswordPolicy = Type.Object(
  {
    minLength: Type.Integer({
      default: 15,
      minimum: 1,
      maximum: 64,
      description:
        'Fewest characters of a new password. 15 where it is all that is asked for, 8 beside a second factor (NIST SP 800-63B). Setting one of these options sets a policy; without one the log says so.',
    }),
    blocklist: Type.Boolean({
      default: true,
      description:
        'Whether a new password may be none of 49,000 common ones, nor little more than the account’s e-mail address or username, or the host name.',
    }),
    breachCheck: Type.Union([Type.Boolean(), Type.String({ pattern: '^https?://.+', expected: 'a URL' })], {
      default: false,
      description:
        'Whether a service is asked if a new password is known from a data breach: Have I Been Pwned (`true`), or one with the same range API, by its URL. It learns five digits of a digest. When it does not answer within a second, the password is taken.',
    }),
  },
  { additionalProperties: false },
)

const { memoryCost, timeCost, parallelism } = weakestParameters

const Argon2 = Type.Object(
  {
    memoryCost: Type.Integer({
      default: memoryCost,
      minimum: memoryCost,
      maximum: 4_194_304,
      description:
        'Memory of an Argon2id hash in KiB. There are as many at once as there are cores. `latchkey calibrate` suggests values for a machine; older hashes follow at the next login.',
    }),
    timeCost: Type.Integer({
      default: timeCost,
      minimum: timeCost,
      maximum: 1_000,
      description: 'Passes of an Argon2id hash over its memory.',
    }),
    parallelism: Type.Integer({
      default: parallelism,
      minimum: parallelism,
      maximum: 16,
      description: 'Lanes of an Argon2id hash.',
    }),
  },
  { additionalProperties: false, default: {} },
)

/** The options under `user`: LoopBack's settings of the User model, under its names. */
export const User = Type.Object(
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
    logoutSessionsOnSensitiveChanges: Type.Boolean({
      default: true,
      description: 'Whether a new password or e-mail address ends the user’s other sessions.',
    }),
    accessTokenIdLength: Type.Integer({
      default: 64,
      minimum: 32,
      maximum: 256,
      description: 'Characters of a new access token; each is worth almost six bits.',
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
    argon2: Argon2,
    passwordPolicy: Type.Optional(PasswordPolicy),
    idType: choice(['integer', 'uuid'], {
      default: 'integer',
      description: 'What ids are: integers from 1, or UUIDs (version 7). Fixed once the database exists.',
    }),
    strict: choice([false, true, 'throw', 'validate', 'filter'], {
      default: false,
      description:
        'What becomes of properties that are not declared: kept (`false`), refused with 422 (`true`, `"validate"`, `"throw"`; LoopBack 2 leaves them out if `true`), or silently left out (`"filter"`).',
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
        'Whether signing up with a taken address answers as if it were new; its owner is told by mail. Needs `emailVerificationRequired` ([who has an account](passwords.md#who-has-an-account)).',
    }),
    sharedMethods: Type.Record(Type.String(), Type.Boolean(), {
      default: {},
      description:
        'Methods that are switched off, as in LoopBack’s `model-config.json`: `{ "find": false, "prototype.__*": false }`, or `{ "*": false, "login": true }`. Nothing answers at their paths.',
    }),
    properties: Type.Record(Type.String(), Property, {
      default: {},
      description:
        'Declared properties: a type (`string`, `number`, `boolean`, `date`, `object`, `array`, `any`, `GeoPoint`; `["string"]` for a list of texts), or `{ "type", "required", "default", "defaultFn", "index" }`. `defaultFn` is `now`, `guid`, `uuid` or `uuidv4`.',
    }),
    hidden: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        'Properties that are in no answer, nor can be filtered or sorted by; `password` and `verificationToken` always are.',
    }),
    protected: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        'Properties that are left out where a user is part of another answer, as with `include=user` at login.',
    }),
    validations: Type.Array(Validation, {
      default: [],
      description:
        'What properties must be beyond their types: `{ "property", "validation" }` with `presence`, `absence`, `length` (`min`, `max`, `is`), `numericality` (`int`), `inclusion` and `exclusion` (`in`), `format` (`with`), `uniqueness` (`scopedTo`) or `date`; and `message`, `code`, `allowNull`, `allowBlank`, `if`, `unless` as in LoopBack’s `validates…Of`.',
    }),
    acls: Type.Array(Acl, {
      default: [],
      description: 'Access rules in LoopBack’s form, appended to the built-in ones.',
    }),
  },
  { additionalProperties: false, default: {} },
)
