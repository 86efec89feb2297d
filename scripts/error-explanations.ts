import type { ErrorName } from '../src/base/errors.ts'

/** What each refusal means to whoever meets it: when it comes, and what helps. One sentence or two each. */
export const explanations: Readonly<Record<ErrorName, string>> = {
  AUTHORIZATION_REQUIRED:
    'The access rules do not let this caller use the method: there is no token, nobody knows it, or the account is somebody else’s.',
  ACCESS_DENIED: 'The same with a valid token, where `user.aclErrorStatus` is 403.',
  MODEL_HIDDEN: 'The same with a valid token, where `user.aclErrorStatus` is 404.',
  INVALID_ACCESS_TOKEN:
    'The token has expired, or never expires while `user.allowEternalTokens` is off, or a reset token was used up by another request. Log in again.',
  AMBIGUOUS_TOKEN: 'Query and headers name different tokens. Send one.',
  TOKEN_IN_URL: '`tokens.allowInQuery` is off, and the token came as `?access_token=`. Send it in a header.',
  ORIGIN_NOT_ALLOWED:
    'A page of another origin sent a login, or a request that only the session’s cookie speaks for. List its origin under `tokens.cookieOrigins` if it is one of yours.',
  ACCESS_TOKEN_REQUIRED: 'A logout without a valid token. Logged out already counts as without.',

  LOGIN_FAILED:
    'Unknown account, wrong password, no password sent, or an account that has none. Which of them is not told.',
  LOGIN_FAILED_EMAIL_NOT_VERIFIED:
    'The password is right, but the address must be confirmed first. `details.userId` says whose.',
  USERNAME_EMAIL_REQUIRED: 'A login names neither `email` nor `username`.',
  INVALID_EMAIL: 'The `email` of a login is not a text.',
  INVALID_USERNAME: 'The `username` of a login is not a text.',
  INVALID_REALM: 'The `realm` of a login or a reset is not a text.',
  REALM_REQUIRED: 'A login names no realm, while `user.realmRequired` or `user.realmDelimiter` is set.',
  INVALID_TTL:
    'The `ttl` asked for makes no sense: not a number or the text of one, less than 1, or -1 while `user.allowEternalTokens` is off.',
  INVALID_SCOPES:
    'The `scopes` of a new token are not a list of at most 20 texts of at most 100 characters each.',
  TOO_MANY_ATTEMPTS:
    'A limit under `rateLimit` is used up: too many failed logins from this address or at this account, say. The right password is refused as well. `Retry-After` says when to come back.',
  HASHING_BUSY:
    'More passwords wait to be checked than can be within three seconds. `Retry-After` says when to come back.',

  VALIDATION_FAILED:
    'The account is not valid. `details.codes` and `details.messages` say by property what is wrong: `presence`, `uniqueness`, `custom.email`, …',
  SEVERAL_FAILED:
    'Of several accounts at least one is not valid, and none was created. `details` is parallel to what was sent: null, or that account’s own refusal.',
  EMPTY_DATA: 'An `upsertWithWhere` says nothing to store.',
  SEVERAL_FOUND: 'The `where` of an `upsertWithWhere` fits more than one user. Narrow it down.',
  TOO_MANY_ACCOUNTS: 'A list of more than 100 accounts. Send several.',
  TOO_MANY_TOKENS: 'A list of tokens is too long. Send several requests.',
  PROPERTY_PROTECTED:
    'The update would change what only the server may set; `details.property` names it. Sending back what is stored is no change.',
  PROPERTY_NAME_NOT_ALLOWED:
    'A property, at any depth, is named like a member of every JavaScript object (`__proto__`, `constructor`, …) or `toJSON`.',
  ID_IMMUTABLE: 'The body of an update holds another id than the path.',
  ID_NOT_REPLACEABLE: 'The same, where `user.replaceOnPUT` makes the update a replacement.',
  MODEL_NOT_FOUND: 'There is no user of that id, or none that the filter of `findOne` finds.',
  INSTANCE_NOT_FOUND: 'There is no user of that id to update, or whose tokens to list, make or delete.',
  UPDATE_TARGET_NOT_FOUND: 'The id in the body of `PUT /users` is no user’s.',
  REPLACE_TARGET_NOT_FOUND: 'There is no user with that id to replace.',
  TOKEN_IMMUTABLE: 'An update names another `id` or `userId` than the token has.',
  TOKEN_NOT_FOUND: 'The user has no such token. Another user’s token is told as if it did not exist.',
  ACCOUNT_AMBIGUOUS:
    'Never sent: only an operator names accounts so. One account’s user name is another’s address.',
  INVALID_ROLE: 'A role is granted under a name that is empty or belongs to the built-in roles.',

  INVALID_PASSWORD: 'The new password is empty, or no well-formed text, or holds a NUL.',
  WRONG_PASSWORD: '`oldPassword` is not the present one; maybe it was changed a moment ago.',
  PASSWORD_TOO_LONG:
    'The new password is longer than 1024 bytes, or than 72 where new hashes are bcrypt without a pepper.',
  PASSWORD_TOO_SHORT: 'The new password has fewer characters than `user.passwordPolicy.minLength` asks for.',
  PASSWORD_TOO_COMMON:
    'The new password is on the list of common ones, or is such a one, or a very short text, again and again (`user.passwordPolicy.blocklist`).',
  PASSWORD_TOO_PERSONAL:
    'The new password is the account’s e-mail address or username, the name of the host, or a part of these with fewer than eight characters besides (`user.passwordPolicy.blocklist`).',
  PASSWORD_BREACHED: 'The service that `user.passwordPolicy.breachCheck` names knows the new password.',
  PASSWORD_CHANGE_NOT_ALLOWED:
    'A password in `PUT` while `user.rejectPasswordChangesViaPatchOrReplace` is on. Use `change-password` or a reset.',
  USER_NOT_FOUND: 'A confirmation for a `uid` that is no user’s.',
  TOKEN_USER_NOT_FOUND: 'The account was deleted while its password was being changed.',
  INVALID_CONFIRMATION_TOKEN:
    'The link to confirm an address is wrong, used or expired, or was mailed to another address of the account.',
  REDIRECT_NOT_ALLOWED:
    '`redirect` leads to no place listed under `redirects`, or was given twice. Nothing was confirmed, and the link is still good.',
  EMAIL_NOT_FOUND: 'A reset for an address nobody has. Only where `compatibility` is a LoopBack’s.',
  RESET_FAILED_EMAIL_NOT_VERIFIED:
    'A reset for an address that must be confirmed first. Only where `compatibility` is a LoopBack’s.',
  EMAIL_REQUIRED: 'A reset without a text in `email`.',

  ARGUMENT_REQUIRED: 'An argument is missing, or empty.',
  INVALID_ARGUMENT: 'An argument has the wrong type.',
  INVALID_LIST: 'A property declared as a list got what LoopBack cannot make one of (LoopBack modes only).',
  INVALID_ITEMS: 'A list of accounts has a member that is no object.',
  MALFORMED_ARGUMENT: 'An argument looks like JSON, and cannot be parsed as JSON.',
  MALFORMED_JSON: 'The body is not JSON; the message is the parser’s.',
  MALFORMED_TEXT: 'The body or the query is not valid UTF-8, or holds a NUL or half a character.',
  MALFORMED_URL: 'A broken %-escape in the path, or a part of it longer than 1024 characters.',
  MALFORMED_REQUEST: 'Not HTTP as it should be: a wrong content length, say, or headers over 32 KiB.',
  TOO_DEEP: 'JSON nested deeper than 32 levels, brackets deeper than 30, or more than 1100 parameters.',
  BODY_TOO_LARGE: 'The body is longer than 100 kB (102,400 bytes). The connection is closed.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is neither `application/json` nor `application/x-www-form-urlencoded`.',
  UNSUPPORTED_CHARSET: 'The content type names another charset than UTF-8.',
  UNSUPPORTED_ENCODING: 'The body is compressed. Send it as it is.',
  MALFORMED_ENCODING: 'The compressed body (in the LoopBack modes) is broken. Send it as it is.',
  CLIENT_GONE:
    'Never sent: the client hung up before it had its answer, and what it asked for is not looked for any more.',
  METHOD_NOT_FOUND: 'No such path or verb below the users.',
  PATH_NOT_FOUND: 'No such path below the API’s root.',
  PAGE_NOT_FOUND: 'No such path outside the API.',

  OPERATOR_NOT_ALLOWED_IN_QUERY:
    'An operator of a filter starts with `$`. `details.operators` names it, `details.where` is the clause.',
  QUERY_OBJECT_TOO_DEEP: 'The filter is nested deeper than 12 levels.',
  QUERY_TOO_LARGE: 'More than 100 conditions, 1000 members in a list, or 10 keys in `order`.',
  PROPERTY_NOT_FILTERABLE:
    'The property may be neither filtered nor sorted by: it is hidden, or named like a member of every JavaScript object.',
  INVALID_WHERE: 'A condition makes no sense; the message names the spot.',
  INVALID_ORDER: 'An order is no text of the form `property` or `property ASC|DESC`.',
  INVALID_LIMIT: '`limit`, `skip` or `offset` is not a whole number from 0.',
  INVALID_FIELDS: '`fields` is no name, list of names, or object of booleans.',
  INVALID_INCLUDE: '`include` names a relation that does not exist.',

  REFUSED: 'A hook of the application refused it, with a status and mostly a code of its own.',

  DATABASE_BUSY:
    'Another process has held the database’s lock for five seconds, or too many searches wait for their turn. `Retry-After` says when to come back.',
  DATABASE_UNAVAILABLE:
    'The database cannot be read or written: a full or broken disk, a file made read-only. `Retry-After` says when to come back.',
  QUERY_TOO_SLOW:
    'Finding the first users, or the next ones, took more than two seconds of work. Narrow the filter down with a condition on a column or on a declared property.',
  CONFIGURATION_INVALID:
    'Never sent: the start ends with it. The message names the option and what was expected.',
  DATABASE_UNUSABLE:
    'Never sent: the start ends with it. The file is no database, another program’s, of a newer version, or made with another `user.idType`.',
  BACKUP_FAILED:
    'Never sent: a backup ends with it. The message names the file and what is wrong: it exists, cannot be written, or is damaged.',
  MOVE_FAILED:
    'Never sent: a move ends with it. The message says what is in the way: a server that still runs, accounts in the target, or tables that differ in the end.',
  ALREADY_LISTENING: 'Only in the library: one Latchkey serves at one address.',
  INTERNAL_ERROR: 'A fault of ours. Nothing about it is told; the log has it whole.',
}
