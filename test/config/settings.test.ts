import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { behaviourOf } from '../../src/config/compatibility.ts'
import { readSettings } from '../../src/config/settings.ts'
import type { LatchkeyOptions } from '../../src/index.ts'

/** Options as a file may hold them, whatever their types say. */
const read = (options: object) => readSettings(options as LatchkeyOptions)
/** 32 bytes in base64. */
const key = 'c2VjcmV0IGtleSBvZiAzMiBieXRlcyBpbiBsZW5ndGg='
const ofUser = (user: object) => read({ user }).user
const refused = (message: RegExp) => ({ code: 'CONFIGURATION_INVALID', message })

describe('settings', () => {
  it('have a default for every option, the safe one', () => {
    const { user, ...rest } = readSettings({})
    assert.partialDeepStrictEqual(rest, {
      behaviour: behaviourOf('documented'),
      server: {
        host: '127.0.0.1',
        port: 3000,
        trustProxy: false,
        cors: { origins: [] },
        headersTimeout: 10,
        requestTimeout: 30,
        keepAliveTimeout: 65,
        maxConnections: 10_000,
      },
      publicUrl: undefined,
      database: { url: 'sqlite:latchkey.db' },
      rest: { root: '/api', path: '/users' },
      mail: { url: 'directory:mail', from: 'noreply@example.com' },
      redirects: ['/'],
      rateLimit: {
        login: { address: 100, account: 50, delayAfter: 10, window: 3_600 },
        changePassword: { address: 100, account: 50, delayAfter: 10, window: 3_600 },
        signUp: { address: 300, window: 3_600 },
        reset: { address: 60, mailbox: 5, window: 3_600 },
        verify: { address: 60, mailbox: 5, window: 3_600 },
        confirm: { address: 60, window: 3_600 },
        resetPassword: { address: 60, window: 3_600 },
      },
      log: { level: 'info' },
    })
    assert.deepEqual(user, {
      modelName: 'User',
      principalType: undefined,
      memberOrder: [],
      ttl: 1_209_600,
      maxTTL: 31_556_926,
      resetPasswordTokenTTL: 900,
      allowEternalTokens: false,
      emailVerificationRequired: false,
      realmRequired: false,
      realmDelimiter: '',
      caseSensitiveEmail: false,
      replaceOnPUT: false,
      rejectPasswordChangesViaPatchOrReplace: true,
      restrictResetPasswordTokenScope: true,
      logoutSessionsOnSensitiveChanges: true,
      accessTokenIdLength: 64,
      passwordHash: 'argon2id',
      saltWorkFactor: 10,
      argon2: { memoryCost: 19_456, timeCost: 2, parallelism: 1 },
      idType: 'integer',
      strict: false,
      aclErrorStatus: 401,
      defaultPermission: 'ALLOW',
      rolesRequireVerifiedEmail: true,
      hideExistingAccounts: false,
      sharedMethods: {},
      properties: new Map(),
      hidden: [],
      protected: [],
      validations: [],
      acls: [],
    })
  })

  it('have a whole limit where only some of its numbers are given, and none where it is false', () => {
    const { rateLimit } = read({ rateLimit: { login: { account: 20 }, reset: false } })
    assert.deepEqual(rateLimit.login, { address: 100, account: 20, delayAfter: 10, window: 3_600 })
    assert.equal(rateLimit.reset, false)
    assert.deepEqual(rateLimit.confirm, { address: 60, window: 3_600 })
    assert.deepEqual(new Set(Object.values(read({ rateLimit: false }).rateLimit)), new Set([false]))
  })

  it('leave the options they were made of as they were', () => {
    const options = {
      server: { publicUrl: 'https://accounts.example.com/' },
      roles: { admin: ['Root@Example.com'] },
    }
    const before = structuredClone(options)
    readSettings(options)
    assert.deepEqual(options, before)
  })
})

/** What is wrong, and what the message must say: the option's path, and what was expected. */
const wrong: readonly [options: object, message: RegExp][] = [
  // unknown keys, at every depth
  [{ sever: {} }, /^sever: there is no such option/],
  // who gets to the server, and how
  ...[
    '*',
    'null',
    'app.example.com',
    'https://app.example.com/path',
    'https://*.example.com/',
    'https://u@a.example',
  ].map((origin): [object, RegExp] => [
    { server: { cors: { origins: ['https://app.example.com', origin] } } },
    /^server\.cors\.origins\.1: must be an origin such as https:\/\/app\.example\.com, and no wildcard$/,
  ]),
  [{ server: { tls: { key: 'key.pem' } } }, /^server\.tls/],
  [
    { server: { tls: { key: 'key.pem', cert: 'cert.pem' }, publicUrl: 'http://a.example' } },
    /^server\.publicUrl: must start with https while server\.tls is set$/,
  ],
  [{ server: { requestTimeout: 0 } }, /^server\.requestTimeout: must be >= 1/],
  [{ user: { tll: 60 } }, /^user\.tll: there is no such option/],
  [{ user: { acls: [rule({ propety: 'find' })] } }, /^user\.acls\.0\.propety: there is no such option/],
  [
    { user: { properties: { age: { type: 'number', indexed: true } } } },
    /^user\.properties\.age\.indexed: there is no such option/,
  ],
  [{ rateLimit: { logins: {} } }, /^rateLimit\.logins: there is no such option/],
  [{ rateLimit: { login: { adress: 5 } } }, /^rateLimit\.login\.adress: there is no such option/],
  // shapes
  [{ server: 'localhost' }, /^server: must be .*object/],
  [{ redirects: '/' }, /^redirects: must be .*array/],
  [{ roles: { admin: 'root@example.com' } }, /^roles\.admin: must be .*array/],
  [{ rateLimit: true }, /^rateLimit: must be .*(false|object)/],
  [{ rateLimit: { login: 5 } }, /^rateLimit\.login: must be .*false.*object/],
  [{ rateLimit: { login: { account: 0 } } }, /^rateLimit\.login\.account: must be .*1/],
  // numbers
  [{ server: { port: 'http' } }, /^server\.port: must be .*integer/],
  [{ server: { port: 65_536 } }, /^server\.port: must be .*65535/],
  [{ server: { port: -1 } }, /^server\.port: must be .*0/],
  [{ user: { ttl: 0 } }, /^user\.ttl: must be .*1/],
  [{ user: { ttl: 'soon' } }, /^user\.ttl: must be .*integer/],
  [{ user: { ttl: 1.5 } }, /^user\.ttl: must be .*integer/],
  [{ user: { maxTTL: 0 } }, /^user\.maxTTL: must be .*1/],
  [{ user: { resetPasswordTokenTTL: -1 } }, /^user\.resetPasswordTokenTTL: must be .*1/],
  [{ user: { saltWorkFactor: 3 } }, /^user\.saltWorkFactor: must be .*4/],
  [{ user: { saltWorkFactor: 31 } }, /^user\.saltWorkFactor: must be .*20/],
  // switches: a text is no switch, or "false" would switch on
  [{ user: { emailVerificationRequired: 'false' } }, /^user\.emailVerificationRequired: must be .*boolean/],
  [{ user: { strict: 'often' } }, /^user\.strict: must be one of false, true, throw, validate, filter/],
  // choices
  [{ compatibility: 'loopback9' }, /^compatibility: must be .*documented/],
  [{ user: { passwordHash: 'md5' } }, /^user\.passwordHash: must be .*argon2id, bcrypt/],
  [{ user: { idType: 'text' } }, /^user\.idType: must be .*integer, uuid/],
  [{ user: { aclErrorStatus: 500 } }, /^user\.aclErrorStatus: must be .*401, 403, 404/],
  [{ user: { defaultPermission: 'MAYBE' } }, /^user\.defaultPermission: must be .*ALLOW, DENY/],
  [{ log: { level: 'loud' } }, /^log\.level: must be .*silent, error, warn, info, debug/],
  // URLs and paths
  [{ database: { url: 'latchkey.db' } }, /^database\.url: must .*sqlite:/],
  [{ database: { url: 'sqlite:' } }, /^database\.url: must .*sqlite:/],
  [{ rest: { root: 'api' } }, /^rest\.root: must /],
  [{ rest: { path: '/' } }, /^rest\.path: must /],
  [{ mail: { url: 'https://mail.example.com' } }, /^mail\.url: must .*smtp/],
  [{ mail: { url: 'smtp://' } }, /^mail\.url: must .*smtp/],
  [{ mail: { from: '' } }, /^mail\.from: must /],
  [{ server: { trustProxy: 1 } }, /^server\.trustProxy: must be /],
  // roles
  [{ roles: { $owner: ['root@example.com'] } }, /^roles\.\$owner: /],
  // what costs too little, or cannot be kept
  [{ user: { argon2: { memoryCost: 19_455 } } }, /^user\.argon2\.memoryCost: must be .*19456/],
  [{ user: { argon2: { timeCost: 1 } } }, /^user\.argon2\.timeCost: must be .*2/],
  [{ user: { argon2: { parallelism: 0 } } }, /^user\.argon2\.parallelism: must be .*1/],
  [{ user: { passwordPolicy: { minLength: 0 } } }, /^user\.passwordPolicy\.minLength: must be .*1/],
  [{ user: { passwordPolicy: { minLength: 65 } } }, /^user\.passwordPolicy\.minLength: must be .*64/],
  [
    { user: { passwordPolicy: { upperCase: 1 } } },
    /^user\.passwordPolicy\.upperCase: there is no such option/,
  ],
  [
    { user: { passwordPolicy: { breachCheck: 'ftp://x' } } },
    /^user\.passwordPolicy\.breachCheck: must be boolean or a URL/,
  ],
  // hidden, and told by another answer
  [
    { user: { hideExistingAccounts: true } },
    /^user\.hideExistingAccounts: needs .*emailVerificationRequired/,
  ],
  [
    { compatibility: 'loopback3', user: { hideExistingAccounts: true, emailVerificationRequired: true } },
    /^user\.hideExistingAccounts: .*reset tells/,
  ],
  // keys
  [{ passwordPepper: 'short:c2VjcmV0' }, /^passwordPepper: must be keys as id:key(?!.*c2VjcmV0)/],
  [{ passwordPepper: `a:${key} a:${key}` }, /^passwordPepper: there are two keys of the id a$/],
]

describe('a compatibility mode', () => {
  it('brings that LoopBack’s own defaults', () => {
    assert.partialDeepStrictEqual(read({ compatibility: 'loopback3' }).user, {
      caseSensitiveEmail: true,
      replaceOnPUT: true,
      logoutSessionsOnSensitiveChanges: true,
    })
    assert.partialDeepStrictEqual(read({ compatibility: 'loopback2' }).user, {
      caseSensitiveEmail: true,
      replaceOnPUT: false,
      logoutSessionsOnSensitiveChanges: false,
    })
  })

  it('yields to an option that is set', () => {
    const { user } = read({ compatibility: 'loopback3', user: { replaceOnPUT: false } })
    assert.partialDeepStrictEqual(user, { caseSensitiveEmail: true, replaceOnPUT: false })
  })
})

describe('a wrong option', () => {
  for (const [options, message] of wrong) {
    it(`is named with what was expected: ${JSON.stringify(options)}`, () => {
      assert.throws(() => read(options), refused(message))
    })
  }

  it('is not told together with its value, which may be a password', () => {
    const mail = { url: 'smtp://mailer:Tr0ub4dor@mail.example.com:port' }
    assert.throws(
      () => read({ mail }),
      (error: Error) => !error.message.includes('Tr0ub4dor'),
    )
  })

  for (const configuration of [null, [], 'options']) {
    it(`may be the whole of them: ${JSON.stringify(configuration)}`, () => {
      assert.throws(() => readSettings(configuration as never), refused(/object/))
    })
  }
})

describe('server.publicUrl', () => {
  it('is kept without the slash at its end', () => {
    assert.equal(
      read({ server: { publicUrl: 'https://example.com/accounts/' } }).publicUrl,
      'https://example.com/accounts',
    )
    assert.equal(read({ server: { publicUrl: 'https://example.com' } }).publicUrl, 'https://example.com')
  })

  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    it(`may be left out when only this machine is listened to, as on ${host}`, () => {
      assert.equal(read({ server: { host } }).publicUrl, undefined)
    })
  }

  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'accounts.example.com']) {
    it(`must be set when others are listened to, as on ${host}`, () => {
      assert.throws(() => read({ server: { host } }), refused(/^server\.publicUrl: /))
      assert.doesNotThrow(() => read({ server: { host, publicUrl: 'https://example.com' } }))
    })
  }

  for (const publicUrl of [
    'example.com',
    '/accounts',
    'ftp://example.com',
    'javascript:alert(1)',
    'https://user@example.com',
    'https://:secret@example.com',
    'https://example.com/?a=1',
    'https://example.com/#top',
    '',
  ]) {
    it(`cannot be ${JSON.stringify(publicUrl)}`, () => {
      assert.throws(() => read({ server: { publicUrl } }), refused(/^server\.publicUrl: must /))
    })
  }
})

describe('user.rolesRequireVerifiedEmail', () => {
  const open = { user: { rolesRequireVerifiedEmail: false } }

  for (const publicUrl of ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8080']) {
    it(`may be false where only this machine comes in, as at ${publicUrl}`, () => {
      assert.equal(read({ ...open, server: { publicUrl } }).user.rolesRequireVerifiedEmail, false)
    })
  }

  for (const publicUrl of [
    'https://example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
  ]) {
    it(`may not be false at ${publicUrl}: whoever signs up first as root would be root`, () => {
      const reading = () => read({ ...open, server: { publicUrl } })
      assert.throws(reading, refused(/^user\.rolesRequireVerifiedEmail: /))
    })
  }
})

describe('redirects', () => {
  it('are paths and origins', () => {
    const redirects = ['/', '/welcome', 'https://app.example.com', 'http://localhost:8080/']
    assert.deepEqual(read({ redirects }).redirects, redirects)
  })

  for (const entry of [
    'welcome',
    'https://example.com/path',
    'https://user@example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    '*',
  ]) {
    it(`cannot be ${entry}`, () => {
      assert.throws(
        () => read({ redirects: ['/', entry] }),
        refused(/^redirects\.1: must be a path .*origin/),
      )
    })
  }
})

describe('user.properties', () => {
  it('declare a type, alone or with more', () => {
    const { properties } = ofUser({
      properties: { age: 'Number', city: { type: 'string', required: true, index: true } },
    })
    assert.deepEqual(
      [...properties.values()],
      [
        { name: 'age', type: 'number', required: false, index: false },
        { name: 'city', type: 'string', required: true, index: true },
      ],
    )
  })

  it('may be lists, and made when needed, in all of LoopBack’s spellings', () => {
    const { properties } = ofUser({
      properties: {
        tags: ['String'],
        marks: { type: ['number'] },
        points: [{ type: 'GEOPOINT' }],
        some: [],
        note: 'Text',
        blob: 'JSON',
        key: { type: 'string', defaultFn: 'guid' },
      },
    })
    const told = [...properties.values()].map(({ name, type, items, defaultFn }) => [
      name,
      type,
      items ?? defaultFn,
    ])
    assert.deepEqual(told, [
      ['tags', 'array', 'string'],
      ['marks', 'array', 'number'],
      ['points', 'array', 'geopoint'],
      ['some', 'array', undefined],
      ['note', 'string', undefined],
      ['blob', 'any', undefined],
      ['key', 'string', 'uuid'],
    ])
  })

  for (const [declared, message] of [
    [{ age: ['int'] }, /^user\.properties\.age\.type: must be one of string, number/],
    [
      { age: { type: 'string', defaultFn: 'shortid' } },
      /^user\.properties\.age\.defaultFn: must be one of now, guid/,
    ],
    [{ age: { type: 'string', defaultFn: 'toString' } }, /^user\.properties\.age\.defaultFn: must be one of/],
    [{ age: 'int' }, /^user\.properties\.age\.type: must be one of string, number/],
    [{ age: { type: 'int' } }, /^user\.properties\.age\.type: must be one of string, number/],
    [{ age: { required: true } }, /^user\.properties\.age.*type/],
    [{ age: { type: 'number', required: 'yes' } }, /^user\.properties\.age\.required: must be .*boolean/],
    [{ age: 5 }, /^user\.properties\.age: must be /],
    [{ 'home.city': 'string' }, /^user\.properties\.home\.city: /],
    [{ $where: 'string' }, /^user\.properties\.\$where: /],
    [{ 'a"b': 'string' }, /^user\.properties\.a"b: /],
  ] as const) {
    it(`cannot be ${JSON.stringify(declared)}`, () => {
      assert.throws(() => ofUser({ properties: declared }), refused(message))
    })
  }

  for (const name of [
    'id',
    'email',
    'password',
    'emailVerified',
    'accessTokens',
    'roles',
    '__proto__',
    'constructor',
    'toJSON',
  ]) {
    it(`leave ${name} to the user model itself`, () => {
      const properties = JSON.parse(`{ "${name}": "string" }`)
      assert.throws(() => ofUser({ properties }), refused(new RegExp(`^user\\.properties\\.${name}: `)))
    })
  }

  for (const name of ['created', 'lastUpdated']) {
    it(`may declare ${name}, which the application keeps itself`, () => {
      assert.equal(ofUser({ properties: { [name]: 'date' } }).properties.get(name)?.type, 'date')
    })
  }
})

describe('user.validations', () => {
  for (const [validation, message] of [
    [{ property: 'age', validation: 'custom' }, /^user\.validations\.0\.validation: must be one of presence/],
    [{ property: 'age', validation: 'length' }, /^user\.validations\.0: length needs min or max or is/],
    [{ property: 'age', validation: 'inclusion' }, /^user\.validations\.0: inclusion needs in/],
    [{ property: 'age', validation: 'format' }, /^user\.validations\.0: format needs with/],
    [{ property: 'password', validation: 'length', min: 8 }, /^user\.validations\.0\.property: password /],
    [
      { property: 'age', validation: 'presence', iff: 'x' },
      /^user\.validations\.0\.iff: there is no such option/,
    ],
  ] as const) {
    it(`cannot be ${JSON.stringify(validation)}`, () => {
      assert.throws(() => ofUser({ validations: [validation] }), refused(message))
    })
  }
})

function rule(more: object): object {
  return { principalType: 'ROLE', principalId: 'admin', permission: 'ALLOW', ...more }
}

describe('user.acls', () => {
  it('are rules in LoopBack’s form', () => {
    const acls = [
      rule({ property: 'find' }),
      rule({ property: ['find', 'count'], accessType: 'READ' }),
      rule({ principalType: 'USER', principalId: 1, permission: 'DENY', accessType: '*' }),
    ]
    assert.deepEqual(ofUser({ acls }).acls, acls)
  })

  for (const [one, message] of [
    [{ principalType: 'GROUP' }, /^user\.acls\.0\.principalType: must be .*ROLE, USER, APP/],
    [{ principalId: {} }, /^user\.acls\.0\.principalId: must be /],
    [{ principalId: undefined }, /^user\.acls\.0.*principalId/],
    [{ permission: 'PERHAPS' }, /^user\.acls\.0\.permission: must be .*ALLOW, DENY, ALARM, AUDIT/],
    [{ accessType: 'LOOK' }, /^user\.acls\.0\.accessType: must be .*READ, WRITE, EXECUTE/],
    [{ property: [] }, /^user\.acls\.0\.property: must /],
    [{ property: 5 }, /^user\.acls\.0\.property: must be /],
  ] as const) {
    it(`cannot have ${JSON.stringify(one)}`, () => {
      const acls = [JSON.parse(JSON.stringify(rule(one)))]
      assert.throws(() => ofUser({ acls }), refused(message))
    })
  }
})
