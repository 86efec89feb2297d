import { Type } from 'typebox'
import { choice } from './choice.ts'

/** The options under `tokens`: how long sessions last, and where their tokens may stand. */
export const Tokens = Type.Object(
  {
    idleTimeout: Type.Optional(
      Type.Integer({
        minimum: 60,
        description:
          'Seconds after which a session that nobody has used ends, whatever its `ttl`. It never ends later, and at most a minute, or a tenth of this, earlier.',
      }),
    ),
    sliding: Type.Boolean({
      default: false,
      description:
        'Whether a session lives for its `ttl` from its last use instead of from its login; but never longer than `user.maxTTL` from its login.',
    }),
    allowInQuery: Type.Boolean({
      default: true,
      description:
        'Whether a token may stand in the URL (`?access_token=`), as LoopBack’s documentation has it. URLs end up in logs, histories and `Referer`; while this is on, the log counts how many came. If not, they get 400; mailed links to set a password work all the same.',
    }),
    cookie: choice(['off', 'on', 'only'], {
      default: 'off',
      description:
        'Whether a login also puts the token into a cookie that no script can read, for browsers (docs/sessions.md). With `only` the answer does not show it besides: its `id` is the handle.',
    }),
    cookieOrigins: Type.Array(Type.String(), {
      default: [],
      description:
        'Other origins than `server.publicUrl`, such as `https://app.example.com`, whose pages may change something by the cookie.',
    }),
  },
  { additionalProperties: false, default: {} },
)
